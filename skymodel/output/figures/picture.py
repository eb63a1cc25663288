"""A matplotlib figure that a notebook shows though pyplot was never imported."""

from __future__ import annotations

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_DPI = 110  # of a notebook's page


class Picture(Figure):
    """An ordinary figure; as the last value of a cell it is shown.

    Were it registered with pyplot, the inline backend would show it at the cell's end, and the cell's value again.
    """

    def _repr_png_(self) -> bytes:
        return self.png(_DPI)

    def png(self, dpi: float) -> bytes:
        """Return the figure as a PNG image: the bytes of savefig, which lays out with a draw of its own before."""
        canvas, before = FigureCanvasAgg(self), self.dpi
        self.set_dpi(dpi)
        try:
            with io.BytesIO() as stream:
                canvas.print_png(stream, metadata={"Software": None})
                return stream.getvalue()
        finally:
            self.set_dpi(before)

"""A matplotlib figure that a notebook shows though pyplot was never imported."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

_DPI = 110  # of a notebook's page


class Picture(Figure):
    """An ordinary figure; as the last value of a cell it is shown."""

    def _repr_png_(self) -> bytes:
        return self.png(_DPI)

    def png(self, dpi: float) -> bytes:
        """Return the figure as a PNG image."""
        with io.BytesIO() as stream:
            self.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
            return stream.getvalue()

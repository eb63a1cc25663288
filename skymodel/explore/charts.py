"""The explorer's charts: the sky, the profiles and the spectrum, of what is shown and of what is pinned."""

from __future__ import annotations

from typing import Any

import numpy as np

from skymodel.comparison.comptel.spectra import comptel
from skymodel.explore.answers import ANGLES, ENERGIES, Answer
from skymodel.output.figures.names import map_name
from skymodel.output.figures.sky import WINDOWS
from skymodel.output.figures.style import COLOURS
from skymodel.output.report.charts import finish_legend, frame
from skymodel.output.report.skyview import Sky, sky_chart
from skymodel.sky.skymap import SkyMap

_UNIT = "cm⁻² s⁻¹ sr⁻¹"


class Charts:
    """The sky, the profiles and the spectrum, of what is shown and of what is pinned."""

    def __init__(self, answer: Answer) -> None:
        from bokeh.models import ColumnDataSource

        maps, titles, measured = _maps(answer)
        self.sky: Sky = sky_chart(maps, titles, WINDOWS, measured)
        self._sources = {name: ColumnDataSource(_curves(answer)[name]) for name in ("along", "across", "spectrum")}
        self._pins = {name: ColumnDataSource({key: [] for key in ("x", "y")}) for name in self._sources}
        self.roots = {"sky": self.sky.chart, "profiles": self._profiles(), "spectrum": self._spectrum()}

    def show(self, answer: Answer) -> None:
        """Show an answer."""
        self.sky.show(*_maps(answer))
        for name, data in _curves(answer).items():
            self._sources[name].data = data

    def pin(self, answer: Answer) -> None:
        """Keep an answer's curves, thin and dashed."""
        for name, data in _curves(answer).items():
            self._pins[name].data = data

    def clear(self) -> None:
        """Forget the pinned curves."""
        for source in self._pins.values():
            source.data = {"x": [], "y": []}

    def _profiles(self) -> Any:
        chart = frame(
            "angle from the Galactic centre [deg]",
            f"511 keV line [{_UNIT}]",
            x_axis_type="log",
            y_axis_type="log",
            height=300,
        )
        for number, (name, words) in enumerate((("along", "b = 0"), ("across", "l = 0"))):
            chart.line("x", "y", source=self._sources[name], color=COLOURS[number], line_width=2, legend_label=words)
            chart.line("x", "y", source=self._pins[name], color=COLOURS[number], line_dash="dashed", line_width=1)
        return finish_legend(chart)

    def _spectrum(self) -> Any:
        chart = frame(
            "photon energy k [MeV]",
            "k² dΦ/(dΩ dk) [MeV cm⁻² s⁻¹ sr⁻¹]",
            x_axis_type="log",
            y_axis_type="log",
            height=300,
        )
        seen = comptel()
        edges = list(zip(*seen.bins, strict=True))
        low, high = (
            [value + sign * error for value, error in zip(seen.intensity, seen.error, strict=True)] for sign in (-1, 1)
        )
        chart.quad(
            left=edges[0],
            right=edges[1],
            bottom=low,
            top=high,
            color="#b0b5ba",
            line_color="#55585c",
            legend_label="COMPTEL",
        )
        chart.line("x", "y", source=self._sources["spectrum"], color=COLOURS[0], line_width=2, legend_label="with W")
        chart.line("x", "y", source=self._pins["spectrum"], color=COLOURS[0], line_dash="dashed", line_width=1)
        chart.xaxis[0].ticker = [0.3, 0.5, 1, 2, 5, 10, 20, 40]
        return finish_legend(chart)


def _maps(answer: Answer) -> tuple[dict[str, SkyMap], dict[str, str], dict[str, float]]:
    continuum = answer.config.emission.continuum.name
    maps = {"LINE": answer.line, "CONTINUUM": answer.line * answer.band}
    titles = {"LINE": "511 keV line", "CONTINUUM": map_name(continuum)}
    return maps, titles, dict.fromkeys(maps, answer.config.anchor.relative_error)


def _curves(answer: Answer) -> dict[str, dict[str, Any]]:
    def positive(values: Any) -> Any:
        return np.where(np.asarray(values) > 0, values, np.nan)

    return {
        "along": {"x": ANGLES, "y": positive(answer.along)},
        "across": {"x": ANGLES[ANGLES <= 90], "y": positive(answer.across)},
        "spectrum": {"x": ENERGIES, "y": np.where(answer.spectrum > 1e-5, answer.spectrum, np.nan)},
    }

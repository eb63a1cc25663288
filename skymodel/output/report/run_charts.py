"""The charts of a run's page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from profiles.contract.arrays import Floats
from profiles.shelf.tracers import INTERSTELLAR
from skymodel.comparison.comptel.backgrounds import background_bands
from skymodel.comparison.comptel.spectra import comptel
from skymodel.comparison.likeness.shape import Concentration
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.output.figures.names import density_name
from skymodel.output.figures.run import line_in_window, regions
from skymodel.output.figures.style import COLOURS
from skymodel.output.report.charts import MARKS, finish_legend, frame, keep_shape, line
from skymodel.output.report.skyview import draw_regions
from skymodel.runs.one.centre import shining
from skymodel.runs.one.judgement import OWN
from skymodel.sightlines.zoom import latitude_profile, longitude_profile

if TYPE_CHECKING:
    from skymodel.runs.one.result import RunResult

_UNIT = "cm⁻² s⁻¹ sr⁻¹"
_BACKGROUND = "Ackermann"
_LON, _LAT = 80.0, 30.0  # width and height of the inner Galaxy [deg]
_E2I, _DARK = "MeV cm-2 s-1 sr-1", 1e-5  # unit of the spectrum, and what is too faint to be drawn
_FWHM = 8.0  # of the paper's Gaussian [deg]


def measured(result: RunResult, maps: Mapping[str, Any]) -> dict[str, float]:
    """Return the relative measured error of each map: the anchor's, of everything that is scaled by it."""
    return {name: 0.0 if name == "J" else result.config.anchor.relative_error for name in maps}


def centre(result: RunResult) -> Any:
    """Return the image of the line about the Galactic centre, painted from the densities."""
    from bokeh.models import ColorBar, HoverTool, LogColorMapper
    from bokeh.palettes import Inferno256

    values = result.centre.values[:, ::-1].astype(np.float32)
    top = float(values.max())
    colours = LogColorMapper(palette=Inferno256, low=max(float(values.min()), top * 1e-5), high=top)
    chart = frame(
        "Galactic longitude l [deg]",
        "Galactic latitude b [deg]",
        x_range=(_LON / 2, -_LON / 2),
        y_range=(-_LAT / 2, _LAT / 2),
        height=400,
    )
    drawn = chart.image([values], x=-_LON / 2, y=-_LAT / 2, dw=_LON, dh=_LAT, color_mapper=colours)
    chart.add_layout(
        ColorBar(
            color_mapper=colours,
            orientation="horizontal",
            height=12,
            title=f"511 keV line [{_UNIT}]",
            title_text_font_style="normal",
        ),
        "below",
    )
    chart.add_tools(
        HoverTool(
            renderers=[drawn],
            tooltips=[("l", "$x{0.00}°"), ("b", "$y{0.00}°"), ("line", f"@image{{0.000e+0}} {_UNIT}")],
        )
    )
    draw_regions(chart, regions(result), lambda lon, lat: (lon, lat))
    return keep_shape(chart, _LON / _LAT)


def profiles(result: RunResult) -> Any:
    """Return the line along the plane and along the meridian of the centre."""
    density, settings = shining(result.config, result.maps)
    angle = np.concatenate([np.geomspace(0.2, 30, 60), np.linspace(33, 180, 50)])
    lon = longitude_profile(density, angle, **settings)
    lat = latitude_profile(density, angle[angle <= 90], **settings)
    chart = frame(
        "angle from the Galactic centre [deg]", f"511 keV line [{_UNIT}]", x_axis_type="log", y_axis_type="log"
    )
    line(chart, angle, lon.value, "along the plane, b = 0", 0)
    line(chart, angle[angle <= 90], lat.value, "along the meridian, l = 0", 1, dash="dashed")
    return finish_legend(chart)


def spectrum(result: RunResult) -> Any:
    """Return the predicted spectrum with COMPTEL's points and a published background."""
    chart = frame(
        "photon energy k [MeV]",
        "k² dΦ/(dΩ dk) [MeV cm⁻² s⁻¹ sr⁻¹]",
        x_axis_type="log",
        y_axis_type="log",
        x_range=(0.3, 40),
        height=430,
    )
    seen = comptel()
    low = [value - error for value, error in zip(seen.intensity, seen.error, strict=True)]
    high = [value + error for value, error in zip(seen.intensity, seen.error, strict=True)]
    edges = list(zip(*seen.bins, strict=True))
    chart.quad(
        left=edges[0],
        right=edges[1],
        bottom=low,
        top=high,
        color="#b0b5ba",
        alpha=0.6,
        line_color="#55585c",
        legend_label="COMPTEL",
    )
    for energy, level in background_bands(_BACKGROUND, seen):
        chart.line(
            energy, level, color="black", line_dash="dotted", line_width=1.5, legend_label="interstellar (GALPROP)"
        )
    _draw_model(chart, result.spectrum)
    _draw_line(chart, result)
    chart.xaxis[0].ticker = [0.3, 0.5, 1, 2, 5, 10, 20, 40]
    return finish_legend(chart)


def _draw_model(chart: Any, table: Any) -> None:
    """Draw the predicted curves, once for each way of counting; with W also their measured error.

    Colours say whether W is counted, dashes how photons are: where two countings agree, both are seen.
    """
    energy = table["E"].to_value("MeV")
    endings = [
        name.removeprefix("E2I").removesuffix("_with_window")
        for name in table.colnames
        if name.endswith("_with_window")
    ]
    for ending, dash in zip(endings, ("solid", "dashed"), strict=False):
        counting = f", '{ending.strip('_')}' counting" if ending else ""
        for suffix, number, meaning in (("_with_window", 0, "with W"), ("", 1, "W = 1")):
            values = table[f"E2I{ending}{suffix}"].to_value(_E2I)
            name = f"nuggets, {meaning}{counting}"
            line(chart, energy, np.where(values > _DARK, values, np.nan), name, number, dash=dash)
        value, error = (table[f"E2I{ending}_with_window{part}"].to_value(_E2I) for part in ("", "_error_measured"))
        low, high = (np.where(value > _DARK, value + sign * error, np.nan) for sign in (-1, 1))
        chart.varea(energy, low, high, color=COLOURS[0], alpha=0.25)


def _draw_line(chart: Any, result: RunResult) -> None:
    """Mark the energy of the line and say how bright it is: no height in this chart could tell it."""
    from bokeh.models import Span

    name = f"511 keV line, {line_in_window(result):.2e} {_UNIT} with W"
    chart.add_layout(Span(location=ELECTRON_MASS, dimension="height", line_color=COLOURS[3], line_width=1.5))
    chart.line([math.nan] * 2, [math.nan] * 2, color=COLOURS[3], line_width=1.5, legend_label=name)


def ratio(result: RunResult) -> Any:
    """Return W of the pairs of densities, a row for each halo, grouped by what the electrons are."""
    from bokeh.models import FactorRange, HoverTool, Span

    table = result.ratio[[str(name) == "none" for name in result.ratio["background"]]]
    own, published = table[0], [row for row in table if str(row["dark_matter"]) != OWN]
    halos = list(dict.fromkeys(density_name(str(row["dark_matter"])) for row in published))
    rows = FactorRange(*reversed(halos))
    chart = frame("window factor W", "", x_axis_type="log", y_range=rows, height=180 + 36 * len(halos))
    drawn = [
        _draw_pairs(chart, tracer, electrons, number, published)
        for number, (tracer, electrons) in enumerate(_groups(published))
    ]
    for place, look in ((1.0, "dotted"), (float(own["W"]), "solid")):
        chart.add_layout(Span(location=place, dimension="height", line_color="#1a1a1a", line_dash=look, line_width=2))
    what = [("halo", "@halo"), ("electrons", "@electrons"), ("tracer", "@tracer"), ("W", "@W{0.0000} ± @error")]
    chart.add_tools(HoverTool(renderers=drawn, tooltips=[*what, ("χ with W", "@chi{0.0000}")]))
    chart.xaxis[0].ticker = [0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0]
    return finish_legend(chart, columns=2)


def _groups(published: Any) -> list[tuple[str, str]]:
    """Return the distributions of electrons with their tracers, those of one tracer side by side."""
    pairs = dict.fromkeys((str(row["tracer"]), str(row["electrons"])) for row in published)
    return sorted(pairs, key=lambda pair: [tracer for tracer, _ in pairs].index(pair[0]))


def _draw_pairs(chart: Any, tracer: str, electrons: str, number: int, published: Any) -> Any:
    """Draw W over the halos for one distribution of electrons: filled marks are interstellar, open ones as printed."""
    from bokeh.models import ColumnDataSource

    rows = [row for row in published if (str(row["tracer"]), str(row["electrons"])) == (tracer, electrons)]
    data = {
        "W": [float(row["W"]) for row in rows],
        "halo": [density_name(str(row["dark_matter"])) for row in rows],
        "electrons": [density_name(electrons)] * len(rows),
        "tracer": [tracer] * len(rows),
        "error": [f"{float(row['W_error']):.0e}" for row in rows],
        "chi": [float(row["chi_with_window"]) for row in rows],
    }
    colour = COLOURS[number % len(COLOURS)]
    look = {"marker": MARKS[number % len(MARKS)], "size": 10, "line_color": colour, "line_width": 2}
    fill = colour if tracer == INTERSTELLAR else None
    name = density_name(electrons)
    return chart.scatter("W", "halo", source=ColumnDataSource(data), legend_label=name, fill_color=fill, **look)


def concentration(result: RunResult) -> Any:
    """Return the share of the light within an angle of the centre."""
    angle = np.concatenate([np.geomspace(1, 30, 40), np.linspace(35, 180, 30)])
    curve = Concentration(result.maps["J"])
    chart = frame(
        "angle from the Galactic centre [deg]", "share of the sky's light", x_axis_type="log", y_range=(0, 1.02)
    )
    line(chart, angle, curve.share(angle), "this run", 0)
    sigma = _FWHM / math.sqrt(8 * math.log(2))
    line(chart, angle, _gaussian_share(angle, sigma), "one Gaussian of 8° FWHM", 6, dash="dotted")
    return finish_legend(chart)


def _gaussian_share(angle: Floats, sigma: float) -> Floats:
    """Return the share of a Gaussian of the sphere within angles [deg], by a fine sum."""
    theta = np.linspace(0, 180, 20001)
    weight = np.exp(-((theta / sigma) ** 2) / 2) * np.sin(np.radians(theta))
    total = np.concatenate([[0.0], np.cumsum((weight[1:] + weight[:-1]) / 2)])
    return np.asarray(np.interp(angle, theta, total / total[-1]))

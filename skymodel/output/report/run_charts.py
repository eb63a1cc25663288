"""The charts of a run's page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.backgrounds import background_bands
from skymodel.comparison.comptel.spectra import comptel
from skymodel.comparison.likeness.shape import Concentration
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.output.figures.names import density_name
from skymodel.output.figures.style import COLOURS
from skymodel.output.report.charts import MARKS, finish_legend, frame, line
from skymodel.sightlines.zoom import latitude_profile, longitude_profile, wcs_grid, zoom
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Region

if TYPE_CHECKING:
    from skymodel.runs.one.run import RunResult

_UNIT = "cm⁻² s⁻¹ sr⁻¹"
_BACKGROUND = "Ackermann"
_RTOL = 1e-3  # of what is only drawn
_LON, _LAT, _STEP = 80.0, 30.0, 0.25  # the zoom's width, height and pixel [deg]
_FWHM = 8.0  # of the paper's Gaussian [deg]


def regions() -> tuple[Region, ...]:
    """Return the parts of the sky that charts outline."""
    return INTEGRAL_CIRCLE, COMPTEL_WINDOW


def measured(result: RunResult, maps: Mapping[str, Any]) -> dict[str, float]:
    """Return the relative measured error of each map: the anchor's, of everything that is scaled by it."""
    error = getattr(result.config.anchor, "line_intensity_error", 0.0) or 0.0
    return {name: 0.0 if name == "J" else error / result.config.anchor.line_intensity for name in maps}


def _scale(result: RunResult) -> float:
    """Return the intensity of the line per J."""
    column, band = result.maps["J"], result.maps["LINE_511"]
    top = int(np.argmax(column.values))
    return float(band.values[top] / column.values[top])


def _sightlines(result: RunResult) -> tuple[Any, dict[str, Any]]:
    config = result.config
    settings = {"observer": config.observer.build(), "r_max": config.path.r_max, "s_max": config.path.s_max}
    return config.dark_matter * config.electrons, settings | {"rtol": max(_RTOL, config.map.rtol)}


def centre(result: RunResult) -> Any:
    """Return the image of the line about the Galactic centre, painted from the densities."""
    from bokeh.models import ColorBar, HoverTool, LogColorMapper
    from bokeh.palettes import Inferno256

    pair, settings = _sightlines(result)
    image = zoom(pair, wcs_grid(lon=0, lat=0, width=_LON, height=_LAT, pixel=_STEP), **settings)
    values = (image.values * _scale(result))[:, ::-1].astype(np.float32)
    top = float(values.max())
    colours = LogColorMapper(palette=Inferno256, low=max(float(values.min()), top * 1e-5), high=top)
    chart = frame(
        "Galactic longitude l [deg]",
        "Galactic latitude b [deg]",
        x_range=(_LON / 2, -_LON / 2),
        y_range=(-_LAT / 2, _LAT / 2),
        match_aspect=True,
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
    angle = np.linspace(0, 2 * math.pi, 181)
    chart.line(6 * np.sin(angle), 6 * np.cos(angle), color=COLOURS[5], line_width=2, legend_label="INTEGRAL, 6°")
    chart.line(
        [30, -30, -30, 30, 30],
        [-5, -5, 5, 5, -5],
        color=COLOURS[4],
        line_width=2,
        line_dash="dashed",
        legend_label="COMPTEL",
    )
    return finish_legend(chart, "above", 2)


def profiles(result: RunResult) -> Any:
    """Return the line along the plane and along the meridian of the centre."""
    pair, settings = _sightlines(result)
    angle = np.concatenate([np.geomspace(0.2, 30, 60), np.linspace(33, 180, 50)])
    lon = longitude_profile(pair, angle, **settings)
    lat = latitude_profile(pair, angle[angle <= 90], **settings)
    chart = frame(
        "angle from the Galactic centre [deg]", f"511 keV line [{_UNIT}]", x_axis_type="log", y_axis_type="log"
    )
    line(chart, angle, lon.value * _scale(result), "along the plane, b = 0", 0)
    line(chart, angle[angle <= 90], lat.value * _scale(result), "along the meridian, l = 0", 1, dash="dashed")
    return finish_legend(chart)


def spectrum(result: RunResult) -> Any:
    """Return the predicted spectrum with COMPTEL's points and a published background."""
    unit = "MeV cm-2 s-1 sr-1"
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
    table, floor = result.spectrum, 1e-5
    energy = table["E"].to_value("MeV")
    for number, convention in enumerate(("paper", "consistent")):
        for suffix, dash, meaning in (("_with_window", "solid", "with W"), ("", "dashed", "W = 1")):
            values = table[f"E2I_{convention}{suffix}"].to_value(unit)
            shown = np.where(values > floor, values, np.nan)
            line(chart, energy, shown, f"nuggets, {meaning}, '{convention}' counting", 2 * number, dash=dash)
    _draw_line(chart, result)
    chart.xaxis[0].ticker = [0.3, 0.5, 1, 2, 5, 10, 20, 40]
    return finish_legend(chart)


def _draw_line(chart: Any, result: RunResult) -> None:
    """Mark the energy of the line and say how bright it is: no height in this chart could tell it."""
    from bokeh.models import Label, Span

    own = result.ratio[0]
    bright = result.config.anchor.line_intensity * float(own["W"])
    chart.add_layout(Span(location=ELECTRON_MASS, dimension="height", line_color=COLOURS[1], line_width=1.5))
    words = f" 511 keV line: {bright:.2e} {_UNIT} with W"
    place = {"x": ELECTRON_MASS, "y": 6, "y_units": "screen"}
    chart.add_layout(Label(text=words, text_font_size="9pt", text_color=COLOURS[1], **place))


def ratio(result: RunResult) -> Any:
    """Return W of the pairs of densities, a row for each halo, grouped by what the electrons are."""
    from bokeh.models import ColumnDataSource, FactorRange, HoverTool, Span

    table = result.ratio[[str(name) == "none" for name in result.ratio["background"]]]
    halos = list(dict.fromkeys(str(name) for name in table["dark_matter"]))[1:]
    chart = frame(
        "window factor W",
        "",
        x_axis_type="log",
        y_range=FactorRange(*[density_name(halo) for halo in reversed(halos)]),
        height=140 + 36 * len(halos),
    )
    own, published = table[0], table[1:]
    tracers = list(dict.fromkeys(_group(row) for row in published))
    hovers = []
    for number, group in enumerate(tracers):
        rows = [row for row in published if _group(row) == group]
        data = {
            "W": [float(row["W"]) for row in rows],
            "halo": [density_name(str(row["dark_matter"])) for row in rows],
            "electrons": [density_name(str(row["electrons"])) for row in rows],
            "error": [f"{float(row['W_error']):.0e}" for row in rows],
            "chi": [float(row["chi_with_window"]) for row in rows],
        }
        style = {
            "marker": MARKS[number % len(MARKS)],
            "color": COLOURS[number % len(COLOURS)],
            "size": 10,
            "alpha": 0.85,
        }
        hovers.append(chart.scatter("W", "halo", source=ColumnDataSource(data), legend_label=group, **style))
    chart.add_layout(Span(location=1.0, dimension="height", line_color="#1a1a1a", line_dash="dotted", line_width=2))
    chart.add_layout(Span(location=float(own["W"]), dimension="height", line_color="#1a1a1a", line_width=2))
    what = [("halo", "@halo"), ("electrons", "@electrons"), ("W", "@W{0.0000} ± @error"), ("χ with W", "@chi{0.0000}")]
    chart.add_tools(HoverTool(renderers=hovers, tooltips=what))
    chart.xaxis[0].ticker = [0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0]
    return finish_legend(chart, columns=2)


def _group(row: Any) -> str:
    return density_name(str(row["electrons"]))


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

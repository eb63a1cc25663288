"""The sky to hover over: maps in Mollweide's projection, drawn in the browser from their own pixels at any zoom.

What is told at a place is the map's value in that pixel, with its errors. Maps above nside 64 are averaged to 64, and
the page says so; bands that are a number times one map share its pixels, so that a page stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.output.figures.names import unit_name
from skymodel.output.figures.sky import multiple, region_look
from skymodel.output.report.charts import finish_legend, frame, keep_shape
from skymodel.sky.outlines import outline
from skymodel.sky.skymap import SkyMap

FINEST = 64
_RIGHT, _TOP = 2 * np.sqrt(2), np.sqrt(2)
_DECADES = 5  # shown below the brightest pixel
_DASHES = {"dashdot": "dotdash"}  # as Bokeh calls it
_FORMATS = ("place", "value", "measured", "numerical")


class Sky(NamedTuple):
    """A chart of the sky, its pixels, what is called once it stands, what readers should be told of its pixels."""

    chart: Any
    pixels: Any
    ready: Any
    note: str

    def show(self, maps: Mapping[str, SkyMap], titles: Mapping[str, str], measured: Mapping[str, float]) -> None:
        """Show other maps in a chart that a server keeps alive; arguments as of :func:`sky_chart`."""
        state, shapes = _state(maps, titles, measured)
        self.chart.tags = [state]
        self.pixels.data = shapes


def sky_chart(
    maps: Mapping[str, SkyMap],
    titles: Mapping[str, str],
    regions: Mapping[str, Any],
    measured: Mapping[str, float],
) -> Sky:
    """Return the chart of some maps of one sky.

    Parameters
    ----------
    maps
        By key; the first is shown first.
    titles
        What readers call each.
    regions
        Parts of the sky to be outlined, by the name in the legend.
    measured
        Relative error of each map that comes from a measurement and not from numerics.
    """
    from bokeh.models import ColumnDataSource, CustomJS

    state, shapes = _state(maps, titles, measured)
    chart, pixels = _empty(), ColumnDataSource(shapes)
    chart.tags = [state]
    models = _painted(chart) | {"source": pixels, "x": chart.x_range, "y": chart.y_range, "figure": chart}
    _graticule(chart)
    draw_regions(chart, regions, mollweide)
    args = {"start": {"name": "sky", "band": next(iter(maps)), "scale": "log"}, **models}
    sky = "const sky = skymodel.skies[start.name] ??= {...start, " + ", ".join(models) + "};"
    _tell(chart, models["glyph_renderer"], args, sky)
    pixels.js_on_change("data", CustomJS(args=args, code=f"{sky} skymodel.renew(sky);"))
    return Sky(chart, pixels, CustomJS(args=args, code=f"{sky} skymodel.start(sky);"), state["note"])


def _state(
    maps: Mapping[str, SkyMap], titles: Mapping[str, str], measured: Mapping[str, float]
) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Return what the browser knows of some maps: resolution and bands, and the pixels of each distinct shape."""
    nside = next(iter(maps.values())).nside
    coarse = {key: thinned(sky) for key, sky in maps.items()}
    shapes, bands = _shared(coarse)
    for key, band in bands.items():
        names = {"title": titles[key], "unit": unit_name(coarse[key].unit), "measured": measured.get(key, 0.0)}
        band |= _span(coarse[key]) | names
    note = f"mean over pixels of nside {FINEST}; the file has nside {nside}" if nside > FINEST else ""
    return {"nside": min(nside, FINEST), "note": note, "bands": bands}, shapes


def _empty() -> Any:
    from bokeh.models import Range1d

    x, y = (Range1d(-1.02 * end, 1.02 * end) for end in (_RIGHT, _TOP))
    chart = frame("", "", x_range=x, y_range=y, height=560)
    chart.axis.visible = False
    chart.grid.visible = False
    chart.background_fill_color = None
    return keep_shape(chart, _RIGHT / _TOP)


def _painted(chart: Any) -> dict[str, Any]:
    """Give the chart a picture, which the browser paints, and a bar of its colours; return all models by name."""
    from bokeh.models import ColorBar, ColumnDataSource, LinearColorMapper, LogColorMapper
    from bokeh.palettes import Inferno256

    nothing = {"image": [np.zeros((1, 1), np.float32)], "x": [0.0], "y": [0.0], "dw": [0.0], "dh": [0.0]}
    picture = ColumnDataSource(nothing)
    log, linear = (
        kind(palette=Inferno256, low=1e-3, high=1.0, nan_color="rgba(0,0,0,0)")
        for kind in (LogColorMapper, LinearColorMapper)
    )
    drawn = chart.image("image", x="x", y="y", dw="dw", dh="dh", source=picture, color_mapper=log)
    look = {
        "orientation": "horizontal",
        "height": 12,
        "title_text_font_style": "normal",
        "title_standoff": 6,
        "title": " ",
    }
    bar = ColorBar(color_mapper=log, margin=16, **look)
    chart.add_layout(bar, "below")
    models = {"picture": picture, "glyph": drawn.glyph, "bar": bar, "log": log, "linear": linear}
    for model in (chart, *models.values()):
        model.syncable = False  # what the browser paints, a megabyte a time, is nothing a server needs to know
    return models | {"glyph_renderer": drawn}


def _tell(chart: Any, drawn: Any, args: Mapping[str, Any], sky: str) -> None:
    """Tell value and errors under the mouse."""
    from bokeh.models import CustomJSHover, HoverTool

    tell = CustomJSHover(args=args, code=f"{sky} return skymodel.hover(sky, special_vars.x, special_vars.y, format);")
    rows = "".join(f"<div>$x{{{kind}}}</div>" for kind in _FORMATS)
    tip = f"<div style='font-size: 12px'>{rows}</div>"
    chart.add_tools(HoverTool(renderers=[drawn], tooltips=tip, formatters={"$x": tell}, description="values"))


def thinned(sky: SkyMap) -> SkyMap:
    """Return a map of nside 64 at most: means over the finer pixels, errors averaged as correlated ones do."""
    import healpy

    if sky.nside <= FINEST:
        return sky
    value, error = (healpy.ud_grade(np.array(part), FINEST) for part in (sky.values, sky.error))
    return SkyMap(value, error, sky.unit, name=sky.name, meta=sky.meta)


def _shared(maps: Mapping[str, SkyMap]) -> tuple[dict[str, Floats], dict[str, dict[str, Any]]]:
    """Return the pixels of distinct shapes, with relative errors, and for each map its shape and its factor."""
    columns: dict[str, Any] = {}
    kept: list[tuple[str, SkyMap]] = []
    bands: dict[str, dict[str, Any]] = {}
    for key, sky in maps.items():
        scales = {shape: multiple(sky, other) for shape, other in kept}
        if found := next(((shape, scale) for shape, scale in scales.items() if scale is not None), None):
            bands[key] = {"shape": found[0], "scale": found[1]}
            continue
        shape, values = f"shape{len(kept)}", np.where(sky.masked, np.nan, sky.values)
        kept.append((shape, sky))
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.where(values != 0, sky.error / np.abs(values), 0.0)
        columns |= {shape: values.astype(np.float32), f"{shape}_error": relative.astype(np.float32)}
        bands[key] = {"shape": shape, "scale": 1.0}
    return columns, bands


def _span(sky: SkyMap) -> dict[str, float]:
    """Return the limits of the colours: five decades, or from the faintest pixel; linear ones from 0 or below."""
    held = sky.values[~sky.masked]
    values, floor = held[held > 0], min(0.0, float(held.min(initial=0.0)))
    top = float(values.max(initial=0.0)) or 1.0
    low = max(float(values.min(initial=top)), top * 10.0**-_DECADES) if values.size else 0.1
    return {"low": low, "high": top, "floor": floor}


def mollweide(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Return the place in the projection of directions [deg]; longitude grows to the left."""
    lon, lat = np.broadcast_arrays(np.asarray(lon, float), np.radians(np.asarray(lat, float)))
    angle = np.array(lat)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(60):  # Newton on 2 t + sin 2 t = pi sin(lat), slow only at the poles
            step = (2 * angle + np.sin(2 * angle) - np.pi * np.sin(lat)) / (2 + 2 * np.cos(2 * angle))
            angle = np.where(np.isfinite(step), angle - step, angle)
    return -_RIGHT * lon / 180 * np.cos(angle), _TOP * np.sin(angle)


def _graticule(chart: Any) -> None:
    along = np.linspace(-180, 180, 181)
    lines = [mollweide(along, lat) for lat in (-60, -30, 0, 30, 60)]
    lines += [mollweide(lon, along / 2) for lon in (-120, -60, 0, 60, 120)]
    chart.multi_line([x for x, _ in lines], [y for _, y in lines], color="white", alpha=0.35, line_width=0.8)
    edge = [mollweide(side * 180, along / 2) for side in (-1, 1)]
    chart.multi_line([x for x, _ in edge], [y for _, y in edge], color="#55585c", line_width=1)
    lons = (120, 60, 0, -60, -120)
    x, y = mollweide(lons, np.full(5, -2.0))
    chart.text(
        x,
        y,
        [f"{lon % 360}°" for lon in lons],
        color="white",
        text_font_size="8pt",
        text_align="center",
        text_baseline="top",
    )
    lats = (60, 30, -30, -60)
    x, y = mollweide(np.full(4, 178.0), lats)
    names = [f"{lat:+d}°".replace("-", "\u2212") for lat in lats]
    chart.text(x, y, names, color="white", text_font_size="8pt", x_offset=6, text_baseline="middle")


def draw_regions(chart: Any, regions: Mapping[str, Any], project: Callable[[Floats, Floats], Any]) -> Any:
    """Draw the outlines of parts of the sky; return the chart.

    Parameters
    ----------
    chart
        What they are drawn on.
    regions
        By the name in the legend.
    project
        Longitudes and latitudes [deg] to the chart's x and y.
    """
    for number, (name, region) in enumerate(regions.items()):
        x, y = project(*outline(region))
        colour, dashes = region_look(number)
        chart.line(x, y, line_width=2, legend_label=name, color=colour, line_dash=_DASHES.get(dashes, dashes))
    return finish_legend(chart, "above", 3) if chart.legend else chart

"""How the engine sees a sky, as figures: its tiles over the map, and true against stated errors."""

from __future__ import annotations

from typing import Any

import numpy as np

from profiles.contract.arrays import ROUNDING, Floats
from skymodel.output.figures.style import COLOURS, PAGE, figure
from skymodel.sightlines.surface.fitting import Fitted
from skymodel.sightlines.surface.quarters import NEAR
from skymodel.sightlines.surface.tiles import TiledSky

_STEPS = 40  # of a drawn edge
_ZOOM = 9.0  # half width of the panel at the centre [deg]
_DECADES = 5
_OUTWARDS = 1 + 1e-9
_LEAST = 1e-17  # smaller errors are drawn there


def tile_figure(fitted: Fitted, label: str = "") -> Any:
    """Return a figure of a tiled sky, all of it and the surroundings of the centre, with the edges of its tiles."""
    made = figure(PAGE, 3.0, label)
    grid = made.add_gridspec(1, 2, width_ratios=(1.7, 1))
    whole, centre = made.add_subplot(grid[0], projection="mollweide"), made.add_subplot(grid[1])
    _draw_all(fitted.sky, whole)
    mesh = _draw_centre(fitted.sky, centre)
    made.colorbar(mesh, ax=[whole, centre], label=f"line integral [{fitted.sky.unit:unicode}]", shrink=0.8)
    whole.set_title(f"{len(fitted.sky.tiles.bounds)} tiles from {fitted.sightlines} sight lines")
    return made


def honesty_figure(stated: Floats, true: Floats, label: str = "") -> Any:
    """Return a figure of true against stated relative errors; below the diagonal a statement is honest."""
    made = figure(PAGE / 2, 3.2, label)
    axes = made.add_subplot()
    stated, true = np.maximum(stated, _LEAST), np.maximum(true, _LEAST)
    axes.loglog(stated, true, ".", markersize=2, color=COLOURS[0], rasterized=True)
    ends = np.array([stated.min() / 3, stated.max() * 3])
    axes.plot(ends, ends, color=COLOURS[1], label="true = stated")
    axes.plot(ends, ends / 100, "--", color=COLOURS[2], label="a hundredth")
    axes.axhline(ROUNDING, color="0.6", linewidth=0.6, label="rounding floor")
    axes.set(xlabel="stated relative error", ylabel="true relative error", xlim=ends)
    axes.legend(loc="upper left", fontsize="small")
    return made


def _draw_all(sky: TiledSky, axes: Any) -> None:
    lon, lat = np.linspace(-180, 180, 541), np.linspace(-90, 90, 271)
    values = _values(sky, lon, lat)
    axes.pcolormesh(-np.radians(lon), np.radians(lat), values, **_colours(values))
    for edge_lon, edge_lat in _edges(sky):
        axes.plot(-np.radians(edge_lon), np.radians(edge_lat), color="white", linewidth=0.4)
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_centre(sky: TiledSky, axes: Any) -> Any:
    side = np.linspace(-_ZOOM, _ZOOM, 361)
    values = _values(sky, side, side)
    mesh = axes.pcolormesh(side, side, values, **_colours(values))
    for edge_lon, edge_lat in _edges(sky):
        axes.plot(edge_lon, edge_lat, color="white", linewidth=0.5)
    axes.set(xlim=(_ZOOM, -_ZOOM), ylim=(-_ZOOM, _ZOOM), aspect="equal")
    axes.set(xlabel="Galactic longitude [deg]", ylabel="Galactic latitude [deg]")
    return mesh


def _values(sky: TiledSky, lon: Floats, lat: Floats) -> Floats:
    """Return line integrals at the middles of a grid's cells."""
    middle_lon, middle_lat = (np.radians(0.5 * (edge[1:] + edge[:-1])) for edge in (lon, lat))
    lon, lat = np.meshgrid(middle_lon, middle_lat)
    n = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    return sky.integrate(n.reshape(-1, 3), rtol=1e-3, share=1e-9).value.reshape(lon.shape)


def _colours(values: Floats) -> dict[str, Any]:
    from matplotlib.colors import LogNorm

    top = float(values.max())
    norm = LogNorm(top * 10.0**-_DECADES, top, clip=True)
    return {"norm": norm, "cmap": "inferno", "rasterized": True, "shading": "flat"}


def _edges(sky: TiledSky) -> list[tuple[Floats, Floats]]:
    """Return longitudes and latitudes [deg] along the edges of all tiles, in all quarters that they stand for."""
    share = np.linspace(0, 1, _STEPS)
    lines = []
    for quarter, chart, (low_u, high_u, low_v, high_v) in zip(
        sky.tiles.quarter, sky.tiles.chart, sky.tiles.bounds, strict=True
    ):
        u, v = low_u + share * (high_u - low_u), low_v + share * (high_v - low_v)
        sides = [(u, 0 * v + low_v), (u, 0 * v + high_v), (0 * u + low_u, v), (0 * u + high_u, v)]
        for side_u, side_v in sides:
            n = sky.frame.directions(np.array([quarter]), int(chart), side_u[None], side_v[None])[0]
            elsewhere = sky.frame.places(_outwards(n)).near != (chart == NEAR)
            n[elsewhere] = np.nan  # tiles of the other chart are read there
            lines += [n * signs for signs in _images(sky)]
    return [(np.degrees(np.arctan2(n[:, 1], n[:, 0])), np.degrees(np.arcsin(n[:, 2]))) for n in lines]


def _outwards(n: Floats) -> Floats:
    """Return directions ``(N, 3)`` a hair away from the box at the centre, whose border far tiles lie on."""
    return np.asarray(n * np.array([1.0, _OUTWARDS, _OUTWARDS]))


def _images(sky: TiledSky) -> list[Floats]:
    """Return the signs of (x, y, z) that turn a quarter into those it stands for."""
    lon = (1.0, -1.0) if sky.folds.left_right else (1.0,)
    lat = (1.0, -1.0) if sky.folds.up_down else (1.0,)
    return [np.array([1.0, east, north]) for east in lon for north in lat]

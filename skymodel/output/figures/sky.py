"""Maps as figures: the whole sky in Mollweide's projection, and the inner Galaxy with the instruments' regions.

Longitude grows to the left, as on the sky. Each point of a figure shows the map's pixel it falls into, so what is
drawn is what the file holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.output.figures.outlines import outline
from skymodel.output.figures.style import COLOURS, PAGE, figure
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

TITLES = {"J": "column of the product of densities", "LINE_511": "511 keV line"}
_WINDOWS = (
    ("INTEGRAL: 6 deg about the centre", INTEGRAL_CIRCLE, "-"),
    ("COMPTEL: |l| < 30 deg, |b| < 5 deg", COMPTEL_WINDOW, "--"),
)
_DECADES = 5  # shown below the brightest pixel; fainter ones share the darkest colour
_BAND_UNIT = "cm-2 s-1 sr-1"
_LON, _LAT = 40.0, 15.0  # half widths of the zoom [deg]


def title(name: str) -> str:
    """Return what figures call a map: "511 keV line", "continuum, 1-20 MeV"."""
    kind, _, edges = name.partition("_")
    return TITLES.get(name) or f"{kind.lower()}, {edges.replace('_', '-')} MeV"


def all_sky(sky: SkyMap, axes: Any) -> Any:
    """Draw the whole sky on Axes of the projection "mollweide" and return the coloured mesh."""
    lon, lat = np.linspace(-180, 180, 721), np.linspace(-90, 90, 361)
    mesh = axes.pcolormesh(-np.radians(lon), np.radians(lat), _sampled(sky, lon, lat), **_colours(sky))
    _draw_windows(axes, lambda x, y: (-np.radians(x), np.radians(y)))
    axes.set_xticks(np.radians([-120, -60, 0, 60, 120]), ["120°", "60°", "", "300°", "240°"], color="white", fontsize=6)
    axes.set_yticks(np.radians([-60, -30, 0, 30, 60]), ["-60°", "-30°", "0°", "30°", "60°"], fontsize=6)
    axes.grid(color="white", linewidth=0.3, alpha=0.5)
    return mesh


def centre(sky: SkyMap, axes: Any) -> Any:
    """Draw the inner Galaxy, with the two instruments' regions outlined, and return the coloured mesh."""
    lon, lat = np.linspace(-_LON, _LON, 801), np.linspace(-_LAT, _LAT, 301)
    mesh = axes.pcolormesh(lon, lat, _sampled(sky, lon, lat), **_colours(sky))
    _draw_windows(axes, lambda x, y: (x, y))
    axes.set(xlim=(_LON, -_LON), ylim=(-_LAT, _LAT), aspect="equal")
    axes.set(xlabel="Galactic longitude [deg]", ylabel="Galactic latitude [deg]")
    return mesh


def all_sky_figure(maps: Sequence[SkyMap], label: str = "") -> Any:
    """Return a figure with one all-sky panel for each map."""
    made = figure(PAGE, 2.9, label)
    panels = made.subplots(1, len(maps), subplot_kw={"projection": "mollweide"}, squeeze=False)[0]
    for sky, axes in zip(maps, panels, strict=True):
        _finish(made, axes, all_sky(sky, axes), sky, location="bottom")
    _name_windows(made, panels[0])
    return made


def centre_figure(maps: Sequence[SkyMap], label: str = "") -> Any:
    """Return a figure with the inner Galaxy of each map, one above the other."""
    made = figure(PAGE * 0.75, 1.8 * len(maps) + 0.8, label)
    panels = made.subplots(len(maps), 1, sharex=True, squeeze=False)[:, 0]
    for sky, axes in zip(maps, panels, strict=True):
        _finish(made, axes, centre(sky, axes), sky, location="right")
        axes.label_outer()
    _name_windows(made, panels[0])
    return made


def _name_windows(made: Any, axes: Any) -> None:
    made.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)


def _finish(made: Any, axes: Any, mesh: Any, sky: SkyMap, location: str) -> None:
    axes.set_title(title(sky.name))
    extend = "min" if float(sky.values.min()) < mesh.norm.vmin else "neither"
    bar = made.colorbar(mesh, ax=axes, location=location, extend=extend, pad=0.03, shrink=0.9, aspect=30)
    unit = r"cm$^{-2}$ s$^{-1}$ sr$^{-1}$" if sky.unit == _BAND_UNIT else sky.unit.to_string("latex_inline")
    bar.set_label(f"intensity [{unit}]")


def _sampled(sky: SkyMap, lon: Floats, lat: Floats) -> Floats:
    """Return the map's values ``(lat - 1, lon - 1)`` at the middles of the cells; masked ones are nan."""
    import healpy

    middle_lon, middle_lat = np.meshgrid((lon[1:] + lon[:-1]) / 2, (lat[1:] + lat[:-1]) / 2)
    values = sky.values[healpy.ang2pix(sky.nside, middle_lon, middle_lat, lonlat=True)]
    return np.where(values > -1e30, values, np.nan)


def _colours(sky: SkyMap) -> dict[str, Any]:
    from matplotlib.colors import LogNorm, Normalize

    top = float(sky.values.max())
    faint = float(sky.values[sky.values > 0].min(initial=top))
    norm = LogNorm(max(faint, top * 10**-_DECADES), top, clip=True) if top > faint else Normalize(0, top or 1)
    return {"norm": norm, "cmap": "inferno", "rasterized": True, "shading": "flat"}


def _draw_windows(axes: Any, project: Any) -> None:
    for name, region, dashes in _WINDOWS:
        curve = outline(region)
        if curve is not None:
            axes.plot(*project(*curve), dashes, color=COLOURS[5], linewidth=1.0, label=name)

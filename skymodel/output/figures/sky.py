"""Skies as figures: the whole of one in Mollweide's projection, or the inner Galaxy, with regions outlined.

Longitude grows to the left, as on the sky. Each point of a figure shows the pixel it falls into, so what is drawn is
what a map or an image holds. Maps that are a number times one another share a panel, whose title says the number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.output.figures.names import map_name, region_name
from skymodel.output.figures.style import COLOURS, PAGE, figure
from skymodel.sightlines.zoom import Image
from skymodel.sky.outlines import outline
from skymodel.sky.region import Region
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

WINDOWS: Mapping[str, Region] = {region_name(region.name): region for region in (INTEGRAL_CIRCLE, COMPTEL_WINDOW)}
_REGION_COLOURS = tuple(COLOURS[number] for number in (5, 4, 3, 2))
_REGION_DASHES = ("solid", "dashed", "dotted", "dashdot")
_DECADES = 5  # shown below the brightest pixel; fainter ones share the darkest colour
_PEAK = 99.9  # percentile of all pixels that takes the brightest colour: up to a cusp's top the rest would be black
_BAND_UNIT = "cm-2 s-1 sr-1"
_LON, _LAT = 40.0, 15.0  # half widths of the inner Galaxy [deg]
_CELL = 0.5  # size of what a sky is drawn in, where it is as wide as a page [deg]
_SAME = 1e-12  # relative: maps that differ by less from a multiple are that multiple


def multiple(sky: SkyMap, of: SkyMap) -> float | None:
    """Return by which number a map is another, None if by none.

    Examples
    --------
    >>> one = SkyMap(np.arange(12.0), 0.0, "cm-2")
    >>> multiple(one * 3.0, one), multiple(one * one, one)
    (3.0, None)
    """
    if sky.nside != of.nside:
        return None
    values, others = (np.where(each.masked, np.nan, each.values) for each in (sky, of))
    if not (np.isfinite(others) & (others != 0)).any():
        return None
    top = int(np.nanargmax(np.abs(others)))
    scale = float(values[top] / others[top])
    return scale if np.allclose(values, scale * others, rtol=_SAME, atol=0, equal_nan=True) else None


def panels(maps: Iterable[SkyMap]) -> dict[str, SkyMap]:
    """Return the maps of distinct shapes by title; what is a number times one of them is told in its title."""
    found: dict[str, list[tuple[str, SkyMap]]] = {}
    for sky in maps:
        scales = {key: multiple(sky, kept[0][1]) for key, kept in found.items()}
        same = next((key for key, scale in scales.items() if scale is not None), None)
        if same is None:
            found[sky.name] = [(map_name(sky.name), sky)]
        else:
            found[same].append((f"{map_name(sky.name)}: {scales[same]:.4g} times this", sky))
    return {"; ".join(name for name, _ in kept): kept[0][1] for kept in found.values()}


def all_sky(sky: SkyMap, axes: Any, regions: Mapping[str, Region] = WINDOWS, cell: float = _CELL) -> Any:
    """Draw the whole sky, in cells [deg], on Axes of the projection "mollweide" and return the coloured mesh."""
    lon, lat = _edges(cell)
    held = sky.values[~sky.masked]
    norm = _norm(held, float(np.percentile(held, _PEAK)) if held.size else 0.0)
    place = -np.radians(lon), np.radians(lat)
    mesh = axes.pcolormesh(*place, sampled(sky, lon, lat), norm=norm, **_LOOK)
    _outline(axes, regions, lambda x, y: (-np.radians(x), np.radians(y)))
    graticule(axes)
    axes.set(xlabel="Galactic longitude", ylabel="Galactic latitude")
    return mesh


def centre(sky: SkyMap | Image, axes: Any, regions: Mapping[str, Region] = WINDOWS) -> Any:
    """Draw the inner Galaxy of a map or an image, its pixels as they are, and return the coloured mesh."""
    if isinstance(sky, Image):
        lon, lat, values = _corners(sky)
    else:
        lon, lat = np.linspace(-_LON, _LON, 801), np.linspace(-_LAT, _LAT, 301)
        values = sampled(sky, lon, lat)
    mesh = axes.pcolormesh(lon, lat, values, norm=_norm(values, float(np.nanmax(values))), **_LOOK)
    _outline(axes, regions, lambda x, y: (x, y))
    wide, high = (min(most, float(np.nanmax(np.abs(side)))) for most, side in ((_LON, lon), (_LAT, lat)))
    axes.set(xlim=(wide, -wide), ylim=(-high, high), aspect="equal")
    axes.set(xlabel="Galactic longitude [deg]", ylabel="Galactic latitude [deg]")
    return mesh


def all_sky_figure(
    skies: Mapping[str, SkyMap], label: str = "", regions: Mapping[str, Region] = WINDOWS, width: float = PAGE
) -> Any:
    """Return a figure `width` inches wide with one all-sky panel for each map, its title given; see :func:`panels`."""
    made = figure(width, 0.47 * width * len(skies) + 0.5, label)
    grid = made.subplots(len(skies), 1, subplot_kw={"projection": "mollweide"}, squeeze=False)[:, 0]
    for (title, sky), axes in zip(skies.items(), grid, strict=True):
        _finish(made, axes, all_sky(sky, axes, regions, _CELL * PAGE / width), title, sky.unit)
    _name_regions(made, grid[0])
    return made


def centre_figure(skies: Mapping[str, SkyMap | Image], label: str = "", regions: Mapping[str, Region] = WINDOWS) -> Any:
    """Return a figure with the inner Galaxy of each map or image, its title given, one above the other."""
    made = figure(PAGE, 2.9 * len(skies) + 0.5, label)
    grid = made.subplots(len(skies), 1, sharex=True, squeeze=False)[:, 0]
    for (title, sky), axes in zip(skies.items(), grid, strict=True):
        _finish(made, axes, centre(sky, axes, regions), title, sky.unit)
        axes.label_outer()
    _name_regions(made, grid[0])
    return made


def region_figure(region: Region) -> Any:
    """Return a figure of the covered share of every pixel, all over the sky."""
    made = figure(PAGE / 2, 2.2)
    axes = made.add_subplot(projection="mollweide")
    share = SkyMap(region.coverage(64), np.zeros(()), "")
    lon, lat = _edges(2 * _CELL)
    shown = {"cmap": "Blues", "vmin": 0, "vmax": 1.2, "rasterized": True}
    axes.pcolormesh(-np.radians(lon), np.radians(lat), sampled(share, lon, lat), **shown)
    graticule(axes, colour="0.4")
    axes.set_title(region_name(region.name))
    return made


def region_look(number: int) -> tuple[str, str]:
    """Return colour and dashes of the outline of a region by its place in the legend; the first sixteen differ.

    Examples
    --------
    >>> len({region_look(number) for number in range(16)})
    16
    """
    turn, place = divmod(number, len(_REGION_COLOURS))
    return _REGION_COLOURS[place], _REGION_DASHES[(place + turn) % len(_REGION_DASHES)]


def graticule(axes: Any, *, colour: str = "white", labels: bool = True) -> None:
    """Draw meridians and parallels on Axes of the projection "mollweide", from pole to pole."""
    lon, lat = ["120°", "60°", "", "300°", "240°"], ["−60°", "−30°", "0°", "30°", "60°"]  # noqa: RUF001
    axes.set_longitude_grid_ends(90)
    axes.set_xticks(np.radians([-120, -60, 0, 60, 120]), lon if labels else [], color=colour)
    axes.set_yticks(np.radians([-60, -30, 0, 30, 60]), lat if labels else [])
    axes.tick_params(labelsize=6, labelbottom=labels, labelleft=labels)
    axes.grid(color=colour, linewidth=0.3, alpha=0.5)


def unit_text(unit: Any) -> str:
    """Return a unit as figures write it."""
    return r"cm$^{-2}$ s$^{-1}$ sr$^{-1}$" if unit == _BAND_UNIT else str(unit.to_string("latex_inline"))


_LOOK: dict[str, Any] = {"cmap": "inferno", "rasterized": True, "shading": "flat"}


def _finish(made: Any, axes: Any, mesh: Any, title: str, unit: Any) -> None:
    axes.set_title(title)
    values, norm = np.asarray(mesh.get_array()), mesh.norm
    beyond = bool(np.nanmin(values) < norm.vmin), bool(np.nanmax(values) > norm.vmax)
    extend = {(True, True): "both", (True, False): "min", (False, True): "max"}.get(beyond, "neither")
    bar = made.colorbar(mesh, ax=axes, location="bottom", extend=extend, pad=0.03, shrink=0.8, aspect=40)
    bar.set_label(f"intensity [{unit_text(unit)}]" if unit == _BAND_UNIT else f"[{unit_text(unit)}]")


def _name_regions(made: Any, axes: Any) -> None:
    handles, names = axes.get_legend_handles_labels()
    if handles:
        made.legend(handles, names, loc="outside upper center", ncols=2 if made.get_figwidth() > PAGE / 2 else 1)


def _edges(cell: float) -> tuple[Floats, Floats]:
    """Return the edges of cells of a size [deg] in longitude and latitude, all over the sky."""
    rows = round(180 / cell)
    return np.linspace(-180, 180, 2 * rows + 1), np.linspace(-90, 90, rows + 1)


def sampled(sky: SkyMap, lon: Floats, lat: Floats) -> Floats:
    """Return the map's values ``(lat - 1, lon - 1)`` at the middles of the cells; masked ones are nan."""
    import healpy

    middle_lon, middle_lat = np.meshgrid((lon[1:] + lon[:-1]) / 2, (lat[1:] + lat[:-1]) / 2)
    pixels = healpy.ang2pix(sky.nside, middle_lon, middle_lat, lonlat=True)
    return np.where(sky.masked[pixels], np.nan, sky.values[pixels])


def _corners(image: Image) -> tuple[Floats, Floats, Floats]:
    """Return longitudes and latitudes ``(ny + 1, nx + 1)`` of an image's corners [deg], and its values."""
    rows, columns = image.values.shape
    place = np.meshgrid(np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5)
    lon, lat = image.wcs.wcs_pix2world(*place, 0)
    return (lon + 180) % 360 - 180, lat, np.asarray(image.values)


def _norm(values: Floats, high: float) -> Any:
    from matplotlib.colors import LogNorm, Normalize

    faint = float(np.min(values, initial=high, where=values > 0)) if high > 0 else high
    low = max(faint, high * 10.0**-_DECADES)
    return LogNorm(low, high, clip=True) if high > low > 0 else Normalize(0, high or 1)


def _outline(axes: Any, regions: Mapping[str, Region], project: Callable[[Floats, Floats], Any]) -> None:
    for number, (name, region) in enumerate(regions.items()):
        colour, dashes = region_look(number)
        axes.plot(*project(*outline(region)), linestyle=dashes, color=colour, linewidth=1.0, label=name)

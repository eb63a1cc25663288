"""Two maps compared, as a figure: both in one scale, what is left, and what is measured on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.comparison.likeness.morphology import Comparison, beam_width
from skymodel.output.figures.names import map_name, region_name
from skymodel.output.figures.sky import graticule, sampled, unit_text
from skymodel.output.figures.style import COLOURS, PAGE, figure
from skymodel.sky.skymap import SkyMap

_WHOLE = 3.0  # sr, from which a region is shown on the whole sky
_DECADES, _LINEAR = 4, 1e-2  # shown of brightness; share of the largest residual that is drawn linearly


def comparison_figure(comparison: Comparison) -> Any:
    """Return the figure of a comparison: both maps and the residual, above what is measured on them.

    The first map is drawn times the fitted amplitude, so that one scale of colours serves both.
    """
    kept = ~comparison.fit.residual.masked
    whole = kept.sum() * comparison.first.pixel_area > _WHOLE
    made = figure(PAGE, 3.9 if whole else 4.4, _said(comparison.likeness.meta, whole))
    grid = made.add_gridspec(2, 3, height_ratios=[0.85 if whole else 1.0, 1.15])  # a whole sky is half as high as wide
    upper = [made.add_subplot(grid[0, place], projection="mollweide" if whole else None) for place in range(3)]
    names = _names(comparison)
    scaled = replace(comparison.first * comparison.fit.amplitude.value, unit=comparison.second.unit)
    norm = _norm(np.concatenate([scaled.values[kept], comparison.second.values[kept]]))
    for axes, sky in zip(upper, (scaled, comparison.second), strict=False):
        mesh = _map(axes, sky, kept, norm, "inferno")
    upper[0].set_title(f"{names[0]}, times {comparison.fit.amplitude.value:.4g}")
    upper[1].set_title(names[1])
    _bar(made, mesh, upper[:2], comparison.second)
    residual = comparison.fit.residual
    left = _map(upper[2], residual, kept, _signed(residual.values[kept]), "RdBu_r")
    upper[2].set_title("second less the scaled first")
    ends = (left.norm.vmin, 0.0, left.norm.vmax)
    _bar(made, left, upper[2:], residual).set_ticks(
        ends, labels=[f"{end:.1g}".replace("-", "\u2212") for end in ends], minor=False
    )
    _concentration(made.add_subplot(grid[1, 0]), comparison, names)
    _profiles(made.add_subplot(grid[1, 1]), comparison)
    _spectrum(made.add_subplot(grid[1, 2]), comparison)
    return made


def _said(meta: Mapping[str, Any], whole: bool) -> str:
    edge = "" if meta["region"] == "whole sky" else " (its edge mixes neighbouring degrees)"
    width = beam_width(meta)
    beam = f"; beam: {width} ({meta.get('beam', 'as given')})" if width else ""
    lines = "; meridians every 60°, parallels every 30°" if whole else ""
    return f"region: {region_name(str(meta['region']))}{edge}{beam}{lines}"


def _names(comparison: Comparison) -> tuple[str, str]:
    first, second = (_short(map_name(sky.name)) for sky in (comparison.first, comparison.second))
    return first or "first", second or "second"


def _short(name: str, most: int = 34) -> str:
    return name if len(name) <= most else f"{name[: most - 3]}..."


def _map(axes: Any, sky: SkyMap, kept: Bools, norm: Any, colours: str) -> Any:
    lon, lat = _frame(axes, kept, sky.nside)
    values = sampled(sky, lon, lat)
    whole = axes.name == "mollweide"
    x, y = (-np.radians(lon), np.radians(lat)) if whole else (lon, lat)
    mesh = axes.pcolormesh(x, y, values, rasterized=True, shading="flat", norm=norm, cmap=colours)
    if whole:
        graticule(axes, colour="white" if colours == "inferno" else "0.4", labels=False)
    else:
        axes.set(xlim=(lon[-1], lon[0]), aspect="equal", xlabel="$l$ [deg]", ylabel="$b$ [deg]")
    return mesh


def _bar(made: Any, mesh: Any, panels: list[Any], sky: SkyMap) -> Any:
    bar = made.colorbar(mesh, ax=panels, location="bottom", pad=0.04, aspect=25 * len(panels))
    bar.set_label(f"[{unit_text(sky.unit)}]" if sky.unit.to_string() else "", fontsize=6.5)
    bar.ax.tick_params(labelsize=6)
    return bar


def _frame(axes: Any, kept: Bools, nside: int) -> tuple[Floats, Floats]:
    """Return the edges of the cells that are drawn [deg], of the whole sky or around the region."""
    import healpy

    if axes.name == "mollweide":
        return np.linspace(-180, 180, 361), np.linspace(-90, 90, 181)
    lon, lat = healpy.pix2ang(nside, np.flatnonzero(kept), lonlat=True)
    lon = (lon + 180) % 360 - 180
    pad = 1.0
    high, low = min(float(lat.max()) + pad, 90.0), max(float(lat.min()) - pad, -90.0)
    return np.linspace(lon.min() - pad, lon.max() + pad, 241), np.linspace(low, high, 161)


def _norm(values: Floats) -> Any:
    """Return one scale of colours for both maps: logarithmic unless one has deep negative pixels or spans little."""
    from matplotlib.colors import LogNorm, Normalize

    top, faint = float(values.max()), float(values[values > 0].min(initial=np.inf))
    if values.min() < -1e-2 * top or not faint < top / 10:
        return Normalize(float(values.min()), top)
    return LogNorm(max(faint, top * 10.0**-_DECADES), top, clip=True)


def _signed(values: Floats) -> Any:
    """Return the colours of a residual: its largest is not cut, its small parts are seen."""
    from matplotlib.colors import SymLogNorm

    reach = float(np.abs(values).max()) or 1.0
    return SymLogNorm(_LINEAR * reach, vmin=-reach, vmax=reach)


def _concentration(axes: Any, comparison: Comparison, names: tuple[str, str]) -> None:
    for place, (curve, name) in enumerate(zip(comparison.curves, names, strict=True)):
        axes.plot(curve.radius, curve.share, color=COLOURS[place], label=name)
        band = (curve.share - curve.share_error, curve.share + curve.share_error)
        axes.fill_between(curve.radius, *band, color=COLOURS[place], alpha=0.3, linewidth=0)
    held = np.min([np.nan_to_num(curve.share) for curve in comparison.curves], axis=0)
    end = comparison.curves[0].radius[min(int(np.argmax(held > 0.999)), held.size - 1)] if held.max() > 0.999 else 180
    axes.set(
        xscale="log", xlim=(0.5, end), ylim=(0, 1.25), xlabel="angle from the centre [deg]", ylabel="share of flux"
    )
    axes.legend(loc="upper left", fontsize=6)


def _profiles(axes: Any, comparison: Comparison) -> None:
    for place, curve in enumerate(comparison.curves):
        for profile, dashes, axis in ((curve.lon, "-", "$l$"), (curve.lat, "--", "$b$")):
            middle = (profile.edges[1:] + profile.edges[:-1]) / 2
            peak = float(np.nanmax(profile.mean))
            line, good = profile.mean / (peak if peak > 0 else 1.0), np.isfinite(profile.mean)
            axes.plot(
                middle[good], line[good], dashes, color=COLOURS[place], label=f"along {axis}" if not place else None
            )
    axes.set(yscale="log", ylim=(1e-3, 8), xlabel="angle [deg], $l$ to the left", ylabel="intensity / its largest")
    axes.invert_xaxis()  # as on the maps above
    axes.legend(loc="upper center", ncols=2)


def _spectrum(axes: Any, comparison: Comparison) -> None:
    spectrum = comparison.spectrum
    axes.plot(spectrum.degree, spectrum.correlation, color=COLOURS[2])
    band = (spectrum.correlation - spectrum.error, spectrum.correlation + spectrum.error)
    axes.fill_between(spectrum.degree, *np.clip(band, -1, 1), color=COLOURS[2], alpha=0.3, linewidth=0)
    axes.axhline(0, color="0.7", linewidth=0.6)
    lowest = min(0.0, float(spectrum.correlation.min()))
    axes.set(xscale="log", ylim=(lowest - 0.05, 1.05), xlabel=r"degree $\ell$", ylabel=r"correlation $r_\ell$")

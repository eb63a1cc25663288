"""Figures of morphology: two maps compared, the matrix of band pairs, significance against exposure, pulls on data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.forecast.forecast import KNOWN
from skymodel.comparison.forecast.mocks import LIKELIHOOD
from skymodel.comparison.likeness.morphology import Comparison, beam_width
from skymodel.output.figures.style import COLOURS, MARKERS, PAGE, figure
from skymodel.sky.skymap import SkyMap

_MOST = 10.0  # standard deviations, the top of the colours
_BANDS = {
    "LINE_511": "511 keV",
    "ORTHO_PS": "ortho-Ps",
    "CONTINUUM_1_3": "1-3 MeV",
    "CONTINUUM_3_10": "3-10 MeV",
    "CONTINUUM_10_20": "10-20 MeV",
    "XRAY_8_KEV": "8 keV",
}
_WHOLE = 3.0  # sr, from which a region is shown on the whole sky


def comparison_figure(comparison: Comparison) -> Any:
    """Return the figure of a comparison: both maps and the residual, above what is measured on them."""
    made = figure(PAGE, 4.0, _small_print(comparison.likeness.meta))
    shown = (comparison.first, comparison.second, comparison.fit.residual)
    kept = ~comparison.fit.residual.masked
    whole = kept.sum() * comparison.first.pixel_area > _WHOLE
    grid = made.add_gridspec(2, 3, height_ratios=[1, 1.25])
    for place, sky in enumerate(shown):
        axes = made.add_subplot(grid[0, place], projection="mollweide" if whole else None)
        _map(made, axes, sky, kept, signed=place == 2)
        axes.set_title(_short(sky.name) if place < 2 else "second minus scaled first")
    below = made.add_subplot(grid[1, 0])
    _concentration(below, comparison)
    made.legend(*below.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    _profiles(made.add_subplot(grid[1, 1]), comparison)
    _spectrum(made.add_subplot(grid[1, 2]), comparison)
    return made


def _small_print(meta: Mapping[str, Any]) -> str:
    edge = "" if meta["region"] == "whole sky" else ", whose edge mixes neighbouring degrees of the correlation"
    said = ["Galactic, l growing to the left", f"region: {meta['region']}{edge}"]
    if width := beam_width(meta):
        said.append(f"through a beam of {width} ({meta.get('beam', 'as given')})")
    return "; ".join(said)


def matrix_figure(matrix: Any, label: str = "") -> Any:
    """Return the matrix of band pairs: significance in the exposure taken, one panel for each story.

    Below the diagonal the nuisances of the backgrounds are free, above it they are known exactly.

    Parameters
    ----------
    matrix
        Table with the columns rival, band_a, band_b, significance, significance_known; what its ``meta["inputs"]`` says
        of the instruments' numbers is put into the small print.
    label
        Small print at the foot.
    """
    stories = list(dict.fromkeys(map(str, matrix["rival"])))
    bands = list(dict.fromkeys([*map(str, matrix["band_a"]), *map(str, matrix["band_b"])]))
    rows = -(-len(stories) // 2)
    small_print = "; ".join(part for part in (label, matrix.meta.get("inputs", "")) if part)
    made = figure(PAGE * 0.85, 2.5 * rows + 0.8, small_print)
    panels = made.subplots(rows, min(2, len(stories)), squeeze=False, sharex=True, sharey=True).ravel()
    for axes, story in zip(panels, stories, strict=False):
        cells = _cells(matrix[[str(entry) == story for entry in matrix["rival"]]], bands)
        mesh = axes.imshow(np.clip(cells, 0, _MOST), cmap="cividis", vmin=0, vmax=_MOST)
        _write_cells(axes, cells)
        axes.set_title(story)
        names = [_BANDS.get(band, band) for band in bands]
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(names)), names)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[len(stories) :]:
        axes.set_visible(False)
    bar = made.colorbar(mesh, ax=list(panels), shrink=0.8, aspect=30, extend="max")
    bar.set_label(r"median significance against one origin [$\sigma$]")
    return made


def forecast_figure(curves: Mapping[str, Any], label: str = "") -> Any:
    """Return significance against exposure; open markers where the mocks' tail had to be extrapolated.

    Parameters
    ----------
    curves
        Name of a statistic to a table with the columns exposure (in units of the one taken), significance and
        extrapolated; "likelihood ratio" is drawn as the yardstick.
    label
        Small print at the foot.
    """
    made = figure(PAGE * 0.75, 3.0, label)
    axes = made.subplots()
    for place, (name, curve) in enumerate(curves.items()):
        best = name in (LIKELIHOOD, KNOWN)
        colour, marker = ("k", "") if best else (COLOURS[place % 6], MARKERS[place % 7])
        x, y, open_ones = (np.asarray(curve[key]) for key in ("exposure", "significance", "extrapolated"))
        dashes = "--" if name == KNOWN or (not best and place >= 6) else "-"  # by then the colours begin again
        axes.plot(x, y, dashes, color=colour, linewidth=2.0 if best else 1.2, marker=marker, markersize=3.5, label=name)
        axes.plot(x[open_ones], y[open_ones], marker, color=colour, markersize=3.5, markerfacecolor="w")
    for level in (3, 5):
        axes.axhline(level, color="0.6", linewidth=0.7, linestyle=":")
        axes.annotate(rf"{level}$\sigma$", (1.01, level), xycoords=("axes fraction", "data"), fontsize=7, color="0.4")
    axes.set(xscale="log", ylim=(0, 12), xlabel="exposure / exposure taken", ylabel=r"median significance [$\sigma$]")
    made.legend(*axes.get_legend_handles_labels(), loc="outside right upper")
    return made


def confrontation_figure(table: Any, label: str = "") -> Any:
    """Return the pulls of density pairs on the 511 keV components and on COMPTEL's bulge, as a chart of numbers."""
    names = [f"{row['dark_matter']} x {row['electrons']}".replace("_", " ") for row in table]
    columns = [name for name in table.colnames if name.startswith("pull_")]
    pulls = np.array([[float(row[name]) for name in columns] for row in table])
    made = figure(PAGE * 0.85, 0.16 * len(names) + 1.1, label)
    axes = made.subplots()
    mesh = axes.imshow(np.clip(pulls, -6, 6), cmap="RdBu_r", vmin=-6, vmax=6, aspect="auto")
    for (row, column), pull in np.ndenumerate(pulls):
        dark = abs(pull) > 4
        axes.text(column, row, f"{pull:+.1f}", ha="center", va="center", fontsize=5.5, color="w" if dark else "k")
    axes.set_xticks(range(len(columns)), [_pull_title(name) for name in columns])
    axes.set_yticks(range(len(names)), names, fontsize=5.5)
    for place, row in enumerate(table):
        if row["compatible"]:
            axes.get_yticklabels()[place].set_fontweight("bold")
    axes.tick_params(axis="x", top=True, labeltop=True, bottom=False, labelbottom=False)
    made.colorbar(mesh, ax=axes, extend="both", pad=0.02, aspect=40).set_label("model minus published [sigma]")
    return made


def _pull_title(name: str) -> str:
    return name.removeprefix("pull_").replace("_", "\n")


def _short(name: str, most: int = 34) -> str:
    return name if len(name) <= most else f"{name[: most - 3]}..."


def _map(made: Any, axes: Any, sky: SkyMap, kept: Any, *, signed: bool) -> None:
    lon, lat = _frame(axes, kept, sky.nside)
    values = _sampled(sky, lon, lat)
    inside = sky.values[kept]
    reach = _reach(inside)
    if signed:
        colours = {"cmap": "RdBu_r", "vmin": -reach, "vmax": reach}
    else:
        colours = {"cmap": "inferno", "norm": _norm(inside)}
    x, y = (-np.radians(lon), np.radians(lat)) if axes.name == "mollweide" else (lon, lat)
    mesh = axes.pcolormesh(x, y, values, rasterized=True, shading="flat", **colours)
    if axes.name == "mollweide":
        axes.set(xticks=[], yticks=[])
    else:
        axes.set(xlim=(lon[-1], lon[0]), aspect="equal", xlabel="$l$ [deg]", ylabel="$b$ [deg]")
    ticks = [-reach, 0.0, reach] if signed else None
    bar = made.colorbar(
        mesh,
        ax=axes,
        location="bottom",
        pad=0.04,
        aspect=25,
        ticks=ticks,
        format="%.2g" if signed else None,
        extend="both" if signed else "neither",
    )
    unit = sky.unit.to_string("latex_inline")
    bar.set_label(f"[{unit}]" if sky.unit.to_string() else "", fontsize=6.5)
    bar.ax.tick_params(labelsize=6)
    bar.ax.xaxis.set_minor_formatter("")


def _reach(values: Floats) -> float:
    """Return where the colours of a residual end: one pixel in two hundred, often the centre, may go beyond."""
    largest = float(np.abs(values).max())
    return max(float(np.quantile(np.abs(values), 0.995)), 1e-3 * largest) or 1.0


def _frame(axes: Any, kept: Any, nside: int) -> tuple[Floats, Floats]:
    """Return the edges of the cells that are drawn [deg], of the whole sky or around the region."""
    import healpy

    if axes.name == "mollweide":
        return np.linspace(-180, 180, 361), np.linspace(-90, 90, 181)
    lon, lat = healpy.pix2ang(nside, np.flatnonzero(kept), lonlat=True)
    lon = (lon + 180) % 360 - 180
    pad = 1.0
    high, low = min(float(lat.max()) + pad, 90.0), max(float(lat.min()) - pad, -90.0)
    return np.linspace(lon.min() - pad, lon.max() + pad, 241), np.linspace(low, high, 161)


def _sampled(sky: SkyMap, lon: Floats, lat: Floats) -> Floats:
    import healpy

    middle_lon, middle_lat = np.meshgrid((lon[1:] + lon[:-1]) / 2, (lat[1:] + lat[:-1]) / 2)
    pixel = healpy.ang2pix(sky.nside, middle_lon, middle_lat, lonlat=True)
    return np.where(sky.masked[pixel], np.nan, sky.values[pixel])


def _norm(values: Floats) -> Any:
    from matplotlib.colors import LogNorm, Normalize

    top, faint = float(values.max()), float(values[values > 0].min(initial=np.inf))
    if values.min() < -1e-6 * top or not faint < top / 10:
        return Normalize(float(values.min()), top)
    return LogNorm(max(faint, top * 1e-4), top, clip=True)


def _concentration(axes: Any, comparison: Comparison) -> None:
    for place, (curve, sky) in enumerate(zip(comparison.curves, _pair(comparison), strict=True)):
        axes.plot(curve.radius, curve.share, color=COLOURS[place], label=_short(sky.name))
        band = (curve.share - curve.share_error, curve.share + curve.share_error)
        axes.fill_between(curve.radius, *band, color=COLOURS[place], alpha=0.3, linewidth=0)
    held = np.min([np.nan_to_num(curve.share) for curve in comparison.curves], axis=0)
    end = comparison.curves[0].radius[min(int(np.argmax(held > 0.999)), held.size - 1)] if held.max() > 0.999 else 180
    axes.set(xscale="log", xlim=(0.5, end), ylim=(0, 1), xlabel="angle from the centre [deg]", ylabel="share of flux")


def _profiles(axes: Any, comparison: Comparison) -> None:
    for place, curve in enumerate(comparison.curves):
        for profile, dashes, axis in ((curve.lon, "-", "$l$"), (curve.lat, "--", "$b$")):
            middle = (profile.edges[1:] + profile.edges[:-1]) / 2
            peak = float(np.nanmax(profile.mean))
            line, good = profile.mean / (peak if peak > 0 else 1.0), np.isfinite(profile.mean)
            axes.plot(
                middle[good], line[good], dashes, color=COLOURS[place], label=f"along {axis}" if not place else None
            )
    axes.set(yscale="log", ylim=(1e-3, 8), xlabel="angle [deg]", ylabel="intensity / its largest")
    axes.legend(loc="upper center", ncols=2)


def _spectrum(axes: Any, comparison: Comparison) -> None:
    spectrum = comparison.spectrum
    axes.plot(spectrum.degree, spectrum.correlation, color=COLOURS[2])
    band = (spectrum.correlation - spectrum.error, spectrum.correlation + spectrum.error)
    axes.fill_between(spectrum.degree, *np.clip(band, -1, 1), color=COLOURS[2], alpha=0.3, linewidth=0)
    axes.axhline(0, color="0.7", linewidth=0.6)
    lowest = min(0.0, float(spectrum.correlation.min()))
    axes.set(xscale="log", ylim=(lowest - 0.05, 1.05), xlabel=r"degree $\ell$", ylabel=r"correlation $r_\ell$")


def _pair(comparison: Comparison) -> Sequence[SkyMap]:
    return comparison.first, comparison.second


def _cells(rows: Any, bands: list[str]) -> Floats:
    cells = np.full((len(bands), len(bands)), np.nan)
    for row in rows:
        first, second = bands.index(str(row["band_a"])), bands.index(str(row["band_b"]))
        cells[second, first] = float(row["significance"])
        cells[first, second] = float(row["significance_known"])
    return cells


def _write_cells(axes: Any, cells: Floats) -> None:
    for (row, column), value in np.ndenumerate(cells):
        if np.isfinite(value):
            text = f"{value:.1f}" if value < 99.5 else ">99"
            axes.text(column, row, text, ha="center", va="center", fontsize=5.5, color="w" if value < 5 else "k")

"""Figures of morphology: two maps compared, the matrix of band pairs, significance against exposure, pulls on data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.forecast.forecast import KNOWN
from skymodel.comparison.forecast.mocks import LIKELIHOOD
from skymodel.output.figures.names import density_name
from skymodel.output.figures.style import COLOURS, MARKERS, PAGE, figure

_MANY = (*COLOURS[:6], "#332288", "#882255", "#999933")  # and three of Paul Tol's muted ones
_SAME = 0.5  # standard deviations by which pulls of one column differ at least, if it is drawn
_MOST = 10.0  # standard deviations, the top of the colours
_BANDS = {
    "LINE_511": "511 keV",
    "ORTHO_PS": "ortho-Ps",
    "CONTINUUM_1_3": "1-3 MeV",
    "CONTINUUM_3_10": "3-10 MeV",
    "CONTINUUM_10_20": "10-20 MeV",
    "XRAY_8_KEV": "8 keV",
}


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
        mesh = axes.imshow(np.clip(cells, 0, _MOST), cmap="YlGnBu", vmin=0, vmax=_MOST)
        _write_cells(axes, cells)
        axes.set_title(story)
        names = [_dashed(_BANDS.get(band, band)) for band in bands]
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
        colour, marker = ("k", "") if best else (_MANY[place % len(_MANY)], MARKERS[place % 7])
        x, y, open_ones = (np.asarray(curve[key]) for key in ("exposure", "significance", "extrapolated"))
        dashes = "--" if name == KNOWN else "-"
        axes.plot(
            x, y, dashes, color=colour, linewidth=2.0 if best else 1.2, marker=marker, markersize=3.5, label=_told(name)
        )
        axes.plot(x[open_ones], y[open_ones], marker, color=colour, markersize=3.5, markerfacecolor="w")
    for level in (3, 5):
        axes.axhline(level, color="0.6", linewidth=0.7, linestyle=":")
        axes.annotate(rf"{level}$\sigma$", (1.01, level), xycoords=("axes fraction", "data"), fontsize=7, color="0.4")
    axes.set_xlabel("exposure / exposure taken\n(open marks: the mocks' tail is extrapolated)")
    axes.set(xscale="log", ylim=(0, 12), ylabel=r"median significance [$\sigma$]")
    made.legend(*axes.get_legend_handles_labels(), loc="outside right upper")
    return made


def confrontation_figure(table: Any, label: str = "") -> Any:
    """Return the pulls of density pairs on the 511 keV components and on COMPTEL's bulge, as a chart of numbers.

    A pull that is the same for every pair to half a standard deviation is told in the small print and takes no column.
    """
    names = [f"{density_name(str(row['dark_matter']))} × {density_name(str(row['electrons']))}" for row in table]  # noqa: RUF001
    every = [name for name in table.colnames if name.startswith("pull_")]
    columns = [name for name in every if np.ptp(np.asarray(table[name], dtype=float)) > _SAME] or every
    told = [f"{_pull_title(name, ' ')} {_span(table[name])}" for name in every if name not in columns]
    pulls = np.array([[float(row[name]) for name in columns] for row in table])
    small_print = "; ".join(filter(None, [label, f"much the same for all pairs: {', '.join(told)}" if told else ""]))
    made = figure(PAGE, 0.19 * len(names) + 1.3, small_print)
    axes = made.subplots()
    mesh = axes.imshow(np.clip(pulls, -6, 6), cmap="RdBu_r", vmin=-6, vmax=6, aspect="auto")
    for (row, column), pull in np.ndenumerate(pulls):
        dark = abs(pull) > 4
        axes.text(column, row, _signed(pull), ha="center", va="center", fontsize=6.5, color="w" if dark else "k")
    axes.set_xticks(range(len(columns)), [_pull_title(name) for name in columns])
    axes.set_yticks(range(len(names)), names, fontsize=6.5)
    for place, row in enumerate(table):
        if row["compatible"]:
            axes.get_yticklabels()[place].set_fontweight("bold")
    axes.tick_params(axis="x", top=True, labeltop=True, bottom=False, labelbottom=False)
    made.colorbar(mesh, ax=axes, extend="both", pad=0.02, aspect=40).set_label(r"model minus published [$\sigma$]")
    return made


def _told(statistic: str) -> str:
    """Return what a reader calls a statistic."""
    return _dashed(statistic.capitalize() if statistic in ("pearson", "spearman") else statistic)


def _dashed(text: str) -> str:
    """Return a text with dashes in its ranges of numbers."""
    return re.sub(r"(?<=\d)-(?=\d)", "\u2013", text)


def _signed(pull: float) -> str:
    """Return a number with its sign and one decimal; zero has none."""
    text = f"{pull:+.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "−")  # noqa: RUF001


def _span(pulls: Any) -> str:
    """Return from where to where numbers go, as one number where that rounds to the same."""
    ends = [_signed(float(pick(pulls))) for pick in (np.min, np.max)]
    return " to ".join(dict.fromkeys(ends))


def _pull_title(name: str, between: str = "\n") -> str:
    return name.removeprefix("pull_").replace("_", between)


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
            axes.text(column, row, text, ha="center", va="center", fontsize=5.5, color="w" if value > 6 else "k")

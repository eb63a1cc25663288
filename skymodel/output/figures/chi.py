"""The chi that COMPTEL's points ask for, as a figure: a panel for each spectrum, a row for each background."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import numpy as np

from skymodel.output.figures.names import background_name, factor_name
from skymodel.output.figures.style import COLOURS, MARKERS, PAGE, figure

_APART = 0.16  # of two rows: between the marks of one
_COLOURS = (COLOURS[1], COLOURS[0], COLOURS[2])  # W = 1 and the run's own as in the spectrum's figure


def chi_figure(table: Any, label: str = "") -> Any:
    """Return the figure of a table of chi, as :func:`~skymodel.runs.fits.table.fit_table` makes it.

    Colours say whose window factor it is, marks how photons are counted; the errors are those of the points and the
    anchor. Beside each row stands the chi-square over its degrees of freedom, which neither W nor the counting changes.
    """
    spectra, backgrounds, windows, countings = (
        list(dict.fromkeys(str(name) for name in table[column]))
        for column in ("spectrum", "background", "W_of", "counting")
    )
    made = figure(PAGE, 0.3 * len(backgrounds) + 1.5, label)
    panels = made.subplots(1, len(spectra), sharey=True, squeeze=False)[0]
    for axes, spectrum in zip(panels, spectra, strict=True):
        rows = table[[str(name) == spectrum for name in table["spectrum"]]]
        kinds = [(window, counting) for window in windows for counting in countings]
        for place, (window, counting) in enumerate(kinds):
            kind = rows[(rows["W_of"] == window) & (rows["counting"] == counting)]
            height = [
                backgrounds.index(str(name)) + _APART * (place - (len(kinds) - 1) / 2) for name in kind["background"]
            ]
            filled = countings.index(counting) == 0
            axes.errorbar(
                np.asarray(kind["chi"], float),
                height,
                xerr=np.where(np.isfinite(kind["chi_error_measured"]), kind["chi_error_measured"], 0.0),
                fmt=MARKERS[countings.index(counting)],
                color=_COLOURS[windows.index(window) % len(_COLOURS)],
                fillstyle="full" if filled else "none",
                markersize=3.2,
                elinewidth=0.8,
                label=f"{_factor(rows, window)}, '{counting}' counting",
            )
        _finish(axes, rows, _title(spectrum, 72 // len(spectra)), backgrounds)
    panels[0].set_yticks(range(len(backgrounds)), list(map(background_name, backgrounds)))
    panels[0].set_ylim(len(backgrounds) - 0.5, -0.5)
    made.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return made


def _factor(rows: Any, window: str) -> str:
    """Return whose W it is, and its value."""
    value = float(rows["W"][list(map(str, rows["W_of"])).index(window)])
    return f"{factor_name(window)}, $W$ = {value:.4g}"


def _title(spectrum: str, width: int) -> str:
    """Return a spectrum's name in lines of so many characters, its symbols as symbols."""
    lines = textwrap.wrap(re.sub(" (=|c|MeV)(?!\\w)", "\u00a0\\1", spectrum.replace("= ", "=\u00a0")), width)
    return re.sub(r"\bmu\b", r"$\\mu$", re.sub(r"\bv_e\b", "$v_e$", "\n".join(lines)))


def _finish(axes: Any, rows: Any, title: str, backgrounds: list[str]) -> None:
    """Name the panel and its axis; write chi-square over degrees of freedom beside each row."""
    axes.set_title(title)
    axes.set_xlabel(r"$\chi$")
    axes.set_xlim(left=0.0)
    axes.grid(axis="x", color="0.9", linewidth=0.4)
    axes.set_axisbelow(True)
    for border in np.arange(len(backgrounds) - 1) + 0.5:
        axes.axhline(border, color="0.85", linewidth=0.4)
    beside = {"xycoords": ("axes fraction", "data"), "fontsize": 5.5, "va": "center", "color": "0.25"}
    axes.annotate(r"$\chi^2$/dof", (1.02, -0.72), **beside)
    told = {str(row["background"]): f"{float(row['chi_square']):.1f}/{int(row['dof'])}" for row in rows}
    for name, text in told.items():
        axes.annotate(text, (1.02, backgrounds.index(name)), **beside)

"""Figures of an ensemble: a corner plot of what was drawn and predicted, and the bars of its sensitivity."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skymodel.output.style import COLOURS, COLUMN, PAGE, figure
from skymodel.runs import ensemble, priors
from skymodel.runs.ensemble import EnsembleConfig

_LABELS = {"W": "$W$", "share_circle": "share in circle", "share_window": "share in window"}


def corner(config: EnsembleConfig, rows: NDArray[np.void], *, most: int = 7) -> Any:
    """Return a corner figure of W, the implied chi and the numerical parameters, at most `most` columns.

    Diagonal: histograms. Below: the draws, shaded where there are many. Draws that failed are left out.
    """
    good = rows[rows["failure"] == ""]
    chosen = _columns(config, good)[:most]
    made = figure(PAGE, PAGE)
    axes = made.subplots(len(chosen), len(chosen), squeeze=False)
    for i, below in enumerate(chosen):
        for j, left in enumerate(chosen):
            axis = axes[i, j]
            if j > i:
                axis.set_visible(False)
                continue
            _panel(axis, good, left, below)
            _label(axis, config, (left, below), bottom=i == len(chosen) - 1, first=j == 0 and i > 0)
    return made


def _columns(config: EnsembleConfig, rows: NDArray[np.void]) -> list[str]:
    numbers = [name for name, unit in priors.columns(config.priors).items() if unit is not None]
    predicted = ["W", f"chi_with_window_{config.backgrounds[0]}"]
    return [name for name in [*predicted, *numbers] if np.isfinite(rows[name]).sum() > 1]


def _panel(axis: Any, rows: NDArray[np.void], left: str, below: str) -> None:
    if left == below:
        axis.hist(rows[left][np.isfinite(rows[left])], bins=30, color=COLOURS[0], histtype="stepfilled", alpha=0.8)
        axis.set_yticks([])
        return
    both = np.isfinite(rows[left]) & np.isfinite(rows[below])
    axis.hexbin(rows[left][both], rows[below][both], gridsize=24, cmap="cividis", mincnt=1, linewidths=0, bins="log")


def _label(axis: Any, config: EnsembleConfig, names: tuple[str, str], *, bottom: bool, first: bool) -> None:
    axis.locator_params(nbins=3)
    axis.tick_params(labelsize=6, labelbottom=bottom, labelleft=first)
    if bottom:
        axis.set_xlabel(_title(config, names[0]), fontsize=6.5)
        axis.tick_params(axis="x", rotation=45)
    if first:
        axis.set_ylabel(_title(config, names[1]), fontsize=6.5)


def _title(config: EnsembleConfig, name: str) -> str:
    if name.startswith("chi_with_window_"):
        return r"$\chi$ implied, with $W$"
    unit = ensemble.column_units(config).get(name)
    text = _LABELS.get(name) or "\n".join(name.rsplit(".", 1))
    return f"{text} [{unit}]" if unit is not None and str(unit) else text


def sensitivity_bars(causes: Any) -> Any:
    """Return horizontal bars of which parameter the spread of W comes from; see ``sensitivity.causes``."""
    made = figure(COLUMN, 0.5 + 0.28 * len(causes))
    axis = made.subplots()
    place = np.arange(len(causes))[::-1]
    if "total" in causes.colnames:
        axis.barh(place + 0.2, causes["first"], 0.36, xerr=causes["first_error"], color=COLOURS[0], label="first order")
        axis.barh(place - 0.2, causes["total"], 0.36, xerr=causes["total_error"], color=COLOURS[1], label="total")
        axis.set_xlabel("Sobol index of $W$")
        axis.legend(loc="lower right")
    else:
        axis.barh(place, causes["rank_correlation"], 0.6, color=COLOURS[0])
        axis.set_xlabel("rank correlation with $W$")
        axis.axvline(0, color="k", lw=0.6)
    axis.set_yticks(place, [str(name) for name in causes["parameter"]])
    return made

"""The ratio over the density pairs: the window factor, and the chi that COMPTEL's points then ask for."""

from __future__ import annotations

import math
from typing import Any

from skymodel.output.figures.style import COLOURS, MARKERS, PAGE, figure

_NO_BACKGROUND = "none"
_SPREAD = 0.5  # of the distance between two halos is taken by the markers of one


def dots(table: Any, column: str, axes: Any, error: str | None = None) -> Any:
    """Draw one column of a ratio table, a row for each halo and a marker for each electron distribution.

    Parameters
    ----------
    table
        Rows of one background.
    column, error
        What is drawn, and the column of its error.
    axes
        What is drawn on; returned.
    """
    halos = list(dict.fromkeys(str(name) for name in table["dark_matter"]))
    heights = _heights([str(name) for name in table["dark_matter"]], halos)
    for number, tracer in enumerate(dict.fromkeys(str(name) for name in table["electrons"])):
        chosen = [row for row, name in enumerate(table["electrons"]) if str(name) == tracer]
        axes.errorbar(
            [float(table[column][row]) for row in chosen],
            [heights[row] for row in chosen],
            xerr=None if error is None else [float(table[error][row]) for row in chosen],
            fmt=MARKERS[number % len(MARKERS)],
            color=COLOURS[number % len(COLOURS)],
            markersize=4,
            label=tracer.replace("_", " "),
        )
    axes.set_yticks(range(len(halos)), [name.replace("_", " ") for name in halos])
    axes.set(xscale="log", ylim=(len(halos) - 0.5, -0.5))
    axes.grid(axis="x", which="both", color="0.9", linewidth=0.4)
    axes.set_axisbelow(True)
    return axes


def ratio_figure(table: Any, label: str = "") -> Any:
    """Return the figure of a run's ratio table."""
    rows = table[[str(name) == _NO_BACKGROUND for name in table["background"]]]
    made = figure(PAGE, 0.34 * len(set(rows["dark_matter"])) + 1.7, label)
    left, right = made.subplots(1, 2, sharey=True)
    dots(rows, "W", left, error="W_error")
    left.axvline(1.0, color="0.3", linestyle=":")
    worst = max(float(row["W_error"]) / float(row["W"]) for row in rows)
    power = math.ceil(math.log10(worst)) if worst > 0 else -16
    left.set_xlabel(f"window factor $W$, relative errors below $10^{{{power}}}$\n(dotted: $W = 1$, as in the paper)")
    dots(rows, "chi_with_window", right)
    plain = float(rows["chi"][0])
    if plain > 0:
        right.axvline(plain, color="0.3", linestyle=":")
    else:  # open, because nothing reaches COMPTEL's bins: a logarithmic axis would have nothing to span
        right.set(xscale="linear", xlim=(0, 1))
    right.set_xlabel(
        r"$\chi$ that fits COMPTEL's points without a background" + "\nwith this $W$ (dotted: with $W = 1$)"
    )
    for axes in (left, right):
        if axes.get_xscale() == "log":
            _plain_ticks(axes)
    made.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=4, title="electrons")
    return made


def _heights(names: list[str], halos: list[str]) -> list[float]:
    """Return the height of each row: those of one halo lie side by side about its number."""
    heights = []
    for row, name in enumerate(names):
        place, count = names[:row].count(name), names.count(name)
        heights.append(halos.index(name) + _SPREAD * ((place + 0.5) / count - 0.5))
    return heights


def _plain_ticks(axes: Any) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())

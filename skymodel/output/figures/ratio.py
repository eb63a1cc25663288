"""The ratio over the density pairs: the window factor, and the chi that COMPTEL's points then ask for."""

from __future__ import annotations

import math
from typing import Any

from profiles.shelf.tracers import INTERSTELLAR
from skymodel.output.figures.names import density_name
from skymodel.output.figures.style import COLOURS, MARKERS, PAGE, figure
from skymodel.runs.one.judgement import OWN

_NO_BACKGROUND = "none"
_SPREAD = 0.5  # of the distance between two halos is taken by the markers of one


def dots(table: Any, column: str, axes: Any) -> Any:
    """Draw one column of a ratio table, a row for each halo and a mark for each electron distribution.

    Marks of interstellar electrons are filled, those of visible matter as printed are open.

    Parameters
    ----------
    table
        Rows of one background.
    column
        What is drawn.
    axes
        What is drawn on; returned.
    """
    halos = list(dict.fromkeys(str(name) for name in table["dark_matter"]))
    heights = _heights([str(name) for name in table["dark_matter"]], halos)
    for number, electrons in enumerate(dict.fromkeys(str(name) for name in table["electrons"])):
        chosen = [row for row, name in enumerate(table["electrons"]) if str(name) == electrons]
        is_open = "tracer" in table.colnames and str(table["tracer"][chosen[0]]) != INTERSTELLAR
        axes.plot(
            [float(table[column][row]) for row in chosen],
            [heights[row] for row in chosen],
            linestyle="none",
            marker=MARKERS[number % len(MARKERS)],
            color=COLOURS[number % len(COLOURS)],
            fillstyle="none" if is_open else "full",
            markersize=4,
            label=density_name(electrons),
        )
    axes.set_yticks(range(len(halos)), [density_name(name) for name in halos])
    axes.set(xscale="log", ylim=(len(halos) - 0.5, -0.5))
    axes.grid(axis="x", which="both", color="0.9", linewidth=0.4)
    axes.set_axisbelow(True)
    return axes


def ratio_figure(table: Any, label: str = "") -> Any:
    """Return the figure of a run's ratio table; the run's own pair is a line through the published ones."""
    every = table[[str(name) == _NO_BACKGROUND for name in table["background"]]]
    published = every[[str(name) != OWN for name in every["dark_matter"]]]
    rows = published if len(published) else every
    own = every[0] if 0 < len(published) < len(every) else None
    made = figure(PAGE, 0.34 * len(set(rows["dark_matter"])) + 2.0, label)
    left, right = made.subplots(1, 2, sharey=True)
    worst = max(float(row["W_error"]) / float(row["W"]) for row in rows)
    power = math.ceil(math.log10(worst)) if worst > 0 else -16
    plain = float(every["chi"][0])
    columns = {"W": (left, 1.0), "chi_with_window": (right, plain if plain > 0 else math.nan)}
    for column, (axes, one) in columns.items():
        dots(rows, column, axes)
        if own is not None and float(own[column]) > 0:
            axes.axvline(float(own[column]), color="0.3", linewidth=1.0, label=f"{OWN}: $W$ = {float(own['W']):.4g}")
        if one > 0:
            axes.axvline(one, color="0.3", linestyle=":", label="$W = 1$, as in the paper")
    left.set_xlabel(f"window factor $W$\n(relative errors below $10^{{{power}}}$)")
    right.set_xlabel(r"$\chi$ that fits COMPTEL's points" + "\nwithout a background, with this $W$")
    if not plain > 0:  # because nothing reaches COMPTEL's bins: a logarithmic axis would have nothing to span
        right.set(xscale="linear", xlim=(0, 1))
    for axes in (left, right):
        if axes.get_xscale() == "log":
            _plain_ticks(axes)
    title = "electrons (filled: interstellar; open: visible matter, as printed)"
    made.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3, title=title)
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

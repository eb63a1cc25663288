"""The ratio over the density pairs: the window factor, and the chi that COMPTEL's points then ask for."""

from __future__ import annotations

from typing import Any

from skymodel.output.style import COLOURS, MARKERS, PAGE, figure

_NO_BACKGROUND = "none"


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
    tracers = list(dict.fromkeys(str(name) for name in table["electrons"]))
    for number, tracer in enumerate(tracers):
        rows = table[[str(name) == tracer for name in table["electrons"]]]
        shift = 0.5 * ((number + 0.5) / len(tracers) - 0.5)  # markers of one halo side by side
        axes.errorbar(
            [float(value) for value in rows[column]],
            [halos.index(str(name)) + shift for name in rows["dark_matter"]],
            xerr=None if error is None else [float(value) for value in rows[error]],
            fmt=MARKERS[number % len(MARKERS)],
            color=COLOURS[number % len(COLOURS)],
            markersize=4,
            label=tracer,
        )
    axes.set_yticks(range(len(halos)), halos)
    axes.set(xscale="log", ylim=(len(halos) - 0.5, -0.5))
    axes.grid(axis="x", which="both", color="0.9", linewidth=0.4)
    axes.set_axisbelow(True)
    return axes


def ratio_figure(table: Any, label: str = "") -> Any:
    """Return the figure of a run's ratio table."""
    rows = table[[str(name) == _NO_BACKGROUND for name in table["background"]]]
    made = figure(PAGE, 0.34 * len(set(rows["dark_matter"])) + 1.6, label)
    left, right = made.subplots(1, 2, sharey=True)
    dots(rows, "W", left, error="W_error")
    left.axvline(1.0, color="0.3", linestyle=":")
    left.set_xlabel("window factor $W$: mean of $J$, COMPTEL / INTEGRAL\n(the paper sets $W = 1$, dotted)")
    dots(rows, "chi_with_window", right)
    right.axvline(float(rows["chi"][0]), color="0.3", linestyle=":")
    right.set_xlabel(r"$\chi$ that fits COMPTEL without a background" + "\n(dotted: with the paper's $W = 1$)")
    for axes in (left, right):
        _plain_ticks(axes)
    made.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return made


def _plain_ticks(axes: Any) -> None:
    from matplotlib.ticker import LogFormatter, LogLocator, NullFormatter

    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(LogFormatter(labelOnlyBase=False, minor_thresholds=(9, 9)))
    axes.xaxis.set_minor_formatter(NullFormatter())

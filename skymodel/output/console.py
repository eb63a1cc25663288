"""What the commands print as tables: the shelf, two maps compared. A run's first screen has a module of its own."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from profiles.contract.spelling import plain
from profiles.library import Row
from skymodel.output.numbers import number, two_digits

if TYPE_CHECKING:
    from skymodel.comparison.likeness.morphology import Comparison
    from skymodel.runs.one.chi import FitResult

_WIDTH = 80  # of what is not a terminal and names no COLUMNS


def show_catalogue(rows: Iterable[Row]) -> None:
    """Print the installed profiles and presets, one line each; numbers that nobody could check are marked."""
    columns = [("name", "left"), ("kind", "left"), ("what it is", "left")]
    _screen().print(_table("Profiles and presets", columns, ((row.name, row.kind, _told(row)) for row in rows)))


def _told(row: Row) -> str:
    doubtful = "unverified" in row.status or "cannot be loaded" in row.status
    return f"{row.summary} [{row.status}]" if doubtful else row.summary


def show_comparison(comparison: Comparison) -> None:
    """Print the tables of two maps compared."""
    from skymodel.comparison.likeness.morphology import beam_width

    likeness, shapes = comparison.likeness, comparison.shapes
    pair, unit = (comparison.first.name, comparison.second.name), likeness.meta["amplitude_unit"]
    columns = [("statistic", "left"), ("value", "right"), ("sees", "left"), ("blind to", "left")]
    rows = [(_named(row), measured(row["value"], row["error"]), row["sees"], row["blind_to"]) for row in likeness]
    title = f"{pair[0]} against {pair[1]}, region: {likeness.meta['region']}, nside {likeness.meta['nside']}"
    note = f"amplitude: {pair[1]} per {pair[0]}" + (f" [{unit}]" if unit else "")
    if width := beam_width(likeness.meta):
        note += f"\nbeam: {width} ({likeness.meta.get('beam', 'as given')})"
    if "p_value" in likeness.meta:
        seen = f"{likeness.meta['exposure_cm2_s']:.3g} cm2 s"
        note += f"\np-value: {likeness.meta['p_value']:.2g}, the chance that one sky looks as unlike, seen with {seen}"
    note += left_out(comparison, pair)
    each = [("statistic", "left"), ("unit", "left"), (pair[0], "right"), (pair[1], "right")]
    both = [
        (row["statistic"], row["unit"], *(measured(row[name], row[f"{name}_error"]) for name in ("first", "second")))
        for row in shapes
    ]
    _screen().print(_table(title, columns, rows), plain(note), _table("Shapes", each, both))


def left_out(comparison: Comparison, pair: tuple[str, str]) -> str:
    """Return what the comparison left out and why: pixels, and statistics."""
    meta = comparison.likeness.meta
    parts = [meta["compared"][which] for which in ("first", "second")]
    lines = [f"{name} is absent: it {reason}" for name, reason in meta["absent"].items()]
    for absent in filter(None, comparison.shapes.meta["absent"].values()):
        lines.append(f"{', '.join(absent)}: nan, because {next(iter(absent.values()))}")
    if min(parts) < 1:
        shares = " and ".join(f"{100 * part:.3g} % of {name}" for part, name in zip(parts, pair, strict=True))
        lines.insert(0, f"compared where both hold values: {shares} in the region, by area")
    return "".join(f"\n{line}" for line in lines)


def show_fit(found: FitResult) -> None:
    """Print W and the fits of COMPTEL's points, a table for each spectrum in its own counting of photons."""
    from skymodel.runs.one.chi import PAPERS

    table, screen = found.table, _screen()
    factor = number(float(found.window.value), float(found.window.error))
    screen.print(f"W = {factor}, mean of J in COMPTEL's window over that in the INTEGRAL circle\n")
    columns = [("background", "left"), ("chi, W = 1", "right"), ("chi with W", "right")]
    columns += [("chi2/dof", "right"), ("p", "right")]
    own = table[[str(name) == found.own for name in table["W_of"]]]
    plain = table[[str(name) == PAPERS for name in table["W_of"]]]
    for spectrum in dict.fromkeys(map(str, table["spectrum"])):
        rows = [pair for pair in zip(plain, own, strict=True) if str(pair[0]["spectrum"]) == spectrum]
        counting = str(rows[0][0]["counting"])
        shown = [
            (str(one["background"]), _chi(one), _chi(with_own), *_quality(one))
            for one, with_own in rows
            if str(one["counting"]) == counting
        ]
        screen.print(_table(f"{spectrum}; '{counting}' counting", columns, shown))
    screen.print("errors: those of the points and of the anchor; the numerical error of W is far below")
    for note in found.notes:
        screen.print(plain(f"note: {note}"))


def _chi(row: Any) -> str:
    value, error = float(row["chi"]), float(row["chi_error_measured"])
    return two_digits(value, error) if math.isfinite(value) else "nothing shines"


def _quality(row: Any) -> tuple[str, str]:
    return f"{float(row['chi_square']):.1f}/{int(row['dof'])}", f"{float(row['p']):.1g}"


def _named(row: Any) -> str:
    """Return a statistic's name with its unit; that of an amplitude is in the note below the table."""
    return f"{row['statistic']} [deg]" if row["unit"] == "deg" else str(row["statistic"])


def measured(value: float, error: float) -> str:
    """Return a number with its error, or alone if the map does not know its errors."""
    return number(value, error) if math.isfinite(error) else f"{value:.6g}, error not known"


def _screen() -> Any:
    from rich.console import Console

    screen = Console(highlight=False, markup=False)
    if screen.is_terminal or "COLUMNS" in os.environ:
        return screen
    return Console(highlight=False, markup=False, width=_WIDTH)


def _table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=plain(title), box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading, justify in columns:
        table.add_column(plain(heading), justify=justify, overflow="fold")  # type: ignore[arg-type]  # "left" or "right"
    for row in rows:
        table.add_row(*map(plain, row))
    return table

"""What a run prints: short tables that fit a terminal, and the verdict in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from profiles.library import Row

if TYPE_CHECKING:
    from skymodel.comparison.likeness.morphology import Comparison
    from skymodel.runs.one.run import RunResult

_WIDTH = 110  # of what is not a terminal


def show(result: RunResult, folder: Path) -> None:
    """Print a run's tables, its verdict and where its files are."""
    screen = _screen()
    if result.config.label:
        screen.print(result.config.label, style="italic")
    screen.print(_fluxes(result.fluxes), _window_factors(result.ratio), _chi(result.ratio))
    screen.print(result.statement)
    screen.print(f"\n{result.claims.summary}: claims.txt says which, and why.")
    screen.print(f"\nwritten to {folder}", style="bold")


def show_catalogue(rows: Iterable[Row]) -> None:
    """Print the installed profiles and presets, one line each; numbers that nobody could check are marked."""
    columns = [("name", "left"), ("kind", "left"), ("what it is", "left")]
    _screen().print(_table("Profiles and presets", columns, ((row.name, row.kind, _told(row)) for row in rows)))


def _told(row: Row) -> str:
    doubtful = "unverified" in row.status or "cannot be loaded" in row.status
    return f"{row.summary} [{row.status}]" if doubtful else row.summary


def show_comparison(comparison: Comparison) -> None:
    """Print the tables of two maps compared."""
    likeness, shapes = comparison.likeness, comparison.shapes
    pair, unit = (comparison.first.name, comparison.second.name), likeness.meta["amplitude_unit"]
    columns = [("statistic", "left"), ("value", "right"), ("sees", "left"), ("blind to", "left")]
    rows = [(_named(row), _measured(row["value"], row["error"]), row["sees"], row["blind_to"]) for row in likeness]
    title = f"{pair[0]} against {pair[1]}, region: {likeness.meta['region']}, nside {likeness.meta['nside']}"
    note = f"amplitude: {pair[1]} per {pair[0]}" + (f" [{unit}]" if unit else "")
    if width := likeness.meta["beam_fwhm_deg"]:
        note += f"\nbeam: {width:g} deg ({likeness.meta.get('beam', 'as given')})"
    note += _left_out(comparison, pair)
    each = [("statistic", "left"), ("unit", "left"), (pair[0], "right"), (pair[1], "right")]
    both = [
        (row["statistic"], row["unit"], *(_measured(row[name], row[f"{name}_error"]) for name in ("first", "second")))
        for row in shapes
    ]
    _screen().print(_table(title, columns, rows), note, _table("Shapes", each, both))


def _left_out(comparison: Comparison, pair: tuple[str, str]) -> str:
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


def _named(row: Any) -> str:
    """Return a statistic's name with its unit; that of an amplitude is in the note below the table."""
    return f"{row['statistic']} [deg]" if row["unit"] == "deg" else str(row["statistic"])


def _measured(value: float, error: float) -> str:
    """Return a number with its error, or alone if the map does not know its errors."""
    return number(value, error) if math.isfinite(error) else f"{value:.6g}, error not known"


def _screen() -> Any:
    from rich.console import Console

    screen = Console(highlight=False, markup=False)
    return screen if screen.is_terminal else Console(highlight=False, markup=False, width=_WIDTH)


def _table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading, justify in columns:
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]  # "left" or "right"
    for row in rows:
        table.add_row(*row)
    return table


def number(value: float, error: float) -> str:
    """Return a number with the digits that its error leaves, six at most, and the error, rounded up.

    Examples
    --------
    >>> number(0.26982424, 0.0021), number(0.26982424, 1.5e-8), number(0.025, 0.0)
    ('0.270 +- 3e-03', '0.269824 +- 2e-08', '0.0250000 +- 0e+00')
    """
    if error <= 0:
        return f"{value:#.6g} +- {error:.0e}"
    power = math.floor(math.log10(error))
    above = f"{math.ceil(error / 10.0**power) * 10.0**power:.0e}"
    if abs(value) < 0.05 * error:
        return f"0 +- {above}"  # it is nothing but rounding
    digits = min(6, max(1, math.floor(math.log10(abs(value))) - power + 1))
    return f"{value:#.{digits}g} +- {above}"


def _fluxes(table: Any) -> Any:
    columns = [("region", "left"), ("band", "left"), ("mean [cm-2 s-1 sr-1]", "right"), ("flux [cm-2 s-1]", "right")]
    rows = [
        (
            str(row["region"]),
            str(row["band"]),
            _both_errors(row, "mean"),
            _both_errors(row, "flux"),
            f"{float(row['share_of_sky']):.4f}",
        )
        for row in table
    ]
    return _table("Photon intensities and fluxes", [*columns, ("share of sky", "right")], rows)


def _both_errors(row: Any, name: str) -> str:
    """Return a value with the error that was measured, and with the bound of the numerical one on a line of its own."""
    value, measured, numerical = (float(row[key].value) for key in (name, f"{name}_error_measured", f"{name}_error"))
    if measured == 0:
        return number(value, numerical)
    return f"{_two_digits(value, measured)} (measured)\n+- {numerical:.0e} (numerical)"


def _two_digits(value: float, error: float) -> str:
    """Return a measured number with two digits of its error: '0.0250 +- 0.0014', '8.60e-04 +- 4.8e-05'."""
    power = math.floor(math.log10(error))
    if power >= -4:
        return f"{value:.{max(0, 1 - power)}f} +- {error:.{max(0, 1 - power)}f}"
    digits = max(0, math.floor(math.log10(abs(value))) - power + 1)
    return f"{value:.{digits}e} +- {error:.1e}"


def _own(table: Any) -> list[Any]:
    """Return the rows of the configured pair, which is the table's first: one for each background."""
    pair = (table["dark_matter"][0], table["electrons"][0])
    return [row for row in table if (row["dark_matter"], row["electrons"]) == pair]


def _window_factors(table: Any) -> Any:
    """Return W over the published pairs: a line for each halo, a column for each electron distribution."""
    published = table[len(_own(table)) :]
    factors = {(str(row["dark_matter"]), str(row["electrons"])): float(row["W"]) for row in published}
    halos, tracers = (list(dict.fromkeys(pair[side] for pair in factors)) for side in (0, 1))
    rows = [[halo.replace("_", " "), *(f"{factors[halo, tracer]:.4f}" for tracer in tracers)] for halo in halos]
    title = (
        "Window factor W, the mean of J in COMPTEL's window over that in the INTEGRAL circle\n"
        f"this run: {number(float(table['W'][0]), float(table['W_error'][0]))}; pairs of published densities:"
    )
    columns = [("", "left"), *((tracer.replace("_", " "), "right") for tracer in tracers)]
    return _table(title, columns, rows)


def _chi(table: Any) -> Any:
    """Return the fits to COMPTEL's points of the configured pair."""
    columns = [("background", "left"), ("chi, W = 1", "right"), ("chi with W", "right"), ("chi-square", "right")]
    rows = [
        (
            str(row["background"]),
            f"{float(row['chi']):.4f}",
            f"{float(row['chi_with_window']):.4f}",
            f"{float(row['chi_square']):.1f}",
        )
        for row in _own(table)
    ]
    return _table("Chi that fits COMPTEL's points, this run", columns, rows)

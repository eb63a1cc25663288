"""What a run prints: short tables that fit a terminal, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skymodel.runs.run import RunResult

_WIDTH = 110  # of what is not a terminal


def show(result: RunResult, folder: Path) -> None:
    """Print a run's tables, its verdict and where its files are."""
    screen = _screen()
    if result.config.label:
        screen.print(result.config.label, style="italic")
    screen.print(_fluxes(result.fluxes))
    screen.print(result.statement)
    screen.print(f"written to {folder}", style="bold")


def show_catalogue(entries: Iterable[Mapping[str, str]]) -> None:
    """Print the installed profiles and presets, one line each."""


def _screen() -> Any:
    from rich.console import Console

    screen = Console(highlight=False)
    return screen if screen.is_terminal else Console(highlight=False, width=_WIDTH)


def _table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading, justify in columns:
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]  # "left" or "right"
    for row in rows:
        table.add_row(*row)
    return table


def number(value: float, error: float) -> str:
    """Return a number with as many digits as its error leaves, six at most, and the error: "0.26982 +- 2e-08".

    Examples
    --------
    >>> number(0.26982424, 0.0021), number(0.26982424, 1.5e-8)
    ('0.270 +- 2e-03', '0.269824 +- 2e-08')
    """
    import math

    digits = 6
    if error > 0 and value != 0:
        digits = min(6, max(1, math.floor(math.log10(abs(value))) - math.floor(math.log10(error)) + 1))
    return f"{value:#.{digits}g} +- {error:.0e}"


def _fluxes(table: Any) -> Any:
    columns = [("region", "left"), ("band", "left"), ("mean [cm-2 s-1 sr-1]", "right"), ("flux [cm-2 s-1]", "right")]
    rows = [
        (
            str(row["region"]),
            str(row["band"]),
            number(row["mean"].value, row["mean_error"].value),
            number(row["flux"].value, row["flux_error"].value),
            f"{float(row['share_of_sky']):.4f}",
        )
        for row in table
    ]
    return _table("Photon intensities and fluxes", [*columns, ("share of sky", "right")], rows)

"""What an ensemble's folder holds beside its parts: the table of draws, quantiles, sensitivity, the verdict, figures.

They are made anew from the parts each time and replaced one by one, each whole.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from profiles.contract.arrays import Rows
from skymodel.output.figures.ensemble import corner, sensitivity_bars
from skymodel.output.figures.run import save
from skymodel.output.figures.style import DPI, style
from skymodel.output.files.store import Store
from skymodel.output.files.whole import whole
from skymodel.output.report.ensemble import Summary, report
from skymodel.output.report.page import NAME, digests
from skymodel.runs.many import ensemble, sensitivity
from skymodel.runs.many.ensemble import EnsembleConfig

CORNER_MOST = 7  # more columns than this are not readable in print
REASONS_MOST = 3  # the rest are in the column 'failure'


def summarise(store: Store, config: EnsembleConfig) -> str:
    """Write ``draws.fits``, tables, ``verdict.txt``, figures and ``report.html``; return the verdict.

    Raises
    ------
    ValueError
        If no draw is kept, or every one failed.
    """
    rows = store.rows(config.draws)
    quantiles = sensitivity.quantile_table(rows)
    verdict = _verdict(config, rows, quantiles)
    _replace(store.folder / "draws.fits", lambda path: draw_table(config, rows).write(path, format="fits"))
    _replace(store.folder / "quantiles.ecsv", lambda path: quantiles.write(path, format="ascii.ecsv"))
    _replace(store.folder / "verdict.txt", lambda path: path.write_text(verdict + "\n", encoding="utf-8"))
    causes = sensitivity.causes(config, rows)
    _replace(store.folder / "sensitivity.ecsv", lambda path: causes.write(path, format="ascii.ecsv"))
    with style():
        drawn = corner(config, rows, most=CORNER_MOST).png(DPI)
        _replace(store.folder / "corner.png", lambda path: path.write_bytes(drawn))
        _replace(
            store.folder / "sensitivity.png", lambda path: save(sensitivity_bars(causes, quantiles.meta["draws"]), path)
        )
    page = report(config, Summary(rows, quantiles, causes, verdict, drawn), digests(store.folder))
    _replace(store.folder / NAME, lambda path: path.write_text(page, encoding="utf-8"))
    return verdict


def draw_table(config: EnsembleConfig, rows: Rows) -> Any:
    """Return the draws as a QTable with units."""
    from astropy.table import QTable

    table = QTable(rows)
    for name, unit in ensemble.column_units(config).items():
        table[name].unit = unit
    table.meta["DIGEST"] = f"sha256:{config.digest}"
    return table


def _verdict(config: EnsembleConfig, rows: Rows, quantiles: Any) -> str:
    found = {row["quantity"]: row for row in quantiles}
    factor = found["W"]
    failed = sum(quantiles.meta["failures"].values())
    background = config.background_labels[0]
    chi, neglected = f"chi_with_window_{background}", f"chi_{background}"
    spread = factor["q97.5"] / factor["q2.5"]
    holds = factor["q2.5"] <= 1 <= factor["q97.5"] and spread < 1.1
    return (
        f"Over {quantiles.meta['draws']} galaxies ({failed} more failed) the mean of J in COMPTEL's window is "
        f"W = {_range(factor)} times that in INTEGRAL's circle. Lawson & Zhitnitsky (2007) take W = 1 for every "
        f"galaxy: across these two windows the claim {'holds to 10 %' if holds else 'fails'}; the measured ratio "
        f"varies by a factor {spread:.2f} (95 %) with the densities. The chi that COMPTEL asks for (background: "
        f"{background}) is {_range(found[chi])} instead of {found[neglected]['q50']:.3g}. In one and the "
        f"same window the ratio of the bands does not depend on the densities at all.{_failures(quantiles)}"
    )


def _failures(quantiles: Any) -> str:
    """Return why draws failed, the most frequent reasons first."""
    reasons = sorted(quantiles.meta["failures"].items(), key=lambda item: -item[1])
    text = "; ".join(f"{count} times {reason}" for reason, count in reasons[:REASONS_MOST])
    more = f"; and {len(reasons) - REASONS_MOST} other reasons" if len(reasons) > REASONS_MOST else ""
    return f" Draws failed: {text}{more}." if reasons else ""


def _range(row: Any) -> str:
    return "{} (95 %: {} to {})".format(*(f"{row[name]:#.3g}".rstrip(".") for name in ("q50", "q2.5", "q97.5")))


def _replace(path: Path, write: Callable[[Path], Any]) -> None:
    with whole(path) as draft:
        write(draft)

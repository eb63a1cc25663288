"""What ``skymodel compare --out DIR`` writes: tables, residual map, figure, page; the folder appears whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from skymodel.comparison.likeness.morphology import Comparison
from skymodel.output.folders.fresh import filled


def write(comparison: Comparison, folder: str | Path) -> Path:
    """Write tables, the residual map, a figure and the page ``report.html`` into a new folder.

    Raises
    ------
    FileExistsError
        If the folder exists.
    """
    return filled(folder, lambda draft: _fill(comparison, draft))


def _fill(comparison: Comparison, folder: Path) -> None:
    from skymodel.output.figures.comparison import comparison_figure
    from skymodel.output.figures.run import save
    from skymodel.output.figures.style import style
    from skymodel.output.files.fits_write import write_maps
    from skymodel.output.files.tables import write_table
    from skymodel.output.report.comparison import report
    from skymodel.output.report.page import NAME, digests

    for name in ("likeness", "shapes"):
        write_table(getattr(comparison, name), folder / f"{name}.ecsv", meta={})
    write_maps(folder / "residual.fits", [replace(comparison.fit.residual, name="RESIDUAL", meta={})])
    with style():
        figure = comparison_figure(comparison)
    save(figure, folder / "comparison.png")
    (folder / NAME).write_text(report(comparison, digests(folder)), encoding="utf-8")

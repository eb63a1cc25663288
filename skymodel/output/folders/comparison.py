"""What ``skymodel compare --out DIR`` writes: tables, residual map, figure, page; the folder appears whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from skymodel.comparison.likeness.morphology import Comparison
from skymodel.output.files.whole import beside


def check(folder: Path | None) -> None:
    """Raise FileExistsError if a folder is taken; call it before computing."""
    if folder is not None and folder.exists():
        raise FileExistsError(f"'{folder}' exists and is kept; choose another folder")


def write(comparison: Comparison, folder: str | Path) -> Path:
    """Write tables, the residual map, a figure and the page ``report.html`` into a new folder.

    Raises
    ------
    FileExistsError
        If the folder exists.
    """
    target = Path(folder)
    check(target)
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    with beside(target) as workspace:
        draft = workspace / "new"
        draft.mkdir()
        _fill(comparison, draft)
        return draft.rename(target)  # and not `settle`: what another run put there meanwhile is kept


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

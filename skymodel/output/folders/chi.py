"""What ``skymodel fit --out DIR`` writes: the table of chi, its figure, its page; the folder appears whole."""

from __future__ import annotations

from pathlib import Path

from skymodel.output.folders.fresh import filled
from skymodel.runs.one.chi import FitResult


def write(result: FitResult, folder: str | Path) -> Path:
    """Write ``fits.ecsv``, ``chi.png`` and the page ``report.html`` into a new folder.

    Raises
    ------
    FileExistsError
        If the folder exists.
    """
    return filled(folder, lambda draft: _fill(result, draft))


def _fill(result: FitResult, folder: Path) -> None:
    from skymodel.output.figures.chi import chi_figure
    from skymodel.output.figures.style import DPI, style
    from skymodel.output.files.tables import write_table
    from skymodel.output.folders.run import provenance
    from skymodel.output.report.chi import report
    from skymodel.output.report.page import NAME, digests

    write_table(result.table, folder / "fits.ecsv", meta=provenance(result.config))
    with style():
        picture = chi_figure(result.table, result.config.label).png(DPI)
    (folder / "chi.png").write_bytes(picture)
    (folder / NAME).write_text(report(result, picture, digests(folder)), encoding="utf-8")

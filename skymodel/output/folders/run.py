"""The folder of a run: written beside its final name, then renamed, so that it is whole or not there.

A folder that already holds a run is kept unless it may be overwritten, and is then replaced as a whole; a folder
that holds anything else is never touched. Without a name, folders are numbered ``skymodel-run-001`` and so on.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from profiles.contract.spelling import options
from skymodel.output.files.whole import beside, settle, writing
from skymodel.progress import Counted, parts

if TYPE_CHECKING:
    from skymodel.runs.config.model import RunConfig
    from skymodel.runs.one.result import RunResult

CONFIG = "config.resolved.yaml"  # the file by which a folder is recognised as a run's
_NUMBERED = "skymodel-run-"


def check(folder: Path | None, overwrite: bool = False) -> None:
    """Raise OSError if a run may not or cannot be written to `folder`; call it before computing for a minute."""
    _require_room((folder or Path(_NUMBERED)).absolute().parent)
    if folder is None or not (folder.exists() or folder.is_symlink()):
        return
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if not _is_run(folder):
        raise FileExistsError(f"'{folder}' exists and holds no run, so it is kept; choose another folder")
    if not overwrite:
        raise FileExistsError(
            f"'{folder}' already holds a run, which is kept; choose another folder or overwrite it "
            "(--overwrite, overwrite=True)"
        )


def _is_run(folder: Path) -> bool:
    return folder.is_dir() and (folder / CONFIG).is_file()


def _require_room(parent: Path) -> None:
    """Raise OSError unless `parent` is, or can become, a folder that files may be written to."""
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir():
        raise NotADirectoryError(f"'{parent}' is a file and not a folder that could hold a run; choose another place")
    try:
        with tempfile.TemporaryFile(
            dir=parent
        ):  # asking for permission is not enough: /proc gives it and takes no file
            pass
    except OSError as error:
        why = error.strerror or error
        raise PermissionError(f"'{parent}' may not be written to ({why}); choose another place with --out") from None


def write(
    result: RunResult,
    folder: str | Path | None = None,
    *,
    overwrite: bool = False,
    report: bool = True,
    figures: str = "png",
    progress: Counted | None = None,
) -> Path:
    """Write a run's files and figures and return the folder.

    Parameters
    ----------
    result
        What :func:`skymodel.run` returned.
    folder
        Where to; by default the next free ``skymodel-run-001``, ``-002``, ... of the current directory.
    overwrite
        Whether a run that the folder already holds is replaced, as a whole.
    report
        Whether ``report.html``, the page to look at and to touch, is written, too.
    figures
        Their format: "png", "pdf" or "svg".
    progress
        Called with (done, all) as files are written.

    Raises
    ------
    ValueError
        If figures have no such format.
    FileExistsError
        If the folder is taken; nothing is changed.
    OSError
        If it cannot be written, as on a full disk; nothing is left behind.

    Examples
    --------
    >>> from skymodel import run, write
    >>> write(run("paper"), "out", report=False)  # doctest: +SKIP
    PosixPath('out')
    """
    target = None if folder is None else Path(folder)
    check(target, overwrite)
    require_format(figures)
    with writing(target or Path.cwd()):
        place = target or Path(_NUMBERED)
        place.absolute().parent.mkdir(parents=True, exist_ok=True)
        with beside(place) as workspace:
            draft = workspace / "new"
            draft.mkdir()
            files, page = parts(progress, [2.0, 1.0 if report else 0.0])
            _write_files(result, draft, figures, files)
            if report:
                _write_report(result, draft)
            page(1, 1)
            if target is None:
                return _numbered(draft)
            return settle(draft, target, replaces=lambda found: overwrite and _is_run(found))


def require_format(figures: str) -> None:
    """Raise ValueError unless figures can be written in a format."""
    from skymodel.output.figures.run import FORMATS

    if figures not in FORMATS:
        raise ValueError(f"figures as {figures!r}{options(figures, FORMATS, 'allowed')}")


def _write_files(result: RunResult, folder: Path, ending: str, progress: Counted) -> None:
    """Write all files of a run but its page, the figures meanwhile in other processes."""
    from skymodel.output.figures.run import drawn

    with drawn(result, folder, ending) as finish:
        writers = list(_writers(result))
        tables, drawings = parts(progress, [1.0, 3.0])
        for done, (name, writer) in enumerate(writers, 1):
            writer(folder / name)
            tables(done, len(writers))
        finish(drawings)


def _writers(result: RunResult) -> Iterator[tuple[str, Callable[[Path], Any]]]:
    """Yield the name of each file of a run but its figures, and the function that writes it."""
    from skymodel.output.files.fits_write import write_cube, write_maps
    from skymodel.output.files.tables import write_table
    from skymodel.runs.one.run import WINDOWS

    text, config = resolved_yaml(result.config), result.config.resolved()
    yield CONFIG, lambda path: path.write_text(text, encoding="utf-8")
    maps = list(result.maps.values())
    yield "maps.fits", functools.partial(write_maps, maps=maps, coverage=result.coverage, config=config)
    if result.cube is not None:
        cube = result.cube
        yield (
            "cube.fits",
            lambda path: write_cube(path, cube.values(), cube.energies, "cm-2 s-1 sr-1 MeV-1", config=config),
        )
    for name, region in WINDOWS.items():
        cut = [sky.cut(region) for sky in maps if sky.name != "J"]
        yield f"cut_{name.lower()}.fits", functools.partial(write_maps, maps=cut, config=config)
    tables = {name: getattr(result, name) for name in ("fluxes", "ratio", "spectrum", "correlations")}
    tables |= {"claims": result.claims.table, "band_ratios": result.ratios}
    tables |= {"fits": result.fits, "nugget_bands": result.nugget_bands, "excess": result.excess}
    for name, table in tables.items():
        if table is None:
            continue
        yield f"{name}.ecsv", functools.partial(write_table, table, meta=provenance(result.config))
    claims = f"{result.config.label}\n\n{result.claims.text}".lstrip()
    yield "claims.txt", lambda path: path.write_text(claims, encoding="utf-8")
    yield "verdict.txt", lambda path: path.write_text(f"{result.statement}\n", encoding="utf-8")


def _write_report(result: RunResult, folder: Path) -> None:
    """Write the page of a run, which names the digests of all other files, last."""
    from skymodel.output.report.page import NAME, digests
    from skymodel.output.report.run import report

    (folder / NAME).write_text(report(result, digests(folder), resolved_yaml(result.config)), encoding="utf-8")


def equal_run(config: RunConfig, folder: Path) -> Path | None:
    """Return a run of the same configuration among those in a folder; None if there is none.

    Parameters
    ----------
    config
        What is to be run.
    folder
        Where runs are looked for.
    """
    try:
        wanted = resolved_yaml(config)
    except ValueError:  # a density that cannot be written down is equal to none
        return None
    for found in sorted(folder.glob(f"*/{CONFIG}")):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if found.read_text(encoding="utf-8") == wanted:
                return found.parent
    return None


def resolved_yaml(config: RunConfig) -> str:
    """Return the text of ``config.resolved.yaml``: running it repeats the run."""
    body = yaml.safe_dump(config.resolved(), sort_keys=False, width=110, allow_unicode=True)
    return f"# resolved by skymodel {version('skymodel')}; `skymodel run {CONFIG}` repeats this run\n{body}"


def provenance(config: RunConfig) -> dict[str, Any]:
    """Return what every table says about where it comes from."""
    return {"creator": f"skymodel {version('skymodel')}", "label": config.label, "config": config.resolved()}


def _numbered(draft: Path) -> Path:
    """Rename `draft` to the first free numbered name; one that another run takes meanwhile is skipped."""
    for number in itertools.count(1):
        target = Path(f"{_NUMBERED}{number:03d}")
        if target.exists():
            continue
        try:
            return draft.rename(target)
        except OSError:
            if not target.exists():
                raise
    raise AssertionError("unreachable: the numbers do not end")

"""A new folder for what a command found: written beside its name, then renamed; one that is there is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from skymodel.output.files.whole import beside, writing


def check(folder: Path | None) -> None:
    """Raise FileExistsError if a folder is taken; call it before computing."""
    if folder is not None and folder.exists():
        raise FileExistsError(f"'{folder}' exists and is kept; choose another folder")


def filled(folder: str | Path, fill: Callable[[Path], Any]) -> Path:
    """Return a new folder that a function has filled.

    Parameters
    ----------
    folder
        Its name.
    fill
        Called with the draft of the folder, which is empty.

    Raises
    ------
    FileExistsError
        If the folder exists.
    """
    target = Path(folder)
    check(target)
    with writing(target):
        return _filled(target, fill)


def _filled(target: Path, fill: Callable[[Path], Any]) -> Path:
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    with beside(target) as workspace:
        draft = workspace / "new"
        draft.mkdir()
        fill(draft)
        return draft.rename(target)  # and not `settle`: what another run put there meanwhile is kept

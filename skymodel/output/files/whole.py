"""Files and folders that appear whole or not at all: written beside their place under a hidden name, then renamed.

Whatever stops a write, a full disk, an error, an interrupt, the place holds what it held before.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """Yield a path to write a file or a folder to; at the end it takes the place of `path`, on an error it vanishes.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole(f"{folder}/note.txt") as draft:
    ...         _ = draft.write_text("all of it")
    ...     os.listdir(folder)
    ['note.txt']
    """
    target = Path(path)
    with beside(target) as workspace:
        draft = workspace / target.name
        yield draft
        settle(draft, target)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Yield an empty hidden folder next to `target`, on the same file system; remove it and all it holds at the end."""
    workspace = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.absolute().parent))
    try:
        yield workspace
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def settle(draft: Path, target: Path) -> Path:
    """Rename `draft` to `target`; a folder there steps aside first and comes back if the renaming fails.

    Parameters
    ----------
    draft
        A file or folder in what :func:`beside` gave.
    target
        Its place.
    """
    if draft.is_file():
        return draft.replace(target)
    aside = draft.with_name("aside")
    try:
        if target.exists():
            target.rename(aside)
        draft.rename(target)
    except BaseException:  # an interrupt may come just after either renaming
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise
    return target


def to_disk(path: Path) -> None:
    """Return when a file, or all files of a folder, are on the disk and not only in the system's memory."""
    for file in (path, *path.rglob("*")):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())

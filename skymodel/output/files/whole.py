"""Files and folders that appear whole or not at all: written beside their place under a hidden name, then renamed.

Whatever stops a write, a full disk, an error, an interrupt, the place holds what it held before.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
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
        settle(draft, target, replaces=lambda _: True)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Yield an empty hidden folder next to `target`, on the same file system; remove it and all it holds at the end."""
    workspace = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.absolute().parent))
    try:
        yield workspace
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def settle(draft: Path, target: Path, *, replaces: Callable[[Path], bool] = lambda folder: False) -> Path:
    """Rename `draft` to `target`; what another put there meanwhile is kept.

    Parameters
    ----------
    draft
        A file, which takes the place of another, or a folder, which takes that of nothing or of an empty folder.
    target
        Its place.
    replaces
        Which folders that hold something may be replaced; such a one steps aside and comes back if the renaming fails.

    Raises
    ------
    FileExistsError
        If something that is to be kept stands there.
    """
    if draft.is_file():
        return draft.replace(target)
    try:
        return draft.rename(target)  # the system itself refuses to replace a folder that holds something
    except OSError:
        if not target.exists():
            raise
    if not replaces(target):
        raise FileExistsError(f"'{target}' appeared meanwhile, or holds something, and is kept")
    return _replaced(draft, target, replaces)


def _replaced(draft: Path, target: Path, replaces: Callable[[Path], bool]) -> Path:
    aside = draft.with_name("aside")
    try:
        target.rename(aside)
        if not replaces(aside):  # another came between the look and the renaming
            raise FileExistsError(f"'{target}' appeared meanwhile and is kept")
        draft.rename(target)
    except BaseException:  # an interrupt may come just after either renaming
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise
    return target


@contextmanager
def claimed(target: Path) -> Iterator[None]:
    """Hold a name for this process while the block runs, so that a second one is refused at once.

    The claim is a lock of the system on a hidden file beside `target`: it ends with its process, however that ends.

    Raises
    ------
    FileExistsError
        If another process holds the name.
    """
    mark = target.absolute().parent / f".{target.name}.claim"
    mark.parent.mkdir(parents=True, exist_ok=True)
    lock = _locked(mark)
    if lock is None:
        raise FileExistsError(f"another run is writing '{target}'; wait for it, or choose another folder")
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)
        os.close(lock)


def _locked(mark: Path) -> int | None:
    """Return the open file whose lock was taken, or None if another process has it."""
    while True:
        lock = os.open(mark, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return None
        if mark.exists() and os.fstat(lock).st_ino == mark.stat().st_ino:
            return lock
        os.close(lock)  # its owner had just removed it: the name now belongs to another file


def to_disk(path: Path) -> None:
    """Return when a file, or all files of a folder, are on the disk and not only in the system's memory."""
    for file in (path, *path.rglob("*")):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())

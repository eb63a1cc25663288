"""Files and folders that appear whole or not at all: written beside their place under a hidden name, then renamed.

Whatever stops a write, a full disk, an error, an interrupt, the place holds what it held before.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import platform
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_MACHINE = f"{zlib.crc32(platform.node().encode()):08x}"  # a lock says little about the processes of another machine
_PARTIAL, _ASIDE = ".partial", "aside"
_UNKNOWN = (errno.ENOTSUP, errno.ENOSYS)  # what a file system says of that it has not
_OURS = b"a run of skymodel"  # the content of a claim


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
    with writing(target), beside(target) as workspace:
        draft = workspace / target.name
        yield draft
        settle(draft, target, replaces=lambda _: True)


def create(path: Path, text: str) -> None:
    """Write a text file that must not be there yet, whole: of several writers one wins, and a reader finds all of it.

    Raises
    ------
    FileExistsError
        If it is there; it is kept.
    """
    with writing(path), beside(path) as workspace:
        draft = workspace / "new"
        draft.write_text(text, encoding="utf-8")
        try:
            os.link(draft, path)  # refuses to replace, as no renaming does
        except OSError as error:
            if path.exists():
                raise FileExistsError(f"'{path}' exists and is kept") from None
            if error.errno not in (errno.EPERM, *_UNKNOWN):
                raise
            draft.rename(path)  # on a file system without links


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Name the place in the error of a write that fails: a full disk says neither the file nor what to do.

    Raises
    ------
    OSError
        With the place, what the system says, and the cure; what is there and kept is said as it is.
    """
    try:
        yield
    except (FileExistsError, FileNotFoundError):  # which name what is, or is not, there
        raise
    except OSError as error:
        first = error.__cause__ if isinstance(error.__cause__, OSError) else error  # a file of a folder: the folder
        why = first.strerror or first
        raise OSError(f"cannot write '{place}': {why}; make room or choose another place") from error


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Yield an empty hidden folder next to `target`, on the same file system; remove it and all it holds at the end.

    Its name says which machine made it, and a lock on it that its process lives; :func:`remove_left_overs` asks both.

    Raises
    ------
    FileNotFoundError
        If the folder of `target` is gone.
    """
    parent = target.absolute().parent
    try:
        workspace, lock = _workspace(parent, f".{target.name}.{_MACHINE}.")
    except FileNotFoundError:
        raise FileNotFoundError(f"the folder '{parent}' of '{target.name}' is not there, or no more") from None
    try:
        yield workspace
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
        os.close(lock)


def _workspace(parent: Path, prefix: str) -> tuple[Path, int]:
    """Return a new folder and the open, locked file that shows it in use."""
    while True:
        workspace = Path(tempfile.mkdtemp(prefix=prefix, suffix=_PARTIAL, dir=parent))
        try:
            lock = _locked(workspace, os.O_RDONLY)
        except FileNotFoundError:  # taken for a left-over before it was locked: make another
            continue
        except OSError:  # some network file systems lock no folder: what is left behind there stays
            return workspace, os.open(workspace, os.O_RDONLY)
        if lock is not None:
            return workspace, lock


def remove_left_overs(folder: Path) -> list[str]:
    """Remove what killed processes of this machine left half-written in a folder, and return the names it was for.

    What such a process had moved aside to replace it is put back.
    """
    names = []
    for found in folder.glob(f".*.{_MACHINE}.*{_PARTIAL}"):
        name = found.name[1:].rpartition(f".{_MACHINE}.")[0]
        with contextlib.suppress(OSError):  # another run removes it, or nothing can be locked here
            lock = _locked(found, os.O_RDONLY)
            if lock is not None:
                _removed(found, folder / name)
                os.close(lock)
                names.append(name)
    for mark in folder.glob(".*.claim"):
        with contextlib.suppress(OSError):
            lock = _locked(mark, os.O_RDONLY) if mark.read_bytes() == _OURS else None
            if lock is not None:
                mark.unlink()
                os.close(lock)
    return sorted(names)


def _removed(workspace: Path, target: Path) -> None:
    aside = workspace / _ASIDE
    if aside.exists() and not target.exists():
        aside.rename(target)
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
    aside = draft.with_name(_ASIDE)
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
    lock = _claim(mark)
    if lock is None:
        raise FileExistsError(f"another run is writing '{target}'; wait for it, or choose another folder")
    try:
        os.write(lock, _OURS)
        yield
    finally:
        mark.unlink(missing_ok=True)
        os.close(lock)


def _claim(mark: Path) -> int | None:
    flags = os.O_CREAT | os.O_RDWR
    try:
        return _locked(mark, flags)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, *_UNKNOWN):
            raise
        return os.open(mark, flags, 0o600)  # no locks on this file system: `settle` still refuses the second


def _locked(path: Path, flags: int) -> int | None:
    """Return the open file or folder whose lock was taken, or None if another process has it.

    Raises
    ------
    OSError
        If it cannot be opened, or its file system has no locks.
    """
    while True:
        lock = os.open(path, flags, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            if isinstance(error, BlockingIOError):
                return None
            raise
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(lock).st_ino == path.stat().st_ino:
                return lock
        os.close(lock)  # its owner had just removed it: the name now belongs to another


def to_disk(path: Path) -> None:
    """Return when a file, or all files of a folder, are on the disk and not only in the system's memory."""
    for file in (path, *path.rglob("*")):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())

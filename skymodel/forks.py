"""Forks of this process, which take a share of some work while it does another or something else.

A fork needs no pickling of what it is to do, nor of the blocks that it begins with. Its results come back through a
pipe; what else it changes is lost. To fork takes 5 ms, and as long again when memory is written to that was shared: the
forks of a :class:`Team` stay, and are sent more blocks.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

Block = TypeVar("Block")
Done = TypeVar("Done")
Heard = Callable[[int], Any]  # hears how many are done


class Tally(Protocol):
    """Counts what work costs, and may raise when that is too much."""

    spent: float

    def spend(self, points: float) -> None:
        """Count some more."""
        ...


def deaf(_: int) -> None:
    """Hear nothing."""


def may_fork() -> bool:
    """Return whether forks are safe: on Linux, where no other thread could hold a lock, but in no daemon."""
    alone = threading.active_count() == 1 and not multiprocessing.current_process().daemon  # daemons have no children
    return sys.platform == "linux" and alone and "jax" not in sys.modules


class _Queue:
    """The places of blocks that nobody has taken yet, in a pipe that forks share: a short read takes one of them.

    Each who takes leaves with the end that it reads; there is one for all of them.
    """

    def __init__(self) -> None:
        self._exit, self._entry = os.pipe()

    def fill(self, count: int, takers: int) -> None:
        """Put in the places of so many blocks, in runs if they are more than a pipe holds."""
        runs = range(min(count, _TICKETS - takers))
        os.write(self._entry, b"".join(k.to_bytes(_WIDTH, "big") for k in runs) + _END * takers)

    def taken(self, count: int, takers: int) -> Iterator[int]:
        """Yield the places that are left, one by one."""
        runs = min(count, _TICKETS - takers)
        while (ticket := os.read(self._exit, _WIDTH)) != _END:
            k = int.from_bytes(ticket, "big")
            yield from range(count * k // runs, count * (k + 1) // runs)

    def empty(self) -> None:
        """Leave nothing but the ends of others."""
        while os.read(self._exit, _WIDTH) != _END:
            pass

    def close(self) -> None:
        os.close(self._exit)
        os.close(self._entry)


_WIDTH, _TICKETS, _END = 2, 2048, b"\xff\xff"


class _Share(NamedTuple):
    """What one worker did, by place, where it failed, and what it cost."""

    done: dict[int, Any]
    failed: dict[int, BaseException]
    spent: float


def _take(
    work: Callable[[Any], Any], blocks: Sequence[Any], queue: _Queue, crowd: int, tally: Tally | None, hear: Heard
) -> _Share:
    """Do blocks that nobody has taken yet; after a failure nobody takes more, though those before it may fail, too."""
    done, failed, before = dict[int, Any](), dict[int, BaseException](), tally.spent if tally else 0.0
    for place in queue.taken(len(blocks), crowd):
        try:
            done[place] = work(blocks[place])
        except Exception as failure:
            failed[place] = failure
            queue.empty()
            break
        if place + 1 < len(blocks):
            hear(place + 1)  # all before are taken
    return _Share(done, failed, (tally.spent if tally else 0.0) - before)


class Team:
    """Forks of this process, at the same work as it again and again.

    Parameters
    ----------
    work
        What is done to blocks. It is as it was when a fork was made, but for what it is told by the `tally`.
    tally
        What the work counts its cost with.
    """

    def __init__(self, work: Callable[[Any], Any], tally: Tally | None = None) -> None:
        self.work = work
        self._tally, self._queue, self._forks = tally, _Queue(), list[_Fork]()

    @property
    def whole(self) -> bool:
        """Whether no fork has died."""
        return not any(fork.dead for fork in self._forks)

    def begin(self, blocks: Sequence[Any], crowd: int) -> None:
        """Let forks begin with blocks, one less than the crowd; those that are there already are sent them."""
        self._queue.fill(len(blocks), crowd)
        for fork in self._forks[: crowd - 1]:
            fork.send(blocks, crowd)
        with _uninterrupted():
            while len(self._forks) < crowd - 1:
                self._forks.append(_Fork(self.work, self._queue, self._tally))
                self._forks[-1].start(blocks, crowd)

    def finish(self, blocks: Sequence[Any], crowd: int, hear: Heard = deaf) -> list[Any]:
        """Take part in the work that was begun, and return all that became of it."""
        done, failed, _ = _take(self.work, blocks, self._queue, crowd, self._tally, hear)
        for fork in self._forks[: crowd - 1]:
            share = fork.result()
            done, failed = done | share.done, failed | share.failed
            if self._tally:
                with contextlib.suppress(Exception) if failed else contextlib.nullcontext():
                    self._tally.spend(share.spent)
        if failed:
            raise failed[min(failed)]
        # what a fork that died has taken is done here
        found = [done[place] if place in done else self.work(block) for place, block in enumerate(blocks)]
        hear(len(blocks))
        return found

    def end(self) -> None:
        """End the forks, whatever they do."""
        with _uninterrupted():
            for fork in self._forks:
                fork.end()
            self._queue.close()


@contextlib.contextmanager
def begun(
    work: Callable[[Block], Done], blocks: Sequence[Block], workers: int, tally: Tally | None = None
) -> Iterator[Callable[..., list[Done]]]:
    """Let forks begin with some work, where they are safe, while this process does something else.

    Parameters
    ----------
    work, blocks, workers, tally
        As for :func:`each`.

    Yields
    ------
    Callable
        Takes part in the work and returns all that became of it, as :func:`each` does; what it is given, if anything,
        hears how many blocks are done. Forks that are still at it when the context is left are ended.
    """
    crowd, team = min(workers, len(blocks)) if may_fork() else 1, Team(work, tally)
    try:
        team.begin(blocks, crowd)
        yield functools.partial(team.finish, blocks, crowd)
    finally:
        team.end()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let an interrupt wait until all forks are there, and can be ended, or until they are gone.

    A blocked signal would not do: the system gives it to any other thread, and Python then interrupts this one.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is None or threading.current_thread() is not threading.main_thread():  # nothing interrupts others
        yield
        return
    heard: list[Any] = []
    signal.signal(signal.SIGINT, lambda *told: heard.append(told))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if heard:
            signal.raise_signal(signal.SIGINT)


def _portable(failure: BaseException) -> BaseException:
    """Return a failure as it can be sent to another process."""
    try:
        pickle.loads(pickle.dumps(failure))
    except Exception:
        return RuntimeError(f"{type(failure).__name__}: {failure}")
    return failure


class _Fork:
    """A copy of this process that takes part in some work, and tells what became of it and what it cost."""

    def __init__(self, work: Callable[[Any], Any], queue: _Queue, tally: Tally | None) -> None:
        self._parent, self.dead = os.getpid(), False
        self._work, self._queue, self._tally = work, queue, tally
        self._context = multiprocessing.get_context("fork")
        self._here, self._there = self._context.Pipe()
        self._process: Any = None

    def start(self, blocks: Sequence[Any], crowd: int) -> None:
        """Begin with blocks that a crowd shares."""
        self._process = self._context.Process(target=self._run, args=(blocks, crowd), daemon=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: only BLAS has some, and stops them itself
            self._process.start()
        self._there.close()

    def _run(self, blocks: Sequence[Any], crowd: int) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that forked hears it, too, and ends this one
        self._here.close()
        with contextlib.suppress(EOFError, OSError):  # nobody waits
            while True:
                share = _take(self._work, blocks, self._queue, crowd, self._tally, self._go_on)
                self._there.send(share._replace(failed={k: _portable(one) for k, one in share.failed.items()}))
                blocks, crowd, spent = self._there.recv()
                if self._tally:
                    self._tally.spent = spent

    def _go_on(self, _: int) -> None:
        if os.getppid() != self._parent:
            os._exit(1)  # nobody waits for what this one does

    def send(self, blocks: Sequence[Any], crowd: int) -> None:
        """Let it go on with blocks that a crowd shares, and with what all have spent."""
        with contextlib.suppress(OSError):  # it died, which its result will tell
            self._here.send((blocks, crowd, self._tally.spent if self._tally else 0.0))

    def result(self) -> _Share:
        """Return its share; an empty one if the copy died."""
        try:
            share: _Share = self._here.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            self.dead = True
            return _Share({}, {}, 0.0)
        return share

    def end(self) -> None:
        """Leave nothing running."""
        if self._process is not None and self._process.pid is not None:
            self._process.kill()
            self._process.join()
        self._here.close()

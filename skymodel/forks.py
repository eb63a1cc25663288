"""Forks of this process, which take a share of some work while it does another or something else.

A fork needs no pickling of what it is to do and takes 5 ms. Its results come back through a pipe; what else it changes
is lost.
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
    """The places of blocks that nobody has taken yet, in a pipe that forks share: a short read takes one of them."""

    def __init__(self, count: int) -> None:
        self._exit, entry = os.pipe()
        runs = min(count, _TICKETS)  # a pipe holds so many; each is for the run of places up to the next
        self._starts = [count * k // runs for k in range(runs + 1)]
        os.write(entry, b"".join(k.to_bytes(_WIDTH, "big") for k in range(runs)))
        os.close(entry)

    def __iter__(self) -> Iterator[int]:
        while ticket := os.read(self._exit, _WIDTH):
            k = int.from_bytes(ticket, "big")
            yield from range(self._starts[k], self._starts[k + 1])

    def empty(self) -> None:
        """Leave nothing for the others."""
        while os.read(self._exit, _WIDTH * _TICKETS):
            pass

    def close(self) -> None:
        os.close(self._exit)


_WIDTH, _TICKETS = 2, 2048


class _Share(NamedTuple):
    """What one worker did, by place, where it failed, and what it cost."""

    done: dict[int, Any]
    failed: dict[int, BaseException]
    spent: float


def _take(work: Callable[[Any], Any], blocks: Sequence[Any], queue: _Queue, tally: Tally | None, hear: Heard) -> _Share:
    """Do blocks that nobody has taken yet; after a failure nobody takes more, though those before it may fail, too."""
    done, failed, before = dict[int, Any](), dict[int, BaseException](), tally.spent if tally else 0.0
    for place in queue:
        try:
            done[place] = work(blocks[place])
        except Exception as failure:
            failed[place] = failure
            queue.empty()
        if place + 1 < len(blocks):
            hear(place + 1)  # all before are taken
    return _Share(done, failed, (tally.spent if tally else 0.0) - before)


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
    crowd = min(workers, len(blocks)) if may_fork() else 1
    queue, forks = _Queue(len(blocks)), list[_Fork]()

    def results(hear: Heard = deaf) -> list[Done]:
        done, failed, _ = _take(work, blocks, queue, tally, hear)
        for fork in forks:
            share = fork.result()
            done, failed = done | share.done, failed | share.failed
            if tally:
                with contextlib.suppress(Exception) if failed else contextlib.nullcontext():
                    tally.spend(share.spent)
        if failed:
            raise failed[min(failed)]
        found = [done[place] if place in done else work(block) for place, block in enumerate(blocks)]  # if a fork died
        hear(len(blocks))
        return found

    try:
        with _uninterrupted():
            for _ in range(crowd - 1):
                forks.append(_Fork(work, blocks, queue, tally))
                forks[-1].start()
        yield results
    finally:
        with _uninterrupted():
            for fork in forks:
                fork.end()
            queue.close()


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

    def __init__(self, work: Callable[[Any], Any], blocks: Sequence[Any], queue: _Queue, tally: Tally | None) -> None:
        self._parent = os.getpid()
        self._work = functools.partial(_take, work, blocks, queue, tally, self._go_on)
        context = multiprocessing.get_context("fork")
        self._inbox, self._outbox = context.Pipe(duplex=False)
        self._process = context.Process(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: only BLAS has some, and stops them itself
            self._process.start()
        self._outbox.close()

    def _run(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that forked hears it, too, and ends this one
        self._inbox.close()
        share = self._work()
        with contextlib.suppress(BrokenPipeError):  # nobody waits
            self._outbox.send(share._replace(failed={k: _portable(one) for k, one in share.failed.items()}))

    def _go_on(self, _: int) -> None:
        if os.getppid() != self._parent:
            os._exit(1)  # nobody waits for what this one does

    def result(self) -> _Share:
        """Return its share; an empty one if the copy died."""
        try:
            share: _Share = self._inbox.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            return _Share({}, {}, 0.0)
        return share

    def end(self) -> None:
        """Leave nothing running."""
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()
        self._inbox.close()

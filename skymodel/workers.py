"""Blocks of work and who does it: forks of this process, or threads.

What a block is does not depend on the number of workers, so that one and two give the same bits; whoever is free takes
the next. Half of a sight line's time is spent in small arrays and in Python, where threads wait for one another: two of
them took as long as one on a map of the Freudenreich bar to 1e-6, two processes 0.7 of it on cores of which others used
a third. A fork needs no pickling and takes 5 ms. What a user's function does beside (counting, printing) must happen
here, and a library of others may have threads of its own, which a fork lacks and waits for: both go by threads.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from profiles import Density

Block = TypeVar("Block")
Done = TypeVar("Done")
Help = Literal["forks", "threads", "forks or threads"]
Heard = Callable[[int], Any]  # hears how many are done


def crew(workers: int | None) -> int:
    """Return how many workers to use: those asked for, or as many as there are cores.

    Where others share the cores, in a process that another one started or in one of several threads (the workers of an
    ensemble and of Dask are such), only one unless more are asked for.

    Raises
    ------
    ValueError
        If it is no whole number from 1 on.
    """
    if workers is None:
        alone = multiprocessing.parent_process() is None and threading.current_thread() is threading.main_thread()
        return _cores() if alone else 1
    if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
        raise ValueError(f"workers = {workers!r}; allowed: a whole number from 1 on, or None for all cores")
    return workers


def _cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def evenly(count: int, most: int) -> list[slice]:
    """Return slices of nearly the same length: `most` long at the most, and an even number of them if it pays.

    Examples
    --------
    >>> evenly(9, 4)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 6, None), slice(6, 9, None)]
    >>> evenly(300, 400), evenly(30, 400)
    ([slice(0, 150, None), slice(150, 300, None)], [slice(0, 30, None)])
    """
    parts = max(1, -(-count // most), 2 if count > most // 4 else 1)
    parts += parts % 2 if parts > 1 else 0
    return [slice(count * k // parts, count * (k + 1) // parts) for k in range(parts)]


def leaves_no_trace(density: Density) -> bool:
    """Return whether nothing but this package's own formulas computes a density, all through.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk, from_function
    >>> leaves_no_trace(NFW() * (2 * ExponentialDisk()))
    True
    >>> leaves_no_trace(NFW() * from_function(lambda x, y, z: 0 * x + 1, unit="cm-3"))
    False
    """
    if not type(density).__module__.startswith("profiles.") or density.smooth is None:
        return False
    within = (getattr(density, part.name) for part in dataclasses.fields(density))
    parts = (one for value in within for one in (value if isinstance(value, tuple) else (value,)))
    return all(leaves_no_trace(part) for part in parts if isinstance(part, Density))


def helpers(density: Density) -> Help:
    """Return who may help with integrals over a density; what a user's function does beside must happen here."""
    return "forks or threads" if leaves_no_trace(density) else "threads"


class Tally(Protocol):
    """Counts what work costs, and may raise when that is too much."""

    spent: float

    def spend(self, points: float) -> None:
        """Count some more."""
        ...


def each(
    work: Callable[[Block], Done],
    blocks: Sequence[Block],
    workers: int,
    *,
    by: Help = "threads",
    tally: Tally | None = None,
    heard: Heard | None = None,
) -> list[Done]:
    """Return what becomes of blocks, in their order; the first error ends the work, an interrupt at once.

    Parameters
    ----------
    work, blocks
        What is done to each of them, in any order.
    workers
        How many are at it.
    by
        Who helps: forks of this process where they are safe (on Linux, where no other thread could hold a lock), of
        whose work nothing but the result and the tally is kept; or threads; or those where forks are not safe.
    tally
        What the work counts its cost with.
    heard
        Called with the number of blocks that are done, now and then.
    """
    hear, crowd = heard or _deaf, min(workers, len(blocks))
    if crowd > 1 and by != "threads" and _may_fork():
        with begun(work, blocks, crowd, tally) as results:
            return results(hear)
    if crowd > 1 and by != "forks":
        return _by_threads(work, blocks, crowd, hear)
    done = []
    for block in blocks:
        done.append(work(block))
        hear(len(done))
    return done


def _by_threads(work: Callable[[Block], Done], blocks: Sequence[Block], workers: int, hear: Heard) -> list[Done]:
    pool = ThreadPoolExecutor(workers)
    try:
        waiting, done = [pool.submit(work, block) for block in blocks], list[Done]()
        for one in waiting:
            done.append(one.result())
            hear(len(done))
        return done
    finally:
        pool.shutdown(cancel_futures=True)


def _deaf(_: int) -> None:
    """Hear nothing."""


def _may_fork() -> bool:
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
    crowd = min(workers, len(blocks)) if _may_fork() else 1
    queue = _Queue(len(blocks))
    forks = [_Fork(work, blocks, queue, tally) for _ in range(crowd - 1)]

    def results(hear: Heard = _deaf) -> list[Done]:
        done, failed, _ = _take(work, blocks, queue, tally, hear)
        for fork in forks:
            share = fork.result()
            done, failed = done | share.done, failed | share.failed
            if tally and not failed:
                tally.spend(share.spent)
        if failed:
            raise failed[min(failed)]
        found = [done[place] if place in done else work(block) for place, block in enumerate(blocks)]  # if a fork died
        hear(len(blocks))
        return found

    try:
        yield results
    finally:
        for fork in forks:
            fork.end()
        queue.close()


class _Fork:
    """A copy of this process that takes part in some work, and tells what became of it and what it cost."""

    def __init__(self, work: Callable[[Any], Any], blocks: Sequence[Any], queue: _Queue, tally: Tally | None) -> None:
        self._parent = os.getpid()
        self._work = functools.partial(_take, work, blocks, queue, tally, self._go_on)
        context = multiprocessing.get_context("fork")
        self._inbox, self._outbox = context.Pipe(duplex=False)
        self._process = context.Process(target=self._run, daemon=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: only BLAS has some, and stops them itself
            self._process.start()
        self._outbox.close()

    def _run(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that forked hears it, too, and ends this one
        self._inbox.close()
        self._outbox.send(self._work())

    def _go_on(self, _: int) -> None:
        if os.getppid() != self._parent:
            os._exit(1)  # nobody waits for what this one does

    def result(self) -> _Share:
        """Return its share; an empty one if the copy died."""
        try:
            share: _Share = self._inbox.recv()
        except EOFError:
            return _Share({}, {}, 0.0)
        return share

    def end(self) -> None:
        """Leave nothing running."""
        self._process.kill()
        self._process.join()
        self._inbox.close()

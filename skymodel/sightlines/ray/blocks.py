"""Blocks of work and who does it: forks of this process, or threads.

What a block is does not depend on the number of workers, so that one and two give the same bits. Half of a sight line's
time is spent in small arrays and in Python, where threads wait for one another: two of them took as long as one on a
map of the Freudenreich bar to 1e-6, two processes 0.7 of it on cores of which others used a third. A fork needs no
pickling and takes 5 ms. What a user's function does beside (counting, printing) must happen here, and a library of
others may have threads of its own, which a fork lacks and waits for: both go by threads.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from profiles import Density
from skymodel.sightlines.ray.meter import Meter

Block = TypeVar("Block")
Done = TypeVar("Done")


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
    """Return slices of nearly the same length, `most` of them at the most, an even number of them if there are several.

    Examples
    --------
    >>> evenly(9, 4)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 6, None), slice(6, 9, None)]
    """
    parts = max(1, -(-count // most))
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


def each(
    work: Callable[[Block], Done], blocks: Sequence[Block], workers: int, meter: Meter | None = None
) -> list[Done]:
    """Return what becomes of blocks, in their order; the first error ends the work, an interrupt at once.

    With a `meter` that counts what the work costs, which is to change nothing else, forks of this process do it where
    that is safe: on Linux, where no other thread could hold a lock.
    """
    if workers == 1 or len(blocks) < 2:
        return [work(block) for block in blocks]
    if meter is not None and _may_fork():
        return _by_forks(work, blocks, min(workers, len(blocks)), meter)
    pool = ThreadPoolExecutor(min(workers, len(blocks)))
    try:
        waiting: list[Any] = [pool.submit(work, block) for block in blocks]
        return [one.result() for one in waiting]
    finally:
        pool.shutdown(cancel_futures=True)


def _may_fork() -> bool:
    alone = threading.active_count() == 1 and not multiprocessing.current_process().daemon  # daemons have no children
    return sys.platform == "linux" and alone and "jax" not in sys.modules


def _by_forks(work: Callable[[Block], Done], blocks: Sequence[Block], workers: int, meter: Meter) -> list[Done]:
    """Return what becomes of blocks, every one of `workers` in its turn; the first share is done here."""
    forks = [_Fork(work, blocks[share::workers], meter) for share in range(1, workers)]
    try:
        done = [[work(block) for block in blocks[::workers]], *(fork.result() for fork in forks)]
    finally:
        for fork in forks:
            fork.end()
    return [done[place % workers][place // workers] for place in range(len(blocks))]


class _Fork:
    """A copy of this process that does some work, and tells what became of it and what it cost."""

    def __init__(self, work: Callable[[Any], Any], blocks: Sequence[Any], meter: Meter) -> None:
        self._work, self._blocks, self._meter = work, blocks, meter
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
        before, done, failure = self._meter.spent, None, None
        try:
            done = [self._work(block) for block in self._blocks]
        except BaseException as error:
            failure = error
        self._outbox.send((done, failure, self._meter.spent - before))

    def result(self) -> list[Any]:
        """Return what became of the blocks; if the copy died, do them here."""
        try:
            done, failure, spent = self._inbox.recv()
        except EOFError:
            return [self._work(block) for block in self._blocks]
        self._meter.spend(spent)
        if failure is not None:
            raise failure
        return list(done)

    def end(self) -> None:
        """Leave nothing running."""
        self._process.kill()
        self._process.join()
        self._inbox.close()

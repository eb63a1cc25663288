"""Blocks of work and who does it: forks of this process, or threads.

What a block is does not depend on the number of workers, so that one and two give the same bits; whoever is free takes
the next. Half of a sight line's time is spent in small arrays and in Python, where threads wait for one another: two of
them took as long as one on a map of the Freudenreich bar to 1e-6, two processes 0.7 of it on cores of which others used
a third. A fork needs no pickling and takes 5 ms. What a user's function does beside (counting, printing) must happen
here, and a library of others may have threads of its own, which a fork lacks and waits for: both go by threads.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, cast

from profiles import Density
from skymodel.forks import Block, Done, Heard, Tally, Team, begun, deaf, may_fork

Help = Literal["forks", "threads", "forks or threads"]


class Crew:
    """So many workers, at the pieces of one call's work; as long as its context lasts, forks stay for the next piece.

    Of 57 pieces of a map the forks made anew took a second for 13 of work.

    Parameters
    ----------
    count
        How many, this process with them.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._within, self._team = 0, cast("Team | None", None)

    def __enter__(self) -> Crew:
        """Let forks of this process stay."""
        self._within = os.getpid()
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        self._within = 0
        self._part()

    def _part(self) -> None:
        if self._team:
            self._team.end()
        self._team = None

    def each(
        self,
        work: Callable[[Block], Done],
        blocks: Sequence[Block],
        *,
        by: Help = "threads",
        tally: Tally | None = None,
    ) -> list[Done]:
        """Return what becomes of blocks as :func:`each` does; while `work` stays the same, forks are sent them."""
        here = os.getpid()
        crowd = min(self.count, len(blocks)) if self._within in (0, here) else 1  # a fork shares the cores already
        if self._within != here or crowd == 1 or by == "threads" or not (self._team or may_fork()):
            return each(work, blocks, crowd, by=by, tally=tally)
        if self._team is None or self._team.work != work:
            self._part()
            self._team = Team(work, tally)
        try:
            self._team.begin(blocks, crowd)
            found = self._team.finish(blocks, crowd)
        except BaseException:
            self._part()
            raise
        if not self._team.whole:
            self._part()
        return found


def crew(workers: int | None) -> Crew:
    """Return the workers to use: as many as asked for, or as there are cores.

    Where others share the cores, in a process that another one started or in one of several threads (the workers of an
    ensemble and of Dask are such), only one unless more are asked for.

    Raises
    ------
    ValueError
        If it is no whole number from 1 on.
    """
    if workers is None:
        alone = multiprocessing.parent_process() is None and threading.current_thread() is threading.main_thread()
        return Crew(_cores() if alone else 1)
    if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
        raise ValueError(f"workers = {workers!r}; allowed: a whole number from 1 on, or None for all cores")
    return Crew(workers)


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
    hear, crowd = heard or deaf, min(workers, len(blocks))
    if crowd > 1 and by != "threads" and may_fork():
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

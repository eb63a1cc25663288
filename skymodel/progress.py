"""How far a long piece of work is: a share from 0 to 1 that never goes back, of steps that weigh what they take.

Library code reports to a callback and shows nothing; the command line draws a bar, a notebook
:func:`~skymodel.notebook.notebook_progress`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

Progress = Callable[[str, float], Any]  # what is being done, and the share of the whole that is done
Counted = Callable[[int, int], Any]  # so many of so many
Item = TypeVar("Item")


def silent(what: str, share: float) -> None:
    """Report nothing."""


class Steps:
    """Reports the steps of a piece of work, and keeps the seconds that each took.

    Parameters
    ----------
    progress
        Called with the step and the share of the whole that is done.
    weights
        The steps in their order, each with its expected share of the time; any positive numbers.

    Examples
    --------
    >>> seen = []
    >>> steps = Steps(lambda what, share: seen.append((what, round(share, 2))), {"map": 3, "tables": 1})
    >>> with steps("map") as counted:
    ...     counted(1, 2)
    >>> with steps("tables"):
    ...     pass
    >>> seen
    [('map', 0.0), ('map', 0.38), ('map', 0.75), ('tables', 0.75), ('tables', 1.0)]
    """

    def __init__(self, progress: Progress | None, weights: Mapping[str, float]) -> None:
        self._progress = progress or silent
        total, start = sum(weights.values()), 0.0
        self._spans: dict[str, tuple[float, float]] = {}
        for name, weight in weights.items():
            self._spans[name] = (start / total, weight / total)
            start += weight
        self._done = 0.0
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[Counted]:
        """Enter a step; yields what its own work calls with (done, all)."""
        start, width = self._spans[name]
        self._report(name, start)
        began = time.perf_counter()
        yield lambda done, count: self._report(name, start + width * min(1.0, done / count) if count else start)
        self.seconds[name] = time.perf_counter() - began
        self._report(name, start + width)

    def _report(self, name: str, share: float) -> None:
        self._done = max(self._done, share)
        self._progress(name, self._done)


def counted(items: Sequence[Item], progress: Counted | None) -> Iterator[Item]:
    """Yield items, and report after each how many of them are done.

    Examples
    --------
    >>> [one for one in counted("ab", lambda done, count: print(done, "of", count))]
    1 of 2
    2 of 2
    ['a', 'b']
    """
    for done, item in enumerate(items, start=1):
        yield item
        if progress:
            progress(done, len(items))


def forward(progress: Counted | None) -> Counted:
    """Return a callback whose share never goes back, where work starts again by another method; of None, a deaf one.

    Examples
    --------
    >>> seen = []
    >>> report = forward(lambda done, count: seen.append(done / count))
    >>> for done, count in ((1, 4), (3, 4), (1, 8), (8, 8)):
    ...     report(done, count)
    >>> seen
    [0.25, 0.75, 0.75, 1.0]
    """
    best = (0, 1)

    def report(done: int, count: int) -> None:
        nonlocal best
        best = max(best, (done, count), key=lambda pair: pair[0] / pair[1] if pair[1] else 0.0)
        if progress:
            progress(*best)

    return report


def parts(progress: Counted | None, weights: Sequence[float]) -> Iterator[Counted]:
    """Yield, for each part of a piece of work, what it may report (done, all) of itself to; weights are as for Steps.

    Examples
    --------
    >>> for report in parts(lambda done, count: print(done / count), [3, 1]):
    ...     report(1, 2)
    0.375
    0.875
    """
    total, before = sum(weights), 0.0
    for weight in weights:

        def report(done: int, count: int, before: float = before, weight: float = weight) -> None:
            if progress:
                progress(round(_FINE * (before + weight * done / count) / total), _FINE)

        yield report
        before += weight


def in_rounds(progress: Counted | None, before: int, count: int) -> Callable[[int], None]:
    """Return what a round of `count` after `before` may report its own to, where as much again may yet follow.

    Examples
    --------
    >>> in_rounds(lambda done, every: print(done, every), 10, 20)(5)
    15 50
    """
    return lambda done: progress(before + done, before + 2 * count) if progress else None


class Estimate:
    """About how long a piece of work still takes, from what its share took so far; nothing until that can be told.

    Parameters
    ----------
    clock
        Returns seconds.

    Examples
    --------
    >>> seconds = iter([0.0, 10.0, 100.0])
    >>> estimate = Estimate(lambda: next(seconds))
    >>> estimate(0.25), estimate(0.5)
    ('about 30 s left', 'about 2 min left')
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._start = clock, clock()

    def __call__(self, share: float) -> str:
        """Return the time left at a share, in words; empty where it cannot be told yet."""
        passed = self._clock() - self._start
        if passed < _TOO_SOON or not _TOO_LITTLE < share < 1:
            return ""
        left = passed * (1 - share) / share
        return f"about {left / 60:.0f} min left" if left >= _MINUTES else f"about {math.ceil(left)} s left"


_FINE = 10_000  # steps of a share that parts make together
_TOO_SOON, _TOO_LITTLE = 1.0, 0.02  # seconds and share before which a guess would jump about
_MINUTES = 90.0  # seconds from which minutes are told

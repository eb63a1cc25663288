"""Integrals over patches of a rough sky from randomly shifted lattices, with a limit that lumps cannot fool.

Each patch carries the points of a Fibonacci lattice, folded so that a smooth integrand counts as periodic, shifted at
random several times over. Every shift gives an unbiased result whatever the integrand is; what they scatter by tells
the error of their mean: Student's 99.9 % limit. Patches that scatter most get more points.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from profiles.contract.arrays import ROUNDING, Floats, Ints
from skymodel.progress import Counted, in_rounds
from skymodel.sightlines.cubature.cells import Chart
from skymodel.sightlines.cubature.refine import Shares

SHIFTS = 8
STUDENT = 5.408  # two-sided 99.9 % limit for SHIFTS - 1 degrees of freedom
STOPPED = 1.2  # of the limit, because the work stops when the scatter happens to be small
FIRST, NEXT = 5, 2  # the first lattice has 13 points, the next always 2.6 times as many
MOST = 24  # Fibonacci's number 28657 comes at 20
WORST = 0.8  # share of the scatter whose patches get more points
_BLOCK = 65536  # lines at once


class Seen(Protocol):
    """Values along lines, and what they cost."""

    @property
    def value(self) -> Floats:
        """Line integrals ``(N,)``."""
        ...

    @property
    def evaluations(self) -> int:
        """Points at which the density was evaluated."""
        ...


class Scattered(NamedTuple):
    """Sums ``(owners,)``, their 99.9 % limits, what each shift gives ``(SHIFTS, owners)``, and the cost."""

    value: Floats
    error: Floats
    shifts: Floats
    sightlines: int
    evaluations: int

    def limit(self, combination: Floats) -> float:
        """Return the 99.9 % limit of the error of a weighted sum ``(owners,)`` of the sums."""
        return float(_limit(self.shifts @ combination))


def lattice(number: int) -> Floats:
    """Return the points ``(N, 2)`` of a Fibonacci lattice on the unit square; N is Fibonacci's number.

    Examples
    --------
    >>> lattice(5).shape
    (13, 2)
    """
    before, count = 1, 2
    for _ in range(number - 1):
        before, count = count, before + count
    index = np.arange(count)
    return np.stack([index / count, index * before % count / count], axis=1)


def scattered(
    chart: Chart,
    shares: Shares,
    lines: Callable[[Floats], Seen],
    *,
    rtol: float,
    floor: float | Floats = 0.0,
    budget: float = np.inf,
    seed: int = 0,
    progress: Counted | None = None,
) -> Scattered:
    """Return sums of patch integrals, refined until each is within `rtol` of the larger of its size and `floor`.

    A sum that does not get there within `budget` evaluations comes with the error that it has; `progress` hears of
    (lines done, all that are known to come and as many again).
    """
    rng, weights = np.random.default_rng(seed), shares.matrix()
    values, numbers = np.empty((shares.patches, SHIFTS)), np.full(shares.patches, FIRST)
    work, sightlines, evaluations = np.arange(shares.patches), 0, 0
    while True:
        coming = SHIFTS * sum(len(lattice(n)) for n in numbers[work])
        heard = in_rounds(progress, sightlines, coming)
        values[work], count, spent = _measured(chart, lines, work, numbers[work], rng, heard)
        sightlines, evaluations = sightlines + count, evaluations + spent
        shifts = (weights @ values).T
        total = shifts.mean(axis=0)
        error = _limit(shifts) + ROUNDING * np.abs(total)
        failing = error > rtol * np.maximum(np.abs(total), floor)
        work = _worst(weights[failing], values)
        work = work[numbers[work] + NEXT <= MOST]
        ahead = SHIFTS * sum(len(lattice(n + NEXT)) for n in numbers[work]) * evaluations / sightlines
        if not failing.any() or not len(work) or evaluations + ahead > budget:
            return Scattered(total, error, shifts, sightlines, evaluations)
        numbers[work] += NEXT


def _limit(shifts: Floats) -> Floats:
    return np.asarray(STOPPED * STUDENT / np.sqrt(SHIFTS) * shifts.std(axis=0, ddof=1))


def _worst(weights: Floats, values: Floats) -> Ints:
    """Return the patches that make up most of the scatter of the failing sums, given by their weights ``(F, P)``."""
    scatter = (weights**2 * values.var(axis=1, ddof=1)).T
    share = (scatter / np.maximum(scatter.sum(axis=0), np.finfo(float).tiny)).sum(axis=1)
    order = np.argsort(-share)
    needed = int(np.searchsorted(np.cumsum(share[order]), WORST * share.sum())) + 1
    return np.sort(order[:needed])


def _measured(
    chart: Chart,
    lines: Callable[[Floats], Seen],
    patches: Ints,
    numbers: Ints,
    rng: np.random.Generator,
    heard: Callable[[int], None],
) -> tuple[Floats, int, int]:
    """Return the integrals over patches by each shift ``(P, SHIFTS)``, and what they cost in lines and evaluations."""
    points = [((lattice(n) + rng.random((SHIFTS, 1, 2))) % 1.0).reshape(-1, 2) for n in numbers]
    counts = np.array([len(one) for one in points])
    folded = 1 - np.abs(2 * np.concatenate(points) - 1)
    patch, sums, evaluations = np.repeat(patches, counts), np.empty(len(folded)), 0
    for begin in range(0, len(folded), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        directions, area = chart(patch[part], folded[part, :1], folded[part, 1:])
        found = lines(directions.reshape(-1, 3))
        sums[part], evaluations = found.value * area.ravel(), evaluations + found.evaluations
        heard(min(begin + _BLOCK, len(folded)))
    ends = np.concatenate([[0], np.cumsum(counts)])
    means = [sums[a:b].reshape(SHIFTS, -1).mean(axis=1) for a, b in itertools.pairwise(ends)]
    return np.stack(means), len(sums), evaluations

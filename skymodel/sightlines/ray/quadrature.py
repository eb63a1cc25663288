"""Adaptive Gauss-Kronrod quadrature of many integrals at once, breadth first.

Each integral is a sum of panels. All panels of all integrals are evaluated in a few array calls, then the panels that
keep their integral from its tolerance are halved, again all together, until every integral is done. The number of
evaluations is deterministic.

An error is what the panel's rule says (:mod:`skymodel.sightlines.ray.kronrod`) and what the jump to its neighbours is,
so that an edge which no panel announces cannot hide between the last node of one panel and the first node of the next.
It can be true only of what the nodes see: a spike much narrower than a panel must be announced by the end of one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.ray.kronrod import BLIND, DECAY, NODES, SMOOTH, rule

Integrand = Callable[[Ints, Floats], Floats]
_Measure = Callable[[Ints, Floats], tuple[Floats, ...]]  # what a rule says of an integrand

CHUNK = 512  # panels in one call of the integrand: its arrays stay in the cache
DEEPEST, MOST, PATIENT = 100, 2000, 300  # rounds, and panels of an integral, before giving up; if not to be strict


class Integrals(NamedTuple):
    """Integrals, bounds of their errors and the numbers of evaluations they took; arrays ``(N,)``."""

    value: Floats
    error: Floats
    evaluations: Ints


class NotConverged(ArithmeticError):
    """An integral that does not reach its tolerance; ``panel`` is the index of the first panel to blame."""

    def __init__(self, panel: int) -> None:
        super().__init__(f"the integral over panel {panel} does not reach its tolerance")
        self.panel = panel


class Panels(NamedTuple):
    """Panels ``(M,)`` in the order in which they follow each other.

    Parameters
    ----------
    owner
        The integral a panel belongs to.
    left, right
        Its ends.
    left_stretch, right_stretch
        What the integrand is to be divided by at the ends to be compared with that of the neighbours.
    joined
        Whether the divided integrand goes on without a jump into the next panel.
    """

    owner: Ints
    left: Floats
    right: Floats
    left_stretch: Floats
    right_stretch: Floats
    joined: Bools


class _Work(NamedTuple):
    """Panels under work, in order: the first panel each is a part of, its ends, what :func:`rule` says of each."""

    panel: Ints
    table: Floats  # (6, M): left, right, value, error, left_value, right_value

    @property
    def left(self) -> Floats:
        return np.asarray(self.table[0])

    @property
    def right(self) -> Floats:
        return np.asarray(self.table[1])

    @property
    def value(self) -> Floats:
        return np.asarray(self.table[2])

    @property
    def error(self) -> Floats:
        return np.asarray(self.table[3])

    @property
    def left_value(self) -> Floats:
        return np.asarray(self.table[4])

    @property
    def right_value(self) -> Floats:
        return np.asarray(self.table[5])


def integrate(
    integrand: Integrand,
    panels: Panels,
    count: int,
    *,
    rtol: float | Floats,
    floor: float | Floats = 0.0,
    share: float = 0.0,
    example: Ints | None = None,
    checked: bool | Bools = False,
    best: bool = False,
) -> Integrals:
    """Return `count` integrals, each the sum over the panels that it owns.

    Parameters
    ----------
    integrand
        Called with the indices ``(P, 1)`` of panels and places in them ``(P, 21)``; returns values >= 0.
    panels
        Between them lies every place where the integrand is not smooth.
    count
        Number of integrals.
    rtol, floor, share
        Each error is at most rtol * max(value, floor, share * the largest value); rtol and floor may be
        one of each ``(N,)``.
    example
        The integral that each one resembles ``(N,)``, itself where it resembles none. Examples are integrated first;
        the others start with their panels, and save the larger ones that would have been halved.
    checked
        Which integrals ``(N,)``, or whether all, are compared with others afterwards. Their errors are what they are
        for smooth integrands, without the allowance for a kink that nothing announces.
    best
        Whether an integral that does not reach its tolerance comes with the error that it has, sooner given up.

    Raises
    ------
    NotConverged
        If an integral does not reach its tolerance, and `best` is not set.
    """
    goal = _Goal(rtol, floor, share, best)
    decay = np.broadcast_to(np.where(checked, SMOOTH, DECAY), count)[panels.owner]

    def measure(panel: Ints, places: Floats) -> tuple[Floats, ...]:
        return rule(integrand(panel, places), decay[panel[:, 0]])

    first = np.ones(count, dtype=bool) if example is None else example == np.arange(count)
    begin = np.flatnonzero(first[panels.owner])
    work = _evaluate(measure, begin, panels.left[begin], panels.right[begin])
    found, leaves = _settled(measure, panels, count, work, goal)
    if example is None or first.all():
        return found
    work = _evaluate(measure, *_resembling(panels, count, example, first, leaves))
    others, _ = _settled(measure, panels, count, work, goal)
    return Integrals(found.value + others.value, found.error + others.error, found.evaluations + others.evaluations)


class _Leaves(NamedTuple):
    """The panels that integrals ended with: the first panel each is a part of, and their ends."""

    panel: Ints
    left: Floats
    right: Floats


class _Goal(NamedTuple):
    """What is asked for, as :func:`integrate` has it."""

    rtol: float | Floats
    floor: float | Floats
    share: float
    best: bool


def _settled(measure: _Measure, panels: Panels, count: int, work: _Work, goal: _Goal) -> tuple[Integrals, _Leaves]:
    """Return integrals, those that own no panel under work zero, and the panels they ended with."""
    value, error = np.zeros(count), np.zeros(count)
    panels_used = np.bincount(panels.owner[work.panel], minlength=count)
    leaves = []
    for generation in range(DEEPEST):
        owner = panels.owner[work.panel]
        doubts = work.error + _hidden(work, panels)
        total = np.bincount(owner, work.value, minlength=count)
        doubt = np.bincount(owner, doubts, minlength=count)
        many = np.bincount(owner, minlength=count)
        largest = float(np.max(value + total, initial=0.0))
        limit = goal.rtol * np.maximum(value + total, np.maximum(goal.floor, goal.share * largest))
        # Panels that are left alone spend at most half the tolerance all together.
        matters = (doubt > limit)[owner] & (doubts > (limit / (2 * np.maximum(many, 1)))[owner])
        lost = matters & ((many > (PATIENT if goal.best else MOST))[owner] | _stuck(work) | (generation == DEEPEST - 1))
        lost |= ~np.isfinite(doubts)  # a sum that overflows
        if lost.any() and not goal.best:
            raise NotConverged(int(work.panel[np.argmax(np.where(lost, doubts, -1.0))]))
        done = (doubt <= limit) | (np.bincount(owner[lost], minlength=count) > 0)
        value += np.where(done, total, 0.0)
        error += np.where(done, np.where(np.isnan(doubt), np.inf, doubt), 0.0)
        active = ~done[owner]
        leaves.append(_Leaves(work.panel[~active], work.left[~active], work.right[~active]))
        if not active.any():
            break
        panels_used += 2 * np.bincount(owner[matters & active], minlength=count)
        work = _halved(measure, work, active & ~matters, active & matters)
    joined = _Leaves(*(np.concatenate(column) for column in zip(*leaves, strict=True)))
    return Integrals(value, error, panels_used * NODES.size), joined


def _stuck(work: _Work) -> Bools:
    """Return which panels are too short to be halved."""
    middle = 0.5 * (work.left + work.right)
    return np.asarray((middle <= work.left) | (middle >= work.right))


def _resembling(
    panels: Panels, count: int, example: Ints, first: Bools, leaves: _Leaves
) -> tuple[Ints, Floats, Floats]:
    """Return the panels (which, left, right) that the other integrals start with: those their examples ended with.

    An integral with more or fewer panels than its example starts with its own.
    """
    many = np.bincount(panels.owner, minlength=count)
    start = np.cumsum(many) - many
    own = np.flatnonzero(~first[panels.owner])
    owner = panels.owner[own]
    fits = many[owner] == many[example[owner]]
    model = np.where(fits, start[example[owner]] + own - start[owner], 0)
    parts = np.bincount(leaves.panel, minlength=panels.owner.size)
    copies = np.where(fits, parts[model], 1)
    begin = (np.cumsum(parts) - parts)[model] - (np.cumsum(copies) - copies)
    leaf = np.repeat(begin, copies) + np.arange(copies.sum())
    ends, whole = np.stack(leaves[1:]), leaves.panel
    share = ((ends - panels.left[whole]) / (panels.right - panels.left)[whole])[:, np.lexsort((ends[0], whole))]
    copied = np.repeat(fits, copies)
    share = np.where(copied, share[:, np.where(copied, leaf, 0)], [[0.0], [1.0]])
    panel = np.repeat(own, copies)
    left, right = (1 - share) * panels.left[panel] + share * panels.right[panel]
    return panel, left, right


def _hidden(work: _Work, panels: Panels) -> Floats:
    """Return what an edge between the outermost nodes of neighbours, seen as a jump, could add to each integral."""
    before, after = work.panel[:-1], work.panel[1:]
    same = before == after
    joined = same | ((after == before + 1) & panels.joined[before])
    before_stretch = np.where(same, 1.0, panels.right_stretch[before])
    after_stretch = np.where(same, 1.0, panels.left_stretch[after])
    jump = np.abs(work.right_value[:-1] / before_stretch - work.left_value[1:] / after_stretch)
    jump = np.where(joined, jump, 0.0)
    blind = 0.5 * BLIND * (work.right - work.left)
    found = np.zeros_like(blind)
    found[:-1] = jump * before_stretch * blind[:-1]
    found[1:] += jump * after_stretch * blind[1:]
    return found


def _halved(measure: _Measure, work: _Work, keep: Bools, halve: Bools) -> _Work:
    """Return the panels to keep and both halves of those to halve, in order; others are dropped."""
    chosen = np.flatnonzero(halve)
    panel, left, right = work.panel[chosen], work.left[chosen], work.right[chosen]
    middle = 0.5 * (left + right)
    halves = _evaluate(measure, np.repeat(panel, 2), _interleaved(left, middle), _interleaved(middle, right))
    parts = keep + 2 * halve
    source = np.repeat(np.arange(parts.size), parts)
    table = work.table[:, source]
    table[:, halve[source]] = halves.table
    return _Work(work.panel[source], table)


def _interleaved(first: Floats, second: Floats) -> Floats:
    return np.stack([first, second], axis=1).ravel()


def _evaluate(measure: _Measure, panel: Ints, left: Floats, right: Floats) -> _Work:
    table = np.empty((6, panel.size))
    table[0], table[1] = left, right
    half, middle = 0.5 * (right - left), 0.5 * (right + left)
    for start in range(0, panel.size, CHUNK):
        part = slice(start, start + CHUNK)
        places = half[part, None] * NODES
        places += middle[part, None]
        table[2:, part] = measure(panel[part, None], places)
    table[2:4] *= half
    return _Work(panel, table)

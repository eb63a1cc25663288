"""Adaptive quadrature of many integrals at once by two nested rules, breadth first.

Each integral is a sum of panels. All panels of all integrals are evaluated in a few array calls; then those that keep
their integral from its tolerance are given more nodes, or halved where their coefficients hardly fall, again all
together, until every integral is done. The number of evaluations is deterministic.

An error is what the panel's rule says (:mod:`skymodel.sightlines.ray.rules`) and what the jump to its neighbours is,
so that an edge which no panel announces cannot hide between the last node of one panel and the first node of the next.
It can be true only of what the nodes see: a spike much narrower than a panel must be announced by the end of one.

An integrand may be several functions side by side, along leading axes ``(...)``. They share all panels, which are
refined until each of them is done; every value, error and tolerance is told for each.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Bools, Floats, Ints
from skymodel.sightlines.ray.rules import BLIND, COARSE, MORE, Nature, rule, woven

Integrand = Callable[[Ints, Floats], Floats]

CHUNK = 4096  # panels in one call of the integrand: with 1024 two threads wait for each other
DEEPEST, MOST, PATIENT = 100, 2000, 300  # rounds, and panels of an integral, before giving up; if not to be strict
STEEP = 0.8  # coefficients that fall less from band to band call for halves, not for more nodes
LEFT = 0.5  # of a tolerance, which all the panels that are left alone may use up together


class Integrals(NamedTuple):
    """Integrals ``(..., N)``, bounds of their errors, and the numbers of evaluations they took ``(N,)``."""

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


class _Task(NamedTuple):
    """What is integrated, what is known of it, and its leading axes.

    ``seen`` are the integrand's values ``(..., P, 9)`` at the nodes of the smaller rule, block by block, and ``first``
    the index of each block's first panel among all that were seen, with that of the next one to be.
    """

    integrand: Integrand
    nature: Nature
    leading: tuple[int, ...]
    seen: list[Floats]
    first: list[int]

    def recalled(self, index: Ints) -> Floats:
        """Return the values seen at some panels ``(..., P, 9)``, by their index among all that were."""
        found = np.empty((*self.leading, index.size, COARSE.size))
        block = np.searchsorted(self.first, index, side="right") - 1
        for number in np.unique(block).tolist():
            here = np.flatnonzero(block == number)
            found[..., here, :] = self.seen[number].take(index[here] - self.first[number], axis=-2)
        return found


class _Work(NamedTuple):
    """Panels under work ``(M,)``, in order: the first panel each is a part of, its ends, what :func:`rule` says of it.

    That is ``(5, ..., M)``, but for ``fall``, the slowest. ``seen`` is the index among the panels seen by the smaller
    rule, or -1 where the larger one was used.
    """

    panel: Ints
    left: Floats
    right: Floats
    said: Floats
    fall: Floats
    seen: Ints

    @property
    def value(self) -> Floats:
        return np.asarray(self.said[0])

    @property
    def error(self) -> Floats:
        return np.asarray(self.said[1])

    def taken(self, index: Ints) -> _Work:
        columns: list[Any] = [column.take(index, axis=-1) for column in self]
        return _Work(*columns)

    def put(self, index: Ints, other: _Work) -> None:
        for column, new in zip(self, other, strict=True):
            column[..., index] = new


def integrate_panels(
    integrand: Integrand,
    panels: Panels,
    count: int,
    *,
    rtol: float | Floats,
    floor: float | Floats = 0.0,
    share: float = 0.0,
    nature: Nature = "unknown",
    best: bool = False,
    leading: tuple[int, ...] = (),
) -> Integrals:
    """Return `count` integrals, each the sum over the panels that it owns.

    Parameters
    ----------
    integrand
        Called with the indices ``(P, 1)`` of panels and places in them ``(P, K)``; returns values >= 0,
        ``(..., P, K)``.
    panels
        Between them lies every place where the integrand is not smooth.
    count
        Number of integrals.
    rtol, floor, share
        Each error is at most rtol * max(value, floor, share * the largest value); rtol and floor may be
        one of each: rtol ``(N,)``, floor ``(..., N)``.
    nature
        What is known of the integrand.
    best
        Whether an integral that does not reach its tolerance comes with the error that it has, sooner given up.
    leading
        The leading axes of the integrand's values.

    Raises
    ------
    NotConverged
        If an integral does not reach its tolerance, and `best` is not set.
    """
    value, error = np.zeros((2, *leading, count))
    task = _Task(integrand, nature, leading, [], [0])
    work = _evaluated(task, np.arange(panels.owner.size), panels.left, panels.right)
    used = COARSE.size * np.bincount(panels.owner, minlength=count)
    for generation in range(DEEPEST):
        owner = panels.owner[work.panel]
        doubts = work.error + _hidden(work, panels, task.nature == "kinked")
        total, doubt = (sums(owner, each, count) for each in (work.value, doubts))
        # The largest value at least, with which faint integrals are done, and as it looks, until when they can wait.
        limit, loose = (
            rtol * np.maximum(value + total, np.maximum(floor, share * largest(value + total - off)))
            for off in (doubt, 0.0)
        )
        matters = _too_large(owner, doubts, loose, doubt > loose)
        if not matters.any():
            matters = _too_large(owner, doubts, limit, doubt > limit)
        many = np.bincount(owner, minlength=count)[owner]
        lost = matters & ((many > (PATIENT if best else MOST)) | _stuck(work) | (generation == DEEPEST - 1))
        lost |= any_of(~np.isfinite(doubts))  # a sum that overflows
        if lost.any() and not best:
            raise NotConverged(int(work.panel[np.argmax(np.where(lost, doubts, -1.0)) % work.panel.size]))
        done = ~any_of(~(doubt <= limit)) | (np.bincount(owner[lost], minlength=count) > 0)
        value += np.where(done, total, 0.0)
        error += np.where(done, np.where(np.isnan(doubt), np.inf, doubt), 0.0)
        if done[owner].all():
            break
        halve = matters & ((work.fall > STEEP) | (work.seen < 0))
        raised = matters & ~halve & ~done[owner]
        halve &= ~done[owner]
        used += MORE.size * np.bincount(owner[raised], minlength=count)
        used += 2 * COARSE.size * np.bincount(owner[halve], minlength=count)
        work = _refined(task, work, raised, np.where(done[owner], 0, 1 + halve))
    return Integrals(value, error, used)


def sums(owner: Ints, amounts: Floats, count: int) -> Floats:
    """Return the sums ``(..., count)`` of amounts ``(..., M)`` by their owner ``(M,)``."""
    if amounts.ndim > 1:
        return np.stack([sums(owner, each, count) for each in amounts])
    return np.bincount(owner, amounts, count).astype(np.float64, copy=False)


def any_of(true: Bools) -> Bools:
    """Return where ``(M,)`` it is true ``(..., M)`` of any of the functions side by side."""
    return np.asarray(true.any(axis=tuple(range(true.ndim - 1))))


def largest(values: Floats) -> Floats:
    """Return the largest of values ``(..., N)`` that are not negative and did not overflow, ``(..., 1)``."""
    return np.asarray(np.max(values, axis=-1, initial=0.0, keepdims=True, where=np.isfinite(values)))


def _too_large(owner: Ints, doubts: Floats, limit: Floats, failing: Bools) -> Bools:
    """Return which panels must do better: not the least ones, which keep to their share of the tolerance together.

    Of functions side by side the worst counts in each panel, among those whose integrals are failing ``(..., N)``.
    """
    chosen = np.zeros(owner.size, dtype=bool)
    some = np.flatnonzero(any_of(failing)[owner])
    owner = owner[some]
    part = doubts.take(some, axis=-1) / np.maximum(limit, np.finfo(float).tiny).take(owner, axis=-1)
    part = np.where(failing.take(owner, axis=-1), np.minimum(part, 2.0), 0.0)
    part = part.max(axis=tuple(range(part.ndim - 1)))
    order = np.argsort(owner + 0.25 * part, kind="stable")  # by owner, then by part: eight times as fast as both keys
    together, owner = np.append(0.0, np.cumsum(part[order])), owner[order]
    chosen[some[order]] = together[1:] - together[np.searchsorted(owner, owner)] > LEFT
    return chosen


def _stuck(work: _Work) -> Bools:
    """Return which panels are too short to be halved."""
    middle = 0.5 * (work.left + work.right)
    return np.asarray((middle <= work.left) | (middle >= work.right))


def _hidden(work: _Work, panels: Panels, kinked: bool = False) -> Floats:
    """Return what an edge between the outermost nodes of neighbours, seen as a jump, could add to each integral.

    Where an edge is announced between them a jump is none to wonder at, but for an integrand that has edges of its own:
    one that is all but nothing beyond may go on a little to end unannounced.
    """
    before, after = work.panel[:-1], work.panel[1:]
    same = before == after
    joined = same | ((after == before + 1) & panels.joined[before])
    if kinked:
        one, next_one = work.value[..., :-1], work.value[..., 1:]
        ends = np.minimum(one, next_one) < ROUNDING * np.maximum(one, next_one)
        joined = joined | (ends & (after == before + 1) & (panels.owner[before] == panels.owner[after]))
    some = np.flatnonzero(any_of(joined))
    before_stretch = np.where(same[some], 1.0, panels.right_stretch[before[some]])
    after_stretch = np.where(same[some], 1.0, panels.left_stretch[after[some]])
    _, error, left, right, doubt = work.said
    jump = np.abs(right.take(some, axis=-1) / before_stretch - left.take(some + 1, axis=-1) / after_stretch)
    jump -= doubt.take(some, axis=-1) / before_stretch + doubt.take(some + 1, axis=-1) / after_stretch
    jump = np.where(joined.take(some, axis=-1), np.maximum(jump, 0.0), 0.0)
    blind = 0.5 * BLIND * (work.right - work.left)
    found: Floats = np.zeros_like(error)
    found[..., some] = jump * before_stretch * blind[some]
    found[..., some + 1] += jump * after_stretch * blind[some + 1]
    return found


def _refined(task: _Task, work: _Work, raised: Bools, parts: Ints) -> _Work:
    """Return the panels in order, each as often as `parts` says: 2 are its halves; `raised` ones get more nodes."""
    source = np.repeat(np.arange(parts.size), parts)
    found = work.taken(source)
    halves, more = np.flatnonzero((parts == 2)[source]), np.flatnonzero(raised[source])
    low, high = (end[parts == 2] for end in (work.left, work.right))
    middle = 0.5 * (low + high)
    left, right = (np.stack(pair, axis=1).ravel() for pair in ((low, middle), (middle, high)))
    found.put(halves, _evaluated(task, found.panel[halves], left, right))
    found.put(more, _evaluated(task, found.panel[more], found.left[more], found.right[more], seen=found.seen[more]))
    return found


def _evaluated(task: _Task, panel: Ints, left: Floats, right: Floats, seen: Ints | None = None) -> _Work:
    """Return panels by the smaller rule, or, where that is what was `seen`, by the larger."""
    half, middle = 0.5 * (right - left), 0.5 * (right + left)
    said, fall = np.empty((5, *task.leading, panel.size)), np.empty(panel.size)
    now = task.first[-1] + np.arange(panel.size)
    chunk = max(CHUNK // math.prod(task.leading), 1)
    for start in range(0, panel.size, chunk):
        part = slice(start, start + chunk)
        places = half[part, None] * (COARSE if seen is None else MORE)
        places += middle[part, None]
        here = task.integrand(panel[part, None], places)
        if seen is None:
            task.seen.append(here)
            task.first.append(task.first[-1] + here.shape[-2])
        else:
            here = woven(here, task.recalled(seen[part]))
        *said[..., part], falls = rule(here, task.nature)
        fall[part] = falls.max(axis=tuple(range(falls.ndim - 1)))
    said[:2] *= half
    return _Work(panel, left, right, said, fall, now if seen is None else np.full(panel.size, -1))

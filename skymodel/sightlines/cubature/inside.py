"""What a sharp body covers of the patches of another chart: a chart of its own, whose edges are the body's outline.

J of a body with a sharp edge falls like a square root at its outline and is nothing beyond. On every line u = const of
a patch the second coordinate here runs from where the body is entered to where it is left, crowded at both ends, so
that the root is smooth; where the body is not met there is no area. An outline is convex, so there is one such stretch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Bools, Floats, Ints
from profiles.contract.oval import Oval
from skymodel.sightlines.cubature.cells import Across, Cells, Chart, Rule
from skymodel.sightlines.cubature.refine import Target, focused
from skymodel.sightlines.ray.geometry import Observer

SAMPLES = np.linspace(0.0, 1.0, 17)  # across a patch, to see where the body is
HALVINGS = 50  # of the interval that holds an edge
EDGE = 1e-3  # of a strip that is not searched at its ends: arcs may be nothing there
ROOTS = 12  # steps to where an outline crosses a side
THIRDS = 30  # of the interval that holds the place closest to a body that no sample met

_Miss = Callable[[Floats], Floats]  # from places v (N, k) on lines u = const to how far the body is missed there


@dataclass(frozen=True)
class Outline:
    """A body as an observer outside of it sees it.

    Parameters
    ----------
    oval
        Its surface.
    observer
        Where it is seen from.
    """

    oval: Oval
    observer: Observer

    def outside(self, directions: Floats) -> Floats:
        """Return how far lines along unit vectors ``(..., 3)`` miss the body: negative through it, at least -1."""
        towards = (directions.reshape(-1, 3) @ self.observer.rotation.T).T
        return self.oval.misses(self.observer.position[:, None], towards).reshape(directions.shape[:-1])

    @property
    def reach(self) -> float:
        """An angle [rad] about its centre that holds it."""
        distance = float(np.linalg.norm(np.array(self.oval.centre) - self.observer.position))
        return float(np.arcsin(min(self.oval.radius / distance, 1.0))) if distance > self.oval.radius else float(np.pi)

    def near(self, directions: Floats, within: float) -> Bools:
        """Return which unit vectors ``(N, 3)`` may lie within an angle [rad] of it: all that do, and some more."""
        return np.asarray(self._miss(directions) <= 1 + self._margin(within))

    def covers(self, directions: Floats, within: float) -> Bools:
        """Return which unit vectors ``(N, 3)`` it holds with all that lies within an angle [rad]: some of them."""
        return np.asarray(self._miss(directions) < 1 - self._margin(within))

    def _miss(self, directions: Floats) -> Floats:
        return np.sqrt(np.maximum(self.outside(directions) + 1, 0.0))

    def _margin(self, angle: float) -> float:
        """Return by how much the miss, in semi-axes, changes at most within an angle, half as much again to be safe."""
        distance = float(np.linalg.norm(np.array(self.oval.centre) - self.observer.position))
        return 1.5 * angle * (distance + self.oval.radius) / self.oval.smallest

    @property
    def target(self) -> Target:
        """Where it is on the sky, and the angle [rad] under which its smallest semi-axis is seen."""
        seen = (np.array(self.oval.centre) - self.observer.position) @ self.observer.rotation
        distance = float(np.linalg.norm(seen))
        return Target(seen / distance, self.oval.smallest / distance)


def outline(lines: Any) -> Outline | None:
    """Return the outline of the body that a density ends at; none without a sharp one, or with the observer inside."""
    return seen(lines) if lines.density.support in lines.density.hints.ovals else None


def seen(lines: Any) -> Outline | None:
    """Return the outline of what holds a density, all but 1e-29 of its peak; none with the observer inside."""
    oval = lines.density.support
    return None if oval is None or oval.holds(lines.observer.position) else Outline(oval, lines.observer)


@dataclass(frozen=True)
class Inside:
    """The part of a chart's patches that a body covers."""

    chart: Chart
    body: Outline

    def __call__(self, patch: Ints, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return directions ``(N, n, m, 3)`` and areas per du dv ``(N, n, m)``, none where the body is not."""
        (count, n), m = u.shape, v.shape[1]
        across = self.chart.strips(np.repeat(patch, n), u.reshape(-1, 1))
        low, high = _stretch(self._outside(across), u.size)
        turn = 0.5 * np.pi * np.repeat(v, n, axis=0)
        width = (high - low)[:, None]
        directions, area = across(low[:, None] + width * np.sin(turn) ** 2)
        area = area[:, 0] * width * np.pi * np.sin(turn) * np.cos(turn)
        return directions.reshape(count, n, m, 3), area.reshape(count, n, m)

    def strips(self, patch: Ints, u: Floats) -> Across:
        """Return the chart as a function of v ``(N, m)``."""
        return functools.partial(self, patch, u)

    def _outside(self, across: Across) -> _Miss:
        """Return how far the body is missed, as a function of v, on some lines u = const."""
        return lambda v: self.body.outside(across(v)[0][:, 0])

    def cells(self, start: Cells, rules: tuple[Rule, Rule]) -> Cells:
        """Return cells over all of `v` for :meth:`__call__`, narrow along `u` where the body is.

        They end where the outline crosses a side of the patch, and where it begins and ends.
        """
        near = focused(start, self.chart, rules, [self.body.target])
        strips = np.unique(np.stack([near.patch, near.low[:, 0], near.high[:, 0]], axis=1), axis=0)
        patch, low, high = strips[~_holds_another(strips)].T
        owner, cut = self._turns(patch.astype(np.intp), low, high)
        edges = np.stack([np.concatenate([np.arange(len(low))] * 2 + [owner]), np.concatenate([low, high, cut])])
        strip, place = np.unique(edges, axis=1)
        same = np.flatnonzero(strip[1:] == strip[:-1])
        flat, which = np.zeros(len(same)), patch[strip[same].astype(np.intp)].astype(np.intp)
        return Cells(which, np.stack([place[same], flat], axis=1), np.stack([place[same + 1], flat + 1], axis=1))

    def _turns(self, patch: Ints, low: Floats, high: Floats) -> tuple[Ints, Floats]:
        """Return where on strips the outline crosses the sides v = 0 and v = 1, or the body begins to be met."""

        def on(strip: Ints, u: Floats) -> _Miss:
            return self._outside(self.chart.strips(patch[strip], u[:, None]))

        def low_side(strip: Ints, u: Floats) -> Floats:
            return on(strip, u)(np.zeros((len(u), 1)))[:, 0]

        def high_side(strip: Ints, u: Floats) -> Floats:
            return on(strip, u)(np.ones((len(u), 1)))[:, 0]

        def least(strip: Ints, u: Floats) -> Floats:
            outside = on(strip, u)
            nearest = np.argmin(outside(np.broadcast_to(SAMPLES, (len(u), SAMPLES.size))), axis=1)
            return outside(_closest(outside, nearest)[:, None])[:, 0]

        found = [_roots(function, low, high) for function in (low_side, high_side, least)]
        strips, places = zip(*found, strict=True)
        return np.concatenate(strips), np.concatenate(places)


def _roots(function: Callable[[Ints, Floats], Floats], low: Floats, high: Floats) -> tuple[Ints, Floats]:
    """Return where a function of (interval, place) changes its sign: the interval and the place of each."""
    count = len(low)
    places = low[:, None] + (high - low)[:, None] * (EDGE + (1 - 2 * EDGE) * SAMPLES)
    strip = np.repeat(np.arange(count), SAMPLES.size)
    values = function(strip, places.ravel()).reshape(places.shape)
    row, column = np.nonzero(np.sign(values[:, 1:]) != np.sign(values[:, :-1]))
    a, b, fa, fb = (t[row, column + k] for t in (places, values) for k in (0, 1))
    for _ in range(ROOTS):  # regula falsi, the end that stays weighing half (Illinois)
        if not len(row):
            break
        middle = np.where(fb == fa, 0.5 * (a + b), (a * fb - b * fa) / np.where(fb == fa, 1.0, fb - fa))
        found = function(row, middle)
        across = np.sign(found) != np.sign(fb)
        a, fa = np.where(across, b, a), np.where(across, fb, 0.5 * fa)
        b, fb = middle, found
    return row, b


def _holds_another(strips: Floats) -> Any:
    """Return which intervals, rows (patch, low, high), hold another one of the same patch."""
    patch, low, high = strips.T[:, :, None]
    inner = (patch == patch.T) & (low <= low.T) & (high >= high.T) & ((low != low.T) | (high != high.T))
    return inner.any(axis=1)


def _stretch(outside: _Miss, count: int) -> tuple[Floats, Floats]:
    """Return where each of `count` lines from 0 to 1 is inside ``(count,)``, twice the same place if nowhere."""
    row = np.arange(count)
    miss = outside(np.broadcast_to(SAMPLES, (count, SAMPLES.size)))
    nearest = np.argmin(miss, axis=1)
    middle = SAMPLES[nearest]
    hidden = np.flatnonzero(miss[row, nearest] > 0)
    if hidden.size:
        middle[hidden] = _closest(outside, nearest)[hidden]
    met = outside(middle[:, None])[:, 0] < 0
    inside = miss < 0
    some = inside.any(axis=1)
    first = np.where(some, np.argmax(inside, axis=1), np.searchsorted(SAMPLES, middle, side="right"))
    last = np.where(some, SAMPLES.size - 1 - np.argmax(inside[:, ::-1], axis=1), first - 1)
    before, after = SAMPLES[np.maximum(first - 1, 0)], SAMPLES[np.minimum(last + 1, SAMPLES.size - 1)]
    begin, end = (np.where(some, SAMPLES[np.clip(k, 0, SAMPLES.size - 1)], middle) for k in (first, last))
    ends = _edges(outside, np.stack([before, after], axis=1), np.stack([begin, end], axis=1))
    return np.where(met, ends[:, 0], middle), np.where(met, ends[:, 1], middle)


def _edges(outside: _Miss, out: Floats, within: Floats) -> Floats:
    """Return the edges between places outside and inside ``(count, 2)``; the outer ones where they are inside too."""
    within = np.where(outside(out) > 0, within, out)
    for _ in range(HALVINGS):
        middle = 0.5 * (out + within)
        beyond = outside(middle) > 0
        out, within = np.where(beyond, middle, out), np.where(beyond, within, middle)
    return within


def _closest(outside: _Miss, nearest: Ints) -> Floats:
    """Return the places ``(count,)`` closest to the body around the nearest sample."""
    low = SAMPLES[np.maximum(nearest - 1, 0)]
    high = SAMPLES[np.minimum(nearest + 1, SAMPLES.size - 1)]
    for _ in range(THIRDS):
        third = (high - low) / 3
        left, right = outside(np.stack([low + third, high - third], axis=1)).T
        lower = left < right
        low, high = np.where(lower, low, low + third), np.where(lower, high - third, high)
    return 0.5 * (low + high)

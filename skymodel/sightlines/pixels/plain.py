"""Plain pixels: those whose mean on a tiled sky a small rule gives, because nothing happens in them or their halves.

They are taken window by window. In the belt the diamonds of all pixels are alike in l and sin b, so that the nodes of
a rule in all pixels of a window form a grid, and a tile on a grid is two matrix products. In the caps every node is
read on its own. Pixels on the border of the caps and on the plane are taken by halves.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.pixels.lattice import Half, Lattice, coarse, fine, half
from skymodel.sightlines.pixels.rings import SAME, Rings, missed, spread
from skymodel.sightlines.pixels.windows import Window
from skymodel.sightlines.surface.tiles import TiledSky

RULE_SHARE = 0.1  # of the tolerance: what a rule over a pixel may miss
LINE_SHARE = 0.1  # and what single sight lines may err by
AROUND = 5  # pixels along a side among which the difference of two rules is the largest


class Side(NamedTuple):
    """A half of a diamond: north (1) or south (-1) of its middle, and whether it lies in the cap."""

    north: float
    polar: bool


PLANE = Side(1.0, False), Side(-1.0, False)
BORDER = Side(1.0, True), Side(-1.0, False)


class Pixels(NamedTuple):
    """Pixels of a quarter: ring, column, value, error, ``(K,)`` each; the error is infinite where no rule is good."""

    ring: Ints
    column: Ints
    value: Floats
    error: Floats


class _Places(Protocol):
    """Pixels of equal shape, in an array."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        ...

    def around(self, bad: Bools) -> tuple[Ints, ...]:
        """Return an index of a part of the array that holds those that are bad."""
        ...

    def coarse(self, part: tuple[Ints, ...]) -> Means:
        """Return the means of a part of the array by rules of degree 3 and 5."""
        ...

    def fine(self, part: tuple[Ints, ...]) -> Means:
        """Return the means of a part of the array by a rule of degree 7."""
        ...


class Means(NamedTuple):
    """Means by each of some rules, and the errors that the last inherits from the sky."""

    values: list[Floats]
    error: Floats


def over_windows(sky: TiledSky, rings: Rings, windows: list[Window], rtol: float, floor: float) -> Pixels:
    """Return the means over the pixels of windows of one quarter; each lies all in one cap or all in the belt."""
    even = [window for window in windows if _is_even(sky, rings, window)]
    parts = [_on_grid(sky, rings, window, parity, rtol, floor) for window in even for parity in (0, 1)]
    border, plane = ([w for w in windows if w.first == ring] for ring in (rings.nside, 2 * rings.nside))
    apart = [window for window in windows if window not in even + border + plane]
    for some, sides in ((apart, ()), (border, BORDER), (plane, PLANE[: 2 - sky.folds.up_down])):
        if some:
            parts.append(_one_by_one(sky, rings, some, sides, rtol, floor))
    ring, column, value, error = (np.concatenate(column) for column in zip(*parts, strict=True))
    broken = (ring == 1) | ((column == 0) & (rings.offset(ring) == 0))  # at the pole, on the axis' meridian
    return Pixels(ring, column, value, np.where(broken, np.inf, error))


def _is_even(sky: TiledSky, rings: Rings, window: Window) -> bool:
    """Return whether the nodes of a window form a grid on far tiles."""
    box = window.high < sky.frame.box + SAME and rings.lat[window.first] < sky.frame.box + SAME
    return rings.nside < window.first < 2 * rings.nside and sky.frame.tilt == 0 and not box


def _one_by_one(
    sky: TiledSky, rings: Rings, windows: list[Window], sides: tuple[Side, ...], rtol: float, floor: float
) -> Pixels:
    ring, column = (np.concatenate(part) for part in zip(*(rings.within(*w[1:]) for w in windows), strict=True))
    lon = (column + rings.offset(ring)) * rings.step(ring)
    here = sky, rings.nside, windows[0].quarter, lon, rings.lat[ring], rtol, floor
    places = _Halves(*here, sides) if sides else _Apart(*here)
    return Pixels(ring, column, *_measured(places, rtol, floor))


def _on_grid(sky: TiledSky, rings: Rings, window: Window, parity: int, rtol: float, floor: float) -> Pixels:
    """Return the means over every other ring of a window of the belt."""
    ring, column = _lattice(rings, window._replace(first=window.first + parity))
    lon = (column + rings.offset(ring[:1])) * rings.step(ring[:1])
    if not (ring.size and column.size):
        return Pixels(ring[:0], column[:0], np.zeros(0), np.zeros(0))
    grid = _Grid(sky, rings.nside, window.quarter, lon, rings.lat[ring], rtol, floor)
    value, error = _measured(grid, rtol, floor)
    return Pixels(np.repeat(ring, column.size), np.tile(column, ring.size), value.ravel(), error.ravel())


def _lattice(rings: Rings, window: Window) -> tuple[Ints, Ints]:
    """Return every other ring of a window of the belt, in rising latitude, and the columns of each."""
    ring = np.arange(window.first, window.stop, 2)[::-1]
    ends = [int(rings.first_column(ring[:1], lon)[0]) if ring.size else 0 for lon in (window.low, window.high)]
    return ring, np.arange(*ends)


def at_centres(sky: TiledSky, rings: Rings, quarter: int, rtol: float, floor: float) -> Pixels:
    """Return the values at the centres of a quarter's pixels, without a tilt; the error is infinite on open tiles."""
    n = rings.nside
    ring, column = rings.within(1, n + 1, 0.0, np.pi)
    lon = (column + rings.offset(ring)) * rings.step(ring)
    places = _Window(sky, n, quarter, lon, rings.lat[ring], rtol, floor)
    parts = [Pixels(ring, column, *places.read(lon, places.lat))]
    for parity in (0, 1):
        ring, column = _lattice(rings, Window(quarter, n + 1 + parity, 2 * n + 1, 0.0, np.pi))
        if ring.size:
            lon = (column + rings.offset(ring[:1])) * rings.step(ring[:1])
            value, error = places.read_grid(lon, rings.lat[ring])
            parts.append(Pixels(np.repeat(ring, column.size), np.tile(column, ring.size), value.ravel(), error.ravel()))
    ring, column, value, error = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Pixels(ring, column, value, np.where(np.isnan(value), np.inf, error))


def _measured(places: _Places, rtol: float, floor: float) -> tuple[Floats, Floats]:
    """Return means and errors; a larger rule is tried where a small one misses too much."""
    (rough, value), error = places.coarse(places.around(np.ones(places.shape, bool)))
    gap = missed(value, rough, (AROUND,) * value.ndim)
    error, bad = error + gap, ~(gap <= RULE_SHARE * rtol * np.maximum(value, floor))
    if bad.any():
        part = places.around(bad)
        (best,), inherited = places.fine(part)
        gap = missed(best, value[part], (AROUND,) * value.ndim)
        value[part], error[part] = best, inherited + gap
        bad[part] = ~(gap <= RULE_SHARE * rtol * np.maximum(best, floor))
    return value, np.where(bad, np.inf, error)


@dataclass(frozen=True)
class _Window:
    """Places l and b [rad] of pixels in a quarter, and how exact the sky is to be where it is integrated."""

    sky: TiledSky
    nside: int
    quarter: int
    lon: Floats
    lat: Floats
    rtol: float
    floor: float

    @property
    def signs(self) -> tuple[float, float]:
        """Signs of l and b."""
        return self.sky.folds.quarters[self.quarter]

    def read(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return integrals and errors towards places of the quarter, of their shape."""
        east, north = self.signs
        rtol = LINE_SHARE * self.rtol
        found = self.sky.read_level(east * lon.ravel(), north * lat.ravel(), rtol=rtol, floor=self.floor)
        return found.value.reshape(lon.shape), found.error.reshape(lon.shape)

    def read_grid(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return integrals and errors ``(R, C)`` towards rising places l ``(C,)`` times b ``(R,)`` of the quarter."""
        east, north = self.signs
        flip = slice(None, None, int(north)), slice(None, None, int(east))
        towards = (east * lon)[flip[1]], (north * lat)[flip[0]]
        value, error = self.sky.read_grid(*towards, rtol=LINE_SHARE * self.rtol, floor=self.floor)
        return value[flip], error[flip]


@dataclass(frozen=True)
class _List(_Window):
    """Pixels ``(K,)`` in any order."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.lon.shape

    def around(self, bad: Bools) -> tuple[Ints, ...]:
        """Return the bad ones."""
        return (np.flatnonzero(bad),)


@dataclass(frozen=True)
class _Apart(_List):
    """Pixels whose nodes are read one by one."""

    def coarse(self, part: tuple[Ints, ...]) -> Means:
        """Return the means of some of them by rules of degree 3 and 5."""
        return self._means(part, coarse())

    def fine(self, part: tuple[Ints, ...]) -> Means:
        """Return the means of some of them by a rule of degree 7."""
        return self._means(part, fine())

    def _means(self, part: tuple[Ints, ...], rules: Lattice) -> Means:
        used = np.any(rules.weights, axis=0)
        up, across = (rules.step[place] for place in np.nonzero(used))
        value, error = self.read(*spread(self.nside, self.lon[part], self.lat[part], across, up))
        return Means([value @ weight[used] for weight in rules.weights], error @ np.abs(rules.weights[-1][used]))


@dataclass(frozen=True)
class _Halves(_List):
    """Pixels of one ring, of which some sides are taken each for itself; one side may stand for both."""

    sides: tuple[Side, ...]

    def coarse(self, part: tuple[Ints, ...]) -> Means:
        """Return the means of some of them by rules of degree 3 and 5."""
        return self._means(part, [half(2), half(3)])

    def fine(self, part: tuple[Ints, ...]) -> Means:
        """Return the means of some of them by a rule of degree 7."""
        return self._means(part, [half(4)])

    def _means(self, part: tuple[Ints, ...], rules: list[Half]) -> Means:
        lon, lat = self.lon[part], self.lat[part]
        across, up = (np.concatenate(places) for places in ([r.across for r in rules], [r.up for r in rules]))
        drawn = [
            spread(self.nside, lon, lat, across, side.north * up, np.full(lon.shape, side.polar)) for side in self.sides
        ]
        lon, lat = (np.stack(places) for places in zip(*drawn, strict=True))
        value, error = (half_by_half.mean(axis=0) for half_by_half in self.read(lon, lat))
        ends = np.cumsum([0, *(rule.up.size for rule in rules)])
        rows = [slice(*pair) for pair in itertools.pairwise(ends)]
        means = [value[:, nodes] @ rule.weight for nodes, rule in zip(rows, rules, strict=True)]
        return Means(means, error[:, rows[-1]] @ rules[-1].weight)


@dataclass(frozen=True)
class _Grid(_Window):
    """Pixels of every other ring of the belt, latitudes ``(R,)`` times longitudes ``(C,)``, both rising.

    The nodes of a pixel end before those of the next begin, so that they rise too.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return len(self.lat), len(self.lon)

    def around(self, bad: Bools) -> tuple[Ints, ...]:
        """Return the rectangle around the bad ones."""
        row, column = np.flatnonzero(bad.any(axis=1)), np.flatnonzero(bad.any(axis=0))
        return np.ix_(np.arange(row[0], row[-1] + 1), np.arange(column[0], column[-1] + 1))

    def coarse(self, part: tuple[Ints, ...]) -> Means:
        """Return the means of a rectangle by rules of degree 3 and 5."""
        return self._means(part, coarse())

    def fine(self, part: tuple[Ints, ...]) -> Means:
        """Return the means of a rectangle by a rule of degree 7."""
        return self._means(part, fine())

    def _means(self, part: tuple[Ints, ...], rules: Lattice) -> Means:
        half_side, step = np.pi / (4 * self.nside), rules.step
        lon = self.lon[part[1].ravel()][:, None] + half_side * step
        lat = np.arcsin(np.sin(self.lat[part[0].ravel()])[:, None] + 8 / (3 * np.pi) * half_side * step)
        found = self.read_grid(lon.ravel(), lat.ravel())
        value, error = (grid.reshape(*lat.shape, *lon.shape) for grid in found)
        return Means([_summed(value, weight) for weight in rules.weights], _summed(error, np.abs(rules.weights[-1])))


def _summed(nodes: Floats, weight: Floats) -> Floats:
    """Return sums ``(R, C)`` over nodes ``(R, S, C, S)`` with weights ``(S, S)``."""
    return np.asarray(sum(nodes[:, i] @ row for i, row in enumerate(weight) if row.any()))

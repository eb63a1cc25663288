"""Where the blocks of a map may lie: runs of rings between two longitudes of a quarter."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sightlines.cubature.refine import targets
from skymodel.sightlines.pixels.rings import SAME, Rings
from skymodel.sightlines.surface import quarters
from skymodel.sightlines.surface.partition import Rectangle, partition
from skymodel.sightlines.surface.quarters import FAR, Frame
from skymodel.sightlines.surface.tiles import TiledSky

LAYERED = 2.5  # pixels from the plane, seen at an angle, within which it may hide between a rule's nodes
SPOT_REACH = 3.0  # sizes of a declared spot that it reaches
POLAR = 24  # rings about a pole, whose pixels' shapes change from one to the next
LEAST_RINGS = 4  # of a block
LEAST = 400  # pixels that a block must hold
LEAST_BELT = 5000  # and in the belt, where pixels are cheap one by one (:mod:`skymodel.sightlines.pixels.plain`)
SMALL_BELT = 40_000  # pixels in a quarter
Piece = tuple[int, float, float, float, float]


class Window(NamedTuple):
    """A run of rings, first to stop, between two longitudes [rad] of a quarter."""

    quarter: int
    first: int
    stop: int
    low: float
    high: float


@dataclass(frozen=True)
class Windows:
    """The windows of a map.

    Parameters
    ----------
    rings
        The rings of the map.
    frame
        The charts of the sky.
    """

    rings: Rings
    frame: Frame

    def first(self, sky: TiledSky) -> list[Window]:
        """Return where blocks of means start; together they cover the quarters that differ."""
        pieces = [*self._far(sky), *self._near(self.small)]
        return [part for piece in pieces for window in self._of(*piece) for part in self._unbroken(window)]

    def near(self) -> list[Window]:
        """Return the windows of the boxes at the centre."""
        return [window for piece in self._near(False) for window in self._of(*piece)]

    def of_tile(self, sky: TiledSky, tile: int) -> list[Window]:
        """Return the window of a far tile, if there are pixels in it."""
        ends = sky.tiles.rectangles(self.frame)[tile].tolist()
        return self._of(int(sky.tiles.quarter[tile]), *ends)

    def _of(self, quarter: int, low: float, high: float, south: float, north: float) -> list[Window]:
        first = self.rings.first_ring(north)
        stop = 2 * self.rings.nside + 1 if south <= 0 else self.rings.first_ring(south)
        return [Window(quarter, first, stop, low, high)] if first < stop else []

    def _near(self, plane: bool) -> list[Piece]:
        """Return the boxes at the centre in pieces, or only what they have of the plane."""
        squares = [(0.0, self.frame.box, 0.0, self.rings.lat[-2] / 2)] if plane else self._box()
        return [(q, *square) for q in range(len(self.frame.folds.quarters)) for square in squares]

    def _far(self, sky: TiledSky) -> list[Piece]:
        """Return the far tiles; where they are tilted against the rings, the rectangles that tiles start from.

        Where no window of the belt is worth a block, it is left in one, the box included.
        """
        if self.frame.tilt > 0:
            return [(q, *row) for q in range(len(self.frame.folds.quarters)) for row in partition(self.frame)]
        far = sky.tiles.chart == FAR
        ends = sky.tiles.rectangles(self.frame)[far]
        tiles: list[Piece] = [(q, *row) for q, row in zip(sky.tiles.quarter[far].tolist(), ends.tolist(), strict=True)]
        if not self.small:
            return tiles
        border, lowest = self.rings.lat[[self.rings.nside, -2]].tolist()
        above = [(q, low, high, max(south, border), north) for q, low, high, south, north in tiles if north > border]
        plane = [(q, low, high, 0.0, lowest / 2) for q, low, high, south, _ in tiles if south <= 0]
        return above + plane + [(q, 0.0, np.pi, lowest - SAME, border) for q in range(len(self.frame.folds.quarters))]

    @property
    def small(self) -> bool:
        """Whether a quarter of the belt has so few pixels that they are taken one by one."""
        return self.frame.tilt == 0 and 2 * self.rings.nside**2 < SMALL_BELT

    def _box(self) -> list[Rectangle]:
        """Return the box at the centre in pieces that shrink towards it."""
        side, pieces = self.frame.box, []
        while side * side > np.pi / (3 * self.rings.nside**2) * LEAST:
            pieces += [(0.0, side, side / 2, side), (side / 2, side, 0.0, side / 2)]
            side /= 2
        return [*pieces, (0.0, side, 0.0, side)]

    def _unbroken(self, window: Window) -> list[Window]:
        """Cut a window at the ring between belt and cap, where the plane is near, and around the pole.

        The pixels of that ring are broken; close to a pole their shapes change quickly.
        """
        third = self.rings.nside // 3
        cuts = (self._polar, max(third, 2 * POLAR), self.rings.nside, self.rings.nside + 1, self._layered)
        edges = [window.first, *sorted({cut for cut in cuts if window.first < cut < window.stop}), window.stop]
        return [window._replace(first=a, stop=b) for a, b in itertools.pairwise(edges)]

    @property
    def _polar(self) -> int:
        """The first ring whose pixels are shaped as those of the next."""
        return max(1, min(POLAR, self.rings.nside // 3))

    @property
    def _layered(self) -> int:
        """The first ring whose pixels hide structure from a rule: on the plane, or near one seen at an angle."""
        tilt = self.frame.tilt
        return self.rings.first_ring(tilt + LAYERED * self.rings.lat[-2]) if tilt > 0 else 2 * self.rings.nside

    def spotted(self, sky: TiledSky, window: Window) -> bool:
        """Return whether a window holds a spot that the density declares, which a block could miss."""
        signs = np.array([1.0, *self.frame.folds.quarters[window.quarter]])
        reach = 2 * np.sqrt(np.pi / 3) / self.rings.nside
        lat = self.rings.lat[[window.stop - 1, window.first]]
        for aim in targets(sky):
            x, y, z = aim.direction * np.where(signs < 0, -1.0, 1.0)
            y, z = (abs(y) if self.frame.folds.left_right else y), (abs(z) if self.frame.folds.up_down else z)
            margin = reach + SPOT_REACH * aim.size
            lon_margin = margin / max(np.hypot(x, y), margin)
            lon, b = np.arctan2(y, x), np.arcsin(z)
            if window.low - lon_margin < lon < window.high + lon_margin and lat[0] - margin < b < lat[1] + margin:
                return True
        return False

    def worth(self, window: Window) -> bool:
        """Return whether a window may be a block: large enough, and its pixels hide nothing."""
        few = window.stop - window.first < LEAST_RINGS
        belt = window.first > self.rings.nside and self.frame.tilt == 0
        least = (np.inf if self.small else LEAST_BELT) if belt else LEAST
        return not few and self._polar <= window.first and self.alike(window) and self.count(window) > least

    def alike(self, window: Window) -> bool:
        """Return whether the pixels of a window are alike: none on the plane or between belt and cap."""
        return window.first < self._layered and window.first != self.rings.nside

    def halved(self, window: Window) -> bool:
        """Return whether a window is a ring of pixels with two smooth halves: the cap's border, the plane on edge."""
        level = window.first == 2 * self.rings.nside and self.frame.tilt == 0
        return window.first == self.rings.nside > 1 or level

    def count(self, window: Window) -> int:
        """Return how many pixels a window holds."""
        ring = np.arange(window.first, window.stop)
        return int(np.sum(self.rings.first_column(ring, window.high) - self.rings.first_column(ring, window.low)))

    def ends(self, window: Window) -> Floats:
        """Return the coordinates (u, u, v, v) of the outermost pixel centres of a window."""
        ring = np.arange(window.first, window.stop)
        low = self.rings.first_column(ring, window.low) + self.rings.offset(ring)
        high = self.rings.first_column(ring, window.high) - 1 + self.rings.offset(ring)
        lon = np.array([np.min(low * self.rings.step(ring)), np.max(high * self.rings.step(ring))])
        lat = self.rings.lat[[window.stop - 1, window.first]]
        return np.concatenate([quarters.from_lon(lon), self.frame.from_lat(lat)])

    def wide(self, window: Window) -> bool:
        """Return whether a window is wider in longitude than in latitude."""
        low, high = self.rings.lat[[window.stop - 1, window.first]]
        return bool((window.high - window.low) * np.cos(low) > high - low)

    def halves(self, window: Window, along_u: bool) -> list[Window]:
        """Return both halves of a window, cut at a longitude or at a ring."""
        u0, u1, v0, v1 = self.ends(window)
        if along_u:
            middle = float(quarters.far_lon(0.5 * (u0 + u1)))
            return [window._replace(high=middle), window._replace(low=middle)]
        ring = self.rings.first_ring(float(self.frame.far_lat(0.5 * (v0 + v1))))
        ring = min(max(ring, window.first + 1), window.stop - 1)
        return [window._replace(stop=ring), window._replace(first=ring)]

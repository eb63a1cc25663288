"""The rings of a HEALPix map, and means over pixel-sized diamonds anywhere.

Rings are counted from the north pole, from 1 to 4 nside - 1; ring 2 nside is the plane. Only the quarter l >= 0,
b >= 0 is needed: column j of a ring lies at l = (j + offset) step, and the others are mirror images.
HEALPix draws every pixel as a diamond of one size in a plane (Gorski et al. 2005, section 5). A mean over the diamond
about *any* place of a belt or a cap is therefore a function as smooth as the sky, and is a pixel's mean at its centre.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.ndimage import maximum_filter

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.cubature.cells import gauss

QUARTER_TURN = np.pi / 2
RULE_DOUBT = 2.0  # times the difference of two rules that the better one may miss: 0.85 was met close to a tilted plane
SAME = 1e-12  # angles [rad] closer than this are equal: edges that went through a chart and back


@dataclass(frozen=True)
class Rings:
    """Northern rings, the plane's included.

    Parameters
    ----------
    nside
        Resolution of the map.
    """

    nside: int

    @functools.cached_property
    def lat(self) -> Floats:
        """Latitude [rad] of ring i, ``(2 nside + 1,)``; entry 0 is the pole."""
        ring = np.arange(2 * self.nside + 1)
        cap = ring / (self.nside * np.sqrt(6))  # sin(colatitude / 2)
        belt = (4 - 2 * ring / self.nside) / 3
        return np.where(
            ring < self.nside, QUARTER_TURN - 2 * np.arcsin(np.minimum(cap, 1.0)), np.arcsin(np.minimum(belt, 1.0))
        )

    def step(self, ring: Ints) -> Floats:
        """Return the distance [rad] between columns of northern rings."""
        return QUARTER_TURN / np.minimum(ring, self.nside)

    def offset(self, ring: Ints) -> Floats:
        """Return the place of column 0 in units of the step: 0 or a half."""
        return np.where((ring >= self.nside) & ((ring - self.nside) % 2 == 1), 0.0, 0.5)

    def columns(self, ring: Ints) -> Ints:
        """Return how many columns of northern rings lie at 0 <= l <= pi."""
        return np.asarray(2 * np.minimum(ring, self.nside) + (self.offset(ring) == 0))

    def first_column(self, ring: Ints, lon: float) -> Ints:
        """Return the first column at or beyond l [rad]; that of pi is the number of columns."""
        if lon > np.pi - SAME:
            return self.columns(ring)
        return np.ceil((lon - SAME) / self.step(ring) - self.offset(ring)).astype(np.intp)

    def within(self, first: int, stop: int, low: float, high: float) -> tuple[Ints, Ints]:
        """Return rings and columns ``(K,)`` of the pixels of northern rings, first to stop, between two l [rad]."""
        ring = np.arange(first, stop)
        begin, end = (self.first_column(ring, lon) for lon in (low, high))
        count = np.maximum(end - begin, 0)
        rings = np.repeat(ring, count)
        return rings, np.arange(len(rings)) - np.repeat(np.cumsum(count) - count - begin, count)

    def first_ring(self, lat: float) -> int:
        """Return the first northern ring whose latitude is below b [rad]; that of the pole is 1."""
        return int(np.searchsorted(-self.lat, SAME - lat, side="right")) if lat < QUARTER_TURN - SAME else 1

    def first_pixel(self, ring: Ints) -> Ints:
        """Return the RING index of the first pixel of any ring."""
        ring, n = np.asarray(ring), self.nside
        south = 4 * n - ring
        belt = 2 * n * (n - 1) + (ring - n) * 4 * n
        return np.where(
            ring < n, 2 * ring * (ring - 1), np.where(ring <= 3 * n, belt, 12 * n * n - 2 * south * (south + 1))
        )

    def pixels(self, ring: Ints, column: Ints, signs: tuple[float, float]) -> Ints:
        """Return RING indices of columns ``(K,)`` of northern rings, mirrored to a quarter with signs (lon, lat)."""
        count = 4 * np.minimum(ring, self.nside)
        mirrored = np.where(self.offset(ring) == 0, -column, -1 - column) % count
        first = self.first_pixel(ring if signs[1] > 0 else 4 * self.nside - ring)
        return first + (column if signs[0] > 0 else mirrored)


class Diamond(NamedTuple):
    """Nodes of a product rule on a pixel's diamond, in units of its half diagonal, and weights; ``(q * q,)`` each."""

    across: Floats
    up: Floats
    weight: Floats


@functools.cache
def diamond(order: int) -> Diamond:
    """Return the Gauss-Legendre rule of order x order nodes; order 0 is the centre alone."""
    if order == 0:
        return Diamond(np.zeros(1), np.zeros(1), np.ones(1))
    rule = gauss(order)
    s, t = np.meshgrid(2 * rule.node - 1, 2 * rule.node - 1)
    return Diamond((s - t).ravel() / 2, (s + t).ravel() / 2, np.outer(rule.weight, rule.weight).ravel())


def spread(
    nside: int, lon: Floats, lat: Floats, across: Floats, up: Floats, polar: Bools | None = None
) -> tuple[Floats, Floats]:
    """Return lon and lat [rad] ``(..., Q)`` of nodes ``(Q,)`` on pixel-sized diamonds about places of the quarter.

    Nodes are given in units of half a diagonal, places in rad; beyond the meridians l = 0 and pi, l is negative. A
    diamond lies in the cap or in the belt, as every pixel does but those of the ring between them, for which `polar`
    says which to draw.
    """
    half = np.pi / (4 * nside)
    around_lon, around_lat = (np.empty((*lon.shape, up.size)) for _ in range(2))
    cap = np.sqrt(6) * np.sin((QUARTER_TURN - lat) / 2)  # 1 on the border, 0 at the pole
    polar = cap < 1 if polar is None else polar
    belt = ~polar
    around_lon[belt] = lon[belt][:, None] + half * across
    around_lat[belt] = np.arcsin(np.sin(lat[belt])[:, None] + 8 / (3 * np.pi) * half * up)
    if polar.any():
        here, old = lon[polar][:, None], cap[polar][:, None]
        new = old - 4 / np.pi * half * up
        middle = QUARTER_TURN * (np.floor(np.minimum(here, 0.999 * np.pi) / QUARTER_TURN) + 0.5)
        turned = middle + ((here - middle) * old + half * across) / new
        around_lon[polar] = np.remainder(turned, 2 * np.pi)
        around_lat[polar] = QUARTER_TURN - 2 * np.arcsin(new / np.sqrt(6))
    return np.where(around_lon > np.pi, around_lon - 2 * np.pi, around_lon), around_lat


def missed(value: Floats, rough: Floats, reach: tuple[int, ...]) -> Floats:
    """Return what a rule misses, from the difference to a lower one: the largest within `reach` places along each axis.

    The difference is many times the error where a sky is smooth, about as large near a thin layer, and may vanish by
    chance.
    """
    scale = np.where(value > 0, value, 1.0)
    gap = np.abs(value - rough) / scale
    return np.asarray(RULE_DOUBT * maximum_filter(np.where(np.isnan(gap), np.inf, gap), reach) * scale)

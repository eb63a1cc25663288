"""Regions of the sky in polar coordinates about the Galactic centre, cut into patches that an integrand is smooth on.

The angle theta from the centre runs between the radii at which a region's arcs change; the position angle is
measured from the plane, quadrant by quadrant, so that no patch crosses the plane (thin disks) or the meridian of
the rotation axis (a kink of every disk). Where a density is symmetric, quadrants are folded onto each other and
patches that coincide, also those of different regions, are integrated once. Bodies with axes of their own bend at
neither: around rings that a region holds whole, equidistant nodes see them with half as many as four quadrants take.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Ints
from skymodel.sightlines.cubature.cells import Across, Cells, Chart, Nodes, Rules, circle, gauss, nodes_of
from skymodel.sightlines.cubature.refine import Shares
from skymodel.sightlines.cubature.rings import QUARTER, SAME, Ring, radius_at, rings, slots_of
from skymodel.sky.region import Region

_FULL = QUARTER - 1e-9  # rad from which an arc is a whole quadrant
_CLOSED = -1  # a quadrant that stands for all four
_LONGER = 0.3  # power of the length of an arc with which its nodes grow
_NARROW, _LEAST = 1.05, 6  # outer by inner radius of rings that need the fewest nodes, and how many those are
_SIDES = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])  # signs of lon and lat in the quadrants
Along = Literal["plane", "even", "closed"]


class _Patch(NamedTuple):
    """A run of arcs `slot` of a region (by index) in a quadrant of a ring."""

    region: int
    ring: Ring
    quadrant: int
    slot: int


@dataclass(frozen=True)
class PolarChart:
    """Patches of regions: u runs outwards from the centre, v away from the plane.

    Parameters
    ----------
    regions
        The regions, with known edges.
    patches
        Their pieces.
    fold
        Which of (lon, lat) are folded onto positive values.
    exponent
        theta grows as u^exponent in the ring at the centre.
    even
        Whether nothing bends at the plane.
    """

    regions: tuple[Region, ...]
    patches: tuple[_Patch, ...]
    fold: tuple[bool, bool]
    exponent: float
    even: bool

    def __call__(self, patch: Ints, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return directions ``(N, n, m, 3)`` and solid angle per du dv ``(N, n, m)``."""
        return self.strips(patch, u)(v)

    def strips(self, patch: Ints, u: Floats) -> Across:
        """Return the same as a function of v ``(N, m)``: the arcs at u are found once."""
        theta, low, high, slope = (np.empty(u.shape) for _ in range(4))
        for index in np.unique(patch):
            piece, rows = self.patches[index], patch == index
            theta[rows], slope[rows] = radius_at(piece.ring, u[rows], self.exponent)
            bounds = _bounds(self.regions, piece, theta[rows].ravel())
            low[rows], high[rows] = (bound.reshape(-1, u.shape[1]) for bound in bounds)
        signs = np.array([self._sides(piece.quadrant) for piece in self.patches])[patch]
        sine, cosine = np.sin(theta)[:, :, None], np.cos(theta)[:, :, None]

        def across(v: Floats) -> tuple[Floats, Floats]:
            angle, stretch = _angle(low, high, v, self.even)
            y, z = (signs[:, side, None, None] * sine * turn(angle) for side, turn in ((0, np.cos), (1, np.sin)))
            directions = np.stack([np.broadcast_to(cosine, angle.shape), y, z], axis=-1)
            return directions, sine * slope[:, :, None] * stretch

        return across

    def _sides(self, quadrant: int) -> Floats:
        return np.where(self.fold, 1.0, _SIDES[quadrant])


class Plan(NamedTuple):
    """All that does not depend on the density: the chart, the first cells, their nodes, the sums they belong to."""

    chart: Chart
    cells: Cells
    shares: Shares
    rules: Rules
    first: list[Nodes]


@functools.lru_cache(maxsize=64)
def plan(
    regions: tuple[Region, ...],
    fold: tuple[bool, bool],
    exponent: float,
    shells: tuple[float, ...],
    orders: tuple[int, int],
    along: Along = "plane",
) -> Plan:
    """Return how to integrate over regions with known edges; made once for all densities alike.

    Parameters
    ----------
    regions
        The regions.
    fold
        Whether the integrand is the same at lon and -lon, at lat and -lat.
    exponent
        How strongly the ring at the centre is graded.
    shells
        Angles from the centre [deg] at which line integrals end or bend like a square root.
    orders
        Numbers of nodes outwards and along the arcs.
    along
        How nodes lie along arcs: denser towards the "plane"; "even" where nothing bends there, as many as they are
        long; "closed" if besides the integrand is smooth at the plane and the meridian, and neither is folded.
    """
    patches, owners = _patches(regions, fold, shells, along == "closed")
    alike = Rules.alike((gauss(orders[0]), gauss(orders[1])), len(patches))
    rules = alike if along == "plane" else _rules(regions, patches, orders)
    chart = PolarChart(regions, tuple(patches), fold, exponent, along != "plane")
    cells = Cells.whole(len(patches))
    entries = np.array(owners, dtype=float).reshape(-1, 3)
    shares = Shares(
        entries[:, 0].astype(np.intp), entries[:, 1].astype(np.intp), entries[:, 2], len(patches), len(regions)
    )
    return Plan(chart, cells, shares, rules, [nodes_of(some, chart, pair) for some, pair in rules.groups(cells)])


def _rules(regions: tuple[Region, ...], patches: list[_Patch], orders: tuple[int, int]) -> Rules:
    """Return rules by the sizes of patches: those of `orders` along a quadrant, fewer along shorter arcs."""
    whole, part = list[tuple[int, int, bool]](), list[tuple[int, int, bool]]()
    for patch in patches:
        theta = np.linspace(patch.ring.low, patch.ring.high, 7)[1:-1]
        low, high = _bounds(regions, patch, theta)
        quadrants = float((high - low).max() / QUARTER)
        closed = patch.quadrant == _CLOSED
        radial = _LEAST if patch.ring.high < _NARROW * patch.ring.low else orders[0]
        longest = quadrants / 2 if closed else quadrants
        part.append((radial, max(round(orders[1] * longest**_LONGER), _LEAST), False))
        whole.append((radial, 2 * orders[1] + 1, True) if closed else part[-1])
    pairs = list(dict.fromkeys(part + whole))
    which = (np.array([pairs.index(pair) for pair in each], dtype=np.intp) for each in (whole, part))
    return Rules(tuple((gauss(out), (circle if closed else gauss)(along)) for out, along, closed in pairs), *which)


def _bounds(regions: tuple[Region, ...], patch: _Patch, theta: Floats) -> tuple[Floats, Floats]:
    """Return where the arcs of a patch begin and end at some radii ``(N,)`` [rad]."""
    if patch.quadrant == _CLOSED:
        return np.zeros_like(theta), np.full_like(theta, 4 * QUARTER)
    return slots_of(regions[patch.region], theta)[patch.quadrant][patch.slot]


def _patches(
    regions: tuple[Region, ...], fold: tuple[bool, bool], shells: tuple[float, ...], closed: bool
) -> tuple[list[_Patch], list[tuple[int, int, int]]]:
    """Return the different patches, and how often (third) each patch (first) belongs to each region (second)."""
    found: dict[bytes, _Patch] = {}
    count: dict[tuple[bytes, int], int] = {}
    for ring in rings(regions, shells):
        theta = ring.low + (ring.high - ring.low) * np.array([0.1, 0.3, 0.5, 0.7, 0.9])
        for region, quadrants in enumerate(slots_of(each, theta) for each in regions):
            if closed and all(len(slots) == 1 and np.all(slots[0][1] - slots[0][0] > _FULL) for slots in quadrants):
                key = theta.tobytes()
                found.setdefault(key, _Patch(region, ring, _CLOSED, 0))
                count[key, region] = 1
                continue
            for quadrant, slots in enumerate(quadrants):
                for slot, bounds in enumerate(slots):
                    signs = np.where(fold, 1.0, _SIDES[quadrant])
                    key = np.round([theta, *bounds], 10).tobytes() + signs.tobytes()
                    found.setdefault(key, _Patch(region, ring, quadrant, slot))
                    count[key, region] = count.get((key, region), 0) + 1
    index = {key: k for k, key in enumerate(found)}
    return list(found.values()), [(index[key], region, times) for (key, region), times in count.items()]


def _angle(low: Floats, high: Floats, v: Floats, even: bool) -> tuple[Floats, Floats]:
    """Return position angles ``(N, n, m)`` and their change with v, denser towards the plane if an arc starts there."""
    width = (high - low)[:, :, None]
    plane = (low[:, 0] < SAME)[:, None, None] & (not even)
    v = v[:, None, :]
    return low[:, :, None] + width * np.where(plane, v * v, v), width * np.where(plane, 2 * v, 1.0)

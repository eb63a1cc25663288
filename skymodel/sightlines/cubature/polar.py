"""Regions of the sky in polar coordinates about the Galactic centre, cut into patches that an integrand is smooth on.

The angle theta from the centre runs between the radii at which a region's arcs change; the position angle is
measured from the plane, quadrant by quadrant, so that no patch crosses the plane (thin disks) or the meridian of
the rotation axis (a kink of every disk). Where a density is symmetric, quadrants are folded onto each other and
patches that coincide, also those of different regions, are integrated once.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Ints
from skymodel.sightlines.cubature.cells import Across, Cells, Chart, Nodes, Rules, circle, gauss, nodes_of
from skymodel.sightlines.cubature.refine import Shares
from skymodel.sky.arcs import arcs, radii_of_change
from skymodel.sky.circles import SmallCircle, meridian, parallel
from skymodel.sky.region import Region

_QUARTER = math.pi / 2
_FULL = math.pi / 2 - 1e-9  # rad from which an arc is a whole quadrant
_CLOSED = -1  # a quadrant that stands for all four
_LONGER = 0.3  # power of the length of an arc with which its nodes grow
_NARROW, _LEAST = 1.05, 6  # outer by inner radius of rings that need the fewest nodes, and how many those are
_SAME = 1e-11  # angles [rad] and radii [deg] closer than this are equal
_RADII = (1.0, 15.0, 30.0, 60.0, 90.0, 120.0, 150.0)  # deg: no first cell spans several scales of a disk or a bulge
_SIDES = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])  # signs of lon and lat in the quadrants


@dataclass(frozen=True)
class _Axed:
    """A region together with the plane and the meridian of the centre as edges, so that arcs end there."""

    region: Region

    @property
    def edges(self) -> tuple[SmallCircle, ...]:
        return (*(self.region.edges or ()), parallel(0.0), meridian(0.0))

    def contains(self, lon: Any, lat: Any) -> Any:
        return self.region.contains(lon, lat)


Along = Literal["plane", "even", "closed"]


class _Ring(NamedTuple):
    """Radii [rad] between which arcs change smoothly, and whether they start or stop like a square root there."""

    low: float
    high: float
    opens: bool
    closes: bool


class _Patch(NamedTuple):
    """A run of arcs `slot` of a region (by index) in a quadrant of a ring."""

    region: int
    ring: _Ring
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
            theta[rows], slope[rows] = _radius(piece.ring, u[rows], self.exponent)
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
        quadrants = float((high - low).max() / _QUARTER)
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
        return np.zeros_like(theta), np.full_like(theta, 4 * _QUARTER)
    return _slots(regions[patch.region], theta)[patch.quadrant][patch.slot]


def _patches(
    regions: tuple[Region, ...], fold: tuple[bool, bool], shells: tuple[float, ...], closed: bool
) -> tuple[list[_Patch], list[tuple[int, int, int]]]:
    """Return the different patches, and how often (third) each patch (first) belongs to each region (second)."""
    found: dict[bytes, _Patch] = {}
    count: dict[tuple[bytes, int], int] = {}
    for ring in _rings(regions, shells):
        theta = ring.low + (ring.high - ring.low) * np.array([0.1, 0.3, 0.5, 0.7, 0.9])
        for region, quadrants in enumerate(_slots(each, theta) for each in regions):
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


def _rings(regions: tuple[Region, ...], shells: tuple[float, ...]) -> list[_Ring]:
    axed = [_Axed(region) for region in regions]
    changes = np.concatenate([*(radii_of_change(region, 0.0, 0.0) for region in axed), _RADII, shells])
    radii = np.concatenate([[0.0], np.sort(changes), [180.0]])
    radii = radii[np.diff(radii, prepend=-1.0) > _SAME]
    opening, closing = _touching([edge for region in axed for edge in region.edges])
    return [
        _Ring(math.radians(low), math.radians(high), _among(low, opening), _among(high, [*closing, *shells]))
        for low, high in itertools.pairwise(radii.tolist())
    ]


def _touching(edges: list[SmallCircle]) -> tuple[list[float], list[float]]:
    """Return the radii [deg] at which a growing circle about the centre first and last touches each edge."""
    distances = [math.degrees(math.acos(max(-1.0, min(1.0, float(edge.axis[0]))))) for edge in edges]
    pairs = [(distance, edge.radius) for distance, edge in zip(distances, edges, strict=True)]
    return [abs(d - r) for d, r in pairs], [min(d + r, 360 - d - r) for d, r in pairs]


def _among(radius: float, radii: list[float]) -> bool:
    return 0 < radius < 180 and any(abs(radius - other) < 1e-6 for other in radii)


def _slots(region: Region, theta: Floats) -> list[list[tuple[Floats, Floats]]]:
    """Return, for each quadrant, the arcs (low, high), each ``(N,)``, as angles from the plane [rad]."""
    return _remembered_slots(region, tuple(theta.tolist()))


@functools.lru_cache(maxsize=512)
def _remembered_slots(region: Region, theta: tuple[float, ...]) -> list[list[tuple[Floats, Floats]]]:
    """Do the work of :func:`_slots`: similar densities, as in an ensemble, ask for the same radii again and again."""
    start, stop = arcs(_Axed(region), 0.0, 0.0, np.degrees(theta))
    return [_joined(*_clipped(start, stop, quadrant)) for quadrant in range(4)]


def _clipped(start: Floats, stop: Floats, quadrant: int) -> tuple[Floats, Floats]:
    """Return the parts ``(N, K)`` of arcs in a quadrant, sorted; empty ones are infinite."""
    turns = 2 * math.pi * np.arange(2).repeat(start.shape[1])
    low, high = (np.concatenate([bound, bound], axis=1) - turns - quadrant * _QUARTER for bound in (start, stop))
    low, high = np.clip(low, 0.0, _QUARTER), np.clip(high, 0.0, _QUARTER)
    if quadrant % 2:
        low, high = _QUARTER - high, _QUARTER - low
    empty = high - low < _SAME
    low, high = np.where(empty, np.inf, low), np.where(empty, np.inf, high)
    return np.sort(low, axis=1), np.sort(high, axis=1)


def _joined(low: Floats, high: Floats) -> list[tuple[Floats, Floats]]:
    """Return the columns that are not empty, those that touch all along made one."""
    slots: list[tuple[Floats, Floats]] = []
    for begin, end in zip(low.T, high.T, strict=True):
        if not np.isfinite(begin).any():
            continue
        with np.errstate(invalid="ignore"):  # rows that are empty in both do not touch
            touching = bool(slots) and np.all(np.abs(slots[-1][1] - begin) < _SAME)
        if touching:
            slots[-1] = (slots[-1][0], end)
        else:
            slots.append((begin, end))
    return slots


def _radius(ring: _Ring, u: Floats, exponent: float) -> tuple[Floats, Floats]:
    """Return theta [rad] and dtheta/du; a square-root end is made smooth by a quadratic, the centre by a power."""
    place, slope = _stretch(ring, exponent)(u)
    return ring.low + (ring.high - ring.low) * place, (ring.high - ring.low) * slope


def _stretch(ring: _Ring, exponent: float) -> Callable[[Floats], tuple[Floats, Floats]]:
    if ring.low == 0 and ring.closes:
        return lambda u: ((u * (2 - u)) ** exponent, exponent * (u * (2 - u)) ** (exponent - 1) * (2 - 2 * u))
    if ring.low == 0:
        return lambda u: (u**exponent, exponent * u ** (exponent - 1))
    return {
        (False, False): lambda u: (u, np.ones_like(u)),
        (True, False): lambda u: (u * u, 2 * u),
        (False, True): lambda u: (u * (2 - u), 2 - 2 * u),
        (True, True): lambda u: (u * u * (3 - 2 * u), 6 * u * (1 - u)),
    }[ring.opens, ring.closes]


def _angle(low: Floats, high: Floats, v: Floats, even: bool) -> tuple[Floats, Floats]:
    """Return position angles ``(N, n, m)`` and their change with v, denser towards the plane if an arc starts there."""
    width = (high - low)[:, :, None]
    plane = (low[:, 0] < _SAME)[:, None, None] & (not even)
    v = v[:, None, :]
    return low[:, :, None] + width * np.where(plane, v * v, v), width * np.where(plane, 2 * v, 1.0)

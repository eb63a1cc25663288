"""Rings about the Galactic centre between whose radii the arcs of regions change smoothly, quadrant by quadrant."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.arcs import arcs, radii_of_change
from skymodel.sky.circles import SmallCircle, meridian, parallel
from skymodel.sky.region import Region

QUARTER = math.pi / 2
SAME = 1e-11  # angles [rad] and radii [deg] closer than this are equal
_RADII = (1.0, 15.0, 30.0, 60.0, 90.0, 120.0, 150.0)  # deg: no first cell spans several scales of a disk or a bulge


@dataclass(frozen=True)
class _Axed:
    """A region together with the plane and the meridian of the centre as edges, so that arcs end there."""

    region: Region

    @property
    def edges(self) -> tuple[SmallCircle, ...]:
        return (*(self.region.edges or ()), parallel(0.0), meridian(0.0))

    def contains(self, lon: Any, lat: Any) -> Any:
        return self.region.contains(lon, lat)


class Ring(NamedTuple):
    """Radii [rad] between which arcs change smoothly, and whether they start or stop like a square root there."""

    low: float
    high: float
    opens: bool
    closes: bool


def rings(regions: tuple[Region, ...], shells: tuple[float, ...]) -> list[Ring]:
    """Return the rings of the whole sky for regions together and for shells, by their angles from the centre [deg]."""
    axed = [_Axed(region) for region in regions]
    changes = np.concatenate([*(radii_of_change(region, 0.0, 0.0) for region in axed), _RADII, shells])
    radii = np.concatenate([[0.0], np.sort(changes), [180.0]])
    radii = radii[np.diff(radii, prepend=-1.0) > SAME]
    opening, closing = _touching([edge for region in axed for edge in region.edges])
    return [
        Ring(math.radians(low), math.radians(high), _among(low, opening), _among(high, [*closing, *shells]))
        for low, high in itertools.pairwise(radii.tolist())
    ]


def _touching(edges: list[SmallCircle]) -> tuple[list[float], list[float]]:
    """Return the radii [deg] at which a growing circle about the centre first and last touches each edge."""
    distances = [math.degrees(math.acos(max(-1.0, min(1.0, float(edge.axis[0]))))) for edge in edges]
    pairs = [(distance, edge.radius) for distance, edge in zip(distances, edges, strict=True)]
    return [abs(d - r) for d, r in pairs], [min(d + r, 360 - d - r) for d, r in pairs]


def _among(radius: float, radii: list[float]) -> bool:
    return 0 < radius < 180 and any(abs(radius - other) < 1e-6 for other in radii)


def slots_of(region: Region, theta: Floats) -> list[list[tuple[Floats, Floats]]]:
    """Return, for each quadrant, the arcs (low, high), each ``(N,)``, as angles from the plane [rad]."""
    return _remembered_slots(region, tuple(theta.tolist()))


@functools.lru_cache(maxsize=512)
def _remembered_slots(region: Region, theta: tuple[float, ...]) -> list[list[tuple[Floats, Floats]]]:
    """Do the work of :func:`slots_of`: similar densities, as in an ensemble, ask for the same radii again and again."""
    start, stop = arcs(_Axed(region), 0.0, 0.0, np.degrees(theta))
    return [_joined(*_clipped(start, stop, quadrant)) for quadrant in range(4)]


def _clipped(start: Floats, stop: Floats, quadrant: int) -> tuple[Floats, Floats]:
    """Return the parts ``(N, K)`` of arcs in a quadrant, sorted; empty ones are infinite."""
    turns = 2 * math.pi * np.arange(2).repeat(start.shape[1])
    low, high = (np.concatenate([bound, bound], axis=1) - turns - quadrant * QUARTER for bound in (start, stop))
    low, high = np.clip(low, 0.0, QUARTER), np.clip(high, 0.0, QUARTER)
    if quadrant % 2:
        low, high = QUARTER - high, QUARTER - low
    empty = high - low < SAME
    low, high = np.where(empty, np.inf, low), np.where(empty, np.inf, high)
    return np.sort(low, axis=1), np.sort(high, axis=1)


def _joined(low: Floats, high: Floats) -> list[tuple[Floats, Floats]]:
    """Return the columns that are not empty, those that touch all along made one."""
    slots: list[tuple[Floats, Floats]] = []
    for begin, end in zip(low.T, high.T, strict=True):
        if not np.isfinite(begin).any():
            continue
        with np.errstate(invalid="ignore"):  # rows that are empty in both do not touch
            touching = bool(slots) and np.all(np.abs(slots[-1][1] - begin) < SAME)
        if touching:
            slots[-1] = (slots[-1][0], end)
        else:
            slots.append((begin, end))
    return slots


def radius_at(ring: Ring, u: Floats, exponent: float) -> tuple[Floats, Floats]:
    """Return theta [rad] and dtheta/du; a square-root end is made smooth by a quadratic, the centre by a power."""
    place, slope = _stretch(ring, exponent)(u)
    return ring.low + (ring.high - ring.low) * place, (ring.high - ring.low) * slope


def _stretch(ring: Ring, exponent: float) -> Callable[[Floats], tuple[Floats, Floats]]:
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

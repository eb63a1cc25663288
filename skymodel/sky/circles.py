"""Circles on the sphere: the edges that all regions are made of.

A :class:`SmallCircle` is the set of directions at one angular distance from an axis; a meridian is a great circle
(distance 90 deg) whose axis lies on the equator. Angles are degrees at the doors, radians inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats


@dataclass(frozen=True)
class SmallCircle:
    """The directions at angular distance `radius` from the axis (`lon`, `lat`).

    Parameters
    ----------
    lon, lat
        Galactic direction of the axis [deg].
    radius
        Angular distance from the axis [deg]; 90 for a great circle.
    """

    lon: float
    lat: float
    radius: float

    @property
    def axis(self) -> Floats:
        """Unit vector ``(3,)`` of the axis."""
        return directions(self.lon, self.lat)

    def excess(self, vectors: Floats) -> Floats:
        """Return axis . n - cos(radius) for unit vectors ``(..., 3)``: zero on the circle, positive within it."""
        return np.asarray(vectors @ self.axis - np.cos(np.radians(self.radius)))


class Axes(NamedTuple):
    """A direction and the unit vectors of growing lon and lat there, each ``(3,)``."""

    centre: Floats
    east: Floats
    north: Floats


def parallel(lat: float) -> SmallCircle:
    """Return the circle of constant latitude [deg]."""
    return SmallCircle(0.0, 90.0, 90.0 - lat)


def meridian(lon: float) -> SmallCircle:
    """Return the great circle through the poles at longitude `lon` [deg] and lon + 180."""
    return SmallCircle((lon + 90.0) % 180.0, 0.0, 90.0)


def degrees(angle: Any) -> Floats:
    """Return an angle, a Quantity or a number of degrees, as float64 [deg]."""
    return np.asarray(angle.to_value("deg") if hasattr(angle, "to_value") else angle, dtype=np.float64)


def directions(lon: Any, lat: Any) -> Floats:
    """Return unit vectors ``(..., 3)`` of directions [deg]."""
    lon, lat = np.broadcast_arrays(np.radians(lon), np.radians(lat))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def lonlat(vectors: Floats) -> tuple[Floats, Floats]:
    """Return lon, lat [deg] of vectors ``(..., 3)`` of any length; lon from -180 to 180."""
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))


def local_axes(lon: float, lat: float) -> Axes:
    """Return the local axes at a direction [deg]; at a pole `lon` decides which way east points."""
    sin_lon, cos_lon = np.sin(np.radians(lon)), np.cos(np.radians(lon))
    sin_lat, cos_lat = np.sin(np.radians(lat)), np.cos(np.radians(lat))
    return Axes(
        centre=np.array([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]),
        east=np.array([-sin_lon, cos_lon, 0.0]),
        north=np.array([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat]),
    )


def separation(first: Floats, second: Floats) -> Floats:
    """Return the angle [rad] between vectors ``(..., 3)``, accurate also near 0 and pi."""
    cross = np.linalg.norm(np.cross(first, second), axis=-1)
    return np.asarray(np.arctan2(cross, np.sum(first * second, axis=-1)))


def crossings(first: SmallCircle, second: SmallCircle) -> Floats:
    """Return the unit vectors ``(K, 3)``, K = 0 or 2, where two circles cross; equal where they touch."""
    a, b = first.axis, second.axis
    normal = np.cross(a, b)
    sine2 = float(normal @ normal)
    if sine2 < 1e-28:  # parallel circles: they coincide or never meet
        return np.empty((0, 3))
    cosine = float(a @ b)
    h, k = np.cos(np.radians([first.radius, second.radius]))
    in_plane = ((h - cosine * k) * a + (k - cosine * h) * b) / sine2
    rest = 1.0 - float(in_plane @ in_plane)
    if rest < -1e-13:  # rounding of a touching pair
        return np.empty((0, 3))
    out = normal * np.sqrt(max(rest, 0.0) / sine2)
    return np.stack([in_plane + out, in_plane - out])

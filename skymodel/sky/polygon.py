"""Parts of the sky bounded by great circles through given directions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sky import arcs
from skymodel.sky.circles import SmallCircle, directions, lonlat
from skymodel.sky.region import Region


@dataclass(frozen=True)
class Polygon(Region):
    """The part of the sky, less than half of it, within a closed line of great circles.

    Parameters
    ----------
    corners
        Galactic (lon, lat) [deg] of three corners or more, in order, either way round.

    Examples
    --------
    >>> octant = Polygon(((0, 0), (90, 0), (0, 90)))
    >>> round(octant.solid_angle / math.pi, 9), octant.contains([45, 200], [10, 0]).tolist()
    (0.5, [True, False])
    """

    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Check the corners."""
        corners = np.asarray(self.corners, dtype=np.float64)
        if corners.ndim != 2 or corners.shape[1:] != (2,) or len(corners) < 3 or not np.isfinite(corners).all():
            raise ValueError("a polygon needs three corners (lon, lat) [deg] or more")
        if np.abs(corners[:, 1]).max() > 90:
            raise ValueError("a polygon's latitudes go from -90 to 90 deg")
        sides = np.cross(self._vectors, np.roll(self._vectors, -1, axis=0))
        if np.linalg.norm(sides, axis=1).min() < 1e-12:
            raise ValueError("two neighbouring corners of a polygon are the same or opposite; leave one out")
        object.__setattr__(self, "corners", tuple((float(lon), float(lat)) for lon, lat in corners))

    @property
    def _vectors(self) -> Floats:
        return directions(*np.asarray(self.corners, dtype=np.float64).T)

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        """Whether the corners go round each direction once, as seen from it."""
        places = directions(lon, lat)
        turned = np.zeros(places.shape[:-1])
        for first, second in zip(self._vectors, np.roll(self._vectors, -1, axis=0), strict=True):
            a, b = (corner - (places @ corner)[..., None] * places for corner in (first, second))
            turned += np.arctan2(np.sum(places * np.cross(a, b), axis=-1), np.sum(a * b, axis=-1))
        middle = self._vectors.sum(axis=0)  # on whose side it lies: round the antipodes it goes, too
        return np.asarray((np.abs(turned) > math.pi) & (places @ middle > 0))

    @property
    def edges(self) -> tuple[SmallCircle, ...]:
        """The great circles of its sides."""
        axes = np.cross(self._vectors, np.roll(self._vectors, -1, axis=0))
        lon, lat = lonlat(axes / np.linalg.norm(axes, axis=1, keepdims=True))
        return tuple(SmallCircle(float(a), float(b), 90.0) for a, b in zip(lon, lat, strict=True))

    @property
    def solid_angle(self) -> float:
        """Solid angle [sr]."""
        return arcs.solid_angle(self)

    @property
    def name(self) -> str:
        """How many corners, and the first."""
        lon, lat = self.corners[0]
        return f"polygon({len(self.corners)} corners from {lon:g}, {lat:g})"

"""The sky by quarters, in coordinates in which a Galaxy is smooth.

A line integral may have a kink on the Galactic plane as the observer sees it, on the meridian of the rotation axis,
and a cusp at the Galactic centre; the quarters (signs of lon and lat) have these as edges. Each has two charts.
*Near* the centre, inside a box, the coordinates are ln sin(theta) and the position angle: a cusp is a straight line
there at any scale. *Far* from it they are sqrt(l) and log(1 + b / b_0). The axis leaves a weak singularity x^2 ln x,
x the distance from its meridian (exp(-R / R_d) seen across R = 0); the square root makes that x^4 ln x, and halves
the number of tiles. An observer above the plane sees it from an angle: l and b are then Galactocentric directions,
tilted by asin(z_sun / r_sun), and b_0 is as small as the angle under which the plane's far end is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sightlines.ray.rules import product

WIDE = float(np.radians(6.0))  # side of the box where polar and rectangular tiles cost the same; also b_0
NARROW = float(np.radians(0.3))  # no box is smaller
HALF_TURN, QUARTER_TURN = np.pi, np.pi / 2
NEAR, FAR = 0, 1


class Folds(NamedTuple):
    """Which reflections leave the sky unchanged: lon to -lon, lat to -lat."""

    left_right: bool
    up_down: bool

    @property
    def quarters(self) -> tuple[tuple[float, float], ...]:
        """Signs (lon, lat) of the quarters that differ."""
        return tuple(
            (lon, lat)
            for lat in ((1.0,) if self.up_down else (1.0, -1.0))
            for lon in ((1.0,) if self.left_right else (1.0, -1.0))
        )

    def copies(self, signs: tuple[float, float]) -> tuple[tuple[float, float], ...]:
        """Return the signs (lon, lat) of all quarters that one with `signs` stands for."""
        lons, lats = ((1.0, -1.0) if fold else (sign,) for fold, sign in zip(self, signs, strict=True))
        return tuple((lon, lat) for lon in lons for lat in lats)

    def quarter(self, west: Bools, south: Bools) -> Ints:
        """Return the index in :attr:`quarters` from the signs of directions."""
        return np.asarray(west * (not self.left_right) + south * (not self.up_down) * (1 if self.left_right else 2))


def far_lon(u: Floats) -> Floats:
    """Return |l| [rad] of the first far coordinate."""
    return u * u


def from_lon(lon: Floats) -> Floats:
    """Return the first far coordinate of |l| [rad]."""
    return np.sqrt(lon)


class Place(NamedTuple):
    """Where directions lie: quarter, chart and coordinates, ``(N,)`` each."""

    quarter: Ints
    near: Bools
    u: Floats
    v: Floats


@dataclass(frozen=True)
class Frame:
    """The charts of an observer.

    Parameters
    ----------
    folds
        Symmetries of the sky.
    observer
        Where the sky is seen from.
    """

    folds: Folds
    observer: Observer

    @property
    def tilt(self) -> float:
        """Angle [rad] between the Galactic and the Galactocentric plane; none where lat and -lat are the same."""
        if self.folds.up_down:
            return 0.0
        return float(abs(np.arcsin(self.observer.z_sun / self.observer.r_sun)))

    @property
    def box(self) -> float:
        """Side of the box [rad]: inside it the plane of an observer above it is too near the centre to be an edge."""
        return WIDE if self.tilt == 0 else float(np.clip(4 * self.tilt, NARROW, WIDE))

    @property
    def layer(self) -> float:
        """b_0 [rad]: twice the angle of a disk at the centre, or a quarter of the tilt."""
        return WIDE if self.tilt == 0 else min(self.tilt / 4, WIDE)

    @property
    def outermost(self) -> float:
        """Return ln sin(theta) of the farthest corner of the box: near tiles reach that far."""
        return float(np.log(np.sin(np.sqrt(2.0) * self.box + self.tilt)))

    def far_lat(self, v: Floats) -> Floats:
        """Return |b| [rad] of the second far coordinate."""
        return np.asarray(np.expm1(v) * self.layer)

    def from_lat(self, lat: Floats) -> Floats:
        """Return the second far coordinate of |b| [rad]."""
        return np.asarray(np.log1p(lat / self.layer))

    def directions(self, quarter: Ints, chart: int, u: Floats, v: Floats) -> Floats:
        """Return Galactic unit vectors ``(T, N, 3)`` of coordinates ``(T, N)`` in quarters ``(T,)``."""
        signs = np.array(self.folds.quarters)[quarter][:, None, :]
        if chart == NEAR:
            sine, angle = np.exp(u), QUARTER_TURN * (1 - v * v)
            x, y, z = np.sqrt((1 - sine) * (1 + sine)), sine * np.cos(angle), sine * np.sin(angle)
            return np.stack([x, signs[..., 0] * y, signs[..., 1] * z], axis=-1)
        lon, lat = far_lon(u), self.far_lat(v)
        flat = np.cos(lat)
        level = np.stack([flat * np.cos(lon), signs[..., 0] * flat * np.sin(lon), signs[..., 1] * np.sin(lat)], axis=-1)
        return level if self.tilt == 0 else level @ self.observer.rotation

    def places(self, directions: Floats) -> Place:
        """Return where Galactic unit vectors ``(N, 3)`` lie; at the centre itself u is -inf."""
        turned = directions if self.tilt == 0 else product(self.observer.rotation, directions.T).T
        x, y, z = turned[:, 0], np.abs(turned[:, 1]), np.abs(turned[:, 2])
        flat, reach = np.hypot(x, y), np.tan(self.box)
        near = (x > 0) & (y < reach * x) & (z < reach * flat)
        u, v = np.empty(len(x)), np.empty(len(x))
        far = ~near
        ny, nz = directions[near, 1], directions[near, 2]
        with np.errstate(divide="ignore"):
            u[near] = 0.5 * np.log(ny * ny + nz * nz)
        v[near] = np.sqrt(np.arctan2(np.abs(ny), np.abs(nz)) / QUARTER_TURN)
        u[far] = from_lon(np.arctan2(y[far], x[far]))
        v[far] = self.from_lat(np.arctan2(z[far], flat[far]))
        south = np.where(near, directions[:, 2] < 0, turned[:, 2] < 0)
        return Place(self.folds.quarter(directions[:, 1] < 0, south), near, u, v)

    def level_places(self, lon: Floats, lat: Floats) -> Place:
        """Return where directions l in (-pi, pi], b [rad] ``(N,)`` lie, without a tilt."""
        east, north = np.abs(lon), np.abs(lat)
        near = (east < self.box) & (north < self.box)
        u, v = from_lon(east), self.from_lat(north)
        if near.any():
            flat = np.cos(north[near])
            y, z = flat * np.sin(east[near]), np.sin(north[near])
            with np.errstate(divide="ignore"):
                u[near] = 0.5 * np.log(y * y + z * z)
            v[near] = np.sqrt(np.arctan2(y, z) / QUARTER_TURN)
        return Place(self.folds.quarter(lon < 0, lat < 0), near, u, v)

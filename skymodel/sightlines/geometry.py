"""Where the observer stands and how a sight line runs through the Galaxy.

The Galactic centre lies at lon = lat = 0 exactly, at distance ``r_sun``. The Galactocentric axes are tilted by
asin(z_sun / r_sun), as astropy's: the Sun is at (-sqrt(r_sun^2 - z_sun^2), 0, z_sun), y points to lon = 90 deg.

A sight line is measured from its foot point, the place closest to the centre: x(u) = foot + u n, with
u = p sinh(t) and p the distance of the foot, so that r = p cosh(t) tames every cusp at the centre.
:func:`breaks` lists the places where an integrand along the line may have a kink, an edge or a scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiles import Density, Hints

Floats = NDArray[np.float64]

GRADES = (0.03, 0.3, 3.0)  # distances from the observer [kpc] that see layers as thin as a few pc
SMALLEST_SCALE = 1e-100  # replaces p in u = p sinh(t) on a line through the centre [kpc]


@dataclass(frozen=True)
class Observer:
    """The place the sky is seen from.

    Parameters
    ----------
    r_sun
        Distance to the Galactic centre [kpc].
    z_sun
        Height above the Galactic plane [kpc].

    Examples
    --------
    >>> Observer(r_sun=8.2, z_sun=0.0).position
    array([-8.2,  0. ,  0. ])
    """

    r_sun: float = 8.2
    z_sun: float = 0.0

    def __post_init__(self) -> None:
        """Convert Quantities and check the place."""
        for name in ("r_sun", "z_sun"):
            object.__setattr__(self, name, _kpc(getattr(self, name)))
        if not (math.isfinite(self.r_sun) and self.r_sun > 0):
            raise ValueError(f"Observer.r_sun = {self.r_sun} kpc; allowed: a finite distance > 0")
        if not abs(self.z_sun) < self.r_sun:
            raise ValueError(f"Observer.z_sun = {self.z_sun} kpc; allowed: |z_sun| < r_sun = {self.r_sun} kpc")

    @property
    def position(self) -> Floats:
        """Galactocentric position ``(3,)`` [kpc]."""
        return np.array([-math.sqrt(self.r_sun**2 - self.z_sun**2), 0.0, self.z_sun])

    @property
    def rotation(self) -> Floats:
        """Matrix ``(3, 3)`` that turns Galactic unit vectors into Galactocentric ones."""
        sine = self.z_sun / self.r_sun
        cosine = math.sqrt(1 - sine**2)
        return np.array([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])


@dataclass(frozen=True)
class PathEnd:
    """Where sight lines end: exactly one of a Galactocentric sphere and a distance from the observer.

    Parameters
    ----------
    r_max
        Radius of the sphere around the Galactic centre [kpc]. Seen from outside, a line enters and leaves it.
    s_max
        Length of every sight line [kpc].
    """

    r_max: float | None = None
    s_max: float | None = None

    def __post_init__(self) -> None:
        """Convert Quantities and check that exactly one end is given."""
        given = {name: getattr(self, name) for name in ("r_max", "s_max") if getattr(self, name) is not None}
        if len(given) != 1:
            raise ValueError(f"the path ends at r_max or at s_max [kpc]: give exactly one, not {given or 'none'}")
        for name, value in given.items():
            number = _kpc(value)
            if not (math.isfinite(number) and number > 0):
                raise ValueError(f"{name} = {value}; allowed: a finite length > 0 [kpc]")
            object.__setattr__(self, name, number)


def _kpc(value: Any) -> float:
    return float(value.to_value("kpc") if hasattr(value, "to_value") else value)


def unit_vectors(lon: Any, lat: Any) -> Floats:
    """Return Galactic unit vectors ``(..., 3)`` of directions [deg]."""
    lon, lat = np.broadcast_arrays(np.radians(lon), np.radians(lat))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


@dataclass(frozen=True)
class Rays:
    """Sight lines x(u) = foot + u n, u = scale sinh(t), from ``start`` to ``stop`` [kpc]; all arrays ``(N,)``.

    Parameters
    ----------
    p
        Distance of the foot from the centre [kpc].
    scale
        p, or a tiny length where p is smaller than that.
    observer
        u of the observer [kpc].
    start, stop
        u where the path begins and ends [kpc]; equal where the line misses the sphere.
    foot, direction
        Galactocentric foot points [kpc] and unit vectors ``(3, N)``.
    """

    p: Floats
    scale: Floats
    observer: Floats
    start: Floats
    stop: Floats
    foot: Floats
    direction: Floats

    def t(self, u: Floats) -> Floats:
        """Return t of the places `u` ``(..., N)`` [kpc]."""
        return np.arcsinh(u / self.scale)


def rays(observer: Observer, end: PathEnd, directions: Floats) -> Rays:
    """Return the sight lines along Galactic unit vectors ``(N, 3)``.

    The foot's distance is |O x n|, taken in Galactic axes where nothing cancels: p is right to the last digits
    however close to the centre the line passes.
    """
    nx, ny, nz = np.asarray(directions, dtype=float).T
    off = ny * ny + nz * nz
    foot = observer.r_sun * np.stack([-off, nx * ny, nx * nz])
    p = observer.r_sun * np.hypot(ny, nz)
    here = -observer.r_sun * nx
    if end.s_max is not None:
        start, stop = here, here + end.s_max
    else:
        radius = float(end.r_max or 0.0)
        half = np.sqrt(np.maximum(radius - p, 0.0) * (radius + p))
        start = np.maximum(here, -half)
        stop = np.maximum(half, start)
    turn = observer.rotation
    return Rays(p, np.maximum(p, SMALLEST_SCALE), here, start, stop, turn @ foot, turn @ np.stack([nx, ny, nz]))


def breaks(lines: Rays, density: Density) -> Floats:
    """Return the places ``(K, N)`` in t, sorted along each line, between which the density should be smooth.

    They are: the path's two ends, the foot, and the density's hints; unless it is spherical also graded
    distances from the observer, the crossing of z = 0 and the closest approach to the rotation axis.
    """
    places = [*_spheres(lines, density.hints), np.zeros_like(lines.p)]
    if density.symmetry != "spherical":
        places += [lines.observer + grade for grade in GRADES]
        places += [*_planes(lines, (0.0, *density.hints.planes)), *_cylinders(lines, (0.0, *density.hints.cylinders))]
        places += _points(lines, density.hints)
    inner = np.clip(np.stack(places), lines.start, lines.stop)
    return lines.t(np.sort(np.concatenate([lines.start[None], inner, lines.stop[None]]), axis=0))


def _spheres(lines: Rays, hints: Hints) -> list[Floats]:
    halves = [_half_chord(radius, lines.p) for radius in hints.spheres]
    return [sign * half for half in halves for sign in (-1.0, 1.0)]


def _half_chord(radius: float, distance: Floats) -> Floats:
    return np.sqrt(np.maximum(radius - distance, 0.0) * (radius + distance))


def _planes(lines: Rays, heights: tuple[float, ...]) -> list[Floats]:
    levels = dict.fromkeys(sign * height for height in heights for sign in (1.0, -1.0))
    slope = np.where(lines.direction[2] == 0, np.inf, lines.direction[2])  # a line in a plane never crosses one
    return [(level - lines.foot[2]) / slope for level in levels]


def _cylinders(lines: Rays, radii: tuple[float, ...]) -> list[Floats]:
    distance, offset, slope = axis_coordinates(lines)
    slope = np.where(slope == 0, np.inf, slope)
    halves = dict.fromkeys(radius for radius in radii if radius > 0)
    sides = [sign * _half_chord(radius, distance) for radius in halves for sign in (-1.0, 1.0)]
    return [(side - offset) / slope for side in [np.zeros_like(distance), *sides]]


def axis_coordinates(lines: Rays) -> tuple[Floats, Floats, Floats]:
    """Return (d, w, m), ``(N,)`` each, with which the cylindrical radius is R(u) = hypot(d, w + m u).

    d is the closest approach to the rotation axis [kpc], taken without cancellation.
    """
    (fx, fy, _), (nx, ny, _) = lines.foot, lines.direction
    slope = np.hypot(nx, ny)
    safe = np.where(slope == 0, 1.0, slope)
    distance = np.where(slope == 0, np.hypot(fx, fy), np.abs(fx * ny - fy * nx) / safe)
    return distance, (fx * nx + fy * ny) / safe, slope


def _points(lines: Rays, hints: Hints) -> list[Floats]:
    places = []
    for x, y, z, size in hints.points:
        gap = np.array([x, y, z])[:, None] - lines.foot
        nearest = np.einsum("in,in->n", gap, lines.direction)
        miss = np.linalg.norm(gap - nearest * lines.direction, axis=0)
        width = np.maximum(miss, size)
        places += [nearest + width * step for step in (-30.0, -5.0, -1.0, 0.0, 1.0, 5.0, 30.0)]
    return places

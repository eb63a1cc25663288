"""Where the observer stands and how a sight line runs through the Galaxy.

The Galactic centre lies at lon = lat = 0 exactly, at distance ``r_sun``. The Galactocentric axes are tilted by
asin(z_sun / r_sun), as astropy's: the Sun is at (-sqrt(r_sun^2 - z_sun^2), 0, z_sun), y points to lon = 90 deg.

A sight line is measured from its foot point, the place closest to the centre, found without any cancellation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units

from profiles.contract.arrays import Bools, Floats

INNERMOST = 1e-140  # on a line through the centre itself, a power law takes over within it [kpc]
LARGEST_BARE = 1000.0  # kpc; a larger number without a unit is taken for one in pc, and asked about
SMALLEST_SCALE = 1e-150  # replaces p in u = p sinh(t) on a line through the centre [kpc]; its square is still a number


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
            given = getattr(self, name)
            object.__setattr__(self, name, _kpc(f"Observer.{name}", given))
            if not hasattr(given, "unit") and LARGEST_BARE < abs(getattr(self, name)) < math.inf:
                raise ValueError(
                    f"Observer.{name} = {given} without a unit means kpc, beyond any galaxy; if that is meant, or pc, "
                    f"say so: {name}={given} * units.kpc or {given} * units.pc"
                )
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


def as_observer(given: Any) -> Observer:
    """Return the observer that is meant: one already, None for the default, r_sun, (r_sun, z_sun), or a mapping.

    Raises
    ------
    ValueError
        If it is none of these.

    Examples
    --------
    >>> as_observer((8.178, 0.0208))
    Observer(r_sun=8.178, z_sun=0.0208)
    >>> as_observer({"r_sun": 8.1}).z_sun
    0.0
    """
    if isinstance(given, Observer):
        return given
    if given is None:
        return Observer()
    try:
        if isinstance(given, bool) or (isinstance(given, Mapping) and not given):
            raise TypeError
        if isinstance(given, Mapping):
            return Observer(**given)
        several = isinstance(given, tuple | list) or getattr(given, "ndim", 0) == 1
        return Observer(*(given if several and len(given) else (given,)))
    except TypeError:
        raise ValueError(
            f"observer = {given!r}; allowed: Observer(r_sun, z_sun), r_sun, (r_sun, z_sun) or a mapping of these [kpc]"
        ) from None


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
            number = _kpc(name, value)
            if not (math.isfinite(number) and number > 0):
                raise ValueError(f"{name} = {value}; allowed: a finite length > 0 [kpc]")
            object.__setattr__(self, name, number)


def _kpc(name: str, value: Any) -> float:
    try:
        return float(units.Quantity(value, "kpc").value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} = {value}; allowed: a length, a number [kpc] or a Quantity") from error


def unit_vectors(lon: Any, lat: Any) -> Floats:
    """Return Galactic unit vectors ``(..., 3)`` of directions [deg]."""
    around = np.fmod(lon, 360.0)  # exact: without it lon = 360 passes beside the centre by the rounding of 2 pi
    lon, lat = np.broadcast_arrays(np.radians(around), np.radians(lat))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


@dataclass(frozen=True)
class Rays:
    """Sight lines, place = foot + u * direction, from u = ``start`` to ``stop`` [kpc]; all arrays ``(..., N)``.

    Parameters
    ----------
    p
        Distance of the foot from the centre [kpc].
    observer
        u of the observer [kpc].
    start, stop
        u where the path begins and ends [kpc]; equal where the line misses the sphere.
    foot, direction
        Galactocentric foot points [kpc] and unit vectors ``(3, N)``.
    grazing
        Share of the path that rounding may cost where it ends on a surface that it only just enters.
    """

    p: Floats
    observer: Floats
    start: Floats
    stop: Floats
    foot: Floats
    direction: Floats
    grazing: Floats | float = 0.0

    @property
    def blur(self) -> Floats:
        """Share of a path's length that the rounding of its ends may cost ``(N,)``."""
        length = self.stop - self.start
        ends = 2 * np.finfo(float).eps * (np.abs(self.start) + np.abs(self.stop))
        return np.where(length > 0, ends / np.where(length > 0, length, 1.0), 0.0) + self.grazing

    @property
    def through_centre(self) -> Bools:
        """Which paths hold the centre itself ``(N,)``."""
        return (self.p < SMALLEST_SCALE) & (self.start <= 0) & (self.stop >= 0) & (self.start < self.stop)


def rays(observer: Observer, end: PathEnd, directions: Floats) -> Rays:
    """Return the sight lines along Galactic unit vectors ``(N, 3)``.

    The foot's distance is |O x n|, taken in Galactic axes where nothing cancels: p is right to the last digits
    however close to the centre the line passes.
    """
    nx, ny, nz = np.asarray(directions, dtype=float).T
    foot = observer.r_sun * np.stack([-(ny * ny + nz * nz), nx * ny, nx * nz])
    p = observer.r_sun * np.hypot(ny, nz)
    here, grazing = -observer.r_sun * nx, np.zeros_like(p)
    if end.s_max is not None:
        start, stop = here, here + end.s_max
    else:
        half = half_chord(float(end.r_max or 0.0), p)
        start = np.maximum(here, -half)
        stop = np.maximum(half, start)
        # p is off by a few roundings of r_sun, and half by p / half times as much.
        grazing = 4 * np.finfo(float).eps * observer.r_sun * p / np.maximum(half * half, np.finfo(float).tiny)
    turn = observer.rotation
    return Rays(p, here, start, stop, turn @ foot, turn @ np.stack([nx, ny, nz]), np.minimum(grazing, 1.0))


def half_chord(radius: float, distance: Floats) -> Floats:
    """Return half the length inside a circle of `radius` of a line at `distance` from its centre, 0 if it misses."""
    return np.sqrt(np.maximum(radius - distance, 0.0) * (radius + distance))

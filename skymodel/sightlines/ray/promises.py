"""What a density promises, checked against samples before anything is built on it.

A symmetry that a density declares lets the engine integrate one quarter of the sky, or one angle only; a density
that lies about it would give a wrong map without a sign. The slope at the centre decides whether a mean over a
region that holds the centre exists at all.
"""

from __future__ import annotations

import contextlib
import math
from typing import Any, NamedTuple

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats
from profiles.contract.beside import each_of
from profiles.contract.unknown import Unknown
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sightlines.ray.integrand import from_signal, name

_RTOL = 1e-9  # rounding of a rotated coordinate, amplified by a steep or thin density, stays far below
_COUNT = 20
_DECADES = np.logspace(-9, -1, 9)  # radii [kpc] between which slopes are measured
_STEEPEST_FLANK = 2.5  # away from the innermost radii; at 3 the grading would drive every node into the centre
_STEEPEST_HELD = 2.97  # the flux inside r grows as r^(3 - slope): beyond, 1e-4 of it sits within 1e-130 kpc


class Promises(NamedTuple):
    """What holds for a density seen by an observer.

    Parameters
    ----------
    spherical
        A line integral depends on the angle to the centre only.
    left_right, up_down
        It is the same at lon and -lon, at lat and -lat.
    slope
        What :func:`inner_slope` finds.
    """

    spherical: bool
    left_right: bool
    up_down: bool
    slope: float

    @property
    def exponent(self) -> float:
        """The power to grade a radial coordinate with, u^exponent, which makes the flux at the centre smooth in u.

        The flux per du goes as u^(exponent (3 - slope) - 1): u^3 or smoother, but a constant for the steepest cusps,
        so that u^exponent stays a number.
        """
        rest = 3 - self.slope
        return 1 / rest if self.slope > 2.9 else float(max(3, math.ceil(4 / rest - 1e-6)))  # not one more for rounding


def check(density: Density, observer: Observer) -> Promises:
    """Return what a density promises, after checking it as far as it is known.

    Densities side by side promise what all of them do, and the steepest slope of theirs.

    Raises
    ------
    ValueError
        If samples contradict the declared symmetry, or the density is too steep at the centre to be integrated.
    """
    if len(apart := each_of(density)) > 1:
        found = [check(each, observer) for each in apart]
        spherical, left_right, up_down = (all(each) for each in list(zip(*found, strict=True))[:3])
        return Promises(spherical, left_right, up_down, max(each.slope for each in found))
    require_symmetry(density, observer)
    spherical = density.symmetry == "spherical"
    return Promises(
        spherical=spherical,
        left_right=density.symmetry != "none",
        up_down=spherical or (density.mirror_z and observer.z_sun == 0),
        slope=inner_slope(density),
    )


def require_symmetry(density: Density, observer: Observer) -> None:
    """Raise ValueError if a density is not what it promises at 20 places and their images, where it is known."""
    if density.symmetry == "none" and not density.mirror_z:
        return
    places = _known(density, _places(observer.r_sun))
    here = _called(density, *places)
    if density.symmetry != "none":
        _compare(density, here, _turned(places), f"symmetry = {density.symmetry!r}", "the same around the axis")
    if density.symmetry == "spherical":
        x, y, z = places
        _compare(density, here, np.stack([z, x, y]), "symmetry = 'spherical'", "the same in all directions")
    if density.mirror_z:
        _compare(density, here, places * np.array([[1.0], [1.0], [-1.0]]), "mirror_z", "the same at z and -z")


def inner_slope(density: Density) -> float:
    """Return the steepest slope -dln(density)/dln(r) from 1e-9 to 0.1 kpc from the centre, at least 0.

    The mean over several directions is taken, so that a flattened density has its total slope; away from the
    innermost radii a slope counts as 2.5 at most. Of a density that is not known at the centre it is 0.

    Raises
    ------
    ValueError
        If the slope just at the centre is above 2.97; at 3 the flux there is infinite.
    """
    towards = _places(1.0)
    towards /= np.linalg.norm(towards, axis=0)
    try:
        found = _called(density, *(_DECADES[:, None] * axis for axis in towards))
    except Unknown:
        return 0.0
    means = np.asarray(found, dtype=float).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = -np.diff(np.log(means)) / np.diff(np.log(_DECADES))
    slopes = np.where(np.isfinite(slopes), slopes, 0.0)
    if slopes[0] > _STEEPEST_HELD:
        raise ValueError(
            f"the density rises towards the centre as r^-{slopes[0]:.4g}: from r^-3 on the flux is infinite, and above "
            f"r^-{_STEEPEST_HELD} too much of it sits closer than numbers go; give a factor a core or a shallower slope"
        )
    # A steep flank further out needs no more than a moderate grading: the flux is already small within it.
    return float(max(0.0, slopes[0], *np.minimum(slopes[1:], _STEEPEST_FLANK)))


def _known(density: Density, places: Floats) -> Floats:
    """Return those of the places ``(3, N)`` where the density is known: one by one only if it is not at all of them."""
    with contextlib.suppress(Unknown):
        _called(density, *places)
        return places
    known = []
    for place in places.T:
        with contextlib.suppress(Unknown):
            _called(density, *place[:, None])
            known.append(place)
    return np.array(known).reshape(-1, 3).T


def _called(density: Density, *places: Floats) -> Any:
    try:
        with np.errstate(all="ignore"):  # overflow to a right zero
            return density(*places)
    except Exception as error:  # a user's own function may raise anything
        if isinstance(error, Unknown) or from_signal(error):
            raise
        raise ValueError(
            f"{name(density)} raised {type(error).__name__} ({error}) when called with arrays of shape "
            f"{places[0].shape}; a density takes arrays x, y, z [kpc] of one shape"
        ) from error


def _places(scale: float) -> Floats:
    """Return places ``(3, 20)`` [kpc], spread over directions and over radii 0.003 to 3 times `scale`."""
    index = np.arange(_COUNT) + 0.5
    radius = scale * 10 ** (-2.5 + 3.0 * ((index * 0.7548776662466927) % 1))  # an additive recurrence fills the range
    cosine = 1 - 2 * index / _COUNT
    azimuth = index * math.pi * (3 - math.sqrt(5))
    sine = np.sqrt(1 - cosine**2)
    return np.stack([radius * sine * np.cos(azimuth), radius * sine * np.sin(azimuth), radius * cosine])


def _turned(places: Floats) -> Floats:
    angle = 0.3 + 2.0 * np.arange(places.shape[1])
    x, y, z = places
    return np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle), z])


def _compare(density: Density, here: Any, images: Floats, promise: str, meaning: str) -> None:
    there = _called(density, *images)
    different = np.abs(there - here) > _RTOL * np.maximum(np.abs(here), np.abs(there))
    different &= (here >= 0) & (there >= 0)  # where it is no density, the integrand says so
    if np.any(different):
        k = int(np.argmax(different))
        raise ValueError(
            f"the density promises {promise}, {meaning}, but is {float(there[k]):.6g} instead of {float(here[k]):.6g} "
            f"at (x, y, z) = ({', '.join(f'{value:.4g}' for value in images[:, k])}) kpc; declare the symmetry it has"
        )

"""Where along a sight line its integral comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units

from profiles import Density
from profiles.contract.arrays import Floats
from profiles.contract.shown import short
from skymodel.sightlines.ray import quadrature
from skymodel.sightlines.ray.centre import at_centre
from skymodel.sightlines.ray.geometry import Observer, PathEnd, Rays, as_observer, rays, unit_vectors
from skymodel.sightlines.ray.integrand import integrand, panels
from skymodel.sightlines.ray.integrate import SightLines, degrees
from skymodel.sightlines.ray.promises import require_symmetry

_NEAREST = 1e-3  # the first place after the observer, as a share of the path
_FINEST = 1e-3  # the finest crowding about the foot point, as a share of the observer's distance from the centre


@dataclass(frozen=True)
class AlongLine:
    """What sight lines pass, at places that crowd near the observer and near the centre.

    Parameters
    ----------
    distance
        Distances from the observer ``(..., steps)`` [kpc].
    integrand
        The density there ``(..., steps)`` [unit].
    share
        Shares of the whole integral that come from nearer than that ``(..., steps)``.
    share_error
        Bounds of the errors of the shares ``(...)``.
    unit
        Unit of the density.
    """

    __repr__ = short

    distance: Floats
    integrand: Floats
    share: Floats
    share_error: Floats
    unit: Any


def along(
    density: Density,
    lon: Any,
    lat: Any = None,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    steps: int = 201,
    rtol: float = 1e-6,
) -> AlongLine:
    """Return where along sight lines their integrals come from: distance, density, cumulative share.

    Parameters
    ----------
    density, lon, lat, observer, r_max, s_max
        As for :func:`~skymodel.sightlines.ray.integrate.line_of_sight`.
    steps
        Number of places on each line, its two ends among them.
    rtol
        Tolerance of each step's integral.

    Raises
    ------
    ValueError
        As for :func:`~skymodel.sightlines.ray.integrate.line_of_sight`.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> line = along(ball, lon=0, lat=45, observer=Observer(8.2), s_max=3)
    >>> bool(abs(line.share - line.distance / 3).max() < 1e-12)
    True
    """
    if steps < 5:
        raise ValueError(f"steps = {steps}; allowed: 5 or more")
    lon, lat = degrees(lon, lat)
    seen = SightLines(density, as_observer(observer), PathEnd(r_max, s_max))
    require_symmetry(density, seen.observer)
    lines = rays(seen.observer, seen.end, unit_vectors(lon, lat).reshape(-1, 3))
    places = _places(lines, seen.observer.r_sun, steps)
    share, doubt = _shares(seen, lines, places, rtol)
    x, y, z = lines.foot[:, None] + places * lines.direction[:, None]
    values = np.asarray(density(x, y, z), dtype=float)
    distance, values, share = ((a.T).reshape(*lon.shape, steps) for a in (places - lines.observer, values, share))
    return AlongLine(distance, values, share, doubt.reshape(lon.shape), units.Unit(density.unit))


def _places(lines: Rays, size: float, steps: int) -> Floats:
    """Return places u ``(steps, N)`` [kpc]: half of them even in asinh(u), half in the logarithm of the distance."""
    scale = np.maximum(lines.p, _FINEST * size)
    about_foot = scale * np.sinh(
        np.linspace(np.arcsinh(lines.start / scale), np.arcsinh(lines.stop / scale), steps // 2)
    )
    about_start = lines.start + (lines.stop - lines.start) * np.geomspace(_NEAREST, 1.0, steps - steps // 2)[:, None]
    about_foot[0] = lines.start
    return np.sort(np.minimum(np.concatenate([about_foot, about_start]), lines.stop), axis=0)


def _shares(seen: SightLines, lines: Rays, places: Floats, rtol: float) -> tuple[Floats, Floats]:
    """Return the cumulative shares at the places ``(steps, N)`` and bounds of their errors ``(N,)``."""
    steps, count = places.shape
    pieces = seen.cut(lines, tuple(places))
    cell = np.sum(places[:, pieces.line] <= pieces.middle, axis=0) - 1
    with np.errstate(all="ignore"):
        cells = quadrature.integrate_panels(
            integrand(seen.density, pieces),
            panels(pieces, cell * count + pieces.line),
            (steps - 1) * count,
            rtol=rtol,
            share=1e-3,
        )
    value, error = (np.vstack([np.zeros((1, count)), a.reshape(-1, count)]) for a in (cells.value, cells.error))
    before, behind = np.sum(places < 0, axis=0), np.sum(places <= 0, axis=0)
    for whole, sides in zip((value, error), at_centre(seen.density, lines), strict=True):
        for step, side in zip((before, behind), sides, strict=True):
            whole[np.minimum(step, steps - 1), np.arange(count)] += side
    total = value.sum(axis=0)
    some = np.where(total > 0, total, 1.0)
    return np.cumsum(value, axis=0) / some, 2 * error.sum(axis=0) / some

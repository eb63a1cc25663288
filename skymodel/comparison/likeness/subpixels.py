"""The flux of a map as points finer than its pixels, for whatever depends on where in a pixel the flux lies.

Within a pixel the brightness is a plane whose slopes come from the four neighbours and whose mean is the pixel's:
flux is kept, moments of the sky are right to the second order in the pixel's size.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sky.circles import lonlat
from skymodel.sky.healpix import pixel_area
from skymodel.sky.region import Region, as_region
from skymodel.sky.skymap import SkyMap

_SIDES = (8, 4, 2)  # points per side of a pixel, as many as the count allows
_LARGEST_COUNT = 2_000_000


class NoFluxError(ValueError):
    """Why a map has no flux of which there are shares."""


class Points(NamedTuple):
    """Where the flux lies.

    Parameters
    ----------
    vectors
        Unit vectors ``(N, 3)``.
    flux
        Flux ``(N,)`` of each point [unit sr].
    error
        Its error.
    spacing
        Distance between points [rad].
    pixel
        Size of the map's pixels [rad].
    """

    vectors: Floats
    flux: Floats
    error: Floats
    spacing: float
    pixel: float


def points(sky: SkyMap, region: Any = None) -> Points:
    """Return the brightness of a map in a region as points, of the whole sky by default; it may be negative.

    Raises
    ------
    ValueError
        If pixels of the region are masked, or the region is empty.
    """
    import healpy

    part = None if region is None else as_region(region)
    pixels = _pixels(sky, part)
    _require_known(sky, pixels)
    side = next((n for n in _SIDES if pixels.size * n**2 <= _LARGEST_COUNT), 1)
    nested = healpy.ring2nest(sky.nside, pixels)
    children = (nested[:, None] * side**2 + np.arange(side**2)).ravel()
    vectors = np.stack(healpy.pix2vec(sky.nside * side, children, nest=True), axis=-1)
    kept = slice(None) if part is None else _inside(part, vectors, sky)
    area = pixel_area(sky.nside * side)
    flux = (sky.values[pixels][:, None] + _planes(sky, pixels, side)).ravel() * area
    error = np.repeat(sky.error[pixels], side**2) * area
    return Points(vectors[kept], flux[kept], error[kept], math.sqrt(area), math.sqrt(area) * side)


def flux_points(sky: SkyMap, region: Any = None) -> Points:
    """Return the points of :func:`points` of a map that has a flux.

    Raises
    ------
    NoFluxError
        If the map is negative somewhere in the region, or zero everywhere.
    ValueError
        As :func:`points` does.
    """
    require_flux(sky, _pixels(sky, None if region is None else as_region(region)))
    return points(sky, region)


def _pixels(sky: SkyMap, region: Region | None) -> Ints:
    return np.arange(sky.values.size) if region is None else np.flatnonzero(region.coverage(sky.nside))


def _inside(region: Region, vectors: Floats, sky: SkyMap) -> Bools:
    kept = np.asarray(region.contains(*lonlat(vectors)), dtype=bool)
    if not kept.any():
        raise ValueError(f"the region {region.name} is smaller than the map's pixels, nside {sky.nside}")
    return kept


def require_flux(sky: SkyMap, pixels: NDArray[Any]) -> None:
    """Raise NoFluxError unless these pixels hold values, none negative beyond its error, not all zero."""
    _require_known(sky, pixels)
    values = sky.values[pixels]
    if values.size == 0 or not values.any():
        raise NoFluxError(f"the map {sky.name!r} has no flux in the region")
    if np.any(values < -np.nan_to_num(sky.error[pixels])):
        raise NoFluxError(
            f"the map {sky.name!r} is negative in places ({values.min():.3g}); a share of flux is undefined"
        )


def _require_known(sky: SkyMap, pixels: NDArray[Any]) -> None:
    if bad := int(sky.masked[pixels].sum()):
        raise ValueError(f"{bad} of {pixels.size} pixels of the map {sky.name!r} are masked; choose another region")


def _planes(sky: SkyMap, pixels: NDArray[Any], side: int) -> Floats:
    """Return the departure ``(N, side^2)`` of each point's brightness from its pixel's mean, in NEST order."""
    import healpy

    south_west, north_west, north_east, south_east = healpy.get_all_neighbours(sky.nside, pixels)[[0, 2, 4, 6]]
    slope_x, slope_y = _slope(sky, north_east, south_west), _slope(sky, north_west, south_east)
    steepest = np.abs(slope_x) + np.abs(slope_y)
    shrink = np.clip(2 * sky.values[pixels] / np.where(steepest > 0, steepest, np.inf), 0.0, 1.0)  # never below zero
    x, y = _offsets(side)
    return np.asarray((shrink * slope_x)[:, None] * x + (shrink * slope_y)[:, None] * y)


def _slope(sky: SkyMap, ahead: NDArray[Any], behind: NDArray[Any]) -> Floats:
    """Return half the difference of the neighbours, 0 where one of them is masked."""
    known = ~(sky.masked[ahead] | sky.masked[behind])
    return np.where(known, (sky.values[ahead] - sky.values[behind]) / 2, 0.0)


def _offsets(side: int) -> tuple[Floats, Floats]:
    """Return the offsets ``(side^2,)`` of NEST children from the centre, in pixels: x has the even bits, y the odd."""
    child = np.arange(side**2)
    bits = range(side.bit_length() - 1)
    x = sum(((child >> 2 * bit) & 1) << bit for bit in bits) + 0 * child
    y = sum(((child >> 2 * bit + 1) & 1) << bit for bit in bits) + 0 * child
    return (x + 0.5) / side - 0.5, (y + 0.5) / side - 0.5

"""Maps seen through a beam: each pixel is a sum over all, weighted with the beam's density at their distance.

Harmonics give that sum in all pixels at once, if none that the beam passes is cut off and nothing is iterated or
weighted: the result is a mean with positive weights, which does not ring. A bright centre would else outshine the
poles, thousands of times fainter.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.beams import Beam
from skymodel.sky.healpix import nside_of, pixel_area
from skymodel.sky.pixelmap import Map, PixelMap, changed

_NEGLIGIBLE = 1e-12  # factor of a harmonic that may be left out
_DEGREES = 4  # nside times this is the highest degree that HEALPix's transforms take
_FINER = 3  # splits a pixel so that one part keeps its centre; with it nothing is cut off a beam of two pixels
_ROUNDS = 8  # each halves what a weight is off, at most 4 % next to a pole
_BALANCED = 1e-4
_UNLIKE = 3.0  # errors were up to 2.7 times the measure of `_between`, on cusps under beams of 14 pixels


def smooth(sky: Map, beam: Beam) -> Map:
    """Return the map seen through a beam; its flux is kept.

    Widths add in quadrature; that of a pixel stays, so that values are the pixels' means of what is seen. The error is
    the map's own seen through the beam, plus what the map cannot tell: how brightness is spread within its pixels.

    Raises
    ------
    ValueError
        If pixels are masked, or the beam is narrower than two of them.

    Examples
    --------
    >>> from skymodel.sky.beams import GaussianBeam
    >>> from skymodel.sky.skymap import SkyMap
    >>> point = np.zeros(12 * 32**2)
    >>> point[5000] = 1.0
    >>> seen = smooth(SkyMap(point, 0.0, "cm-2"), GaussianBeam(5.0))
    >>> round(float(seen.values.sum()), 9), bool(seen.values.max() < 0.2)
    (1.0, True)
    """
    _require_resolved(sky, beam)
    values = _seen(sky.values, beam)
    error = _seen_error(sky.error, beam) + _between(sky.values, values, beam)
    error = error + _left_out(beam, sky.nside) * np.sqrt(
        sky.pixel_area * float(((sky.values - sky.values.min()) ** 2).sum())
    )
    return changed(sky, values=values, error=error, measured=_seen_error(sky.measured, beam))


def _require_resolved(sky: PixelMap, beam: Beam) -> None:
    if bad := int(sky.masked.sum()):
        raise ValueError(f"{bad} pixels of the map {sky.name!r} are masked; a beam needs the whole sky")
    pixel = float(np.degrees(np.sqrt(sky.pixel_area)))
    if beam.width < 2 * pixel:
        raise ValueError(
            f"a beam of {beam.width:g} deg on pixels of {pixel:.2g} deg; allowed: at least two pixels, "
            f"so use nside >= {2 ** int(np.ceil(np.log2(2 * pixel * sky.nside / beam.width)))}"
        )


def _seen(values: Floats, beam: Beam) -> Floats:
    """Return a column of a map through a beam: a mean with positive weights, its flux kept."""
    balance, least = _balance(nside_of(values.size), beam), values.min()
    seen = np.maximum(balance * _summed(balance * (values - least), beam), 0.0)
    kept = (values - least).sum() / (seen.sum() or 1.0)  # what `_BALANCED` leaves open
    return np.asarray(least + kept * seen)


@functools.lru_cache(maxsize=8)
def _balance(nside: int, beam: Beam) -> Floats:
    """Return weights with which a beam gives each pixel the sum 1, as one that sends and as one that receives.

    Pixels next to the poles are shaped oddly: unbalanced they would keep neither the flux nor an even sky.
    """
    balance = np.ones(12 * nside**2)
    for _ in range(_ROUNDS):
        given = balance * _summed(balance, beam)
        balance = balance / np.sqrt(given)
        if np.abs(given - 1).max() < _BALANCED:
            break
    balance.flags.writeable = False
    return balance


def _summed(values: Floats, beam: Beam) -> Floats:
    """Return the sum over all pixels of value, area and the beam's density at their distance."""
    import healpy

    nside, lmax = nside_of(values.size), _cut(beam, nside_of(values.size))
    if lmax <= _DEGREES * nside:
        return _convolved(values, beam, lmax)
    own = healpy.ang2pix(_FINER * nside, *healpy.pix2ang(nside, np.arange(values.size)))
    points = np.zeros(_FINER**2 * values.size)
    points[own] = _FINER**2 * values
    return np.asarray(_convolved(points, beam, lmax)[own])


def _convolved(values: Floats, beam: Beam, lmax: int) -> Floats:
    import healpy

    alm = healpy.map2alm(values, lmax=lmax, iter=0, pol=False)
    nside = healpy.npix2nside(values.size)
    return np.asarray(healpy.alm2map(healpy.almxfl(alm, beam.window(lmax)), nside, lmax=lmax, pol=False))


@functools.lru_cache(maxsize=8)
def _cut(beam: Beam, nside: int) -> int:
    """Return the highest degree that counts."""
    highest = _DEGREES * _FINER * nside
    return max(2, int(np.flatnonzero(np.abs(beam.window(highest)) > _NEGLIGIBLE)[-1]))


@functools.lru_cache(maxsize=8)
def _left_out(beam: Beam, nside: int) -> float:
    """Return the size [sr-1/2] of what the beam has in the octave above its cut; a table's corners have no end.

    By Cauchy and Schwarz no sum over pixels is off by more than this times the root of a map's summed squares.
    """
    lmax = _cut(beam, nside)
    degree, window = np.arange(lmax + 1, 2 * lmax + 1), beam.window(2 * lmax)[lmax + 1 :]
    modes = (2 * degree + 1) / (4 * np.pi)
    own, others = float(modes @ np.abs(window)), float(modes @ window**2)
    return float(np.sqrt(pixel_area(nside) * own**2 + others))


def _seen_error(error: Floats, beam: Beam) -> Floats:
    """Return the errors seen through a beam, a mean of them; the largest everywhere if one is not known."""
    if error.min() == error.max() or not np.isfinite(error).all():
        return np.full(error.shape, error.max())
    return _seen(error, beam)


def _between(values: Floats, seen: Floats, beam: Beam) -> Floats:
    """Return by how much the values seen may be off, since a map says nothing of what lies within its pixels.

    Measured: the difference from what is seen of straight lines between the pixels, and a step aside of what stands
    out in a single pixel, which may lie anywhere in it. Both follow the sky's brightness.
    """
    import healpy

    unlike = np.abs(seen - healpy.ud_grade(_seen(_between_centres(values), beam), nside_of(values.size)))
    alone = _seen(_single(values), beam)
    aside = np.maximum(_highest_around(alone) - alone, alone + _highest_around(-alone))
    return _UNLIKE * (2 * _seen(unlike, beam) + _highest_around(_highest_around(unlike))) + aside


def _between_centres(values: Floats) -> Floats:
    """Return a map of twice the nside, straight between the centres, with the mean of each pixel kept."""
    import healpy

    nside = nside_of(values.size)
    angles = healpy.pix2ang(2 * nside, np.arange(4 * values.size))
    straight, own = healpy.get_interp_val(values, *angles), healpy.ang2pix(nside, *angles)
    return np.asarray(straight + (values - np.bincount(own, straight) / 4)[own])


def _single(values: Floats) -> Floats:
    """Return by how much each pixel outshines the brightest around it."""
    size = np.abs(values)
    around = _neighbours(nside_of(values.size))
    return np.asarray(np.maximum(size - np.where(around < 0, 0.0, size[around]).max(axis=0), 0.0))


def _highest_around(values: Floats) -> Floats:
    """Return the highest of each pixel and those around it."""
    around = _neighbours(nside_of(values.size))
    return np.asarray(np.maximum(values, np.where(around < 0, values, values[around]).max(axis=0)))


def _neighbours(nside: int) -> Any:
    import healpy

    return healpy.get_all_neighbours(nside, np.arange(12 * nside**2))

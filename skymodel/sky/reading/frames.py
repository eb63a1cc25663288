"""Maps of another frame turned to Galactic coordinates: the flux stays, no pixel turns negative.

A pixel's brightness is taken as even. What two pixels share is measured on a lattice of points in each, and scaled
until every pixel gives away all it has and is filled by as much as it holds: flux and flat skies are both kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.healpix import UNSEEN
from skymodel.sky.skymap import SkyMap

_NAMES = {
    "galactic": ("G", "GAL", "GALACTIC"),
    "icrs": ("C", "CEL", "CELESTIAL", "Q", "EQ", "EQU", "EQUATORIAL", "ICRS", "FK5", "J2000"),
    "barycentricmeanecliptic": ("E", "ECL", "ECLIPTIC"),
}
_POINTS, _MOST, _BLOCK = 8_000_000, 51_000_000, 4_000_000  # of the lattice: wished, at most, and at a time
_SIDES, _LEAST = (32, 16, 8, 4, 2), 8  # points along a side of a pixel; with fewer its corners' neighbours are missed
_ROUNDS, _BEYOND = 200, 1.8  # of the scaling, each carried beyond what it asks for, which takes a quarter of the rounds
_KNOWN = 0.5  # share of a pixel that must have a value


def frame_named(text: Any) -> str:
    """Return astropy's name of the frame that COORDSYS or a user calls G, C or E.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    asked = str(text).strip().upper()
    found = next((frame for frame, names in _NAMES.items() if asked in names), None)
    if found is None:
        raise ValueError(f"the frame {str(text)[:40]!r} is not known; allowed: G (galactic), C (icrs), E (ecliptic)")
    return found


def to_galactic(sky: SkyMap, frame: str) -> SkyMap:
    """Return a map whose pixels are counted in `frame` as one in Galactic pixels.

    The total is kept to rounding where nothing is masked. A pixel of which less than half has a value is masked. Where
    errors are known, the brightness that is mixed in a pixel is added to them.

    Parameters
    ----------
    sky
        The map, its pixels numbered in `frame`.
    frame
        Of :func:`frame_named`.
    """
    if frame == "galactic":
        return sky
    shares = _overlap(sky.nside, rotation(frame))
    known = ~sky.masked
    filled = shares @ known.astype(np.float64) / shares.sum(axis=1)
    lost = filled < _KNOWN
    weight = np.where(lost, np.inf, filled)
    values = shares @ np.where(known, sky.values, 0.0) / weight
    error = (shares @ np.where(known, sky.error, 0.0) + _mixed(shares, sky.values, values, known)) / weight
    meta = {**sky.meta, "turned_from": frame}
    values, error = (np.where(lost, UNSEEN, column) for column in (values, error))
    return replace(sky, values=values, error=error, meta=meta)


def rotation(frame: str) -> Floats:
    """Return the matrix ``(3, 3)`` that turns unit vectors of `frame` into Galactic ones.

    Examples
    --------
    >>> np.round(rotation("icrs") @ [1, 0, 0], 6)
    array([-0.054876,  0.494109, -0.867666])
    """
    from astropy.coordinates import SkyCoord

    axes = SkyCoord([0, 90, 0], [0, 0, 90], unit="deg", frame=frame).galactic
    return np.asarray(axes.cartesian.xyz.value)


def _overlap(nside: int, turn: Floats) -> Any:
    """Return the sparse matrix ``(npix, npix)``: the share of each Galactic pixel that each pixel of a frame fills."""
    from scipy.sparse import diags_array

    npix = 12 * nside**2
    side = next((n for n in _SIDES if npix * n * n <= (_POINTS if n > _LEAST else _MOST)), 1)
    shares: Any = (_sampled(nside, side, turn.T) + _sampled(nside, side, turn).T.tocsr()) / 2
    given, taken = np.ones(npix), np.ones(npix)
    for step in range(_ROUNDS):  # Sinkhorn's: rows and columns to 1 in turn, the columns, which are the flux, last
        beyond = _BEYOND if step < _ROUNDS - 5 else 1.0
        taken = taken ** (1 - beyond) / (shares @ given) ** beyond
        given = given ** (1 - beyond) / (shares.T @ taken) ** beyond
    return diags_array(taken) @ shares @ diags_array(given)


def _sampled(nside: int, side: int, turn: Floats) -> Any:
    """Return the matrix ``(npix, npix)`` of the share of a pixel's lattice that each pixel holds after a turn."""
    import healpy
    from scipy.sparse import csr_array, vstack

    npix, points = 12 * nside**2, side * side
    blocks = []
    for first in range(0, npix, max(1, _BLOCK // points)):
        last = min(npix, first + max(1, _BLOCK // points))
        lattice = np.arange(first * points, last * points)
        vectors = np.stack(healpy.pix2vec(nside * side, lattice, nest=True))
        held = healpy.vec2pix(nside, *(turn @ vectors))
        content = np.full(lattice.size, 1 / points), (lattice // points - first, held)
        blocks.append(csr_array(content, shape=(last - first, npix)))
    return vstack(blocks, format="csr")[healpy.ring2nest(nside, np.arange(npix))]


def _mixed(shares: Any, source: Floats, target: Floats, known: Any) -> Floats:
    """Return the mean departure, in each Galactic pixel, of the pixels that fill it from what it becomes."""
    rows = np.repeat(np.arange(target.size), np.diff(shares.indptr))
    away = np.where(known[shares.indices], np.abs(source[shares.indices] - target[rows]), 0.0)
    return np.asarray(np.bincount(rows, shares.data * away, target.size), dtype=np.float64)

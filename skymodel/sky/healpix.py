"""HEALPix bookkeeping shared by maps and regions; everything is RING ordered and Galactic."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats

UNSEEN = -1.6375e30  # healpy.UNSEEN, the community's mark of a masked pixel; here so that healpy need not be imported
LARGEST_NSIDE = 2**29  # 12 nside^2 still fits in 64 bits


def require_nside(nside: Any) -> int:
    """Return `nside` as an int.

    Raises
    ------
    ValueError
        Unless it is a power of two from 1 to 2^29.
    """
    number = int(nside) if float(nside).is_integer() else 0
    if not 1 <= number <= LARGEST_NSIDE or number & (number - 1):
        wanted = min(max(float(nside), 1.0), LARGEST_NSIDE) if math.isfinite(nside) else 64
        nearest = 2 ** round(math.log2(wanted))
        raise ValueError(f"nside = {nside}; allowed: a power of two from 1 to 2^29; the nearest is {nearest}")
    return number


def require_memory(nside: int, columns: int = 8) -> None:
    """Raise ValueError if so many columns of a map do not fit into the memory that is free.

    Parameters
    ----------
    nside
        Resolution of the maps.
    columns
        Arrays of one number for each pixel that are held at once.

    Raises
    ------
    ValueError
        With what is needed, what is free, and the nside that would fit.
    """
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):  # a system that does not tell
        return
    needed = 8 * columns * 12 * nside**2
    if needed > free:
        fits = 2 ** int(math.log2(max(1.0, math.sqrt(free / (8 * columns * 12)))))
        raise ValueError(
            f"nside = {nside}: {columns} columns of {12 * nside**2:.2g} numbers need {needed / 2**30:.3g} GiB of memory"
            f" and {free / 2**30:.3g} are free; nside = {fits} would fit, larger maps go in pieces (project_chunks)"
        )


def nside_of(npix: int) -> int:
    """Return the nside of a map of `npix` pixels.

    Raises
    ------
    ValueError
        Unless npix = 12 nside^2 with nside a power of two.
    """
    nside = math.isqrt(max(npix, 0) // 12)
    if nside == 0 or nside & (nside - 1) or 12 * nside**2 != npix:
        raise ValueError(
            f"{npix} pixels are no full HEALPix sky; allowed: 12 nside^2 with nside a power of two, "
            "for example 49152 (nside 64)"
        )
    return nside


def pixel_area(nside: int) -> float:
    """Return the solid angle of one pixel [sr]; all pixels of a HEALPix map have the same.

    Examples
    --------
    >>> round(12 * 64**2 * pixel_area(64) / math.pi, 12)
    4.0
    """
    return math.pi / (3 * nside**2)


def unmasked(array: Any, missing: float) -> Floats:
    """Return an array as float64, with `missing` where a masked array holds no value."""
    if isinstance(array, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(array.astype(np.float64), missing))
    return np.asarray(array, dtype=np.float64)


def read_only(array: Floats) -> Floats:
    """Return a view of an array that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view

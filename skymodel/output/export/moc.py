"""Regions as multi-order coverage maps (MOC) in FITS, in ICRS as the standard has it; Aladin and mocpy read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from profiles.contract.arrays import Bools, Ints
from skymodel.output.files.whole import whole
from skymodel.sky.reading.frames import rotation
from skymodel.sky.region import as_region

_ORDER = 9  # pixels of 0.11 deg
_LARGEST_ORDER = 11
_CHUNK = 2**20


def write_moc(path: str | Path, region: Any, *, order: int = _ORDER) -> None:
    """Write the pixels of an order whose centres lie in a region, four together as one of the order below.

    Parameters
    ----------
    path
        The file; replaced as a whole if it exists.
    region
        What :func:`~skymodel.sky.region.as_region` takes.
    order
        Finest order, 0 to 11; pixels of order o are 59 deg / 2^o wide.

    Raises
    ------
    ValueError
        If the region holds no pixel's centre.
    """
    from astropy.io import fits

    if not 0 <= order <= _LARGEST_ORDER:
        raise ValueError(f"order = {order}; allowed: 0 to {_LARGEST_ORDER}")
    part = as_region(region)
    uniq = _packed(_inside(part, order), order)
    if uniq.size == 0:
        raise ValueError(f"the region {part.name} holds no pixel of order {order}; give a larger order")
    hdu = fits.BinTableHDU.from_columns([fits.Column("UNIQ", "K", array=uniq)], name="MOC")
    cards = {"PIXTYPE": "HEALPIX", "ORDERING": "NUNIQ", "COORDSYS": "C", "MOCVERS": "2.0", "MOCDIM": "SPACE"}
    hdu.header.update({**cards, "MOCORDER": order, "MOCORD_S": order, "MOCTOOL": "skymodel"})
    hdu.add_checksum(when="by skymodel")
    with whole(path) as draft:
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(draft)


def _inside(region: Any, order: int) -> Bools:
    """Return which NESTED pixels of ICRS have their centres in a region."""
    import healpy

    nside, turn = 2**order, rotation("icrs")
    found = np.zeros(12 * nside**2, dtype=bool)
    for first in range(0, found.size, _CHUNK):
        pixels = np.arange(first, min(first + _CHUNK, found.size))
        x, y, z = turn @ np.stack(healpy.pix2vec(nside, pixels, nest=True))
        lon, lat = np.degrees(np.arctan2(y, x)), np.degrees(np.arcsin(np.clip(z, -1, 1)))
        found[pixels] = region.contains(lon, lat)
    return found


def _packed(inside: Bools, order: int) -> Ints:
    """Return the NUNIQ numbers of the fewest pixels that make up those inside, sorted."""
    numbers: list[Any] = []
    left: Any = inside
    for level in range(order, -1, -1):
        four = left.reshape(-1, 4).all(axis=1) if level else np.zeros(0, dtype=bool)
        alone = left & ~np.repeat(four, 4) if level else left
        numbers.append(4 * 4**level + np.flatnonzero(alone))
        left = four
    return np.sort(np.concatenate(numbers))

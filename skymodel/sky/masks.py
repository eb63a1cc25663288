"""Masks: parts of the sky given as a HEALPix array. :func:`~skymodel.sky.region.as_region` makes one of any array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiles.contract.arrays import Bools, Floats
from profiles.contract.shown import short
from skymodel.sky.healpix import nside_of, pixel_area, require_nside
from skymodel.sky.region import Region, as_region


@dataclass(frozen=True, eq=False)
class HealpixMask(Region):
    """The part of the sky that a HEALPix array covers; a direction is inside where its pixel is at least half covered.

    Parameters
    ----------
    shares
        Covered share ``(npix,)`` of each pixel, 0 to 1, RING ordered, Galactic.
    """

    __repr__ = short

    shares: Floats

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        import healpy

        pixels = healpy.ang2pix(nside_of(self.shares.size), lon, lat, lonlat=True)
        return np.asarray(self.shares[pixels] >= 0.5)

    @property
    def edges(self) -> None:
        """Pixel borders are no circles."""
        return

    @property
    def solid_angle(self) -> float:
        """Solid angle [sr]."""
        return float(self.shares.sum()) * pixel_area(nside_of(self.shares.size))

    @property
    def name(self) -> str:
        """Mask and nside."""
        return f"mask(nside {nside_of(self.shares.size)})"

    def coverage(self, nside: int) -> Floats:
        """Return the covered share ``(12 nside^2,)`` of each pixel: the mask itself, averaged or repeated."""
        import healpy

        return np.asarray(healpy.ud_grade(self.shares, require_nside(nside)), dtype=np.float64)

    def __eq__(self, other: object) -> bool:
        """Tell whether two masks are the same."""
        return isinstance(other, HealpixMask) and np.array_equal(self.shares, other.shares)

    def __hash__(self) -> int:
        return hash(self.shares.tobytes())


@as_region.register(np.ndarray)
def _mask(array: NDArray[Any]) -> Region:
    if np.ma.is_masked(array):
        raise ValueError(
            f"{int(np.ma.getmaskarray(array).sum())} pixels of the mask are masked themselves; fill them: 0 or 1"
        )
    shares = np.array(array, dtype=np.float64)
    nside_of(shares.size)
    if shares.ndim != 1 or not bool(np.all((shares >= 0) & (shares <= 1))):
        raise ValueError("a mask holds one number from 0 to 1, the covered share, for each pixel")
    shares.flags.writeable = False
    return HealpixMask(shares)

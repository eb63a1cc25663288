"""The part of a region in which two maps both hold values: where they can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sky.healpix import nside_of, pixel_area
from skymodel.sky.region import Region
from skymodel.sky.skymap import SkyMap


@dataclass(frozen=True, eq=False)
class Held(Region):
    """The part of a region that lies in some pixels.

    Parameters
    ----------
    region
        The region.
    pixels
        Which pixels ``(npix,)`` count, RING ordered, Galactic.
    """

    region: Region
    pixels: Bools

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        import healpy

        own = healpy.ang2pix(nside_of(self.pixels.size), lon, lat, lonlat=True)
        return np.asarray(self.region._inside(lon, lat) & self.pixels[own])

    @property
    def edges(self) -> None:
        """Pixel borders are no circles."""
        return

    @property
    def solid_angle(self) -> float:
        """Solid angle [sr]."""
        nside = nside_of(self.pixels.size)
        return float(self.coverage(nside).sum()) * pixel_area(nside)

    @property
    def name(self) -> str:
        """That of the region."""
        return f"{self.region.name} where both hold values"

    def coverage(self, nside: int) -> Floats:
        """Return the covered share ``(12 nside^2,)`` of each pixel: the region's, where the pixels count."""
        import healpy

        if nside == nside_of(self.pixels.size):
            return np.where(self.pixels, self.region.coverage(nside), 0.0)
        return np.asarray(self.region.coverage(nside) * healpy.ud_grade(self.pixels.astype(np.float64), nside))


class Common(NamedTuple):
    """Where two maps are compared, and how much of what each holds in the region that is, by area."""

    region: Region
    first: float
    second: float


def common(first: SkyMap, second: SkyMap, region: Region) -> Common:
    """Return the part of a region where two maps of one nside both hold values: all of it if nothing is masked.

    Raises
    ------
    ValueError
        If there is none, or only a pixel of it.
    """
    if not (first.masked.any() or second.masked.any()):
        return Common(region, 1.0, 1.0)
    share = region.coverage(first.nside)
    held = [np.where(sky.masked, 0.0, share) for sky in (first, second)]
    both = np.where(second.masked, 0.0, held[0])
    if int((both > 0).sum()) < 2:
        wanted, names = int((share > 0).sum()), f"{first.name!r} and {second.name!r}"
        raise ValueError(
            f"{names} hold values together in {int((both > 0).sum())} of the {wanted} pixels of {region.name}, the "
            "others are masked; choose a region in which both do"
        )
    if np.array_equal(both, share):
        return Common(region, 1.0, 1.0)
    parts = (float(both.sum() / own.sum()) for own in held)
    return Common(Held(region, ~(first.masked | second.masked)), *parts)

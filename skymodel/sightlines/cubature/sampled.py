"""Means over regions whose edges are not known: masks, and regions of other packages."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skymodel.bounded import Bounded
from skymodel.progress import Counted
from skymodel.sightlines.cubature import cubes
from skymodel.sightlines.cubature.direct import distinct_pixels, over_pixels
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sky.healpix import UNSEEN, nside_of
from skymodel.sky.masks import HealpixMask
from skymodel.sky.region import Combination, Complement, Region
from skymodel.sky.skymap import SkyMap

_FOREIGN_NSIDE = 128  # of the pixels that stand for a region of another package


class Sampled(NamedTuple):
    """A mean from pixels, what it cost, and whether a cube makes its error a limit and no bound."""

    mean: Bounded
    evaluations: int
    sightlines: int
    lumpy: bool


def over_sampled(lines: SightLines, region: Region, rtol: float, progress: Counted | None = None) -> Sampled:
    """Return the mean over a region whose edges are not known, from the pixels it covers and those around them.

    `progress` hears of (pixels done, all).

    Raises
    ------
    ValueError
        If the region is empty, or the tolerance of the pixels cannot be met.
    """
    import healpy

    kept = promises.check(lines.density, lines.observer)
    nside = _mask_nside(region)
    covered = np.flatnonzero(region.coverage(nside))
    if covered.size == 0:
        raise ValueError(f"the region {region.name} is empty: it has no mean")
    around = healpy.get_all_neighbours(nside, covered)
    pixels = np.union1d(covered, around[around >= 0])
    distinct, place = distinct_pixels(nside, pixels, kept)
    over = cubes.over_lumpy_pixels if (lumpy := bool(lines.density.hints.meshes)) else over_pixels
    found = over(lines, nside, distinct, kept, rtol=rtol, progress=progress)
    values, errors = np.full((2, 12 * nside**2), UNSEEN)
    values[pixels], errors[pixels] = found.value[place], found.error[place]
    return Sampled(SkyMap(values, errors, lines.unit).mean(region), found.evaluations, found.sightlines, lumpy)


def _mask_nside(region: Region) -> int:
    """Return the finest nside of the masks in a region, or a common one if there are none."""
    match region:
        case HealpixMask():
            return nside_of(region.shares.size)
        case Combination():
            return max(_mask_nside(region.first), _mask_nside(region.second))
        case Complement():
            return _mask_nside(region.region)
    return _FOREIGN_NSIDE

"""A map at another resolution: means of the finer pixels, or the coarse pixel repeated with what that leaves open."""

from __future__ import annotations

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.healpix import UNSEEN, require_nside
from skymodel.sky.pixelmap import Map, changed


def regridded(sky: Map, nside: int) -> Map:
    """Return the map at another nside; the flux is kept.

    Coarser: means, exact; errors add as correlated ones do, and a pixel of which any part is masked is masked. Finer:
    each pixel repeated; to its error comes the range among it and the eight around it, since the map cannot tell how
    brightness is spread within a pixel.

    Parameters
    ----------
    sky
        The map.
    nside
        A power of two.
    """
    nside = require_nside(nside)
    if nside == sky.nside:
        return sky
    return _coarser(sky, nside) if nside < sky.nside else _finer(sky, nside)


def _coarser(sky: Map, nside: int) -> Map:
    import healpy

    def mean(column: Floats) -> Floats:
        nested = healpy.reorder(np.where(sky.masked, np.nan, column), r2n=True)
        return np.asarray(healpy.reorder(nested.reshape(12 * nside**2, -1).mean(axis=1), n2r=True))

    values = mean(sky.values)
    lost = ~np.isfinite(values)
    kept = [np.where(lost, UNSEEN, column) for column in (values, mean(sky.error))]
    return changed(sky, values=kept[0], error=kept[1], measured=np.where(lost, 0.0, mean(sky.measured)))


def _finer(sky: Map, nside: int) -> Map:
    import healpy

    parent = healpy.ang2pix(sky.nside, *healpy.pix2ang(nside, np.arange(12 * nside**2)))
    spread = np.where(sky.masked, UNSEEN, sky.error + _range_around(sky))
    return changed(sky, values=sky.values[parent], error=spread[parent], measured=sky.measured[parent])


def _range_around(sky: Map) -> Floats:
    """Return how far apart each pixel and the eight around it are."""
    import healpy

    around = healpy.get_all_neighbours(sky.nside, np.arange(sky.values.size))
    known = (around >= 0) & ~sky.masked[around]
    values = np.where(known, sky.values[around], sky.values)
    return np.asarray(np.maximum(values.max(axis=0), sky.values) - np.minimum(values.min(axis=0), sky.values))

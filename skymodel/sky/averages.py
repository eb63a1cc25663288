"""Sums and means of a map over its pixels, with the error that a map's pixels leave open."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units

from profiles.contract.arrays import ROUNDING, Floats
from skymodel.bounded import Bounded
from skymodel.sky.pixelmap import PixelMap
from skymodel.sky.region import as_region

_LEVEL = 1e-2  # relative: pixels that share a cusp at their common corner differ by less


def total(sky: PixelMap) -> Bounded:
    """Return the integral over the pixels that are not masked [unit sr]; errors add as correlated ones do."""
    kept = ~sky.masked
    value = float(sky.values[kept].sum()) * sky.pixel_area
    error = float(sky.error[kept].sum()) * sky.pixel_area + ROUNDING * abs(value)
    return Bounded(value, error, sky.unit * units.sr)


def mean(sky: PixelMap, region: Any) -> Bounded:
    """Return the mean of a map over a region; see :meth:`skymodel.sky.skymap.SkyMap.mean`."""
    part = as_region(region)
    share = part.coverage(sky.nside)
    touched = np.flatnonzero(share)
    if touched.size == 0:
        raise ValueError(f"the region {part.name} is empty: it has no mean")
    if bad := int(sky.masked[touched].sum()):
        raise ValueError(f"{bad} of the {touched.size} pixels of {part.name} are masked in the map {sky.name!r}")
    weight = share[touched] / share.sum()
    value = float(weight @ sky.values[touched])
    error = float(weight @ sky.error[touched]) + _edge_error(sky, share) + ROUNDING * abs(value)
    return Bounded(value, error, sky.unit)


def _edge_error(sky: PixelMap, share: Floats) -> float:
    """Return by how much the brightness inside the pixels on the edge may shift the mean.

    With a gradient g across a pixel, its covered share c holds c times the pixel's mean plus g c (1 - c) / 2 at
    most; the pixel and the eight around it span about 2 g, taken for g because gradients change. A pixel that none
    around it outshines may hold a cusp: all by which it stands out may lie on one side of the edge, and that is up
    to twice the span, because a cusp raises the means of the pixels around, too.
    """
    import healpy

    edge = np.flatnonzero((share > 0) & (share < 1))
    if edge.size == 0:
        return 0.0
    own, covered = sky.values[edge], share[edge]
    around = healpy.get_all_neighbours(sky.nside, edge)
    values = np.where((around >= 0) & ~sky.masked[around], sky.values[around], own)
    brightest, faintest = values.max(axis=0), values.min(axis=0)
    cusp = own >= brightest - _LEVEL * np.abs(brightest)
    part = np.where(cusp, 2 * np.maximum(covered, 1 - covered), covered * (1 - covered) / 2)
    span = np.maximum(brightest, own) - np.minimum(faintest, own)
    return float((span * part).sum() / share.sum())

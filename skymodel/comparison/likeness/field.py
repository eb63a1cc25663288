"""The pixels of a region in which counts are compared: the mask of mocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.region import as_region


@dataclass(frozen=True, eq=False)
class Field:
    """The pixels of a region.

    Parameters
    ----------
    nside
        Resolution.
    pixels
        Those at least half inside ``(N,)``.
    lon, lat
        Where they lie [deg], lon from -180 to 180.
    """

    nside: int
    pixels: Any
    lon: Floats
    lat: Floats


def field_of(region: Any, nside: int) -> Field:
    """Return the pixels of a region.

    Raises
    ------
    ValueError
        If no pixel is at least half inside.
    """
    import healpy

    part = as_region(region)
    pixels = np.flatnonzero(part.coverage(nside) >= 0.5)
    if pixels.size < 2:
        raise ValueError(f"the region {part.name} holds {pixels.size} pixels of nside {nside}; allowed: at least 2")
    lon, lat = healpy.pix2ang(nside, pixels, lonlat=True)
    return Field(nside, pixels, np.asarray((lon + 180) % 360 - 180), np.asarray(lat))

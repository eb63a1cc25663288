"""What each pixel weighs in a fit of a sky: even, an exposure spent in the inner Galaxy, or a map of one's own.

Counts that are dominated by instrumental background measure a pixel's intensity with a variance of background over
exposure, so the weight of a pixel is its exposure. No exposure map is shipped: "inner" is a stand-in whose numbers are
in ``data/rivals.yaml``, to see whether a verdict hangs on the weights.
"""

from __future__ import annotations

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.datafiles import data_entries
from skymodel.sky.skymap import SkyMap

EVEN, INNER = "even", "inner"
Weights = str | SkyMap


def pixel_weights(given: Weights, nside: int) -> Floats:
    """Return the weights of all pixels ``(pixels,)``, the largest 1.

    Parameters
    ----------
    given
        "even", "inner", or a map of the exposure at `nside`.
    nside
        Of the fit.

    Raises
    ------
    ValueError
        For another name, another nside, or an exposure that is negative, not finite, or zero everywhere.

    Examples
    --------
    >>> print(f"{pixel_weights('inner', 32).min():.3f}")
    0.050
    """
    if isinstance(given, SkyMap):
        return _of_map(given, nside)
    if given == EVEN:
        return np.ones(12 * nside**2)
    if given == INNER:
        return _inner(nside)
    raise ValueError(f"weights = {given!r}; allowed: {EVEN!r}, {INNER!r}, or a map of the exposure")


def describe(given: Weights) -> str:
    """Return the weights in words, with their status, for tables and captions."""
    if isinstance(given, SkyMap):
        return f"the exposure map {given.name!r}"
    return "even" if given == EVEN else f"inner Galaxy, {data_entries('rivals.yaml')['exposure_inner']['status']}"


def _of_map(exposure: SkyMap, nside: int) -> Floats:
    if exposure.nside != nside:
        raise ValueError(f"an exposure of nside {exposure.nside} for a sky of nside {nside}; regrid it first")
    values = np.asarray(exposure.values, dtype=float)
    if not (np.all(np.isfinite(values)) and values.min() >= 0 and values.max() > 0):
        raise ValueError(f"exposures from {values.min():g} to {values.max():g}; allowed: finite, >= 0, not all 0")
    return np.asarray(values / values.max())


def _inner(nside: int) -> Floats:
    import healpy

    numbers = data_entries("rivals.yaml")["exposure_inner"]
    lon, lat = healpy.pix2ang(nside, np.arange(12 * nside**2), lonlat=True)
    cosine = np.clip(np.cos(np.radians(lat)) * np.cos(np.radians(lon)), -1, 1)
    centre = np.exp(-((np.degrees(np.arccos(cosine)) / numbers["centre_sigma_deg"]) ** 2) / 2)
    plane = np.exp(-((lat / numbers["plane_sigma_deg"]) ** 2) / 2)
    return np.asarray(numbers["floor"] + numbers["plane"] * plane + numbers["centre"] * centre)

"""The null test of the ratio claim: project two emissivities through the whole pipeline, divide the maps.

If the microphysics is uniform the quotient is one number in every pixel, within the errors that the two maps state.
The two densities are projected separately, so the test fails when an emissivity varies, and also when a projection
or an error is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from profiles import Density
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.galaxy import SkyModel
from skymodel.sightlines.project import project
from skymodel.sky.skymap import SkyMap


@dataclass(frozen=True, eq=False)
class NullTest:
    """A map of a band ratio against the one number that uniform microphysics allows.

    Parameters
    ----------
    ratio
        Quotient of the two band maps, with its error from both.
    expected
        The spectrum's ratio of the two bands.
    """

    ratio: SkyMap
    expected: float

    @property
    def worst(self) -> float:
        """Largest departure of a pixel from `expected`, in units of that pixel's error."""
        return float(np.max(np.abs(self.ratio.values - self.expected) / self.ratio.error))

    @property
    def departure(self) -> float:
        """Largest departure of a pixel from `expected`, relative to it."""
        return float(np.max(np.abs(self.ratio.values / self.expected - 1)))

    @property
    def holds(self) -> bool:
        """Whether every pixel agrees within its error."""
        return self.worst <= 1


def null_test(
    model: SkyModel,
    *,
    nside: int,
    numerator: Band = CONTINUUM_1_20,
    denominator: Band = LINE_511,
    rtol: float = 1e-4,
) -> NullTest:
    """Return the map of the ratio of two bands, each projected on its own, and what it should be.

    Parameters
    ----------
    model
        Whose sky it is; ``positronium`` and ``direct`` are what the bands follow.
    nside
        Resolution of the maps.
    numerator, denominator
        The two bands.
    rtol
        Tolerance of each map.

    Raises
    ------
    ValueError
        If the band in the denominator is dark.
    """
    above, below = (band_map(model, band, nside=nside, rtol=rtol) for band in (numerator, denominator))
    if not np.all(below.values > 0):
        raise ValueError(f"band {denominator.name} is dark in some pixels: there is no ratio to it")
    values = above.values / below.values
    error = (above.error + values * below.error) / (below.values - below.error)
    quotient = SkyMap(values, error, "", name=f"{numerator.name}/{denominator.name}")
    expected = model.emission.band_factor(numerator) / model.emission.band_factor(denominator)
    return NullTest(quotient, expected)


def band_map(model: SkyModel, band: Band, *, nside: int, rtol: float = 1e-4) -> SkyMap:
    """Return the map of J times the photons in a band per 511 keV photon.

    Parameters
    ----------
    model
        Whose sky it is.
    band
        Which band.
    nside, rtol
        Resolution and tolerance of the map.
    """
    maps = [_projected(model, density, nside, rtol) * factor for density, factor in model.emissivity(band)]
    if not maps:
        raise ValueError(f"band {band.name} has no light")
    values, error = sum(sky.values for sky in maps), sum(sky.error for sky in maps)
    return SkyMap(np.asarray(values), np.asarray(error), maps[0].unit, name=band.name)


def _projected(model: SkyModel, density: Density, nside: int, rtol: float) -> SkyMap:
    return project(density, nside, rtol=rtol, **model.lines)

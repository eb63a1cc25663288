"""Ratios of bands over parts of the sky, for a model that says what each kind of annihilation follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from astropy import units

from skymodel.bounded import Bounded
from skymodel.emission.event.bands import Band
from skymodel.galaxy import SkyModel
from skymodel.sightlines.means import Ratio, quotient, region_mean, window_factors
from skymodel.sky.region import as_region

BandRegion = tuple[Band, Any]
Windows = Callable[..., tuple[Ratio, ...]]  # called as window_factors


def ratio(
    model: SkyModel,
    *,
    numerator: BandRegion,
    denominator: BandRegion,
    rtol: float = 1e-6,
    windows: Windows = window_factors,
) -> Ratio:
    """Return the mean intensity of one band over one region, divided by that of another.

    Parameters
    ----------
    model
        Whose sky it is.
    numerator, denominator
        A band and a region each.
    rtol
        Tolerance of each mean.
    windows
        What gives the ratios of two means, for a cache in between.

    Returns
    -------
    Ratio
        Value and a bound of its error; the two means are those of J times photons per 511 keV photon, in the unit of
        the pair times kpc. Where both hold the same integral, its error cancels, as it does in a window of its own.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
    >>> from skymodel.bounded import Bounded
    >>> from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511
    >>> from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
    >>> model = SkyModel(NFW(r_s=20), ExponentialDisk(R_d=2.6, z_d=0.3))
    >>> same = ratio(model, numerator=(CONTINUUM_1_20, INTEGRAL_CIRCLE), denominator=(LINE_511, INTEGRAL_CIRCLE))
    >>> across = ratio(model, numerator=(CONTINUUM_1_20, COMPTEL_WINDOW), denominator=(LINE_511, INTEGRAL_CIRCLE))
    >>> print(f"{same.value:.6f} {across.value / same.value:.4f}")
    0.558289 0.3810
    """
    if model.uniform:
        density = model.positronium or model.pair
        (found,) = windows([density], numerator=numerator[1], denominator=denominator[1], rtol=rtol, **model.lines)
        return of_bands(model, found, numerator[0], denominator[0])
    above, below = (band_mean(model, *side, rtol=rtol) for side in (numerator, denominator))
    _refuse_dark(below.value, denominator[0], as_region(denominator[1]).name)
    return quotient(above, below)


def band_mean(model: SkyModel, band: Band, region: Any, *, rtol: float = 1e-6) -> Bounded:
    """Return the mean over a region of J times the photons in a band per 511 keV photon, with its error.

    Parameters
    ----------
    model
        Whose sky it is.
    band, region
        What is averaged, and over which part of the sky.
    rtol
        Tolerance.
    """
    shining = model.emissivity(band)
    dark = Bounded(0.0, 0.0, units.Unit(model.pair.unit) * units.kpc)
    return sum((region_mean(density, region, rtol=rtol, **model.lines) * factor for density, factor in shining), dark)


def of_bands(model: SkyModel, columns: Ratio, numerator: Band, denominator: Band) -> Ratio:
    """Return the ratio of two bands that follow one density, from the ratio of the means of J.

    Parameters
    ----------
    model
        A uniform model.
    columns
        Ratio of the two means of J, as :func:`~skymodel.sightlines.means.window_factor` gives it.
    numerator, denominator
        The bands.
    """
    above, below = (sum(factor for _, factor in model.emissivity(band)) for band in (numerator, denominator))
    _refuse_dark(below, denominator, "any region")
    return of_photons(columns, above, below)


def of_photons(columns: Ratio, above: float, below: float) -> Ratio:
    """Return the ratio of two bands that follow one density, from the ratio of the means of J and their photons.

    Parameters
    ----------
    columns
        Ratio of the two means of J.
    above, below
        Photons in the two bands per 511 keV photon.
    """
    found = columns * Bounded(above / below, 0.0)
    return Ratio(found.value, found.error, numerator=columns.numerator * above, denominator=columns.denominator * below)


def _refuse_dark(light: float, band: Band, region: str) -> None:
    if light == 0:
        raise ValueError(f"band {band.name} has no light in {region}: there is no ratio to it")

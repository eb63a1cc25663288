"""Ratios of bands over parts of the sky, for a model that says what each kind of annihilation follows.

A :class:`SkyModel` holds the two densities, the emission and the observer. Lawson & Zhitnitsky (2007) let positronium
and direct annihilation follow the same product n_DM n_e: then the ratio of two bands over one region is a number of
the spectrum alone. Give ``positronium`` or ``direct`` a density of its own, and it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from astropy import units

from profiles import Density
from profiles.contract.algebra import in_unit
from profiles.contract.arrays import ROUNDING
from skymodel.emission.event.bands import Band
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.sightlines.means import Mean, Ratio, region_mean, window_factor
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sky.region import as_region

DEFAULT_R_MAX = 60.0  # kpc, that of the preset `paper`


@dataclass(frozen=True)
class SkyModel:
    """A galaxy, what shines in it, and where it is seen from.

    Parameters
    ----------
    dark_matter, electrons
        The two densities whose product is the rate of encounters.
    emission
        What one encounter radiates.
    observer
        Where it is seen from.
    r_max, s_max
        Galactocentric radius or distance at which sight lines end [kpc]; by default r_max = 60.
    positronium
        What positronium (the line and its three-photon continuum) follows; by default the product of the two.
    direct
        What direct annihilation follows; by default the product of the two. Convertible to the product's unit.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
    >>> model = SkyModel(NFW(), ExponentialDisk())
    >>> str(model.pair.unit)
    'GeV / cm6'
    """

    dark_matter: Density
    electrons: Density
    emission: NuggetEmission = field(default_factory=NuggetEmission)
    observer: Observer = field(default_factory=Observer)
    r_max: float | None = None
    s_max: float | None = None
    positronium: Density | None = None
    direct: Density | None = None

    def __post_init__(self) -> None:
        """Settle where sight lines end; refuse what is no density and densities of another dimension."""
        for name in ("dark_matter", "electrons"):
            if not isinstance(getattr(self, name), Density):
                raise TypeError(
                    f"SkyModel.{name} = {getattr(self, name)!r} is no density; it takes two, then the emission"
                )
        if self.r_max is None and self.s_max is None:
            object.__setattr__(self, "r_max", DEFAULT_R_MAX)
        for name in ("positronium", "direct"):
            density = getattr(self, name)
            if density is not None:
                object.__setattr__(self, name, in_unit(density, self.pair.unit))

    @property
    def pair(self) -> Density:
        """The product of the two densities."""
        return self.dark_matter * self.electrons

    @property
    def lines(self) -> dict[str, Any]:
        """Observer and end of the sight lines, as keywords of the integrating functions."""
        return {"observer": self.observer, "r_max": self.r_max, "s_max": self.s_max}

    @property
    def uniform(self) -> bool:
        """Whether all annihilation follows one density, so that band ratios in a region are those of the spectrum."""
        return self.positronium is self.direct

    def emissivity(self, band: Band) -> tuple[tuple[Density, float], ...]:
        """Return the densities that shine in a band, each with its photons per 511 keV photon."""
        photons = self.emission.photons(band)
        positronium, direct = float(photons.line + photons.ortho), float(photons.direct)
        if self.uniform:
            parts: tuple[tuple[Density, float], ...] = ((self.positronium or self.pair, positronium + direct),)
        else:
            parts = (self.positronium or self.pair, positronium), (self.direct or self.pair, direct)
        return tuple((density, factor) for density, factor in parts if factor > 0)


BandRegion = tuple[Band, Any]


def ratio(model: SkyModel, *, numerator: BandRegion, denominator: BandRegion, rtol: float = 1e-6) -> Ratio:
    """Return the mean intensity of one band over one region, divided by that of another.

    Parameters
    ----------
    model
        Whose sky it is.
    numerator, denominator
        A band and a region each.
    rtol
        Tolerance of each mean.

    Returns
    -------
    Ratio
        Value and a bound of its error; the two means are those of J times photons per 511 keV photon, in the unit of
        the pair times kpc. Where both hold the same integral, its error cancels, as it does in a window of its own.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
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
        found = window_factor(density, numerator=numerator[1], denominator=denominator[1], rtol=rtol, **model.lines)
        return of_bands(model, found, numerator[0], denominator[0])
    above, below = (band_mean(model, *side, rtol=rtol) for side in (numerator, denominator))
    _refuse_dark(below.value, denominator[0], as_region(denominator[1]).name)
    value = above.value / below.value
    error = (above.error + abs(value) * below.error) / (below.value - below.error)
    return Ratio(value, error + ROUNDING * abs(value), above, below)


def band_mean(model: SkyModel, band: Band, region: Any, *, rtol: float = 1e-6) -> Mean:
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
    means = [_scaled(region_mean(density, region, rtol=rtol, **model.lines), factor) for density, factor in shining]
    unit = units.Unit(model.pair.unit) * units.kpc
    return Mean(
        sum(mean.value for mean in means),
        sum(mean.error for mean in means),
        unit,
        sum(mean.evaluations for mean in means),
        sum(mean.sightlines for mean in means),
    )


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
    factor = above / below
    error = columns.error * factor + ROUNDING * abs(columns.value * factor)
    means = _scaled(columns.numerator, above), _scaled(columns.denominator, below)
    return Ratio(columns.value * factor, error, *means)


def _refuse_dark(light: float, band: Band, region: str) -> None:
    if light == 0:
        raise ValueError(f"band {band.name} has no light in {region}: there is no ratio to it")


def _scaled(mean: Mean, factor: float) -> Mean:
    return Mean(mean.value * factor, mean.error * factor, mean.unit, mean.evaluations, mean.sightlines)

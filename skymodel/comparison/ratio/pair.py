"""What one pair of densities says about the ratio claim: window factor, band ratio, the chi that COMPTEL asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from profiles.shelf.tracers import PRINTED
from skymodel.comparison.comptel.backgrounds import background_names
from skymodel.comparison.comptel.fit import ComptelFit, fit_comptel
from skymodel.comparison.ratio.ratio import of_bands
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.emission.event.origins import SpectralModel
from skymodel.galaxy import SkyModel
from skymodel.sightlines.means import Ratio


class Fits(NamedTuple):
    """The fit to COMPTEL's points with W = 1, as the paper has it, and with the pair's window factor."""

    neglecting_window: ComptelFit
    with_window: ComptelFit


@dataclass(frozen=True)
class PairVerdict:
    """What one pair of densities says.

    Parameters
    ----------
    dark_matter, electrons
        Names of the two.
    window
        Window factor W: mean of J in COMPTEL's window over that in the INTEGRAL circle.
    same_window
        Ratio of the two bands in the INTEGRAL circle.
    fits
        Fits of chi by the name of the background.
    tracer
        Which electrons these are: as printed, or interstellar.
    """

    dark_matter: str
    electrons: str
    window: Ratio
    same_window: Ratio
    fits: Mapping[str, Fits]
    tracer: str = PRINTED


def fits_neglecting_window(emission: SpectralModel, fit: Mapping[str, Any]) -> dict[str, ComptelFit]:
    """Return the fits of chi with W = 1 by the name of the background.

    Parameters
    ----------
    emission
        What an encounter radiates.
    fit
        Keywords of :func:`~skymodel.comparison.comptel.fit.fit_comptel`.
    """
    return {name: fit_comptel(emission, name, **fit) for name in background_names()}


def judge(
    names: tuple[str, str],
    model: SkyModel,
    window: Ratio,
    neglecting: Mapping[str, ComptelFit],
    *,
    band: Band,
    fit: Mapping[str, Any] | None = None,
    tracer: str = PRINTED,
) -> PairVerdict:
    """Return the verdict on one pair.

    Parameters
    ----------
    names
        Of the dark-matter and the electron density.
    model
        The pair, seen from somewhere, and what an encounter radiates.
    window
        Its window factor, with the mean in the INTEGRAL circle below.
    neglecting
        The fits with W = 1 by the name of the background, :func:`fits_neglecting_window`: the same for every pair.
    band
        The band that is compared with the 511 keV line in one window.
    fit
        How chi is fitted: keywords of :func:`~skymodel.comparison.comptel.fit.fit_comptel`.
    tracer
        Which electrons these are.
    """
    both = window.denominator  # the one integral that both bands are made of
    circle = Ratio(1.0, 0.0, numerator=both, denominator=both)
    same = of_bands(model, circle, band, LINE_511)
    fits = {
        name: Fits(plain, fit_comptel(model.emission, name, window.value, **(fit or {})))
        for name, plain in neglecting.items()
    }
    return PairVerdict(*names, window, same, fits, tracer)

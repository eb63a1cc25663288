"""What pairs of densities say about the ratio claim: window factor, band ratio, the chi that COMPTEL asks for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from profiles import Density
from profiles.shelf.tracers import PRINTED
from skymodel.comparison.comptel.backgrounds import background_names
from skymodel.comparison.comptel.fit import ComptelFit, fit_comptel
from skymodel.comparison.ratio.candidates import Electrons
from skymodel.comparison.ratio.ratio import Windows, of_photons
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.emission.event.origins import SpectralModel
from skymodel.forks import begun
from skymodel.galaxy import SkyModel
from skymodel.progress import Counted
from skymodel.sightlines.means import Ratio
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.workers import crew, leaves_no_trace


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


class Alike(NamedTuple):
    """What all pairs have alike, whose encounters radiate alike.

    Parameters
    ----------
    photons
        In the compared band and in the line, per 511 keV photon.
    fits
        Fits of chi with W = 1 by the name of the background.
    """

    photons: tuple[float, float]
    fits: Mapping[str, ComptelFit]


def alike(emission: SpectralModel, band: Band, fit: Mapping[str, Any]) -> Alike:
    """Return what all pairs have alike.

    Parameters
    ----------
    emission
        What an encounter radiates.
    band
        The band that is compared with the 511 keV line in one window.
    fit
        How chi is fitted: keywords of :func:`~skymodel.comparison.comptel.fit.fit_comptel`.
    """
    fits = {name: fit_comptel(emission, name, **fit) for name in background_names()}
    return Alike((emission.band_factor(band), emission.band_factor(LINE_511)), fits)


@contextmanager
def pairs_begun(
    halos: Mapping[str, Density],
    electrons: Sequence[Electrons],
    common: Alike,
    *,
    windows: Windows,
    workers: int | None,
    **path: Any,
) -> Iterator[Callable[[Counted | None], tuple[PairVerdict, ...]]]:
    """Begin to judge every pair of a halo and electrons, in other processes, while this one does something else.

    Parameters
    ----------
    halos, electrons
        The densities.
    common
        What all pairs have alike.
    windows, workers
        As for :func:`~skymodel.comparison.ratio.verdict.verdict`.
    path
        Where lines start and end: `observer`, `r_max` and `s_max` of :class:`~skymodel.galaxy.SkyModel`.

    Yields
    ------
    Callable
        Does what is left and returns the pairs, halo by halo, those with printed electrons first; what it is given
        hears (pairs done, pairs in all).
    """
    sides = {"numerator": COMPTEL_WINDOW, "denominator": INTEGRAL_CIRCLE}

    def judged(given: Electrons) -> list[PairVerdict]:
        models = [SkyModel(halo, given.density, **path) for halo in halos.values()]
        factors = windows([model.pair for model in models], rtol=given.rtol, **sides, **models[0].lines)
        each_halo = zip(halos, factors, strict=True)
        return [_judge((halo, given.name), factor, common, given.tracer) for halo, factor in each_halo]

    def finished(progress: Counted | None) -> tuple[PairVerdict, ...]:
        done = pairs(lambda count: progress(count * len(halos), len(electrons) * len(halos)) if progress else None)
        by_halo = itertools.chain.from_iterable(zip(*done, strict=True))
        return tuple(sorted(by_halo, key=lambda pair: pair.tracer != PRINTED))

    own = all(map(leaves_no_trace, [*halos.values(), *(one.density for one in electrons)]))
    with begun(judged, electrons, crew(workers).count if own else 1) as pairs:
        yield finished


def _judge(names: tuple[str, str], window: Ratio, common: Alike, tracer: str) -> PairVerdict:
    """Return the verdict on the pair of these names, from its window factor over the mean in the INTEGRAL circle."""
    both = window.denominator  # the one integral that both bands are made of
    same = of_photons(Ratio(1.0, 0.0, numerator=both, denominator=both), *common.photons)
    fits = {name: Fits(plain, _seen_through(plain, window.value)) for name, plain in common.fits.items()}
    return PairVerdict(*names, window, same, fits, tracer)


def _seen_through(fit: ComptelFit, window_factor: float) -> ComptelFit:
    """Return the fit with a window factor that a fit neglects: the points ask for the same chi times W."""
    if not window_factor > 0:
        raise ValueError(f"window_factor = {window_factor}; allowed: numbers above 0")
    return replace(fit, chi=fit.chi / window_factor, chi_error=fit.chi_error / window_factor)

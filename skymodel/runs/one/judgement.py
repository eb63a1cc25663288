"""What a run says of the paper and of COMPTEL's points: verdict, claims, fits, all bands of a nugget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from profiles import Density
from profiles.shelf.tracers import INTERSTELLAR
from skymodel.comparison.ratio import candidates
from skymodel.comparison.ratio.pair import PairVerdict, alike, pairs_begun
from skymodel.comparison.ratio.ratio import Windows
from skymodel.comparison.ratio.verdict import Verdict
from skymodel.emission.nuggets.all_bands import bands_table
from skymodel.progress import Counted
from skymodel.runs.config.emission import uniform_nuggets
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.cache import Cache
from skymodel.runs.one.chi import PAPERS, chi_table, own_factor
from skymodel.runs.one.claims import ClaimsReport, check_claims
from skymodel.runs.one.columns import Lights, Seen
from skymodel.runs.one.fluxes import Part, share_of_sky
from skymodel.sightlines.means import Ratio, window_factors
from skymodel.sky.regions import INTEGRAL_CIRCLE

MEAN_RTOL = 1e-6  # of the means over regions, which cost little: as shipped a hundredth of the map's tolerance
PAIR_RTOL = 1e-4  # of the published pairs: W is told to four digits
Published = Callable[[Counted], tuple[PairVerdict, ...]]  # to be told how far it is
OWN = "this run"  # what the ratio table calls the configured densities


def mean_rtol(config: RunConfig) -> float:
    """Return the tolerance of the region means: tables and grids, whose map is coarse, would not repay more."""
    return min(config.map.rtol, max(MEAN_RTOL, 1e-2 * config.map.rtol))


def cached(cache: Cache) -> Windows:
    """Return the function that gives ratios of means of J, asking the cache first."""

    def windows(densities: Sequence[Density], **asked: Any) -> tuple[Ratio, ...]:
        return cache.ratios(densities, asked, lambda: window_factors(densities, **asked))

    return windows


@contextmanager
def published(config: RunConfig, cache: Cache) -> Iterator[Published]:
    """Begin to judge the published pairs; yields what gives them, or gives none where they are left out."""
    if config.verdict == "none":
        yield lambda counted: ()
        return
    halos, electrons = candidates.default_halos(), candidates.published_electrons(PAIR_RTOL)
    with pairs_begun(halos, electrons, workers=config.map.workers, **_settings(config, cache)) as found:
        yield found


def judge(config: RunConfig, counted: Counted, cache: Cache, pairs: Published) -> Verdict:
    """Return the verdict on the configured pair, first, and on the published ones unless they are left out."""
    electrons = [candidates.Electrons(OWN, config.electrons, config.tracer_name, mean_rtol(config))]
    with pairs_begun({OWN: config.dark_matter}, electrons, workers=1, **_settings(config, cache)) as own:
        judged = own(None) + pairs(counted)
    line, error = config.anchor.line_intensity, config.anchor.line_intensity_error
    return Verdict(judged, uniform_nuggets(config.emission), line, error)


def _settings(config: RunConfig, cache: Cache) -> dict[str, Any]:
    """Return what all pairs are judged with."""
    path = {"observer": config.observer.build(), "r_max": config.path.r_max, "s_max": config.path.s_max}
    fit = {"correlation": config.fit.correlation, "weighting": config.fit.weighting}
    fit |= {"line_intensity": config.anchor.line_intensity}
    common = alike(uniform_nuggets(config.emission), config.emission.continuum, fit)
    return {"common": common, "windows": cached(cache), **path}


def check(config: RunConfig, seen: Seen, sky: Part, shining: Lights, judged: Verdict) -> ClaimsReport:
    """Return the paper's statements, checked for the configured densities and emission."""
    circle = seen.parts[INTEGRAL_CIRCLE]
    own, *others = judged.window_factors.tolist()
    share = share_of_sky(circle, sky, shining.line).value
    nuggets = uniform_nuggets(config.emission)
    return check_claims(nuggets, circle, window_factor=own, containment=share, others=others, judged=judged)


def fits(config: RunConfig, judged: Verdict, claims: ClaimsReport) -> Any:
    """Return chi over spectra, countings, backgrounds and window factors: the paper's, this run's, the interstellar."""
    factors = {PAPERS: 1.0, own_factor(config): float(judged.window_factors[0])}
    if config.tracer != "interstellar" and config.verdict != "none":
        factors[INTERSTELLAR] = claims.scenario.window_factor
    return chi_table(config, factors)


def nugget_bands(config: RunConfig, judged: Verdict, claims: ClaimsReport) -> Any:
    """Return all bands of one nugget beside what is measured, with the B that each tracer implies."""
    mean_j = {own_factor(config): judged.pairs[0].window.denominator.value}
    if config.tracer != "interstellar" and config.verdict != "none" and claims.scenario.mean_j:
        mean_j[INTERSTELLAR] = claims.scenario.mean_j
    return bands_table(uniform_nuggets(config.emission), line_intensity=config.anchor.line_intensity, mean_j=mean_j)

"""What it takes to see whether two bands have one origin: significance, power, and the exposure for 3 and 5 sigma.

For a pair of bands of a story (:mod:`skymodel.comparison.forecast.stories`) the null is one origin: both follow the
first band's sky; the story's second band differs or not. The likelihood ratio knows both shapes and asks whether the
second band needs the story's sky beside the first, with what is not known of the backgrounds profiled; its median
significance follows from the expected counts (Cowan et al. 2011, EPJC 71, 1554) and grows as the root of the exposure.
The simpler statistics get theirs from mocks.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.forecast.likelihood import likelihood_root
from skymodel.comparison.forecast.mocks import (
    LIKELIHOOD,
    all_statistics,
    p_values,
    two_sided,
)
from skymodel.comparison.forecast.observations import Observation, origin
from skymodel.comparison.forecast.stories import STORIES, Pair, Skies
from skymodel.comparison.likeness.field import Field
from skymodel.progress import Counted, counted

KNOWN = f"{LIKELIHOOD}, backgrounds known"


def lr_significance(pair: Pair) -> float:
    """Return the median significance [sigma] at which the likelihood ratio refutes one origin, if the story is true."""
    truth = (pair.second.signal + pair.second.background)[None]
    return float(likelihood_root(truth, pair.shared, pair.second)[0])


def exposure_for(level: float, significance: float) -> float:
    """Return by what the exposure must be multiplied to reach a level, given the significance now.

    Examples
    --------
    >>> exposure_for(5.0, 2.5)
    4.0
    """
    return float((level / significance) ** 2) if significance > 0 else float("inf")


class Prospect(NamedTuple):
    """What mocks say of one statistic.

    Parameters
    ----------
    significance
        Median of the story's mocks [sigma].
    power
        How often one origin is refuted at 5 %.
    extrapolated
        Whether the null's mocks do not reach so far: then its mean and spread stand in for its tail, or the tail that
        they do reach if that is farther.
    """

    significance: float
    power: float
    extrapolated: bool


def forecast(pair: Pair, field: Field, *, mocks: int = 1000, seed: int = 511) -> dict[str, Prospect]:
    """Return for each statistic how well it tells a story from one origin.

    Mocks 0 to `mocks` are the null's, `mocks` to 2 `mocks` the story's. The simple statistics are judged to both sides,
    because noise shares in them; the likelihood ratio to one. Through the noise they also know the flux that one origin
    gives the second band, which the likelihood ratio leaves free: where the band is faint one of them may do better.
    """
    hypotheses = (pair.shared, pair.second)
    null = all_statistics((pair.first, pair.shared), field, seed=seed, first=0, last=mocks, hypotheses=hypotheses)
    other = all_statistics(
        (pair.first, pair.second), field, seed=seed, first=mocks, last=2 * mocks, hypotheses=hypotheses
    )
    return {name: prospect(null[name], other[name], sides=1 if name == LIKELIHOOD else 2) for name in null}


def prospect(null: Floats, other: Floats, *, sides: int = 2) -> Prospect:
    """Return the verdict from the values of a statistic under one origin and under a story.

    A significance is the number of standard deviations at which a normal distribution leaves the median of the
    p-values to one side: of departures to both sides, to the side on which the median lies, so that no difference reads
    as 0. Where fewer than ten of the null's mocks lie beyond, it is the distance from their mean in standard
    deviations, and at least what ten of them beyond would give: a correlation is squeezed below 1, so that a distance
    says too little there.
    """
    from scipy.stats import norm

    above = p_values(null, other, seed=0)
    p = two_sided(above) if sides == 2 else above
    middle, least = float(np.median(above)), 10 / null.size / sides
    tail = min(middle, 1 - middle) if sides == 2 else middle
    few = tail < least
    spread = float(null.std())
    pull = abs(float(np.median(other)) - float(null.mean())) / spread if spread > 0 else 0.0
    known = float(norm.isf(max(tail, least)))
    return Prospect(max(0.0, known, pull if few else 0.0), float(np.mean(p < 0.05)), few)


def matrix(
    found: Skies,
    observations: Sequence[Observation],
    stories: Sequence[str] = tuple(STORIES),
    *,
    progress: Counted | None = None,
) -> Any:
    """Return the matrix of band pairs: which story could be told from one origin, by the likelihood ratio.

    One origin means that both bands follow the sky of one of the two, whichever fits better: the significance is the
    smaller of the two tests, and more exposure of the band that is tested there helps.

    Parameters
    ----------
    found
        The skies.
    observations
        One for each band.
    stories
        Names of :data:`STORIES`.
    progress
        Called with (cells done, cells in all) after each.

    Returns
    -------
    QTable
        A row for each story and pair of bands: significance with the nuisances of the skies profiled, the band that
        limits it, the factors on that band's exposure for 3 and 5 sigma, and ``significance_known``, the same were the
        backgrounds known exactly.
    """
    from astropy.table import QTable

    cells = list(itertools.product(stories, itertools.combinations(observations, 2)))
    rows = [_matrix_row(story, *pair, found) for story, pair in counted(cells, progress)]
    free = ", ".join(found.nuisances) or "none"
    return QTable(rows=rows, meta={"inputs": origin(observations), "nuisances": free})


def _matrix_row(story: str, first: Observation, second: Observation, found: Skies) -> dict[str, Any]:
    pairs = {tested.band.name: found.pair(story, other, tested) for other, tested in ((first, second), (second, first))}
    tests = {name: lr_significance(pair) for name, pair in pairs.items()}
    limit = min(tests, key=lambda name: tests[name])
    return {
        "rival": story,
        "band_a": first.band.name,
        "instrument_a": first.instrument,
        "band_b": second.band.name,
        "instrument_b": second.instrument,
        "significance": tests[limit],
        "significance_known": min(lr_significance(pair.known) for pair in pairs.values()),
        "limited_by": limit,
        "exposure_3_sigma": exposure_for(3.0, tests[limit]),
        "exposure_5_sigma": exposure_for(5.0, tests[limit]),
    }


def curves(
    pair: Pair,
    field: Field,
    factors: Sequence[float],
    *,
    mocks: int = 1000,
    seed: int = 511,
    progress: Counted | None = None,
) -> dict[str, Any]:
    """Return significance and power against exposure for each statistic: name to a table.

    The likelihood ratio stands there twice: with the pair's nuisances profiled, and with its backgrounds known exactly.

    Parameters
    ----------
    pair
        At the exposure taken.
    factors
        Multiples of it.
    mocks, seed
        As for :func:`forecast`.
    progress
        Called with (factors done, factors in all) after each.
    """
    from astropy.table import QTable

    verdicts = [forecast(pair.scaled(factor), field, mocks=mocks, seed=seed) for factor in counted(factors, progress)]
    tables = {}
    for name in verdicts[0]:
        rows = [(factor, *found[name]) for factor, found in zip(factors, verdicts, strict=True)]
        tables[name] = QTable(rows=rows, names=("exposure", "significance", "power", "extrapolated"))
    for name, tested in ((LIKELIHOOD, pair), (KNOWN, pair.known)):
        tables[name] = tables[LIKELIHOOD].copy()
        tables[name]["significance"] = [lr_significance(tested.scaled(factor)) for factor in factors]
        tables[name]["extrapolated"] = False
    tables[KNOWN]["power"] = float("nan")  # mocks are judged with the nuisances free
    return tables

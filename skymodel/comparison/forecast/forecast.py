"""What it takes to see whether two bands have one origin: significance, power, and the exposure for 3 and 5 sigma.

A story gives each band the sky it follows. For a pair of bands the null is one origin: both follow the first band's
sky; the story's second band differs or not. The likelihood ratio knows both shapes and asks whether the second band
needs the story's sky beside the first; its median significance follows from the expected counts (Cowan et al. 2011,
EPJC 71, 1554) and grows as the root of the exposure. The simpler statistics get theirs from mocks.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.interstellar import interstellar_intensity
from skymodel.comparison.forecast.likelihood import Expected, likelihood_root
from skymodel.comparison.forecast.mocks import (
    LIKELIHOOD,
    all_statistics,
    expected,
    p_values,
    two_sided,
)
from skymodel.comparison.forecast.observations import Observation, origin
from skymodel.comparison.likeness.field import Field
from skymodel.comparison.rivals.skies import rival
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.sky.regions import COMPTEL_WINDOW, Box
from skymodel.sky.skymap import SkyMap

REGION = Box(lon=(-30.0, 30.0), lat=(-15.0, 15.0))
LINE, ORTHO, XRAY = "LINE_511", "ORTHO_PS", "XRAY_8_KEV"
BANDS = (LINE, ORTHO, "CONTINUUM_1_3", "CONTINUUM_3_10", "CONTINUUM_10_20", XRAY)
NUGGETS = "nuggets"
STORIES: Mapping[str, tuple[str, str, str]] = {  # what positronium, the MeV continuum and the X-rays follow
    NUGGETS: (NUGGETS, NUGGETS, NUGGETS),
    "positrons in flight": ("siegert2016", "knoedlseder2025", "boxy_bulge_nuclear_disk"),
    "old stars": ("boxy_bulge_nuclear_disk", "gaussian_disk", "boxy_bulge_nuclear_disk"),
    "annihilating dark matter": ("annihilation", "knoedlseder2025", "boxy_bulge_nuclear_disk"),
    "decaying dark matter": ("decay", "decay", "boxy_bulge_nuclear_disk"),
}
NUISANCES = ("flat", "slopes", "interstellar", "interstellar slopes", "sources")  # free norms and slopes
_XRAY_LEVEL = 1.0  # X-ray photons per 511 keV photon: not predicted here; illustrative, as is the X-ray instrument


class Pair(NamedTuple):
    """Two bands under a story.

    Parameters
    ----------
    first, second
        Expected counts of the two under the story.
    shared
        Expected counts of the second band if it followed the first band's sky, with the same flux in the region.
    """

    first: Expected
    second: Expected
    shared: Expected

    def scaled(self, factor: float) -> Pair:
        """Return the pair at `factor` times both exposures."""
        return Pair(*(wanted.scaled(factor) for wanted in self))


@dataclass(frozen=True, eq=False)
class Skies:
    """The skies that bands may follow, each with the mean line intensity 1 in the region's field.

    Parameters
    ----------
    field
        Where they are compared.
    maps
        By name; :data:`NUGGETS` is one of them.
    level
        Mean intensity of the 511 keV line in the field [cm-2 s-1 sr-1].
    emission
        Photons of each band per 511 keV photon.
    nuisances
        What is not known of the backgrounds, of :data:`NUISANCES`; empty for backgrounds that are known exactly.
    """

    field: Field
    maps: Mapping[str, SkyMap]
    level: float
    emission: NuggetEmission
    nuisances: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse unknown nuisances."""
        for name in self.nuisances:
            if name not in NUISANCES:
                raise ValueError(f"no nuisance {name!r}; there are {', '.join(map(repr, NUISANCES))}")

    def expected(self, name: str, seen_by: Observation) -> Expected:
        """Return the expected counts of a band that follows one of the skies, at the nuggets' flux."""
        photons = _XRAY_LEVEL if seen_by.band.name == XRAY else self._photons(seen_by)
        foreground = None
        if seen_by.band.name.startswith("CONTINUUM"):
            foreground = _foreground(self.maps["interstellar"], seen_by)
        found = expected(self.maps[name] * (self.level * photons), seen_by, self.field, foreground)
        return found._replace(nuisances=self._nuisances(seen_by, foreground)) if self.nuisances else found

    def _nuisances(self, seen_by: Observation, foreground: SkyMap | None) -> Floats:
        """Return the shapes of what is not known of a band's background, of which a fit may add any amount."""
        flat, lon, lat = np.ones(self.field.pixels.size), self.field.lon / 30.0, self.field.lat / 15.0
        shapes = {"flat": [flat], "slopes": [lon, lat, np.abs(lat)]}
        if foreground is not None:
            shapes["interstellar"] = [self._template("interstellar", seen_by)]
            shapes["interstellar slopes"] = [shapes["interstellar"][0] * slope for slope in (lon, np.abs(lat))]
        shapes["sources"] = [self._template("gaussian_disk", seen_by)]
        return np.stack([shape for name in self.nuisances for shape in shapes.get(name, [])] or [flat])

    def _template(self, name: str, seen_by: Observation) -> Floats:
        seen = expected(self.maps[name], seen_by, self.field).signal
        return np.asarray(seen / seen.mean())

    def _photons(self, seen_by: Observation) -> float:
        if seen_by.band.name == LINE:
            return 1.0
        return self.emission.band_factor(seen_by.band)

    def pair(self, story: str, first: Observation, second: Observation) -> Pair:
        """Return what a story expects of two observations."""
        names = [_followed(story, seen_by.band.name) for seen_by in (first, second)]
        return Pair(self.expected(names[0], first), self.expected(names[1], second), self.expected(names[0], second))


def skies(
    nuggets: SkyMap,
    field: Field,
    *,
    emission: NuggetEmission | None = None,
    names: Sequence[str] = (),
    nuisances: Sequence[str] = ("flat", "interstellar"),
) -> Skies:
    """Return the skies of all stories, or of `names`, at the nside of the nuggets' map.

    Parameters
    ----------
    nuggets
        Map of J, or of the line; only its shape counts.
    field
        Where bands are compared.
    emission
        Photons of each band per 511 keV photon.
    names
        Rivals to make; all that the stories need by default.
    nuisances
        What is not known of the backgrounds; by default the norms of the flat and of the interstellar one.
    """
    wanted = names or sorted({name for story in STORIES.values() for name in story} - {NUGGETS})
    maps = {NUGGETS: nuggets} | {
        name: rival(name).sky(field.nside) for name in {*wanted, "interstellar", "gaussian_disk"}
    }
    level = float(rival("siegert2016").sky(field.nside).values[field.pixels].mean())
    shapes = {name: sky * (1 / float(sky.values[field.pixels].mean())) for name, sky in maps.items()}
    plain = {name: SkyMap(sky.values, np.array(0.0), "cm-2 s-1 sr-1", name=name) for name, sky in shapes.items()}
    return Skies(field, plain, level, emission or NuggetEmission(), tuple(nuisances))


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
    return {name: judge(null[name], other[name], sides=1 if name == LIKELIHOOD else 2) for name in null}


def judge(null: Floats, other: Floats, *, sides: int = 2) -> Prospect:
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


def matrix(found: Skies, observations: Sequence[Observation], stories: Sequence[str] = tuple(STORIES)) -> Any:
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

    Returns
    -------
    QTable
        A row for each story and pair of bands: significance, the band that limits it, and the factors on that band's
        exposure for 3 and 5 sigma.
    """
    from astropy.table import QTable

    pairs = list(itertools.combinations(observations, 2))
    rows = [_matrix_row(story, *pair, found) for story in stories for pair in pairs]
    return QTable(rows=rows, meta={"inputs": origin(observations)})


def _matrix_row(story: str, first: Observation, second: Observation, found: Skies) -> dict[str, Any]:
    tests = {
        tested.band.name: lr_significance(found.pair(story, other, tested))
        for other, tested in ((first, second), (second, first))
    }
    limit = min(tests, key=lambda name: tests[name])
    return {
        "rival": story,
        "band_a": first.band.name,
        "instrument_a": first.instrument,
        "band_b": second.band.name,
        "instrument_b": second.instrument,
        "significance": tests[limit],
        "limited_by": limit,
        "exposure_3_sigma": exposure_for(3.0, tests[limit]),
        "exposure_5_sigma": exposure_for(5.0, tests[limit]),
    }


def curves(pair: Pair, field: Field, factors: Sequence[float], *, mocks: int = 1000, seed: int = 511) -> dict[str, Any]:
    """Return significance and power against exposure for each statistic: name to a table.

    Parameters
    ----------
    pair
        At the exposure taken.
    factors
        Multiples of it.
    """
    from astropy.table import QTable

    verdicts = [forecast(pair.scaled(factor), field, mocks=mocks, seed=seed) for factor in factors]
    tables = {}
    for name in verdicts[0]:
        rows = [(factor, *found[name]) for factor, found in zip(factors, verdicts, strict=True)]
        tables[name] = QTable(rows=rows, names=("exposure", "significance", "power", "extrapolated"))
    exact = [lr_significance(pair.scaled(factor)) for factor in factors]
    tables[LIKELIHOOD]["significance"] = exact
    tables[LIKELIHOOD]["extrapolated"] = [False] * len(exact)
    return tables


def _followed(story: str, band: str) -> str:
    """Return which sky a band follows in a story."""
    if story not in STORIES:
        raise ValueError(f"no story {story!r}; known: {', '.join(STORIES)}")
    positronium, continuum, xray = STORIES[story]
    return {LINE: positronium, ORTHO: positronium, XRAY: xray}.get(band, continuum)


def _foreground(shape: SkyMap, seen_by: Observation) -> SkyMap:
    """Return the interstellar emission of a band, its level that of a published model in COMPTEL's window."""
    return shape * (interstellar_intensity(seen_by.band) / shape.mean(COMPTEL_WINDOW).value)

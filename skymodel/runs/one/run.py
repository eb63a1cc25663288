"""A configuration in, a :class:`RunResult` out: maps, fluxes, spectrum, ratio table and verdict; no file is touched.

The product of the two densities is projected once. Every band is a number times that map, because the microphysics is
uniform, and the anchor fixes the number. Means over regions are integrated straight from the densities, map-free.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from profiles import Density
from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.comparison.ratio.verdict import Verdict, verdict
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.runs.config.emission import uniform_nuggets
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.claims import ClaimsReport, check_claims
from skymodel.runs.one.fluxes import Part, flux_table, share_of_sky
from skymodel.runs.one.probe import require_density
from skymodel.runs.one.spectrum import spectrum_table
from skymodel.sightlines.means import region_mean, window_factor
from skymodel.sightlines.project import project
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Region
from skymodel.sky.skymap import SkyMap

MEAN_RTOL = 1e-6  # of the means over regions, which cost little: as shipped a hundredth of the map's tolerance
WINDOWS: Mapping[str, Region] = {"INTEGRAL": INTEGRAL_CIRCLE, "COMPTEL": COMPTEL_WINDOW}
STAGES = ("map", "regions", "density pairs", "claims")
OWN = "this run"  # what the ratio table calls the configured densities
Progress = Callable[[str, float], Any]


@dataclass(frozen=True)
class RunResult:
    """What a run computed.

    Parameters
    ----------
    config
        The validated configuration; ``config.resolved()`` repeats the run.
    maps
        ``J`` and the two bands by name, as shipped ``LINE_511`` and ``CONTINUUM_1_20``: pixel means with errors.
    coverage
        Covered share of each pixel ``(npix,)`` of the two instruments' regions, ``INTEGRAL`` and ``COMPTEL``.
    fluxes, ratio, spectrum
        QTables: bands in regions, the ratio over density pairs, the predicted spectrum.
    statement
        The verdict on the ratio claim, in words.
    claims
        The paper's quantitative statements, each with its computed value and verdict.
    timings
        Seconds that each stage took.
    """

    config: RunConfig
    maps: Mapping[str, SkyMap]
    coverage: Mapping[str, Floats]
    fluxes: Any
    ratio: Any
    spectrum: Any
    statement: str
    claims: ClaimsReport
    timings: Mapping[str, float]


def run(config: RunConfig, *, progress: Progress | None = None) -> RunResult:
    """Return what a model predicts, and the verdict on the ratio claim.

    Parameters
    ----------
    config
        The model, for example ``load_config("paper")``.
    progress
        Called with the name of a stage and the share of the whole that is done.

    Raises
    ------
    ValueError
        If a density misbehaves, a sight line diverges, a tolerance cannot be met or the anchor's region is dark.
    """
    clock = _Clock(progress or (lambda stage, done: None))
    pair = _pair(config)
    with clock("map"):
        column = project(pair, config.map.nside, rtol=config.map.rtol, **_lines(config))
    with clock("regions"):
        seen = _seen(config, pair, column)
        coverage = {name: region.coverage(config.map.nside) for name, region in WINDOWS.items()}
    with clock("density pairs") as report:
        judged = _verdict(config, report)
    with clock("claims"):
        claims = _claims(config, seen, judged)
    emission, line, measured = config.emission.build(), config.anchor.line_intensity, config.anchor.relative_error
    factors = {band: emission.band_factor(band) for band in (LINE_511, config.emission.continuum)}
    return RunResult(
        config=config,
        maps=_maps(column, seen.anchor, line, factors),
        coverage=coverage,
        fluxes=flux_table(seen.parts, seen.sky, line, factors, relative_error=measured),
        ratio=judged.table(),
        spectrum=spectrum_table(emission, line, seen.parts[1].relative, relative_error=measured),
        statement=judged.statement,
        claims=claims,
        timings=clock.seconds,
    )


class _Clock:
    """Reports each stage and what of it is done, and keeps the seconds it took."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[Callable[[int, int], None]]:
        first, start = STAGES.index(name), time.perf_counter()
        self._progress(name, first / len(STAGES))
        yield lambda done, count: self._progress(name, (first + done / count) / len(STAGES))
        self.seconds[name] = time.perf_counter() - start


def _pair(config: RunConfig) -> Density:
    for name in ("dark_matter", "electrons"):
        require_density(name, getattr(config, name), config.observer.r_sun)
    return config.dark_matter * config.electrons


def _lines(config: RunConfig) -> dict[str, Any]:
    return {"observer": config.observer.build(), "r_max": config.path.r_max, "s_max": config.path.s_max}


def _mean_rtol(config: RunConfig) -> float:
    """Return the tolerance of the region means: tables and grids, whose map is coarse, would not repay more."""
    return min(config.map.rtol, max(MEAN_RTOL, 1e-2 * config.map.rtol))


def _verdict(config: RunConfig, report: Callable[[int, int], None]) -> Verdict:
    """Return the verdict on the configured pair, first, and on the published ones."""
    emission, band = uniform_nuggets(config.emission), config.emission.continuum
    settings = {"emission": emission, "band": band, "line_intensity": config.anchor.line_intensity, **_lines(config)}
    own = verdict({OWN: config.dark_matter}, {OWN: config.electrons}, rtol=_mean_rtol(config), **settings)
    published = verdict(rtol=MEAN_RTOL, progress=report, **settings)
    return replace(own, pairs=own.pairs + published.pairs)


def _claims(config: RunConfig, seen: _Seen, judged: Verdict) -> ClaimsReport:
    circle = seen.parts[0]
    own, *others = judged.window_factors.tolist()
    share = share_of_sky(circle, seen.sky).value
    return check_claims(uniform_nuggets(config.emission), circle, window_factor=own, containment=share, others=others)


class _Seen(NamedTuple):
    """The two instruments' regions and the whole sky, and the mean of J in the anchor's region."""

    parts: list[Part]
    sky: Part
    anchor: Bounded


def _seen(config: RunConfig, pair: Density, column: SkyMap) -> _Seen:
    """Return the means of J: over regions straight from the densities, over the whole sky from the map."""
    settings = {"rtol": _mean_rtol(config), **_lines(config)}
    region = config.anchor.region
    below = region_mean(pair, region, **settings)
    if below.value <= below.error:
        raise ValueError(f"anchor.region = {region.name} sees nothing of the densities; choose one that does")
    parts = []
    for window in WINDOWS.values():
        ratio = window_factor(pair, numerator=window, denominator=region, **settings)
        parts.append(Part(window.name, window.solid_angle, ratio.numerator, ratio))
    total = column.total()
    mean = Bounded(total.value, total.error, column.unit) * (1 / (4 * math.pi))
    return _Seen(parts, Part("all_sky", 4 * math.pi, mean, mean / below), below)


def _maps(column: SkyMap, anchor: Bounded, line_intensity: float, factors: Mapping[Band, float]) -> dict[str, SkyMap]:
    """Return J and each band, scaled so that the line's mean in the anchor's region is as measured."""
    per_column = line_intensity / anchor
    maps = {"J": replace(column, name="J")}
    for band, factor in factors.items():
        meta = {"e_min": band.low, "e_max": band.high}
        maps[band.name] = replace(column * (per_column * factor), unit="cm-2 s-1 sr-1", name=band.name, meta=meta)
    return maps

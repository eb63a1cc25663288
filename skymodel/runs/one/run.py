"""A configuration in, a result out: maps, fluxes, ratios, spectrum, verdict; no file is touched.

Each density that shines is projected once. Where the microphysics is uniform that is the product of the two densities,
and every band is a number times its map; the anchor fixes the number. Means over regions are integrated straight from
the densities, map-free.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.comparison.comptel.excess import excess_table
from skymodel.comparison.ratio.ratio import Windows
from skymodel.emission.event.bands import LINE_511
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.nuggets.cube import EnergyCube, VaryingCube, energy_cube
from skymodel.emission.nuggets.local import local_spectrum_factor
from skymodel.galaxy import SkyModel
from skymodel.progress import Counted, Progress, Steps
from skymodel.runs.config.emission import uniform_nuggets
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.cache import Cache, NothingKept, Remembered
from skymodel.runs.one.columns import Lights, Seen, band_maps, lights, means, whole_sky
from skymodel.runs.one.correlations import correlation_table
from skymodel.runs.one.fluxes import flux_table
from skymodel.runs.one.judgement import cached, check, fits, judge, mean_rtol, nugget_bands, published
from skymodel.runs.one.probe import require_densities
from skymodel.runs.one.ratios import ratio_table
from skymodel.runs.one.result import RunResult
from skymodel.runs.one.spectrum import spectrum_table
from skymodel.sightlines.project import project
from skymodel.sky import healpix
from skymodel.sky.region import Region
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

WINDOWS: Mapping[str, Region] = {"INTEGRAL": INTEGRAL_CIRCLE, "COMPTEL": COMPTEL_WINDOW}
_STEPS = {"map": 4.0, "regions": 1.0, "density pairs": 4.0, "claims": 0.5, "comparison": 1.0}  # shares of the time


def run(
    config: RunConfig,
    *,
    progress: Progress | None = None,
    cache: Cache | None = None,
) -> RunResult:
    """Return what a model predicts, and the verdict on the ratio claim.

    Parameters
    ----------
    config
        The model, for example ``load_config("paper")``.
    progress
        Called with the name of a stage and the share of the whole that is done.
    cache
        Asked for maps and means of J before they are computed; by default none are kept.

    Raises
    ------
    ValueError
        If a density misbehaves, a sight line diverges, a tolerance cannot be met or the anchor's region is dark.
    """
    steps = Steps(progress, {name: weight for name, weight in _STEPS.items() if name != "comparison" or config.compare})
    kept = Remembered(cache or NothingKept())
    require_memory(config)
    require_densities(config)
    model, line, measured = config.model(), config.anchor.line_intensity, config.anchor.relative_error
    _require_direct_light(config, model)
    shining = lights(model, config.shining)
    bands = {band: shining.bands[band] for band in config.shining}
    with published(config, kept) as pairs:
        with steps("map") as counted:
            columns = [_column(config, model, index, shining, counted, kept) for index in range(len(shining.densities))]
        with steps("regions"):
            seen = _seen(config, model, shining, cached(kept))
            sky = whole_sky(columns, seen.anchor)
            coverage = _coverage(config)
        with steps("density pairs") as counted:
            judged = judge(config, counted, kept, pairs)
    with steps("claims"):
        claims = check(config, seen, sky, shining, judged)
    window = seen.parts[COMPTEL_WINDOW].shining(shining.line)
    drawn = band_maps(columns, Lights(shining.densities, bands), seen.anchor, line)
    result = RunResult(
        config=config,
        maps=drawn | {"J": _named_j(shining, columns)},
        coverage=coverage,
        fluxes=flux_table([seen.part(one) for one in config.parts], sky, line, bands, relative_error=measured),
        ratios=ratio_table(
            model, config.ratios, config.emission.continuum, rtol=mean_rtol(config), windows=cached(kept)
        ),
        ratio=judged.table(),
        spectrum=spectrum_table(model.emission, line, window, relative_error=measured),
        statement=judged.statement,
        claims=claims,
        timings=steps.seconds,
        fits=fits(config, judged, claims),
        nugget_bands=nugget_bands(config, judged, claims),
        excess=excess_table(model, windows=cached(kept)),
    )
    cube = _cube(config, model, columns, shining, seen)
    return replace(result, cube=cube, correlations=_compared(result, steps))


def require_memory(config: RunConfig) -> None:
    """Raise ValueError if the maps of a run do not fit into the memory that is free."""
    healpix.require_memory(config.map.nside, columns=6 * (len(config.shining) + 2))


def _column(config: RunConfig, model: SkyModel, index: int, shining: Lights, counted: Counted, cache: Cache) -> SkyMap:
    """Return the map of J of one of the densities that shine, from the cache if it holds it."""
    density, asked, count = shining.densities[index], config.map, len(shining.densities)

    def compute() -> SkyMap:
        def report(done: int, every: int) -> None:
            counted(index * every + done, count * every)

        return project(density, asked.nside, progress=report, workers=asked.workers, **how, **model.lines)

    how: dict[str, Any] = {"rtol": asked.rtol, "shortfall": asked.shortfall, "budget": asked.budget}
    return cache.map(density, {"nside": asked.nside, **how, **model.lines}, compute)


def _seen(config: RunConfig, model: SkyModel, shining: Lights, windows: Windows) -> Seen:
    regions = [*WINDOWS.values(), *(named.region for named in config.parts)]
    return means(model, shining, regions, config.anchor.region, rtol=mean_rtol(config), windows=windows)


def _coverage(config: RunConfig) -> dict[str, Floats]:
    """Return the coverage of the instruments' regions and of those listed beside them."""
    regions = dict(WINDOWS)
    for named in config.parts:
        if named.region not in WINDOWS.values():
            regions[_free(re.sub(r"\W+", "_", named.name).strip("_").upper() or "REGION", regions)] = named.region
    return {name: region.coverage(config.map.nside) for name, region in regions.items()}


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """Return a name that is not taken yet: itself, or with a number behind it."""
    return next(one for one in itertools.chain([name], (f"{name}_{i}" for i in itertools.count(2))) if one not in taken)


def _named_j(shining: Lights, columns: Sequence[SkyMap]) -> SkyMap:
    """Return the map of J: of what makes the line, the product of the two densities unless its rate varies."""
    line = next(index for index, factor in enumerate(shining.line) if factor > 0)
    return replace(columns[line], name="J")


def _cube(
    config: RunConfig, model: SkyModel, columns: Sequence[SkyMap], shining: Lights, seen: Seen
) -> EnergyCube | VaryingCube | None:
    """Return the continuum at the energies asked for: a number times the line, or a map of its own for each."""
    if config.cube is None:
        return None
    if model.local:
        return _varying_cube(config, model, seen)
    alone = Lights(shining.densities, {LINE_511: shining.line})
    line = band_maps(columns, alone, seen.anchor, config.anchor.line_intensity)[LINE_511.name]
    return energy_cube(line, model.emission, config.cube.energies)


def _energies(config: RunConfig) -> Floats:
    return np.asarray(config.cube.energies if config.cube else (), dtype=np.float64)


def _require_direct_light(config: RunConfig, model: SkyModel) -> None:
    """Refuse a cube of positronium's continuum where the microphysics varies, before anything is computed."""
    if model.local and (_energies(config) <= ELECTRON_MASS).any():
        raise ValueError(
            f"cube.energies = {_energies(config).tolist()} MeV; allowed where the microphysics varies: above "
            f"{ELECTRON_MASS:g} MeV, where all of the continuum is direct annihilation"
        )


def _varying_cube(config: RunConfig, model: SkyModel, seen: Seen) -> VaryingCube:
    """Return the direct continuum at each energy, projected anew: where chi or mu vary, so does its shape."""
    energies = _energies(config)
    ((line, _),) = model.emissivity(LINE_511)
    per_column = Bounded(config.anchor.line_intensity, 0.0) / Bounded(*seen.anchor)
    maps = []
    for energy in energies.tolist():
        density = line * local_spectrum_factor(uniform_nuggets(config.emission), energy, **model.local)
        column = project(density, config.map.nside, rtol=config.map.rtol, **model.lines)
        value = column.values * per_column.value
        error = column.error * (per_column.value + per_column.error) + value * per_column.error / per_column.value
        name, meta = f"CONTINUUM_AT_{energy:g}_MEV", {"energy_mev": energy}
        maps.append(SkyMap(value, error, "cm-2 s-1 sr-1 MeV-1", name=name, meta=meta))
    return VaryingCube(tuple(maps), energies)


def _compared(result: RunResult, steps: Steps) -> Any:
    if result.config.compare is None:
        return None
    with steps("comparison") as counted:
        return correlation_table(result.config, result.maps, progress=counted)

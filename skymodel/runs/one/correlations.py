"""How alike the maps of a run are to one another, to rival skies and to the maps of files: ``correlations.ecsv``.

With uniform microphysics all bands are one map times numbers, so that their errors are common and their correlation is
1 to rounding; where chi or the rate depends on the place it is a prediction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from skymodel.comparison.forecast.told_apart import p_value
from skymodel.comparison.likeness.correlation import cosine, pearson, spearman
from skymodel.comparison.likeness.morphology import common_nside
from skymodel.comparison.likeness.shape import widths
from skymodel.comparison.rivals.skies import rival
from skymodel.progress import Counted
from skymodel.runs.config.model import RunConfig
from skymodel.runs.config.questions import CompareConfig
from skymodel.runs.config.regions import WHOLE_SKY, NamedRegion
from skymodel.sky.reading.maps import read_map
from skymodel.sky.regions import ALL_SKY
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth

_COLUMNS = {
    "first": ("", "one map"),
    "second": ("", "the other"),
    "region": ("", "where they are compared"),
    "cosine": ("", "cosine between the maps as vectors"),
    "cosine_error": ("", "bound of its error, from those of the maps"),
    "pearson": ("", "correlation of the departures from the means"),
    "pearson_error": ("", "bound of its error"),
    "spearman": ("", "correlation of the ranks"),
    "spearman_error": ("", "bound of its error"),
    "width_lon_first": ("deg", "root mean square longitude of the first map about its centroid"),
    "width_lat_first": ("deg", "the same in latitude"),
    "width_lon_second": ("deg", "that of the second"),
    "width_lat_second": ("deg", "the same in latitude"),
    "width_error": ("deg", "the largest of the four errors"),
    "p_value": ("", "chance that one sky looks as unlike, with the exposure of the configuration; nan without one"),
}


def correlation_table(config: RunConfig, own: Mapping[str, SkyMap], *, progress: Counted) -> Any:
    """Return a QTable with a row for each pair of maps and each region.

    Parameters
    ----------
    config
        Whose ``compare`` says what is compared.
    own
        The run's maps by name.
    progress
        Called with (rows done, rows in all).
    """
    from astropy.table import QTable

    asked = config.compare or CompareConfig()
    pairs = list(_pairs(config, asked, own, [read_map(file) for file in asked.files]))
    regions = asked.regions or (NamedRegion(WHOLE_SKY, ALL_SKY),)
    rows = []
    for pair in pairs:
        first, second = _seen(pair, asked, common=config.model().uniform and pair[1] in own.values())
        for region in regions:
            rows.append(_row(first, second, region, asked))
            progress(len(rows), len(pairs) * len(regions))
    table = QTable(rows=rows, names=list(_COLUMNS), units=[unit or None for unit, _ in _COLUMNS.values()])
    for name, (_, description) in _COLUMNS.items():
        table[name].info.description = description
    table.meta["beam_fwhm_deg"] = 0.0 if asked.beam is None else asked.beam.width
    return table


def _pairs(
    config: RunConfig, asked: CompareConfig, own: Mapping[str, SkyMap], files: Sequence[SkyMap]
) -> Iterator[tuple[SkyMap, SkyMap]]:
    """Yield the pairs: the run's bands with one another, and each with every rival and every file's map."""
    names = [band.name for band in asked.bands or config.shining]
    if unknown := [name for name in names if name not in own]:
        there = ", ".join(band.name for band in config.shining)
        raise ValueError(f"compare.bands: {unknown[0]} is no band of this run; its bands are {there}")
    bands = [own[name] for name in names]
    yield from combinations(bands, 2)
    for sky in bands:
        for name in asked.rivals:
            yield sky, rival(name).sky(sky.nside)
        for other in files:
            yield sky, other


def _seen(pair: tuple[SkyMap, SkyMap], asked: CompareConfig, *, common: bool) -> list[SkyMap]:
    """Return two maps at one nside through the beam; errors that both share are no error of their likeness."""
    seen = [sky if asked.beam is None else smooth(sky, asked.beam) for sky in common_nside(*pair)]
    return [replace(sky, error=np.array(0.0)) for sky in seen] if common else seen


def _row(first: SkyMap, second: SkyMap, named: NamedRegion, asked: CompareConfig) -> tuple[Any, ...]:
    region = named.region
    pair = [number for test in (cosine, pearson, spearman) for number in test(first, second, region)]
    where = None if region == ALL_SKY else region
    wide = [statistic for sky in (first, second) for statistic in widths(sky, where)]
    largest = max(statistic.error for statistic in wide)
    chance = float("nan")
    if asked.exposure is not None:
        chance = p_value(first, second, region, exposure=asked.exposure, mocks=asked.mocks)
    return (first.name, second.name, named.name, *pair, *(one.value for one in wide), largest, chance)

"""The integrals that a run is made of: maps and means of J, of each density that shines, over each part of the sky.

Each is computed once. Where the microphysics is uniform one density shines, and every band is a number times its map.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from profiles import Density
from skymodel.bounded import Bounded
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.galaxy import SkyModel
from skymodel.progress import Counted
from skymodel.progress import parts as in_parts
from skymodel.runs.config.regions import WHOLE_SKY, NamedRegion
from skymodel.runs.one.fluxes import Part, Shining, summed
from skymodel.sightlines.means import Ratio, region_mean, window_factors
from skymodel.sky.region import Region
from skymodel.sky.skymap import SkyMap

INTENSITY = "cm-2 s-1 sr-1"


@dataclass(frozen=True)
class Lights:
    """Which densities shine, and how much each adds to a band.

    Parameters
    ----------
    densities
        Each of them once.
    bands
        Photons per line photon from each, by band.
    """

    densities: tuple[Density, ...]
    bands: Shining

    @property
    def line(self) -> tuple[float, ...]:
        """What the line is made of."""
        return self.bands[LINE_511]


def lights(model: SkyModel, bands: Iterable[Band]) -> Lights:
    """Return the densities that shine in any of the bands or in the line.

    Parameters
    ----------
    model
        The galaxy.
    bands
        The energy bands.
    """
    wanted = list(dict.fromkeys((LINE_511, *bands)))
    parts = {band: model.emissivity(band) for band in wanted}
    found: list[Density] = []
    for each in parts.values():
        found += [density for density, _ in each if not any(density is one or density == one for one in found)]
    weights = {band: tuple(_weight(density, each) for density in found) for band, each in parts.items()}
    return Lights(tuple(found), weights)


def _weight(density: Density, parts: Sequence[tuple[Density, float]]) -> float:
    return sum(factor for one, factor in parts if one is density or one == density)


@dataclass(frozen=True)
class Seen:
    """The means of J over parts of the sky.

    Parameters
    ----------
    parts
        By region.
    anchor
        Mean of the line's J over the anchor's region.
    """

    parts: Mapping[Region, Part]
    anchor: Bounded

    def part(self, named: NamedRegion) -> Part:
        """Return the part of the sky under a name."""
        return replace(self.parts[named.region], name=named.name)


def means(
    model: SkyModel,
    shining: Lights,
    regions: Iterable[Region],
    anchor: Region,
    *,
    rtol: float,
    windows: Callable[..., tuple[Ratio, ...]] = window_factors,
    workers: int | None = None,
    progress: Counted | None = None,
) -> Seen:
    """Return the means over regions, straight from the densities, beside that over the anchor's region.

    `workers` integrate, by default as many as there are cores; `progress` is called with (done, all).

    Raises
    ------
    ValueError
        If the anchor's region sees nothing of what makes the line.
    """
    asked: dict[str, Any] = {"rtol": rtol, **model.lines, **({} if workers is None else {"workers": workers})}
    places = list(dict.fromkeys((anchor, *regions)))
    reports = in_parts(progress, [1.0] * (len(places) * len(shining.densities)))
    calls = ({**asked, **({"progress": report} if progress else {})} for report in reports)
    if len(shining.densities) == 1:
        return _of_one(shining, places, anchor, windows, calls)
    columns = {
        region: tuple(region_mean(density, region, **next(calls)) for density in shining.densities) for region in places
    }
    below = summed(columns[anchor], shining.line)
    if below.value <= below.error:
        raise ValueError(_DARK.format(anchor.name))
    parts = {
        region: Part(region.name, region.solid_angle, each, tuple(column / below for column in each))
        for region, each in columns.items()
    }
    return Seen(parts, below)


_DARK = "anchor.region = {} sees nothing of the densities; choose one that does"


def _of_one(
    shining: Lights,
    regions: Iterable[Region],
    anchor: Region,
    windows: Callable[..., tuple[Ratio, ...]],
    calls: Iterator[dict[str, Any]],
) -> Seen:
    """Return the means where one density shines: the errors that a region and the anchor's share cancel."""
    density, found, below = shining.densities[0], {}, Bounded(0.0, 0.0)
    for region in regions:
        try:
            (ratio,) = windows([density], numerator=region, denominator=anchor, **next(calls))
        except ValueError as error:
            dark = "there is no ratio to it" in str(error)
            raise (ValueError(_DARK.format(anchor.name)) if dark else error) from None
        below = ratio.denominator * shining.line[0]
        found[region] = Part(region.name, region.solid_angle, (ratio.numerator,), (ratio,))
    return Seen(found, below)


def whole_sky(maps: Sequence[SkyMap], anchor: Bounded) -> Part:
    """Return the whole sky, from the maps of J."""
    share = 1 / (4 * math.pi)
    columns = tuple(Bounded(total.value, total.error, sky.unit) * share for sky in maps for total in [sky.total()])
    return Part(WHOLE_SKY, 4 * math.pi, columns, tuple(column / anchor for column in columns))


def band_maps(maps: Sequence[SkyMap], shining: Lights, anchor: Bounded, line_intensity: float) -> dict[str, SkyMap]:
    """Return the map of each band, scaled so that the line's mean in the anchor's region is as measured."""
    per_column = line_intensity / anchor
    return {band.name: _band_map(maps, band, factors, per_column) for band, factors in shining.bands.items()}


def _band_map(maps: Sequence[SkyMap], band: Band, factors: Sequence[float], per_column: Bounded) -> SkyMap:
    terms = [sky * (per_column * factor) for sky, factor in zip(maps, factors, strict=True)]
    whole = functools.reduce(operator.add, terms)
    return replace(whole, unit=INTENSITY, name=band.name, meta={"e_min": band.low, "e_max": band.high})

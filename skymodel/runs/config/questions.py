"""What a run is asked beside its maps: ratios of bands between regions, an energy cube, comparisons of maps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from skymodel.comparison.comptel.points import Weighting, covariance
from skymodel.runs.config.bands import AnyBand, Bands
from skymodel.runs.config.quantities import WithUnit
from skymodel.runs.config.regions import AnyRegion, Regions
from skymodel.runs.config.section import Section
from skymodel.sky.beams import Beam
from skymodel.sky.instruments import read_beam, write_beam

_MEV = WithUnit("MeV", above=0.0)


def _side(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) == 2:
        return {"band": value[0], "region": value[1]}
    return value


class BandOver(Section):
    """A band over a region, written as [band, region]."""

    band: AnyBand
    region: AnyRegion


AnySide = Annotated[BandOver, BeforeValidator(_side)]


class RatioConfig(Section):
    """The mean intensity of a band over a region, over that of another."""

    numerator: AnySide
    denominator: AnySide
    name: str = ""

    @property
    def label(self) -> str:
        """What tables call it."""
        sides = (self.numerator, self.denominator)
        return self.name or " / ".join(f"{side.band.name} in {side.region.name}" for side in sides)


def _energies(value: Any) -> tuple[float, ...]:
    """Return photon energies [MeV] from a list of them, or from {from, to, count} evenly in the logarithm."""
    if isinstance(value, Mapping):
        if set(value) != {"from", "to", "count"} or not isinstance(value["count"], int) or value["count"] < 2:
            raise ValueError(f"{value!r} is no range; write {{from: 1 MeV, to: 20 MeV, count: 10}}")
        low, high = _MEV.read(value["from"]), _MEV.read(value["to"])
        if not 0 < low < high:
            raise ValueError(f"{value!r} goes from {low:g} to {high:g} MeV; allowed: upwards, from above 0")
        return tuple(np.geomspace(low, high, value["count"]).tolist())
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"{value!r} is no list of energies; write [1 MeV, 3 MeV, 10 MeV]")
    found = tuple(_MEV.read(one) for one in value)
    if any(low >= high for low, high in pairwise(found)):
        raise ValueError(f"{list(value)} are not ascending; write the energies in rising order")
    return found


class CubeConfig(Section):
    """The maps of the continuum at several photon energies."""

    energies: Annotated[
        tuple[float, ...],
        BeforeValidator(_energies),
        PlainSerializer(lambda found: [_MEV.write(one) for one in found]),
        WithJsonSchema({"description": "[1 MeV, 3 MeV] or {from, to, count}", "type": ["array", "object"]}),
    ]


AnyBeam = Annotated[
    Beam,
    BeforeValidator(read_beam),
    PlainSerializer(write_beam),
    WithJsonSchema({"description": "a width, '3 deg', or instrument@energy, spi@0.511", "type": "string"}),
]


class FitConfig(Section):
    """How chi is fitted to COMPTEL's points: the correlation of their errors, and how a bin is averaged."""

    correlation: Annotated[float, Field(ge=-1, lt=1)] = 0.0
    weighting: Weighting = "log"

    @model_validator(mode="after")
    def _positive(self) -> FitConfig:
        covariance([1.0, 1.0, 1.0], self.correlation)
        return self


class CompareConfig(Section):
    """How alike maps are: the run's own bands with one another, with rivals, with files; p-values need an exposure."""

    bands: Bands | None = None
    regions: Regions | None = None
    beam: AnyBeam | None = None
    rivals: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    exposure: Annotated[float, WithUnit("cm2 s", above=0.0)] | None = None
    mocks: Annotated[int, Field(ge=100)] = 1000

    @model_validator(mode="after")
    def _known(self) -> CompareConfig:
        from skymodel.comparison.rivals.skies import rival

        for name in self.rivals:
            rival(name)
        return self


def _ratios(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{value!r} is no list of ratios; write [{{numerator: [band, region], denominator: [...]}}]")
    return value


Ratios = Annotated[tuple[RatioConfig, ...], BeforeValidator(_ratios)]

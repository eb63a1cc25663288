"""What a run computed, as objects."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from profiles.contract.arrays import Floats
from profiles.contract.shown import Shown
from skymodel.runs.one.centre import inner_galaxy
from skymodel.runs.one.claims import ClaimsReport
from skymodel.sightlines.zoom import Image
from skymodel.sky.skymap import SkyMap

if TYPE_CHECKING:
    from skymodel.emission.nuggets.cube import EnergyCube, VaryingCube
    from skymodel.runs.config.model import RunConfig


@dataclass(frozen=True, repr=False)
class RunResult(Shown):
    """What a run computed.

    Parameters
    ----------
    config
        The validated configuration; ``config.resolved()`` repeats the run.
    maps
        The bands by name, as shipped ``LINE_511`` and ``CONTINUUM_1_20``, then ``J``: pixel means with errors.
    coverage
        Covered share of each pixel ``(npix,)`` of the two instruments' regions, ``INTEGRAL`` and ``COMPTEL``, and of
        those that the configuration lists.
    fluxes, ratios, ratio, spectrum
        QTables: bands in regions, ratios of bands between regions, the ratio over density pairs, the spectrum.
    fits, nugget_bands, excess
        QTables: chi over spectra, backgrounds, countings and W; all bands of one nugget with the implied B; COMPTEL's
        excess between its nested windows beside what the densities predict.
    statement
        The verdict on the ratio claim, in words.
    claims
        The paper's quantitative statements, each with its computed value and verdict.
    timings
        Seconds that each stage took.
    cube
        The continuum at the energies of ``cube:``, made map by map; None where none were asked for.
    correlations
        QTable of ``compare:``; None where nothing was asked for.
    """

    config: RunConfig
    maps: Mapping[str, SkyMap]
    coverage: Mapping[str, Floats]
    fluxes: Any
    ratios: Any
    ratio: Any
    spectrum: Any
    statement: str
    claims: ClaimsReport
    timings: Mapping[str, float]
    cube: EnergyCube | VaryingCube | None = None
    correlations: Any = None
    fits: Any = None
    nugget_bands: Any = None
    excess: Any = None

    @functools.cached_property
    def centre(self) -> Image:
        """The line in the inner Galaxy, painted from the densities; made when it is first asked for."""
        return inner_galaxy(self.config, self.maps)

    def __repr__(self) -> str:
        """Return the label, the maps and W."""
        own = self.ratio[0]
        label, maps = self.config.label or "without a label", ", ".join(self.maps)
        return f"<RunResult {label}: {maps}; W = {own['W']:.6g} with error {own['W_error']:.1g}>"

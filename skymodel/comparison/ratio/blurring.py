"""The measured ratio through the beams of the two instruments: light that each throws out of its window or into it.

Beams need maps, so the means here carry the maps' errors, the pixels on the windows' edges included, and are less
exact than those taken straight from densities. The effect of a beam is taken between maps of one resolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skymodel.comparison.ratio.null import band_map
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.galaxy import SkyModel
from skymodel.sightlines.means import Mean, Ratio, quotient, region_mean
from skymodel.sky.beams import Beam
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth


@dataclass(frozen=True)
class Blurred:
    """The ratio across the windows with some of the beams.

    Parameters
    ----------
    name
        "sharp", "line", "continuum" or "together": which of the two bands are seen through their beams.
    across
        Continuum in COMPTEL's window over the line in the INTEGRAL circle.
    sharp
        The same without beams, from the same maps.
    """

    name: str
    across: Ratio
    sharp: Ratio

    @property
    def factor(self) -> float:
        """By how much the beams multiply the ratio that is measured."""
        return self.across.value / self.sharp.value


def beam_effects(
    model: SkyModel,
    *,
    line_beam: Beam,
    continuum_beam: Beam,
    nside: int = 64,
    band: Band = CONTINUUM_1_20,
    rtol: float = 1e-4,
) -> tuple[Blurred, ...]:
    """Return what the beams do to the ratio across the windows: none, each alone, both together.

    Parameters
    ----------
    model
        Whose sky it is; a change of :mod:`skymodel.comparison.ratio.breaking` may have been applied.
    line_beam, continuum_beam
        What the line and the continuum are seen through.
    nside, rtol
        Resolution and tolerance of the maps; a beam needs two pixels at least.
    band
        The continuum.
    """
    sharp = band_map(model, LINE_511, nside=nside, rtol=rtol)
    line = _seen(sharp, line_beam, INTEGRAL_CIRCLE)
    continuum = _seen(_continuum(model, band, sharp, rtol), continuum_beam, COMPTEL_WINDOW)
    tried = {"sharp": (0, 0), "line": (0, 1), "continuum": (1, 0), "together": (1, 1)}
    ratios = {name: quotient(continuum[above], line[below]) for name, (above, below) in tried.items()}
    return tuple(Blurred(name, found, ratios["sharp"]) for name, found in ratios.items())


def _continuum(model: SkyModel, band: Band, line: SkyMap, rtol: float) -> SkyMap:
    """Return the map of the continuum: a number times that of the line, if both follow one density."""
    if not model.uniform:
        return band_map(model, band, nside=line.nside, rtol=rtol)
    return line * (model.emission.band_factor(band) / model.emission.band_factor(LINE_511))


def _seen(sky: SkyMap, beam: Beam, region: Any) -> tuple[Mean, Mean]:
    """Return the mean over a region without and with a beam."""
    return region_mean(sky, region), region_mean(smooth(sky, beam), region)

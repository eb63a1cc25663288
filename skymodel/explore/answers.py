"""What the page shows of a configuration: the line's map, its profiles, W, fluxes, the spectrum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.emission.event.bands import LINE_511
from skymodel.runs.config.model import RunConfig
from skymodel.sightlines.means import Ratio, window_factor
from skymodel.sightlines.project import project
from skymodel.sightlines.ray.integrate import line_of_sight
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

COARSE, FINE = 16, 64
MAP_RTOL, LINE_RTOL = 1e-2, 1e-3  # of what is only looked at
MEAN_RTOL = {COARSE: 1e-2, FINE: 1e-3}
ANGLES = np.concatenate([np.geomspace(0.3, 30, 40), np.linspace(34, 180, 30)])  # deg
ENERGIES = np.geomspace(0.3, 40, 160)  # MeV
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Answer:
    """What is known of a configuration, at first coarsely.

    Parameters
    ----------
    line
        Map of the 511 keV line.
    window
        W, its error included.
    band
        Photons of the continuum band per photon of the line.
    along, across
        The line's intensity at :data:`ANGLES` from the centre along the plane and, up to 90 deg, along the meridian.
    spectrum
        k^2 dPhi/dk at :data:`ENERGIES` in COMPTEL's window [MeV cm-2 s-1 sr-1], W counted.
    final
        Whether nothing better follows.
    """

    config: RunConfig
    line: SkyMap
    window: Bounded
    band: float
    along: Floats
    across: Floats
    spectrum: Floats
    final: bool

    @property
    def intensities(self) -> dict[tuple[str, str], float]:
        """Mean intensity [cm-2 s-1 sr-1] by band and region."""
        line = self.config.anchor.line_intensity
        factors = {LINE_511.name: 1.0, self.config.emission.continuum.name: self.band}
        shares = {INTEGRAL_CIRCLE.name: 1.0, COMPTEL_WINDOW.name: self.window.value}
        return {
            (band, region): line * factor * share
            for band, factor in factors.items()
            for region, share in shares.items()
        }


def answers(config: RunConfig, progress: Progress | None = None) -> Iterator[Answer]:
    """Yield what is known of a configuration: with a coarse map first, where a fine one takes long.

    The coarse map has the lines through the middles of its pixels, and not the means, which cost ten times as much.

    Raises
    ------
    ValueError
        If the densities cannot be integrated, or shine nowhere in the circle.
    """
    steps = (FINE,) if (config.dark_matter * config.electrons).symmetry != "none" else (COARSE, FINE)
    for nside in steps:
        yield _answer(config, nside, progress)


def _answer(config: RunConfig, nside: int, progress: Progress | None) -> Answer:
    pair, lines = config.dark_matter * config.electrons, _lines(config)
    column = (
        _coarse(pair, lines) if nside == COARSE else project(pair, nside, rtol=MAP_RTOL, progress=progress, **lines)
    )
    found = _window(pair, MEAN_RTOL[nside], lines)
    circle, window = found.denominator, Bounded(found.value, found.error)
    scale = config.anchor.line_intensity / circle.value
    along, across = (
        line_of_sight(pair, *place, rtol=LINE_RTOL, **lines).value * scale
        for place in ((ANGLES, 0.0), (0.0, ANGLES[ANGLES <= 90]))
    )
    emission = config.emission.build()
    spectrum = ENERGIES**2 * emission.spectrum(ENERGIES, config.anchor.line_intensity) * window.value
    sky = SkyMap(column.values * scale, column.error * scale, "cm-2 s-1 sr-1", name=LINE_511.name)
    band = float(emission.band_factor(config.emission.continuum))
    return Answer(config, sky, window, band, along, across, np.asarray(spectrum), nside == FINE)


def _lines(config: RunConfig) -> dict[str, Any]:
    return {"observer": config.observer.build(), "r_max": config.path.r_max, "s_max": config.path.s_max}


def _window(pair: Density, rtol: float, lines: Mapping[str, Any]) -> Ratio:
    try:
        return window_factor(pair, rtol=rtol, **lines)
    except ValueError as error:
        dark = "these densities do not meet in the INTEGRAL circle, so nothing fixes the scale"
        raise (ValueError(dark) if "there is no ratio to it" in str(error) else error) from None


def _coarse(pair: Density, lines: Mapping[str, Any]) -> SkyMap:
    import healpy

    places = healpy.pix2ang(COARSE, np.arange(12 * COARSE**2), lonlat=True)
    found = line_of_sight(pair, *places, rtol=MAP_RTOL, **lines)
    return SkyMap(found.value, found.error, found.unit)

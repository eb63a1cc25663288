"""The maps of an ensemble's draws: J over the sky, and the number that makes it each band's intensity.

The microphysics of a draw is uniform, so its bands are one map times numbers: J is kept once. A draw's map is that of
``skymodel run``, at the resolution and the tolerance of the model's own ``map``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.emission.event.bands import LINE_511
from skymodel.runs.config.model import RunConfig
from skymodel.sightlines.means import region_mean
from skymodel.sightlines.project import project


class Layout(NamedTuple):
    """What all maps of an ensemble have in common: resolution and bands."""

    nside: int
    bands: tuple[str, ...]


@dataclass(frozen=True)
class Maps:
    """The maps of consecutive draws, nan where a draw failed.

    Parameters
    ----------
    first
        The first draw.
    layout
        Resolution and bands.
    J, J_error
        Pixel means ``(draws, npix)`` [GeV cm-6 kpc], RING ordered, Galactic.
    intensity_per_J, intensity_per_J_error
        What J is multiplied by, ``(draws, bands)`` [cm-2 s-1 sr-1 / (GeV cm-6 kpc)].
    """

    first: int
    layout: Layout
    J: Floats
    J_error: Floats
    intensity_per_J: Floats
    intensity_per_J_error: Floats

    def put(self, draw: int, settings: RunConfig) -> None:
        """Compute the maps of a draw.

        Raises
        ------
        ValueError
            If the draw has another resolution or band than the ensemble, or its map cannot be made.
        """
        require_layout(self.layout, settings)
        pair, path = settings.dark_matter * settings.electrons, _path(settings)
        column = project(pair, settings.map.nside, rtol=settings.map.rtol, **path)
        anchor = region_mean(pair, settings.anchor.region, rtol=settings.map.rtol, **path)
        per_column = settings.anchor.line_intensity / anchor
        emission = settings.emission.build()
        scales = [per_column * emission.band_factor(band) for band in (LINE_511, settings.emission.continuum)]
        place = draw - self.first
        self.J[place], self.J_error[place] = column.values, column.error
        self.intensity_per_J[place] = [scale.value for scale in scales]
        self.intensity_per_J_error[place] = [scale.error for scale in scales]


def empty_maps(layout: Layout, first: int, last: int) -> Maps:
    """Return the maps of the draws `first` <= i < `last`, not computed yet."""
    sky, bands = (last - first, 12 * layout.nside**2), (last - first, len(layout.bands))
    return Maps(first, layout, *(np.full(shape, np.nan) for shape in (sky, sky, bands, bands)))


def layout_of(settings: RunConfig) -> Layout:
    """Return the resolution and the bands of a model's maps."""
    return Layout(settings.map.nside, (LINE_511.name, settings.emission.continuum.name))


def require_layout(layout: Layout, settings: RunConfig) -> None:
    """Refuse a draw whose maps do not fit those of the ensemble."""
    if layout_of(settings) != layout:
        raise ValueError(
            f"maps of a draw are {layout_of(settings)}, those of the ensemble {layout}; "
            "with maps: true no prior may change map.nside or emission.band"
        )


def _path(settings: RunConfig) -> dict[str, Any]:
    return {"observer": settings.observer.build(), "r_max": settings.path.r_max, "s_max": settings.path.s_max}

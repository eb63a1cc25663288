"""The inner Galaxy of a run, painted from the densities and not from its map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from skymodel.emission.event.bands import LINE_511
from skymodel.sightlines.zoom import Image, wcs_grid, zoom

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles import Density
    from skymodel.runs.config.model import RunConfig
    from skymodel.sky.skymap import SkyMap

_RTOL = 1e-3  # of what is only drawn
_LON, _LAT, _STEP = 80.0, 30.0, 0.25  # width, height and pixel [deg]; an even number of pixels: none holds the centre


def shining(config: RunConfig, maps: Mapping[str, SkyMap]) -> tuple[Density, dict[str, Any]]:
    """Return what makes the line, scaled to its intensity, and how its sight lines run."""
    column, band = maps["J"], maps["LINE_511"]
    top = int(np.argmax(column.values))
    ((density, _),) = config.model().emissivity(LINE_511)
    settings = {**config.model().lines, "rtol": max(_RTOL, config.map.rtol)}
    return density * float(band.values[top] / column.values[top]), settings


def inner_galaxy(config: RunConfig, maps: Mapping[str, SkyMap]) -> Image:
    """Return the line [cm-2 s-1 sr-1] within 40 deg of longitude and 15 of latitude, each pixel a sight line."""
    density, settings = shining(config, maps)
    image = zoom(density, wcs_grid(lon=0, lat=0, width=_LON, height=_LAT, pixel=_STEP), **settings)
    return Image(image.values, image.error, maps["LINE_511"].unit, image.wcs, image.meta)

"""Sky maps and line-of-sight forward modelling of products of densities, every number with its error.

``import skymodel as sm`` is light: each public name is loaded from its module on first use.
"""

from __future__ import annotations

import importlib
from typing import Any

_EXPORTS = {
    "skymodel.datafiles": ("data_path",),
    "skymodel.sky.regions": ("COMPTEL_WINDOW", "INTEGRAL_CIRCLE", "Box", "Circle", "Region"),
    "skymodel.sky.skymap": ("SkyMap",),
    "skymodel.sky.beams": ("GaussianBeam", "TabulatedBeam", "smooth"),
    "skymodel.sightlines.geometry": ("Observer",),
    "skymodel.sightlines.along": ("along",),
    "skymodel.sightlines.integrate": ("line_of_sight",),
    "skymodel.sightlines.project": ("project",),
    "skymodel.sightlines.tiling": ("project_chunks",),
    "skymodel.sightlines.zoom": ("latitude_profile", "longitude_profile", "wcs_grid", "zoom"),
    "skymodel.sightlines.means": ("region_mean", "window_factor"),
    "skymodel.emission.annihilation": ("event_rate", "event_rate_leading_log", "photon_rate"),
    "skymodel.emission.model": ("NuggetEmission", "continuum_intensity"),
    "skymodel.emission.electrosphere": ("Electrosphere",),
    "skymodel.emission.electrosphere_emission": ("ElectrosphereEmission",),
    "skymodel.emission.anchor": ("Anchor", "published_anchor"),
    "skymodel.emission.claims": ("Scenario", "paper_claims"),
    "skymodel.emission.cube": ("energy_cube",),
    "skymodel.emission.local": ("local_band_factor",),
    "skymodel.emission.bands": ("CONTINUUM_1_20", "LINE_511", "Band"),
    "skymodel.comparison.ratio": ("SkyModel", "ratio"),
    "skymodel.comparison.verdict": ("verdict",),
    "skymodel.comparison.morphology": ("compare",),
    "skymodel.comparison.rivals": ("rival",),
    "skymodel.comparison.confront": ("confront",),
    "skymodel.comparison.transport": ("earth_mover",),
    "skymodel.runs.config": ("RunConfig", "load_config"),
    "skymodel.runs.run": ("run",),
    "skymodel.output.folder": ("write",),
    "skymodel.output.fits": ("MapHeader", "read_maps", "write_map_pieces", "write_maps"),
    "skymodel.output.images": ("read_image", "write_image"),
    "skymodel.output.map_store": ("open_maps",),
}
_HOME = {name: module for module, names in _EXPORTS.items() for name in names}

__all__ = sorted(_HOME)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'skymodel' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

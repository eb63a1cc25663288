"""Sky maps and line-of-sight forward modelling of products of densities, every number with its error.

``import skymodel as sm`` is light: each public name is loaded from its module on first use.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

_EXPORTS = {
    "skymodel.datafiles": ("data_path",),
    "skymodel.sky.regions": ("COMPTEL_WINDOW", "INTEGRAL_CIRCLE", "Box", "Circle", "Region"),
    "skymodel.sky.skymap": ("SkyMap",),
    "skymodel.sky.reading.maps": ("read_map", "read_maps"),
    "skymodel.sky.beams": ("GaussianBeam", "TabulatedBeam"),
    "skymodel.sky.smoothing": ("smooth",),
    "skymodel.sightlines.ray.geometry": ("Observer",),
    "skymodel.sightlines.ray.along": ("along",),
    "skymodel.sightlines.ray.integrate": ("line_of_sight",),
    "skymodel.sightlines.project": ("project",),
    "skymodel.sightlines.pixels.summing": ("project_chunks",),
    "skymodel.sightlines.zoom": ("latitude_profile", "longitude_profile", "wcs_grid", "zoom"),
    "skymodel.sightlines.means": ("region_mean", "window_factor", "window_factors"),
    "skymodel.emission.event.annihilation": ("event_rate", "event_rate_leading_log", "photon_rate"),
    "skymodel.emission.nuggets.model": ("NuggetEmission", "continuum_intensity"),
    "skymodel.emission.electrosphere.structure": ("Electrosphere",),
    "skymodel.emission.electrosphere.spectrum": ("ElectrosphereEmission",),
    "skymodel.emission.electrosphere.solved": ("SolvedElectrosphere",),
    "skymodel.emission.electrosphere.solved_spectrum": ("SolvedElectrosphereEmission",),
    "skymodel.emission.nuggets.anchor": ("Anchor", "published_anchor"),
    "skymodel.emission.claims": ("Scenario", "paper_claims"),
    "skymodel.emission.nuggets.cube": ("energy_cube",),
    "skymodel.emission.nuggets.local": ("local_band_factor",),
    "skymodel.emission.event.bands": ("CONTINUUM_1_20", "LINE_511", "Band"),
    "skymodel.galaxy": ("SkyModel",),
    "skymodel.comparison.ratio.ratio": ("ratio",),
    "skymodel.comparison.ratio.verdict": ("verdict",),
    "skymodel.comparison.comptel.fit": ("fit_comptel",),
    "skymodel.comparison.likeness.morphology": ("compare",),
    "skymodel.comparison.rivals.skies": ("rival",),
    "skymodel.comparison.rivals.confront": ("confront",),
    "skymodel.comparison.likeness.transport": ("earth_mover",),
    "skymodel.runs.config.model": ("RunConfig", "as_config", "load_config"),
    "skymodel.notebook": ("notebook_progress", "run"),
    "skymodel.output.folders.run": ("write",),
    "skymodel.output.files.fits_write": ("MapHeader", "write_map_pieces", "write_maps"),
    "skymodel.output.export.objects": ("to_gammapy", "to_mhealpy", "to_table", "to_wcs"),
    "skymodel.output.files.images": ("read_image", "write_image"),
    "skymodel.output.files.map_store": ("open_maps",),
}
_HOME = {name: module for module, names in _EXPORTS.items() for name in names}

__all__ = sorted(_HOME)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        from profiles.contract.spelling import options

        known = options(name, __all__, "it has", "`dir(skymodel)`")
        raise AttributeError(f"module 'skymodel' has no attribute {name!r}{known}")
    try:
        value = getattr(importlib.import_module(_HOME[name]), name)
    except ImportError as error:
        raise shadowed(error) from error
    globals()[name] = value
    return value


def shadowed(error: ImportError) -> ImportError:
    """Return the error, or one that says which file stands in the way of the package ``profiles``."""
    found = getattr(sys.modules.get("profiles"), "__file__", None)
    if found is None or "profiles" not in str(error) or found.replace("\\", "/").endswith("profiles/__init__.py"):
        return error
    return ImportError(f"'{found}' stands before skymodel's package 'profiles' on the path; rename your module")


def __dir__() -> list[str]:
    return __all__

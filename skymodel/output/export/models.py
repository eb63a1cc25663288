"""Source models for likelihood fits beside their maps: gammapy's YAML, 3ML's (cosipy's), GammaLib's XML.

Each is a folder with a map, normalised where the tool wants it, and a model that points to it. The flux is the map's;
a map with E_MIN and E_MAX radiates between them, the 511 keV line as a Gaussian of its instrumental width.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

import numpy as np
from astropy import units

from skymodel.output.export.objects import require_whole, to_gammapy
from skymodel.output.files.fits_write import healpix_cards
from skymodel.sky.healpix import require_nside
from skymodel.sky.skymap import SkyMap

_LINE = 0.51099895  # MeV
_WIDTH = 0.85  # keV, standard deviation of the line in COSI's template fits
_INTENSITY = units.Unit("cm-2 s-1 sr-1")
_INDEX = 2.0  # of a band's power law, whose integral alone is known


class Radiated(NamedTuple):
    """What a map radiates: its flux [cm-2 s-1] between two energies [MeV], in a line or not."""

    name: str
    flux: float
    low: float
    high: float

    @property
    def is_line(self) -> bool:
        """Whether the band is narrow and holds the annihilation line."""
        return self.low < _LINE < self.high and self.high - self.low < 0.05


def radiated(sky: SkyMap) -> Radiated:
    """Return what a map of photon intensity radiates.

    Raises
    ------
    ValueError
        If it is no intensity, has no band, or pixels hold no value.
    """
    require_whole(sky)
    if not sky.unit.is_equivalent(_INTENSITY):
        raise ValueError(f"the map {sky.name!r} is in [{sky.unit}]; a source model needs an intensity, [{_INTENSITY}]")
    if not {"e_min", "e_max"} <= set(sky.meta):
        raise ValueError(f"the map {sky.name!r} has no energies (E_MIN, E_MAX); a source model needs them")
    total = sky.to(_INTENSITY).total()
    return Radiated(sky.name or "source", total.value, float(sky.meta["e_min"]), float(sky.meta["e_max"]))


def write_threeml(folder: Path, sky: SkyMap, nside: int = 16) -> None:
    """Write ``template.fits`` and ``model.yaml`` for 3ML, as cosipy fits them: ``SpatialTemplate_2D_Healpix``.

    The template integrates to 1 over the sky; coarser pixels hold the means of the map's own.
    """
    source = radiated(sky)
    coarse = sky.regrid(min(require_nside(nside), sky.nside))
    write_template(folder / "template.fits", coarse)
    model = _threeml_gaussian(source) if source.is_line else _threeml_power_law(source)
    (folder / "model.yaml").write_text(_threeml(source.name, model), encoding="utf-8")


def write_template(path: Path, sky: SkyMap) -> None:
    """Write a map that integrates to 1 over the sky, without unit: the shape of a source."""
    from astropy.io import fits

    require_whole(sky)
    total = float(sky.values.sum()) * sky.pixel_area
    if not total > 0:
        raise ValueError(f"the map {sky.name!r} integrates to {total:g}; a template needs light")
    column = fits.Column("CONTENTS", "D", array=sky.values / total)
    hdu = fits.BinTableHDU.from_columns([column], name="TEMPLATE")
    hdu.header.update(healpix_cards(sky.nside, convention=None))
    hdu.add_checksum(when="by skymodel")
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)


def write_gammalib(folder: Path, sky: SkyMap) -> None:
    """Write ``map.fits`` and ``model.xml``, a diffuse source whose spectrum holds the flux, for GammaLib and ctools."""
    source = radiated(sky)
    write_template(folder / "map.fits", sky)
    spectrum, numbers = _gammalib_spectrum(source)
    parameters = "\n".join(
        f'      <parameter name="{name}" value="{value / scale!r}" scale="{scale!r}" min="{low}" max="{high}" '
        f'free="{int(name in ("Normalization", "PhotonFlux"))}"/>'
        for name, value, scale, low, high in numbers
    )
    (folder / "model.xml").write_text(
        f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<source_library title="skymodel">
  <source name={quoteattr(source.name)} type="DiffuseSource" tscalc="0">
    <spectrum type="{spectrum}">
{parameters}
    </spectrum>
    <spatialModel type="DiffuseMap" file="map.fits">
      <parameter name="Normalization" value="1" scale="1" min="0.001" max="1000" free="0"/>
    </spatialModel>
  </source>
</source_library>
""",
        encoding="utf-8",
    )


def write_gammapy(folder: Path, sky: SkyMap) -> None:
    """Write ``map.fits`` and ``models.yaml``, a ``SkyModel`` with a ``TemplateSpatialModel``; needs gammapy."""
    source, made = radiated(sky), to_gammapy(sky)
    from gammapy.modeling import models

    place = str(folder / "map.fits")  # gammapy writes the map itself, wherever the model says
    shape = models.TemplateSpatialModel(made, normalize=True, filename=place)
    model = models.SkyModel(spatial_model=shape, spectral_model=_gammapy_spectrum(source), name=source.name)
    text = models.Models([model]).to_yaml().partition("metadata:")[0]  # which holds the date
    (folder / "models.yaml").write_text(text.replace(place, "map.fits"), encoding="utf-8")


def _gammapy_spectrum(source: Radiated) -> Any:
    from gammapy.modeling import models

    flux = source.flux * units.Unit("cm-2 s-1")
    if source.is_line:
        return models.GaussianSpectralModel(amplitude=flux, mean=_LINE * units.MeV, sigma=_WIDTH * units.keV)
    edges = {"emin": source.low * units.MeV, "emax": source.high * units.MeV}
    return models.PowerLaw2SpectralModel(amplitude=flux, index=_INDEX, **edges)


def _gammalib_spectrum(source: Radiated) -> tuple[str, list[tuple[str, float, float, float, float]]]:
    """Return the type and the parameters of a spectrum: name, value, scale, and range in units of the scale."""
    flux = float(10.0 ** np.floor(np.log10(source.flux)))
    if source.is_line:
        mean, width = ("Mean", _LINE, 1.0, 0.1, 10.0), ("Sigma", 1e-3 * _WIDTH, 1e-3, 0.01, 100)
        return "Gaussian", [("Normalization", source.flux, flux, 0, 1000), mean, width]
    edges = [("LowerLimit", source.low, 1.0, 0.001, 1e9), ("UpperLimit", source.high, 1.0, 0.001, 1e9)]
    return "PowerLawPhotonFlux", [("PhotonFlux", source.flux, flux, 0, 1000), ("Index", -_INDEX, 1.0, -10, 10), *edges]


def _threeml_gaussian(source: Radiated) -> str:
    numbers = {"F": (source.flux, "s-1 cm-2", True), "mu": (1e3 * _LINE, "keV", False), "sigma": (_WIDTH, "keV", False)}
    return _function("Gaussian", numbers)


def _threeml_power_law(source: Radiated) -> str:
    low, high = 1e3 * source.low, 1e3 * source.high
    numbers = {
        "F": (source.flux, "s-1 cm-2", True),
        "index": (-_INDEX, "", False),
        "a": (low, "keV", False),
        "b": (high, "keV", False),
    }
    return _function("Powerlaw_flux", numbers)


def _function(name: str, numbers: dict[str, tuple[float, str, bool]]) -> str:
    lines = [f"      {name}:"]
    for key, (value, unit, free) in numbers.items():
        lines.append(f"        {key}: {{value: {value!r}, unit: '{unit}', free: {str(free).lower()}}}")
    return "\n".join(lines)


def _threeml(name: str, spectrum: str) -> str:
    return f"""{name} (extended source):
  SpatialTemplate_2D_Healpix:
    K: {{value: 1.0, unit: sr-1, free: false}}
    hash: {{value: 0.0, unit: '', free: false}}
    fits_file: {{value: template.fits, defer: true, function: _load_file}}
  spectrum:
    main:
{spectrum}
      polarization: {{}}
"""

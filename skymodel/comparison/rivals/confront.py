"""Nugget skies against what was measured: the 511 keV components of Siegert 2016, COMPTEL's bulge of Knoedlseder 2025.

The measurements are fits of components, so the same fit is done to each pair's sky. The line: the bulge, disk and
central source that fit it best, times one free scale, against the three published fluxes (two degrees of freedom). The
continuum: the Gaussian, beside an interstellar disk, that fits it best, against the published centre and width. The
flux there fixes chi, the one free number of the continuum, so it is quoted as that chi and is no pull.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats
from skymodel.comparison.likeness.gaussian_sky import UNIT, gaussian_sky
from skymodel.comparison.ratio import candidates
from skymodel.comparison.rivals.skies import R_MAX, rival
from skymodel.datafiles import data_path
from skymodel.emission.event.bands import Band
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.sightlines.project import project
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sky.beams import GaussianBeam, smooth
from skymodel.sky.healpix import pixel_area
from skymodel.sky.line_skies import LINE_SKIES
from skymodel.sky.regions import Box
from skymodel.sky.skymap import SkyMap

LINE_BEAM, CONTINUUM_BEAM = 2.5, 4.0  # FWHM [deg]: SPI (instruments.yaml), COMPTEL's middle (memory, unverified)
LINE_FIELD = Box(lon=(-180.0, 180.0), lat=(-45.0, 45.0))
BULGE_FIELD = Box(lon=(-30.0, 30.0), lat=(-15.0, 15.0))
COMPONENTS = ("bulge", "disk", "central_source")
INFLIGHT = Band("INFLIGHT", 1.0, 10.0)
LIMIT = 2.0  # standard deviations within which a pull is compatible
_RADIUS = 12.0  # deg, within which the centre of a fitted Gaussian is sought


class LineFit(NamedTuple):
    """What a fit of the published components returns for a sky.

    Parameters
    ----------
    fluxes
        Of bulge, disk and central source ``(3,)`` [cm-2 s-1], after the free scale.
    pulls
        Their departures from the published fluxes in standard deviations ``(3,)``.
    chi_square
        Sum of the squares; two degrees of freedom.
    scale
        The free factor on the sky.
    """

    fluxes: Floats
    pulls: Floats
    chi_square: float
    scale: float


class BulgeFit(NamedTuple):
    """The Gaussian that fits a sky beside the interstellar disk: centre, width [deg], its flux [unit sr]."""

    lon: float
    lat: float
    sigma: float
    flux: float


@dataclass(frozen=True)
class Inflight:
    """The published bulge of Knoedlseder 2025, with errors that are assumed (``data/rivals.yaml``)."""

    lon: float
    lat: float
    sigma: float
    flux: float
    centre_error: float
    sigma_error: float

    def pulls(self, found: BulgeFit) -> tuple[float, float, float]:
        """Return the departures in lon, lat and width, in standard deviations."""
        lon, lat = ((a - b) / self.centre_error for a, b in ((found.lon, self.lon), (found.lat, self.lat)))
        return lon, lat, (found.sigma - self.sigma) / self.sigma_error


@functools.cache
def inflight() -> Inflight:
    """Return the published bulge; its flux [cm-2 s-1] is that above 1 MeV."""
    import yaml

    entry, assumed = (
        yaml.safe_load(data_path(name).read_text(encoding="utf-8"))[key]
        for name, key in (("line511.yaml", "knoedlseder2025_inflight"), ("rivals.yaml", "knoedlseder2025_errors"))
    )
    flux = entry["flux_above_1MeV_of_shipped_spectrum"]
    place = entry["centre"]["l"], entry["centre"]["b"], entry["sigma_deg"]
    return Inflight(*place, flux, assumed["centre_deg"], assumed["sigma_deg"])


def fit_line(sky: SkyMap) -> LineFit:
    """Return the published components that fit a 511 keV sky best, and their pulls.

    Pixels within 45 deg of the plane count alike, as for an even exposure dominated by background. The scale of the
    sky is free.
    """
    templates, published, errors, field = _line_templates(sky.nside)
    seen = smooth(sky, GaussianBeam(LINE_BEAM)).values[field]
    amplitudes = np.linalg.lstsq(templates, seen, rcond=None)[0] * published  # fluxes that the sky gives
    weighted = amplitudes / errors**2
    scale = float(weighted @ published / (weighted @ amplitudes))
    pulls = (scale * amplitudes - published) / errors
    return LineFit(scale * amplitudes, pulls, float(pulls @ pulls), scale)


def fit_bulge(sky: SkyMap) -> BulgeFit:
    """Return the Gaussian that fits a continuum sky best in |l| < 30, |b| < 15 deg beside an interstellar disk.

    Both are seen through the beam; their amplitudes are free and linear, the centre and the width are searched.
    """
    from scipy.optimize import minimize

    disk, field, lon, lat = _bulge_field(sky.nside)
    seen = smooth(sky, GaussianBeam(CONTINUUM_BEAM)).values[field]
    beam = math.hypot(GaussianBeam(CONTINUUM_BEAM).sigma, math.degrees(math.sqrt(pixel_area(sky.nside) / 12)))

    def left(place: Floats) -> float:
        design = np.stack([_blurred(lon, lat, place, beam), disk], axis=1)
        return _misfit(design, seen) / float(seen @ seen)

    start = np.array([0.0, 0.0, math.log(4.0)])
    found = minimize(left, start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-12, "maxiter": 2000})
    place = found.x
    design = np.stack([_blurred(lon, lat, place, beam), disk], axis=1)
    height = float(np.linalg.lstsq(design, seen, rcond=None)[0][0])
    width = math.radians(math.hypot(math.exp(place[2]), beam))
    return BulgeFit(float(place[0]), float(place[1]), math.exp(place[2]), height * 2 * math.pi * width**2)


def confront(
    halos: Mapping[str, Density] | None = None,
    electrons: Mapping[str, Density] | None = None,
    *,
    nside: int = 64,
    observer: Observer | None = None,
    emission: NuggetEmission | None = None,
    rtol: float = 1e-3,
) -> Any:
    """Return the table of pairs against both measurements.

    Parameters
    ----------
    halos, electrons
        Densities by name; those of :mod:`skymodel.comparison.ratio.candidates` by default.
    nside, rtol
        Of the maps.
    observer
        Who looks.
    emission
        Sets the chi at which the continuum is predicted.

    Returns
    -------
    QTable
        A row for each pair: fluxes and pulls of the line's components, centre, width and pulls of the bulge in the
        continuum, its predicted flux above 1 MeV and the chi that the published one asks for; ``compatible`` where
        the line's chi-square leaves 5 % and the bulge's three pulls are within 2.
    """
    from astropy.table import QTable

    model = emission or NuggetEmission()
    halos = candidates.default_halos() if halos is None else halos
    electrons = candidates.default_electrons() if electrons is None else electrons
    rows = [
        _row((halo, tracer), _column(first * second, nside, observer or Observer(), rtol), model)
        for halo, first in halos.items()
        for tracer, second in electrons.items()
    ]
    table = QTable(rows=rows)
    for name in table.colnames:
        if (unit := _UNITS.get(name.split("_")[0])) and table[name].dtype.kind == "f":
            table[name].unit = unit
    table.meta = {"line_limit_chi_square": _LIMIT_TWO_DEGREES, "bulge_limit": LIMIT, "errors_of_bulge": "assumed"}
    table.meta["beams"] = (
        f"beams: {LINE_BEAM:g} deg for the line (SPI, read), "
        f"{CONTINUUM_BEAM:g} deg for the continuum (COMPTEL, memory, unverified)"
    )
    return table


_LIMIT_TWO_DEGREES = -2 * math.log(0.05)  # a chi-square of two degrees of freedom exceeds it in 5 % of cases
_UNITS = {"flux": "cm-2 s-1", "bulge": "deg"}


def _column(pair: Density, nside: int, observer: Observer, rtol: float) -> SkyMap:
    return project(pair, nside, observer=observer, r_max=R_MAX, rtol=rtol)


def _row(names: tuple[str, str], column: SkyMap, emission: NuggetEmission) -> dict[str, Any]:
    scaled = SkyMap(column.values / column.values.max(), column.error / column.values.max(), "")
    line = fit_line(scaled)
    bulge = fit_bulge(scaled)
    pulls = inflight().pulls(bulge)
    flux = line.scale * bulge.flux * emission.band_factor(INFLIGHT)
    good_line, good_bulge = line.chi_square < _LIMIT_TWO_DEGREES, max(map(abs, pulls)) < LIMIT
    return {
        "dark_matter": names[0],
        "electrons": names[1],
        **{f"flux_{name}": value for name, value in zip(COMPONENTS, line.fluxes, strict=True)},
        **{f"pull_line_{name}": value for name, value in zip(COMPONENTS, line.pulls, strict=True)},
        "line_chi_square": line.chi_square,
        "bulge_lon": bulge.lon,
        "bulge_lat": bulge.lat,
        "bulge_sigma": bulge.sigma,
        **{f"pull_bulge_{name}": value for name, value in zip(("lon", "lat", "sigma"), pulls, strict=True)},
        "flux_above_1_MeV": flux,
        "chi_asked_for": emission.chi * inflight().flux / flux if flux > 0 else math.nan,
        "line_compatible": good_line,
        "bulge_compatible": good_bulge,
        "compatible": good_line and good_bulge,
    }


@functools.cache
def _line_templates(nside: int) -> tuple[Floats, Floats, Floats, Any]:
    """Return the components ``(pixels, 3)`` through the beam, their published fluxes and errors, the field's pixels.

    Each template has its published flux: the shapes' own fluxes, as their author coded them, differ by a few per cent.
    """
    import yaml

    entry = yaml.safe_load(data_path("line511.yaml").read_text(encoding="utf-8"))["siegert2016"]
    published, errors = (np.array([entry[name][key] for name in COMPONENTS]) for key in ("flux", "err"))
    maps = []
    for name, flux in zip(COMPONENTS, published, strict=True):
        parts = [part for part in LINE_SKIES["siegert2016"]().components if part.measured_as == name]
        values = np.sum([gaussian_sky(part, nside).values for part in parts], axis=0)
        values *= flux / sum(part.flux for part in parts)
        maps.append(smooth(SkyMap(values, np.zeros(values.size), UNIT), GaussianBeam(LINE_BEAM)).values)
    field = np.flatnonzero(LINE_FIELD.coverage(nside) > 0.5)
    return np.stack(maps, axis=1)[field], published, errors, field


@functools.cache
def _bulge_field(nside: int) -> tuple[Floats, Any, Floats, Floats]:
    """Return the interstellar disk through the beam in the field, the field's pixels and where they lie [deg]."""
    import healpy

    disk = smooth(rival("interstellar").sky(nside), GaussianBeam(CONTINUUM_BEAM)).values
    field = np.flatnonzero(BULGE_FIELD.coverage(nside) > 0.5)
    lon, lat = healpy.pix2ang(nside, field, lonlat=True)
    return disk[field] / disk[field].max(), field, (lon + 180) % 360 - 180, lat


def _blurred(lon: Floats, lat: Floats, place: Floats, beam: float) -> Floats:
    """Return a Gaussian through beam and pixels, 1 at its centre: widths add in quadrature, to 1e-3 (tests)."""
    width = math.hypot(math.exp(min(place[2], 4.0)), beam)
    cosine = np.cos(np.radians(lat)) * np.cos(np.radians(place[1])) * np.cos(np.radians(lon - place[0]))
    angle = np.degrees(np.arccos(np.clip(cosine + np.sin(np.radians(lat)) * math.sin(math.radians(place[1])), -1, 1)))
    return np.asarray(np.exp(-((angle / width) ** 2) / 2))


def _misfit(design: Floats, seen: Floats) -> float:
    """Return the sum of squares that the best amplitudes leave."""
    normal, right = design.T @ design, design.T @ seen
    return float(seen @ seen - right @ np.linalg.solve(normal, right))

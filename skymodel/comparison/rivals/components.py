"""The published fits of components, done again on any sky: Siegert 2016's line, Knoedlseder 2025's bulge in the MeV.

The line: the bulge, disk and central source that fit it best. The continuum: the Gaussian, beside an interstellar disk,
that fits it best. Each pixel has a weight, the inverse of its variance (:mod:`skymodel.comparison.rivals.exposure`).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.likeness.gaussian_sky import UNIT, gaussian_sky
from skymodel.comparison.rivals.exposure import EVEN, Weights, pixel_weights
from skymodel.comparison.rivals.skies import rival
from skymodel.datafiles import data_entries
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.healpix import pixel_area
from skymodel.sky.line_skies import LINE_SKIES
from skymodel.sky.regions import Box
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth

LINE_BEAM, CONTINUUM_BEAM = 2.5, 4.0  # FWHM [deg]: SPI (instruments.yaml), COMPTEL's middle (memory, unverified)
LINE_FIELD = Box(lon=(-180.0, 180.0), lat=(-45.0, 45.0))
BULGE_FIELD = Box(lon=(-30.0, 30.0), lat=(-15.0, 15.0))
COMPONENTS = ("bulge", "disk", "central_source")


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

    def distance(self, found: BulgeFit) -> float:
        """Return the largest of the three differences [deg]."""
        return max(abs(found.lon - self.lon), abs(found.lat - self.lat), abs(found.sigma - self.sigma))


@functools.cache
def inflight() -> Inflight:
    """Return the published bulge; its flux [cm-2 s-1] is that above 1 MeV."""
    entry, assumed = (
        data_entries(name)[key]
        for name, key in (("line511.yaml", "knoedlseder2025_inflight"), ("rivals.yaml", "knoedlseder2025_errors"))
    )
    flux = entry["flux_above_1MeV_of_shipped_spectrum"]
    place = entry["centre"]["l"], entry["centre"]["b"], entry["sigma_deg"]
    return Inflight(*place, flux, assumed["centre_deg"], assumed["sigma_deg"])


def fit_line(sky: SkyMap, weights: Weights = EVEN) -> LineFit:
    """Return the published components that fit a 511 keV sky best, and their pulls; the sky's scale is free.

    Parameters
    ----------
    sky
        Any unit.
    weights
        Of the pixels within 45 deg of the plane: "even" for an even exposure dominated by background, "inner" for one
        spent in the inner Galaxy, or a map of the exposure.
    """
    templates, published, errors, field = _line_templates(sky.nside)
    seen = smooth(sky, GaussianBeam(LINE_BEAM)).values[field]
    root = np.sqrt(pixel_weights(weights, sky.nside)[field])
    amplitudes = np.linalg.lstsq(templates * root[:, None], seen * root, rcond=None)[0] * published
    weighted = amplitudes / errors**2
    scale = float(weighted @ published / (weighted @ amplitudes))
    pulls = (scale * amplitudes - published) / errors
    return LineFit(scale * amplitudes, pulls, float(pulls @ pulls), scale)


def fit_bulge(sky: SkyMap, weights: Weights = EVEN) -> BulgeFit:
    """Return the Gaussian that fits a continuum sky best in |l| < 30, |b| < 15 deg beside an interstellar disk.

    Both are seen through the beam; their amplitudes are free and linear, the centre and the width are searched.

    Parameters
    ----------
    sky
        Any unit.
    weights
        Of the pixels, as for :func:`fit_line`.
    """
    from scipy.optimize import minimize

    disk, field, lon, lat = _bulge_field(sky.nside)
    root = np.sqrt(pixel_weights(weights, sky.nside)[field])
    seen = smooth(sky, GaussianBeam(CONTINUUM_BEAM)).values[field] * root
    beam = math.hypot(GaussianBeam(CONTINUUM_BEAM).sigma, math.degrees(math.sqrt(pixel_area(sky.nside) / 12)))

    def left(place: Floats) -> float:
        design = np.stack([_blurred(lon, lat, place, beam), disk], axis=1) * root[:, None]
        return _misfit(design, seen) / float(seen @ seen)

    start = np.array([0.0, 0.0, math.log(4.0)])
    found = minimize(left, start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-12, "maxiter": 2000})
    place = found.x
    design = np.stack([_blurred(lon, lat, place, beam), disk], axis=1) * root[:, None]
    height = float(np.linalg.lstsq(design, seen, rcond=None)[0][0])
    width = math.radians(math.hypot(math.exp(place[2]), beam))
    return BulgeFit(float(place[0]), float(place[1]), math.exp(place[2]), height * 2 * math.pi * width**2)


@functools.cache
def _line_templates(nside: int) -> tuple[Floats, Floats, Floats, Any]:
    """Return the components ``(pixels, 3)`` through the beam, their published fluxes and errors, the field's pixels.

    Each template has its published flux: the shapes' own fluxes, as their author coded them, differ by a few per cent.
    """
    entry = data_entries("line511.yaml")["siegert2016"]
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

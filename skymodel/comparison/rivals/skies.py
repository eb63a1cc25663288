"""Rival skies: what else the 511 keV line and the MeV continuum may follow, as maps with published fluxes.

A rival is a sum of parts: Gaussians of the sphere, points, and densities seen along sight lines. Gaussians are pixel
means, normalised by their integral over the sphere and not by the map's sum. The numbers are in ``data/line511.yaml``
and ``data/rivals.yaml`` with what was read where; a part that a paper gives no shape for is left out and said so.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from profiles import Density, from_function, library
from profiles.contract.arrays import ROUNDING
from profiles.contract.smeared import Smeared
from profiles.contract.spelling import options
from skymodel.bounded import Bounded
from skymodel.comparison.comptel.interstellar import interstellar_intensity
from skymodel.comparison.likeness.gaussian_sky import UNIT, gaussian_sky
from skymodel.datafiles import data_entries
from skymodel.emission.event.bands import CONTINUUM_1_20
from skymodel.progress import Counted, Steps
from skymodel.sightlines.means import region_mean
from skymodel.sightlines.project import project
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sky.healpix import pixel_area, require_nside
from skymodel.sky.line_skies import FWHM, LINE_SKIES, Gaussian
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

R_MAX = 60.0  # kpc, where sight lines end
LISTED = ("galactic_centre_source", "1e1740.7-2942", "massive_stars", "sn_ia", "globular_clusters")


class Part(Protocol):
    """Something that makes a map."""

    def sky(self, nside: int) -> SkyMap:
        """Return its map of pixel means [cm-2 s-1 sr-1]."""
        ...


@dataclass(frozen=True)
class Blob:
    """A Gaussian component of the sky.

    Parameters
    ----------
    component
        Flux, place and widths.
    """

    component: Gaussian

    def sky(self, nside: int) -> SkyMap:
        """Return its map of pixel means, each with the difference between two quadratures as its error."""
        return gaussian_sky(self.component, nside)


@dataclass(frozen=True)
class Point:
    """A point source: all its flux in the pixel that holds it."""

    flux: float
    lon: float
    lat: float

    def sky(self, nside: int) -> SkyMap:
        """Return its map."""
        import healpy

        values = np.zeros(12 * nside**2)
        values[healpy.ang2pix(nside, self.lon, self.lat, lonlat=True)] = self.flux / pixel_area(nside)
        return SkyMap(values, ROUNDING * values, UNIT)


@dataclass(frozen=True)
class Volume:
    """An emissivity of the Galaxy, scaled to a flux.

    Parameters
    ----------
    density
        What the emissivity is proportional to.
    flux
        Flux [cm-2 s-1] of the whole sky if `region` is None, else mean intensity [cm-2 s-1 sr-1] over the region.
    region
        Where the mean is known.
    observer
        Who looks.
    rtol
        Tolerance of the projection.
    """

    density: Density
    flux: float
    region: Any = None
    observer: Observer = field(default_factory=Observer)
    rtol: float = 1e-3

    def sky(self, nside: int, progress: Counted | None = None) -> SkyMap:
        """Return its map; the scale's error is in every pixel's."""
        column = project(self.density, nside, observer=self.observer, r_max=R_MAX, rtol=self.rtol, progress=progress)
        known = column.total() if self.region is None else self._mean()
        return replace(column * (self.flux / known), unit=UNIT)

    def _mean(self) -> Bounded:
        return region_mean(self.density, self.region, observer=self.observer, r_max=R_MAX, rtol=self.rtol)


@dataclass(frozen=True)
class Rival:
    """A hypothesis about the sky in one band.

    Parameters
    ----------
    name
        What maps and tables call it.
    band
        The band that its flux is for.
    parts
        What it is made of.
    reference
        Where its numbers come from, and what was read.
    """

    name: str
    band: str
    parts: tuple[Part, ...]
    reference: str

    def sky(self, nside: int, progress: Counted | None = None) -> SkyMap:
        """Return the map of pixel means [cm-2 s-1 sr-1].

        Parameters
        ----------
        nside
            Resolution.
        progress
            Called with (done, all) as the work goes on, nearly all of which goes into volumes.

        Examples
        --------
        >>> from skymodel.sky.regions import INTEGRAL_CIRCLE
        >>> bulge = rival("knoedlseder2005").sky(32)
        >>> print(f"{bulge.total().value:.4e}")
        1.0500e-03
        """
        steps = Steps(lambda _, share: progress(round(1000 * share), 1000) if progress else None, self._weights)
        maps = []
        for number, part in enumerate(self.parts):
            with steps(str(number)) as counted:
                maps.append(part.sky(nside, counted) if isinstance(part, Volume) else part.sky(require_nside(nside)))
        values, error = np.sum([sky.values for sky in maps], axis=0), np.sum([sky.error for sky in maps], axis=0)
        return SkyMap(values, error, UNIT, name=self.name, meta={"band": self.band, "reference": self.reference})

    @property
    def _weights(self) -> dict[str, float]:
        return {str(k): 100.0 if isinstance(part, Volume) else 1.0 for k, part in enumerate(self.parts)}


def rival(name: str) -> Rival:
    """Return a rival by name.

    Raises
    ------
    ValueError
        If there is none of that name; the message names the nearest.

    Examples
    --------
    >>> from skymodel import rival
    >>> rival("siegert2016").band
    'LINE_511'
    """
    if name not in RIVALS:
        raise ValueError(f"no rival {name!r}{options(name, RIVALS)}")
    return RIVALS[name]()


def _line_sky(name: str) -> Rival:
    found = LINE_SKIES[name]()
    return Rival(name, "LINE_511", tuple(Blob(part) for part in found.components), found.reference)


def _round(flux: float, sigma: float, lon: float = 0.0, lat: float = 0.0) -> Blob:
    return Blob(Gaussian(flux, 0.0, lon, lat, sigma, sigma, ""))


def _skinner2014() -> Rival:
    entry = data_entries("line511.yaml")["skinner2014_as_in_cosi_DC2"]
    point, disk = entry["central_point_source"], entry["thin_disk"]
    bulges = [_round(shape["flux"], shape["sigma"], shape["l"], shape["b"]) for shape in _bulges(entry)]
    plane = Blob(Gaussian(disk["flux"], 0.0, 0.0, 0.0, disk["sigma_l"], disk["sigma_b"], ""))
    parts: tuple[Part, ...] = (*bulges, plane, Point(point["flux"], point["l"], point["b"]))
    return Rival("skinner2014", "LINE_511", parts, f"Skinner et al. 2014 as coded in {entry['source']}")


def _bulges(entry: dict[str, Any]) -> list[dict[str, float]]:
    return [entry["narrow_bulge"], entry["broad_bulge"]]


def _bouchet2010() -> Rival:
    entry = data_entries("line511.yaml")["bouchet2010"]
    lon = entry["centroid_l_deg"][0]
    parts = [_round(entry[key]["flux"], entry[key]["fwhm_deg"] / float(FWHM), lon) for key in ("bulge_1", "bulge_2")]
    text = f"Bouchet et al. 2010, {entry['ref']}, the two bulges; its disk or halo has no shape there"
    return Rival("bouchet2010", "LINE_511", tuple(parts), text)


def _knoedlseder2025() -> Rival:
    entry = data_entries("line511.yaml")["knoedlseder2025_inflight"]
    parts = (_round(entry["flux_0p1_10MeV"], entry["sigma_deg"], entry["centre"]["l"], entry["centre"]["b"]),)
    return Rival("knoedlseder2025", "0.1-10 MeV", parts, f"Knoedlseder et al. 2025: {entry['ref']}")


def _stars() -> Rival:
    """Return the boxy bulge, the nuclear bulge and, as published with them, the central source."""
    entry = data_entries("rivals.yaml")["boxy_bulge_nuclear_disk"]
    bar = Volume(library.build(entry["boxy_bulge"]["density"]), entry["boxy_bulge"]["flux"])
    nuclear = Volume(library.electrons(entry["nuclear_bulge"]["density"]), entry["nuclear_bulge"]["flux"])
    return Rival("boxy_bulge_nuclear_disk", "LINE_511", (bar, nuclear), entry["reference"])


def _listed(name: str) -> Rival:
    """Return the rival whose parts ``data/rivals.yaml`` lists: points and densities, each with its flux."""
    entry = data_entries("rivals.yaml")[name]
    volumes = [Volume(library.electrons(part["density"]), float(part["flux"])) for part in entry.get("volumes", ())]
    points = [Point(float(part["flux"]), part["l"], part["b"]) for part in entry.get("points", ())]
    return Rival(name, "LINE_511", (*volumes, *points), f"{entry['reference']} [{entry['status']}]")


def _gaussian(x: Any, y: Any, z: Any, *, radial: float, vertical: float) -> Any:
    return np.exp(-(x * x + y * y) / (2 * radial**2) - z * z / (2 * vertical**2))


def _gaussian_disk() -> Rival:
    entry = data_entries("rivals.yaml")["gaussian_disk"]
    shape = functools.partial(_gaussian, radial=entry["sigma_R"], vertical=entry["sigma_z"])
    disk = from_function(shape, unit="cm-3", symmetry="axisymmetric")
    return Rival("gaussian_disk", "LINE_511", (Volume(disk, entry["flux"]),), entry["reference"])


def _dark_matter(name: str, power: int, travel: float = 0.0) -> Rival:
    """Return the rival that follows a power of the dark matter's density, smeared by what positrons travel [kpc]."""
    halo = library.dark_matter(data_entries("rivals.yaml")["dark_matter"]["density"])
    source = halo * halo if power == 2 else halo
    level = LINE_SKIES["siegert2016"]().mean_intensity(INTEGRAL_CIRCLE)[0]
    parts = (Volume(Smeared(source, travel) if travel else source, level, INTEGRAL_CIRCLE),)
    text = f"NFW halo to the power {power}; no flux of its own: Siegert et al. 2016 in the 6 deg circle"
    return Rival(
        name, "LINE_511", parts, f"{text}; smeared by {1e3 * travel:g} pc, arXiv:2109.03691" if travel else text
    )


def _interstellar() -> Rival:
    entry = data_entries("rivals.yaml")["interstellar"]
    shape = library.electrons(entry["density"])
    level = interstellar_intensity(CONTINUUM_1_20, entry["model"])
    return Rival("interstellar", "CONTINUUM_1_20", (Volume(shape, level, COMPTEL_WINDOW),), entry["reference"])


RIVALS: dict[str, Callable[[], Rival]] = {
    "knoedlseder2005": lambda: _line_sky("knoedlseder2005"),
    "bouchet2010": _bouchet2010,
    "skinner2014": _skinner2014,
    "siegert2016": lambda: _line_sky("siegert2016"),
    "boxy_bulge_nuclear_disk": _stars,
    "gaussian_disk": _gaussian_disk,
    "decay": lambda: _dark_matter("decay", 1),
    "annihilation": lambda: _dark_matter("annihilation", 2),
    "annihilation_150pc": lambda: _dark_matter("annihilation_150pc", 2, travel=0.15),
    "knoedlseder2025": _knoedlseder2025,
    "interstellar": _interstellar,
    **{name: functools.partial(_listed, name) for name in LISTED},
}

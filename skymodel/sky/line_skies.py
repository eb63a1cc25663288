"""Published models of the 511 keV sky: sums of Gaussians, and their mean intensity over any region.

A component is exp(-lon^2 / 2 sigma_lon^2 - lat^2 / 2 sigma_lat^2) about its centre if it is elongated, and
exp(-theta^2 / 2 sigma^2) of the angular distance if it is round; both are normalised on the sphere to their flux.
The numbers are in ``data/line511.yaml``, with what was read where.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from profiles.contract.nodes import gauss_legendre
from skymodel.datafiles import data_entries
from skymodel.sky.arcs import arcs, known_edges, radii_of_change
from skymodel.sky.region import Region, as_region

FWHM = np.sqrt(8 * np.log(2))  # full width at half maximum over standard deviation
_RADIAL, _ANGULAR = 24, 12  # nodes a panel: means agree with adaptive quadrature to 1e-7 (tests)


@dataclass(frozen=True)
class Gaussian:
    """One component of the 511 keV sky.

    Parameters
    ----------
    flux
        Its flux over the whole sky [cm-2 s-1].
    relative_error
        One standard deviation over the flux.
    lon, lat
        Centre [deg].
    sigma_lon, sigma_lat
        Standard deviations [deg]; equal ones make a round component.
    measured_as
        What was measured: components of one name share one error.
    """

    flux: float
    relative_error: float
    lon: float
    lat: float
    sigma_lon: float
    sigma_lat: float
    measured_as: str

    def __post_init__(self) -> None:
        """Refuse what the quadrature does not cover."""
        if self.sigma_lon != self.sigma_lat and self.lat != 0:
            raise ValueError(f"an elongated component at lat = {self.lat} deg; allowed: lat = 0, or a round component")

    def share(self, region: Any) -> float:
        """Return the share of the component's flux that comes from `region`, to about 1e-7.

        Parameters
        ----------
        region
            A region with known edges.

        Examples
        --------
        >>> from skymodel.sky.regions import INTEGRAL_CIRCLE
        >>> bulge = Gaussian(1.05e-3, 0.06, 0, 0, 8 / FWHM, 8 / FWHM, "bulge")
        >>> print(f"{bulge.share(INTEGRAL_CIRCLE):.5f}")
        0.79016
        """
        known_edges(as_region(region))  # refused here, before anything that may have no hash is asked for one
        return self._share(as_region(region))

    @functools.lru_cache(maxsize=256)  # noqa: B019  frozen, and the same few skies and regions in every run
    def _share(self, region: Region) -> float:
        borders = np.union1d(radii_of_change(region, self.lon, self.lat), self._scales())
        radius, weight = _graded(np.concatenate([[0.0], borders, [180.0]]))
        pieces = arcs(region, self.lon, self.lat, radius)
        inside = np.sum(self._along_arcs(radius, pieces.start, pieces.stop), axis=1)
        full = self._along_arcs(radius, np.zeros((radius.size, 1)), np.full((radius.size, 1), 2 * np.pi))[:, 0]
        rim = np.sin(np.radians(radius)) * weight
        return float(rim @ inside / (rim @ full))

    def _scales(self) -> Floats:
        narrow, wide = sorted((self.sigma_lon, self.sigma_lat))
        radii = np.concatenate([narrow * np.array([0.5, 1, 2, 3, 5, 8]), wide * np.array([1, 2, 3])])
        return np.append(radii[radii < 180], 90.0)

    def _along_arcs(self, radius: Floats, start: Floats, stop: Floats) -> Floats:
        """Integrate the shape over position angle on arcs ``(N, M)`` of circles ``(N,)`` about the centre."""
        if self.sigma_lon == self.sigma_lat:
            profile = np.exp(-((radius / self.sigma_lon) ** 2) / 2)
            return np.asarray(profile[:, None] * (stop - start))
        nodes, weights = gauss_legendre(_ANGULAR)
        total = np.zeros_like(start)
        for quarter in np.arange(16) * np.pi / 4:  # cut at the axes, where elongated shapes peak or have a seam
            low, high = np.clip(start, quarter, quarter + np.pi / 4), np.clip(stop, quarter, quarter + np.pi / 4)
            phi = low[..., None] + (high - low)[..., None] * nodes
            total += (high - low) * (self._shape(radius[:, None, None], phi) @ weights)
        return total

    def _shape(self, radius: Floats, phi: Floats) -> Floats:
        """Return the shape at distance `radius` [deg] and position angle `phi` [rad]; for centres on the plane."""
        theta = np.radians(radius)
        lat = np.degrees(np.arcsin(np.sin(theta) * np.sin(phi)))
        lon = np.degrees(np.arctan2(np.sin(theta) * np.cos(phi), np.cos(theta)))
        return np.asarray(np.exp(-((lon / self.sigma_lon) ** 2 + (lat / self.sigma_lat) ** 2) / 2))


def _graded(borders: Floats) -> tuple[Floats, Floats]:
    """Return radii and weights [deg] between the borders, dense at each, where arcs begin as square roots."""
    nodes, weights = gauss_legendre(_RADIAL)
    place, slope = nodes**2 * (3 - 2 * nodes), 6 * nodes * (1 - nodes) * weights
    start, width = borders[:-1, None], np.diff(borders)[:, None]
    return (start + width * place).ravel(), (width * slope).ravel()


@dataclass(frozen=True)
class LineSky:
    """A published model of the 511 keV sky.

    Parameters
    ----------
    components
        Its Gaussians.
    reference
        Publication, and what was read of it.
    """

    components: tuple[Gaussian, ...]
    reference: str

    def mean_intensity(self, region: Any) -> tuple[float, float]:
        """Return the mean line intensity over `region` and its standard deviation [cm-2 s-1 sr-1].

        Parameters
        ----------
        region
            A region with known edges. Components measured as one share their error; others add in quadrature.
        """
        fluxes = [component.flux * component.share(region) for component in self.components]
        by_name: dict[str, float] = {}
        for component, flux in zip(self.components, fluxes, strict=True):
            name = component.measured_as
            by_name[name] = by_name.get(name, 0.0) + component.relative_error * flux
        area = as_region(region).solid_angle
        return sum(fluxes) / area, float(np.hypot.reduce(list(by_name.values()))) / area


def _knoedlseder2005() -> LineSky:
    entry = data_entries("line511.yaml")["knoedlseder2005"]
    bulge = entry["bulge"]
    sigma = bulge["fwhm_deg"] / float(FWHM)
    gaussian = Gaussian(bulge["flux"], bulge["err"] / bulge["flux"], 0.0, 0.0, sigma, sigma, "bulge")
    return LineSky((gaussian,), f"Knoedlseder et al. 2005, bulge of 8 deg FWHM: {entry['ref']} ({entry['status']})")


def _siegert2016() -> LineSky:
    entry = data_entries("line511.yaml")["siegert2016"]
    shapes = entry["map_as_coded_by_author"]
    round_ones = {"BB": "bulge", "NB": "bulge", "GCS": "central_source"}
    components = [_gaussian(shapes["disk"], entry["disk"], "disk")]
    components += [_gaussian(shapes[name], entry[measured], measured) for name, measured in round_ones.items()]
    return LineSky(tuple(components), f"Siegert et al. 2016: {entry['ref']} ({entry['status']}); its author's shapes")


def _gaussian(shape: dict[str, float], measured: dict[str, float], name: str) -> Gaussian:
    sigma_lon, sigma_lat = (shape.get(key, shape.get("sigma", 0.0)) for key in ("sigma_l", "sigma_b"))
    relative = measured["err"] / measured["flux"]
    return Gaussian(shape["flux"], relative, shape["l"], shape["b"], sigma_lon, sigma_lat, name)


LINE_SKIES: dict[str, Callable[[], LineSky]] = {"knoedlseder2005": _knoedlseder2005, "siegert2016": _siegert2016}

"""Gaussians of the sphere as maps of pixel means, normalised by their integral and not by the map's sum."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from profiles.contract.arrays import ROUNDING, Floats
from profiles.contract.nodes import gauss_legendre
from skymodel.sightlines.cubature import pixelcharts as charts
from skymodel.sky.circles import directions, lonlat, separation
from skymodel.sky.healpix import pixel_area
from skymodel.sky.line_skies import Gaussian
from skymodel.sky.skymap import SkyMap

UNIT = "cm-2 s-1 sr-1"
_BLOCK = 400_000  # directions at a time
_KEPT = 64  # nside up to which maps are kept: fits ask for the published ones again and again, 0.8 MB each
_TAIL = 12.0  # standard deviations beyond which a Gaussian, e^-72, is left out


def gaussian_sky(component: Gaussian, nside: int) -> SkyMap:
    """Return the map of a component [cm-2 s-1 sr-1], each pixel's error the difference between two quadratures.

    Parameters
    ----------
    component
        Flux, place and widths.
    nside
        Resolution.
    """
    return _kept(component, nside) if nside <= _KEPT else _made(component, nside)


def _made(component: Gaussian, nside: int) -> SkyMap:
    wanted, norm = _near(component, nside), component.flux / gaussian_integral(component)
    order = _order(component, nside)
    means = [_pixel_means(component, nside, wanted, nodes) for nodes in (order, order + 2)]
    values, error = np.zeros(12 * nside**2), np.zeros(12 * nside**2)
    values[wanted] = norm * means[1]
    error[wanted] = norm * np.abs(means[1] - means[0])
    return SkyMap(values, error + ROUNDING * values, UNIT)


_kept = functools.lru_cache(maxsize=32)(_made)


def gaussian_integral(component: Gaussian) -> float:
    """Return the integral [sr] over the sphere of a component's shape, 1 at its centre."""
    nodes, weights = gauss_legendre(64)
    if component.sigma_lon == component.sigma_lat:
        sigma = math.radians(component.sigma_lon)
        end = min(math.pi, _TAIL * sigma)
        theta = end * nodes
        return float(2 * math.pi * end * (weights @ (np.exp(-((theta / sigma) ** 2) / 2) * np.sin(theta))))
    along, across = math.radians(component.sigma_lon), math.radians(component.sigma_lat)
    lon = math.sqrt(2 * math.pi) * along * math.erf(math.pi / math.sqrt(2) / along)
    end = min(math.pi / 2, _TAIL * across)
    lat = end * nodes
    return float(2 * lon * end * (weights @ (np.exp(-((lat / across) ** 2) / 2) * np.cos(lat))))


def _near(component: Gaussian, nside: int) -> Any:
    """Return the pixels that a component shines into."""
    import healpy

    reach = math.radians(_TAIL * max(component.sigma_lon, component.sigma_lat)) + 2 * math.sqrt(pixel_area(nside))
    if reach >= math.pi:
        return np.arange(12 * nside**2)
    return healpy.query_disc(nside, directions(component.lon, component.lat), reach, inclusive=True)


def _order(component: Gaussian, nside: int) -> int:
    """Return how many nodes a side resolve the component within a pixel."""
    pixels_a_sigma = math.radians(min(component.sigma_lon, component.sigma_lat)) / math.sqrt(pixel_area(nside))
    return int(np.clip(math.ceil(4 / pixels_a_sigma), 2, 30)) + 2


def _pixel_means(component: Gaussian, nside: int, wanted: Any, order: int) -> Floats:
    """Return the means of a component's shape over pixels ``(N,)``, by `order`^2 nodes in each."""
    nodes, weights = gauss_legendre(order)
    chart = charts.whole(nside, wanted)
    means = []
    for block in np.array_split(np.arange(wanted.size), max(1, wanted.size * order**2 // _BLOCK)):
        places = np.broadcast_to(nodes, (block.size, order))
        vectors, share = chart(block, places, places)
        means.append(np.einsum("inm,n,m->i", _shape(component, vectors) * share, weights, weights))
    return np.concatenate(means)


def _shape(component: Gaussian, vectors: Floats) -> Floats:
    """Return a component's brightness, 1 at its centre, in the directions ``(..., 3)``."""
    if component.sigma_lon == component.sigma_lat:
        angle = np.degrees(separation(vectors, directions(component.lon, component.lat)))
        return np.asarray(np.exp(-((angle / component.sigma_lon) ** 2) / 2))
    lon, lat = lonlat(vectors)
    offset = (lon - component.lon + 180) % 360 - 180
    return np.asarray(np.exp(-((offset / component.sigma_lon) ** 2 + (lat / component.sigma_lat) ** 2) / 2))

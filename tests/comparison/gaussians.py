"""Gaussians of the sphere, exp[(cos psi - 1) / s^2]: their products integrate to elementary functions."""

import functools

import healpy
import numpy as np

from skymodel.sky.skymap import SkyMap

SUBPIXELS = 8


@functools.cache
def gaussian(nside, sigma, lon=0.0, lat=0.0):
    """Return the map of a Gaussian of the sphere of width `sigma` [deg] at (lon, lat)."""
    return blob(nside, lambda cosine: np.exp((cosine - 1) / np.radians(sigma) ** 2), sigma, lon, lat)


def blob(nside, function, sigma, lon=0.0, lat=0.0):
    """Return the map of pixel means of a function of cos(psi), within 8 sigma, by averaging subpixels."""
    axis = healpy.ang2vec(lon, lat, lonlat=True)
    pixels = healpy.query_disc(nside, axis, np.radians(min(8 * sigma, 180)), nest=True, inclusive=True)
    values = np.zeros(12 * nside**2)
    for block in np.array_split(pixels, max(1, pixels.size // 20_000)):
        children = (block[:, None] * SUBPIXELS**2 + np.arange(SUBPIXELS**2)).ravel()
        cosine = axis @ healpy.pix2vec(nside * SUBPIXELS, children, nest=True)
        values[block] = function(cosine).reshape(block.size, -1).mean(axis=1)
    return SkyMap(healpy.reorder(values, n2r=True), 0.0, "cm-2 s-1 sr-1", name=f"s{sigma:g}")


def integral(sigma):
    """Return the integral of a Gaussian over the sphere."""
    kappa = np.radians(sigma) ** -2.0
    return 2 * np.pi / kappa * -np.expm1(-2 * kappa)


def product(sigma_1, sigma_2, distance):
    """Return the integral of the product of two Gaussians `distance` [deg] apart."""
    first, second = np.radians(sigma_1) ** -2.0, np.radians(sigma_2) ** -2.0
    kappa = np.sqrt(first**2 + second**2 + 2 * first * second * np.cos(np.radians(distance)))
    return 2 * np.pi / kappa * np.exp(kappa - first - second) * -np.expm1(-2 * kappa)


def containment(sigma, share):
    """Return the angle [deg] that holds a share of the flux."""
    kappa = np.radians(sigma) ** -2.0
    return np.degrees(np.arccos(1 + np.log1p(share * np.expm1(-2 * kappa)) / kappa))


def width(sigma):
    """Return the root mean square [deg] along one axis of the angle from the centre."""
    theta = (np.arange(400_000) + 0.5) / 400_000 * np.pi
    weight = np.exp((np.cos(theta) - 1) / np.radians(sigma) ** 2) * np.sin(theta)
    return np.degrees(np.sqrt(weight @ theta**2 / weight.sum() / 2))

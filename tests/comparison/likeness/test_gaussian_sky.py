"""Gaussians on pixels: the closed integral, means and not values at centres."""

import math

import healpy
import numpy as np
import pytest

from skymodel.comparison.likeness.gaussian_sky import gaussian_integral
from skymodel.comparison.rivals.skies import Blob
from skymodel.sky.line_skies import Gaussian
from tests.comparison.rivals.test_skies import BULGE


def test_the_integral_of_a_narrow_gaussian_is_that_of_the_plane():
    sigma = math.radians(0.1)  # curvature changes it by sigma^2 / 3, 1e-6
    round_one = Gaussian(1.0, 0.0, 0.0, 0.0, 0.1, 0.1, "")
    assert gaussian_integral(round_one) == pytest.approx(2 * math.pi * sigma**2, rel=3e-6)


def test_pixel_values_are_means_and_not_centre_values():
    sky = Blob(BULGE).sky(16)
    centre = healpy.ang2pix(16, 0.0, 0.0, lonlat=True)
    children = healpy.nest2ring(512, healpy.ring2nest(16, centre) * 1024 + np.arange(1024))
    lon, lat = healpy.pix2ang(512, children, lonlat=True)
    angle = np.degrees(np.arccos(np.cos(np.radians(lat)) * np.cos(np.radians(lon))))
    peak = BULGE.flux / gaussian_integral(BULGE)
    mean = peak * np.exp(-((angle / BULGE.sigma_lon) ** 2) / 2).mean()
    assert sky.values[centre] == pytest.approx(mean, rel=2e-4)  # of midpoints, (1 / 32)^2 / 6 of a pixel's curvature
    lon, lat = np.radians(healpy.pix2ang(16, centre, lonlat=True))
    off = np.degrees(np.arccos(np.cos(lat) * np.cos(lon)))
    assert abs(sky.values[centre] / (peak * np.exp(-((off / BULGE.sigma_lon) ** 2) / 2)) - 1) > 0.02

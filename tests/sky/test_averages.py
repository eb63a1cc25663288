"""Means over parts of a map, and errors that cover what pixels on an edge hide."""

import healpy
import numpy as np
import pytest
from astropy import units as u

from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Circle
from skymodel.sky.skymap import SkyMap
from tests.sky.test_skymap import NPIX, NSIDE


def gaussian(nside, sigma_deg, oversampling=8):
    """Return pixel means of exp(-psi^2 / 2 sigma^2) about the centre, by averaging subpixels."""
    x, y, z = healpy.pix2vec(nside * oversampling, np.arange(12 * (nside * oversampling) ** 2), nest=True)
    psi = np.degrees(np.arctan2(np.hypot(y, z), x))
    means = np.exp(-(psi**2) / 2 / sigma_deg**2).reshape(-1, oversampling**2).mean(axis=1)
    return healpy.reorder(means, n2r=True)


def test_a_cut_map_still_gives_the_mean_over_its_region():
    whole = SkyMap(gaussian(NSIDE, 5.0), 0.0, "cm-2")
    assert whole.cut(INTEGRAL_CIRCLE).mean(INTEGRAL_CIRCLE).value == whole.mean(INTEGRAL_CIRCLE).value


def test_the_mean_of_a_constant_is_the_constant():
    mean = SkyMap(np.full(NPIX, 3.0), 0.5, "cm-2").mean(COMPTEL_WINDOW & ~INTEGRAL_CIRCLE)
    assert mean.value == pytest.approx(3.0, rel=1e-14)
    assert mean.error == pytest.approx(0.5, rel=1e-6)
    assert mean.unit == u.Unit("cm-2")


@pytest.mark.parametrize("nside", [16, 32, 64])
@pytest.mark.parametrize("sigma", [2.0, 5.0])
def test_the_error_of_a_mean_covers_what_pixels_on_the_edge_hide(nside, sigma):
    psi = (np.arange(200000) + 0.5) / 200000 * np.radians(6)
    weight = np.sin(psi)
    expected = np.sum(weight * np.exp(-(np.degrees(psi) ** 2) / 2 / sigma**2)) / weight.sum()
    mean = SkyMap(gaussian(nside, sigma), 0.0, "").mean(INTEGRAL_CIRCLE)
    assert abs(mean.value - expected) <= mean.error
    assert mean.error < 100 * abs(mean.value - expected)  # and is not inflated


@pytest.mark.parametrize("nside", [4, 16, 64])
@pytest.mark.parametrize(("lon", "inside"), [(5.5, 1.0), (5.9, 1.0), (6.1, 0.0), (6.5, 0.0)])
def test_the_error_of_a_mean_covers_a_point_beside_the_edge_on_either_side(nside, lon, inside):
    values = np.zeros(12 * nside**2)
    values[healpy.ang2pix(nside, lon, 0.1, lonlat=True)] = 1 / healpy.nside2pixarea(nside)
    mean = SkyMap(values, 0.0, "").mean(INTEGRAL_CIRCLE)
    assert abs(mean.value - inside / INTEGRAL_CIRCLE.solid_angle) <= mean.error


@pytest.mark.parametrize("nside", [4, 8, 16, 32])
@pytest.mark.parametrize("region", [Circle(0, 0, 6), Circle(3, 2, 4), Circle(0, 0, 8) & ~Circle(0, 0, 3)])
def test_the_error_of_a_mean_covers_a_cusp_at_the_corner_of_four_pixels(nside, region):
    finest = 256  # where the brightness 1 / (psi^2 + (0.3 deg)^2) is resolved: its pixels span 0.23 deg
    x, y, z = healpy.pix2vec(finest, np.arange(12 * finest**2))
    fine = 1 / (np.degrees(np.arctan2(np.hypot(y, z), x)) ** 2 + 0.3**2)
    share = region.coverage(finest)
    mean = SkyMap(healpy.ud_grade(fine, nside), 0.0, "").mean(region)
    exact = fine @ share / share.sum()
    assert abs(mean.value - exact) <= mean.error


def test_the_mean_over_masked_pixels_is_refused():
    cut = SkyMap(np.ones(NPIX), 0.0, "", name="A").cut(INTEGRAL_CIRCLE)
    with pytest.raises(ValueError, match=r"of the \d+ pixels of comptel_window are masked in the map 'A'"):
        cut.mean(COMPTEL_WINDOW)
    holed = np.ones(NPIX)
    holed[healpy.ang2pix(NSIDE, 0, 0, lonlat=True)] = np.nan
    with pytest.raises(ValueError, match="1 of the"):
        SkyMap(holed, 0.0, "").mean(INTEGRAL_CIRCLE)


def test_the_mean_over_nothing_is_refused():
    with pytest.raises(ValueError, match="is empty"):
        SkyMap(np.ones(NPIX), 0.0, "").mean(Circle(0, 0, 5) & Circle(90, 0, 5))

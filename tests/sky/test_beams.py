"""Beams: windows against closed forms and integrals, flux kept, widths in quadrature, errors that cover the truth."""

import healpy
import numpy as np
import pytest
from astropy import units as u
from scipy.special import eval_legendre

from skymodel.sky.beams import GaussianBeam, TabulatedBeam, _smooth_at, smooth
from skymodel.sky.regions import INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

TRIANGLE = TabulatedBeam(theta=(0.0, 6.0), density=(2.0, 0.0))
ANGLES = np.linspace(0, 20, 81)
ROUND = TabulatedBeam(tuple(ANGLES), tuple(np.exp(-(ANGLES**2) / 2 / 2.5**2)))


def heat(nside, variance, beam=None, lon=0.0, lat=0.0):
    """Return what diffuses from a point of the sphere, a Gaussian of known harmonics, perhaps through a beam."""
    degree = np.arange(8 * nside)
    window = np.exp(-degree * (degree + 1) * variance / 2)
    degree = degree[window > 1e-18]
    series = window[degree] * (2 * degree + 1) / (4 * np.pi) * (1 if beam is None else beam.window(degree[-1]))
    vectors = healpy.pix2vec(nside, np.arange(12 * nside**2))
    return np.polynomial.legendre.legval(healpy.ang2vec(lon, lat, lonlat=True) @ vectors, series)


def test_the_window_of_a_gaussian_is_known():
    degree = np.arange(200)
    expected = np.exp(-degree * (degree + 1) * np.radians(3 / 2.354820045) ** 2 / 2)
    assert GaussianBeam(3.0).window(199) == pytest.approx(expected, rel=1e-8)
    assert GaussianBeam(3.0) == GaussianBeam(180 * u.arcmin)


@pytest.mark.parametrize("degree", [0, 1, 7, 60])
@pytest.mark.parametrize("beam", [GaussianBeam(4.0), GaussianBeam(20.0), TRIANGLE, ROUND])
def test_a_window_is_the_integral_of_the_profile(beam, degree):
    theta = (np.arange(200_000) + 0.5) / 200_000 * np.radians(beam.reach)
    weight = 2 * np.pi * beam.profile(theta) * np.sin(theta) * theta[0] * 2
    expected = weight @ eval_legendre(degree, np.cos(theta))
    # a Gaussian's profile is good to the next order, 0.02 sigma^4
    assert beam.window(degree)[degree] == pytest.approx(expected, abs=2e-5)


def test_the_windows_of_a_table_and_of_its_gaussian_agree():
    assert ROUND.width == pytest.approx(2.5 * 2.354820045, rel=1e-3)  # straight lines between the angles
    assert ROUND.window(100) == pytest.approx(GaussianBeam(2.5 * 2.354820045).window(100), abs=1e-3)  # flat and curved
    assert TRIANGLE.width == pytest.approx(6.0)


@pytest.mark.parametrize("beam", [GaussianBeam(3.7), GaussianBeam(10.0), GaussianBeam(60.0), TRIANGLE, ROUND])
def test_flux_is_kept(beam):
    values = np.random.default_rng(3).lognormal(0, 2, 12 * 32**2)
    seen = smooth(SkyMap(values, 0.0, ""), beam)
    assert seen.values.sum() == pytest.approx(values.sum(), rel=1e-12)  # issue: 1e-6


def test_variances_add():
    sigma, beam = np.radians(3.0), GaussianBeam(6.0)
    seen = smooth(SkyMap(heat(64, sigma**2), 0.0, ""), beam)
    expected = heat(64, sigma**2 + np.radians(beam.sigma) ** 2)
    assert seen.values == pytest.approx(expected, abs=1e-9 * expected.max())
    assert np.all(np.abs(seen.values - expected) <= seen.error + 1e-12 * expected.max())


@pytest.mark.parametrize(("width", "beam"), [(2.0, 3.0), (3.0, 2.0), (1.5, 8.0), (2.0, 1.0), (6.0, 10.0)])
def test_the_width_measured_on_the_map_is_the_sum_in_quadrature(width, beam):
    # b_1, the mean cosine about the axis, is exp(-width^2): on the sphere that is the width that adds exactly
    x = healpy.pix2vec(128, np.arange(12 * 128**2))[0]
    kappa = np.radians(width) ** -2.0
    seen = smooth(SkyMap(np.exp(kappa * (x - 1)), 0.0, ""), GaussianBeam(beam * 2.354820045)).values
    measured = np.degrees(np.sqrt(-np.log(x @ seen / seen.sum())))
    source = np.degrees(np.sqrt(-np.log(1 / np.tanh(kappa) - 1 / kappa)))  # closed form; its width but for 1e-3 of it
    assert measured == pytest.approx(np.hypot(source, beam), rel=1e-4)  # issue: 1e-3
    assert measured == pytest.approx(np.hypot(width, beam), rel=1e-3 + np.radians(width) ** 2 / 4)


@pytest.mark.parametrize("beam", [GaussianBeam(2.5), GaussianBeam(9.0), TRIANGLE])
def test_errors_cover_the_truth_wherever_the_pixels_are_odd(beam):
    blobs = [(0.0, 0.0, 1.5), (40.0, 88.0, 2.0), (200.0, -41.8, 3.0)]  # the equator, a pole, where the caps begin
    source = sum(heat(64, np.radians(sigma) ** 2, lon=lon, lat=lat) for lon, lat, sigma in blobs)
    expected = sum(heat(64, np.radians(sigma) ** 2, beam, lon, lat) for lon, lat, sigma in blobs)
    seen = smooth(SkyMap(source, 0.0, ""), beam)
    difference = np.abs(seen.values - expected)
    assert np.all(difference <= seen.error)
    assert seen.error.max() < 2e-2 * expected.max()  # a direct sum next to a pole is itself off by 1 %


def test_a_direct_sum_agrees_with_the_harmonics():
    sky = SkyMap(heat(64, np.radians(3.0) ** 2), 0.0, "")
    for beam in (GaussianBeam(5.0), TRIANGLE):
        expected = heat(64, np.radians(3.0) ** 2, beam)
        rows = healpy.query_disc(64, [1, 0, 0], np.radians(10))[::20]
        direct = _smooth_at(sky, beam, *healpy.pix2ang(64, rows, lonlat=True))
        assert direct == pytest.approx(
            expected[rows], abs=1e-3 * expected.max()
        )  # a triangle's kinks on 0.9 deg pixels


def test_errors_are_smoothed_with_the_map():
    error = np.zeros(12 * 64**2)
    error[healpy.ang2pix(64, 0, 0, lonlat=True)] = 1.0
    seen = smooth(SkyMap(np.ones(12 * 64**2), error, "cm-2"), GaussianBeam(5.0))
    expected = GaussianBeam(5.0).profile(np.zeros(1))[0] * seen.pixel_area
    assert seen.error.max() == pytest.approx(expected, rel=0.05)  # the pixel's centre is half a pixel away
    assert seen.error.min() < 1e-3 * expected
    assert np.isnan(smooth(SkyMap(np.ones(12 * 32**2), np.nan, ""), GaussianBeam(8.0)).error).all()


def test_a_constant_sky_looks_the_same_through_any_beam():
    for beam in (GaussianBeam(2.0), GaussianBeam(20.0)):
        assert smooth(SkyMap(np.ones(12 * 64**2), 0.0, ""), beam).values == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: GaussianBeam(0.0), "GaussianBeam.fwhm = 0 deg"),
        (lambda: GaussianBeam(float("nan")), "GaussianBeam.fwhm = nan deg"),
        (lambda: TabulatedBeam((0, 1), (1, 2, 3)), "as many densities"),
        (lambda: TabulatedBeam((0.5, 1), (1, 0)), "grow from 0"),
        (lambda: TabulatedBeam((0, 1), (1, -1)), ">= 0"),
        (lambda: smooth(SkyMap(np.ones(12 * 16**2), 0.0, "").cut(INTEGRAL_CIRCLE), GaussianBeam(20)), "are masked"),
        (lambda: smooth(SkyMap(np.ones(12 * 16**2), 0.0, ""), GaussianBeam(3)), "use nside >= 64"),
    ],
)
def test_bad_beams_are_refused(run, words):
    with pytest.raises(ValueError, match=words):
        run()

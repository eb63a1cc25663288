"""Maps through beams: flux kept, widths in quadrature, errors that cover an independent convolution in real space."""

import healpy
import numpy as np
import pytest

from skymodel.sky.beams import GaussianBeam, TabulatedBeam
from skymodel.sky.regions import INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth

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
    assert seen.error.max() < 6e-2 * expected.max()  # next to the pole values are off by 1 %


def around(beam, lon, lat, sky):
    """Return a sky through a beam in a direction, by a rule in the angle from it and one in the angle about it."""
    node, weight = np.polynomial.legendre.leggauss(60)
    theta = np.radians(beam.reach) * (node + 1) / 2
    about = np.arange(72) * 2 * np.pi / 72
    axis = healpy.ang2vec(lon, lat, lonlat=True)
    east = np.cross([0, 0, 1], axis) / np.linalg.norm(np.cross([0, 0, 1], axis))
    ring = np.cos(about)[:, None] * east + np.sin(about)[:, None] * np.cross(axis, east)
    places = np.cos(theta)[:, None, None] * axis + np.sin(theta)[:, None, None] * ring
    share = weight * np.radians(beam.reach) / 2 * np.sin(theta) * beam.profile(theta) * 2 * np.pi
    return share @ sky(places).mean(axis=1)


def cusped(places):
    """Return a sky with a cusp at the centre, 20 000 times as bright as the poles, and a disk."""
    angle = np.arccos(np.clip(places[..., 0], -1, 1))
    return 1 / (angle + 0.01) ** 2 * np.exp(-np.abs(places[..., 2]) / 0.2) + 0.1


@pytest.mark.parametrize(("nside", "beam"), [(32, GaussianBeam(4.0)), (32, GaussianBeam(6.0)), (32, ROUND)])
def test_a_convolution_in_real_space_lies_within_the_errors_from_the_cusp_to_the_poles(nside, beam):
    fine = healpy.pix2vec(8 * nside, np.arange(12 * (8 * nside) ** 2))
    sky = SkyMap(healpy.ud_grade(cusped(np.stack(fine, axis=-1)), nside), 0.0, "")
    seen = smooth(sky, beam)
    places = [
        (0.4, 0.3),
        (3.0, 1.0),
        (10.0, 0.0),
        (20.0, 30.0),
        (180.0, 0.0),
        (70.0, 41.0),
        (40.0, 89.5),
        (200.0, -84.0),
    ]
    limit = 0.2 if beam is ROUND else 0.03  # a table's corners have harmonics without end
    for lon, lat in places:
        pixel = healpy.ang2pix(nside, lon, lat, lonlat=True)
        children = 16 * healpy.ring2nest(nside, pixel) + np.arange(16)
        parts = zip(*healpy.pix2ang(4 * nside, children, nest=True, lonlat=True), strict=True)
        expected = np.mean([around(beam, *part, cusped) for part in parts])
        off = abs(seen.values[pixel] - expected)
        assert off <= seen.error[pixel] + 1e-3 * expected  # of the rule itself, at the cusp
        assert lon < 15 or seen.error[pixel] < limit * expected  # at the poles it was larger than the value


def test_a_dark_pole_does_not_ring_with_a_bright_centre():
    values = np.full(12 * 64**2, 1e-4)
    values[healpy.ang2pix(64, 0.0, 0.5, lonlat=True)] = 1e4
    seen = smooth(SkyMap(values, 0.0, ""), GaussianBeam(2.0))
    pole = healpy.query_disc(64, [0, 0, 1], np.radians(20))
    assert seen.values[pole] == pytest.approx(1e-4, rel=2e-3)
    assert np.all(np.abs(seen.values[pole] - 1e-4) <= seen.error[pole])


def test_a_point_may_lie_anywhere_in_its_pixel():
    beam, nside = GaussianBeam(6.0), 32
    for lon, lat in [(0.0, 0.2), (33.0, 12.0), (100.0, 41.9), (0.0, 89.9)]:
        values = np.zeros(12 * nside**2)
        values[healpy.ang2pix(nside, lon, lat, lonlat=True)] = 1 / healpy.nside2pixarea(nside)
        seen = smooth(SkyMap(values, 0.0, ""), beam)
        fine = np.stack(healpy.pix2vec(8 * nside, np.arange(values.size * 64)), axis=-1)
        angle = np.arccos(np.clip(fine @ healpy.ang2vec(lon, lat, lonlat=True), -1, 1))
        expected = healpy.ud_grade(np.where(angle < 0.4, beam.profile(np.minimum(angle, 0.4)), 0.0), nside)
        assert np.all(np.abs(seen.values - expected) <= seen.error + 1e-9 * expected.max())


def test_a_table_with_a_corner_states_what_the_harmonics_leave_out():
    point = np.zeros(12 * 32**2)
    point[5000] = 1 / healpy.nside2pixarea(32)
    seen = smooth(SkyMap(point, 0.0, ""), TRIANGLE)
    vectors = np.stack(healpy.pix2vec(32, np.arange(point.size)), axis=-1)
    expected = TRIANGLE.profile(np.arccos(np.clip(vectors @ vectors[5000], -1, 1)))
    assert np.all(np.abs(seen.values - expected) <= seen.error)


def test_measured_errors_are_seen_through_the_beam_too():
    values = heat(32, np.radians(6.0) ** 2)
    seen = smooth(SkyMap(values, 0.0, "", measured=0.1 * values), GaussianBeam(8.0))
    assert seen.measured == pytest.approx(0.1 * seen.values, abs=1e-9 * seen.values.max())


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
        (lambda: smooth(SkyMap(np.ones(12 * 16**2), 0.0, "").cut(INTEGRAL_CIRCLE), GaussianBeam(20)), "are masked"),
        (lambda: smooth(SkyMap(np.ones(12 * 16**2), 0.0, ""), GaussianBeam(3)), "use nside >= 64"),
    ],
)
def test_maps_that_beams_cannot_take_are_refused(run, words):
    with pytest.raises(ValueError, match=words):
        run()

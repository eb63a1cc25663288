"""Two maps: the correlations of Gaussians in closed form, and errors that hold what the maps' errors can do."""

from dataclasses import replace

import healpy
import numpy as np
import pytest

from skymodel.comparison.likeness.correlation import amplitude, cosine, cross_spectrum, overlap, pearson, spearman
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth
from tests.comparison.gaussians import gaussian, integral, product

PAIRS = [(3.0, 3.0, 0.0), (3.0, 5.0, 0.0), (3.0, 5.0, 4.0), (4.0, 4.0, 6.0)]


def through_pixels(sky, sigma):
    """Return the width [deg] that a Gaussian has in means over squares of side h: their variance is h^2 / 12."""
    return np.sqrt(sigma**2 + np.degrees(sky.pixel_area**0.5) ** 2 / 12)


def closed_forms(first, second, distance):
    """Return cosine, Pearson, amplitude of two Gaussians."""
    power, other, crossed = product(first, first, 0), product(second, second, 0), product(first, second, distance)
    mean = integral(first) * integral(second) / (4 * np.pi)
    spread = (power - integral(first) ** 2 / (4 * np.pi)) * (other - integral(second) ** 2 / (4 * np.pi))
    return crossed / np.sqrt(power * other), (crossed - mean) / np.sqrt(spread), crossed / power


WIDTHS = [(2.0, 2.0, 2.0), (2.0, 3.0, 3.0), (2.0, 10.0, 5.0), (3.0, 5.0, 4.0), (5.0, 8.0, 6.0), (10.0, 10.0, 8.0)]


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "distance"), WIDTHS)
def test_the_overlap_of_two_gaussians_is_known_to_1e_4(first, second, distance):
    one, two = gaussian(256, first), gaussian(256, second, lon=distance)
    wider = through_pixels(one, first), through_pixels(two, second)
    expected = closed_forms(*wider, distance)
    lowered = integral(second) / integral(first) * integral(wider[0]) / integral(wider[1])
    assert cosine(one, two).value == pytest.approx(expected[0], abs=1e-4)
    assert pearson(one, two).value == pytest.approx(expected[1], abs=1e-4)
    assert amplitude(one, two).amplitude.value == pytest.approx(expected[2] * lowered, rel=1e-4)
    assert amplitude(one, two).explained.value == pytest.approx(expected[0] ** 2, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second", "distance"), [(5.0, 5.0, 3.0), (5.0, 8.0, 0.0), (10.0, 6.0, 5.0)])
def test_from_5_degrees_the_pixels_are_not_seen_at_1e_4(first, second, distance):
    one, two = gaussian(256, first), gaussian(256, second, lon=distance)
    expected = closed_forms(first, second, distance)
    assert cosine(one, two).value == pytest.approx(expected[0], abs=1e-4)
    assert pearson(one, two).value == pytest.approx(expected[1], abs=1e-4)


@pytest.mark.parametrize(("first", "second", "distance"), PAIRS)
def test_pixels_act_as_a_little_more_width(first, second, distance):
    # the means are wider, and lower by what keeps the flux
    one, two = gaussian(64, first), gaussian(64, second, lon=distance)
    wider = through_pixels(one, first), through_pixels(two, second)
    expected = closed_forms(*wider, distance)
    lowered = integral(second) / integral(first) * integral(wider[0]) / integral(wider[1])
    assert cosine(one, two).value == pytest.approx(expected[0], abs=4e-4)  # rhombs, wider than high
    assert pearson(one, two).value == pytest.approx(expected[1], abs=4e-4)
    assert amplitude(one, two).amplitude.value == pytest.approx(expected[2] * lowered, rel=6e-4)


@pytest.mark.parametrize(("first", "second", "distance"), PAIRS)
def test_the_flat_formula_holds_to_a_part_in_a_hundred(first, second, distance):
    total = first**2 + second**2
    flat = 2 * first * second / total * np.exp(-(distance**2) / 2 / total)
    assert cosine(gaussian(64, first), gaussian(64, second, lon=distance)).value == pytest.approx(flat, abs=0.01)


@pytest.mark.parametrize("test", [pearson, cosine, spearman])
@pytest.mark.parametrize("region", [Circle(0, 0, 180), INTEGRAL_CIRCLE, Box((-20, 20), (-10, 10))])
def test_identical_and_scaled_maps_are_wholly_alike(test, region):
    sky = gaussian(64, 5.0)
    assert test(sky, sky, region).value == pytest.approx(1, abs=1e-13)
    scaled = test(sky, 7.5 * sky, region)
    assert scaled.value == pytest.approx(1, abs=1e-6 if test is spearman else 1e-13)  # a few ranks hang on rounding
    assert abs(scaled.value - 1) <= scaled.error < (1e-2 if test is spearman else 1e-12)


def test_pearson_ignores_a_background_and_cosine_does_not():
    sky = gaussian(64, 5.0)
    raised = SkyMap(sky.values + 2.0, 0.0, sky.unit)
    assert pearson(sky, raised).value == pytest.approx(1, abs=1e-12)
    assert cosine(sky, raised).value < 0.5


def test_spearman_sees_the_order_only():
    narrow, wide = gaussian(64, 4.0), gaussian(64, 8.0)
    assert spearman(narrow, wide, INTEGRAL_CIRCLE).value == pytest.approx(1.0, abs=2e-3)  # pixel means near the centre
    turned = SkyMap(-narrow.values, 0.0, narrow.unit)
    assert spearman(narrow, turned, INTEGRAL_CIRCLE).value == pytest.approx(-1.0, abs=1e-12)


def test_pearson_of_chance_maps_is_small_and_the_weights_are_the_coverage():
    random = np.random.default_rng(4)
    one, two = (SkyMap(random.normal(size=12 * 64**2), 0.0, "") for _ in range(2))
    assert abs(pearson(one, two).value) < 5 / np.sqrt(12 * 64**2)
    both = overlap(one, two, INTEGRAL_CIRCLE)
    assert np.sum(both.weight) == pytest.approx(1)
    expected = np.corrcoef(both.first, both.second)  # all pixels alike is close, but not it
    assert pearson(one, two, INTEGRAL_CIRCLE).value == pytest.approx(expected[0, 1], abs=0.1)
    moments = np.cov(both.first, both.second, aweights=both.weight)
    assert pearson(one, two, INTEGRAL_CIRCLE).value == pytest.approx(
        moments[0, 1] / np.sqrt(moments[0, 0] * moments[1, 1])
    )


PATTERNS = {
    "up": lambda lon, lat, other: np.ones(lon.size),
    "gradient": lambda lon, lat, other: np.sign(lon - 3),
    "random": lambda lon, lat, other: np.random.default_rng(6).choice([-1.0, 1.0], lon.size),
    "towards": lambda lon, lat, other: np.sign(other - 0.5),
}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("test", [pearson, cosine, spearman, lambda *maps: amplitude(*maps).amplitude])
def test_errors_hold_whatever_the_maps_errors_do(test, pattern):
    lon, lat = healpy.pix2ang(32, np.arange(12 * 32**2), lonlat=True)
    lon = (lon + 180) % 360 - 180
    one, two = gaussian(32, 6.0), gaussian(32, 9.0, lon=5.0)
    signs = PATTERNS[pattern](lon, lat, two.values)
    error = 1e-3 * one.values + 1e-5
    stated = test(SkyMap(one.values, error, one.unit), two, Circle(0, 0, 15))
    moved = test(SkyMap(one.values + signs * error, 0.0, one.unit), two, Circle(0, 0, 15))
    assert abs(moved.value - stated.value) <= stated.error * 1.01  # first order
    if pattern == "towards" and test is not spearman:  # nearly the worst case: the bound is no blanket
        assert abs(moved.value - stated.value) > stated.error / 100


def test_no_error_says_more_than_that_a_correlation_is_from_minus_one_to_one():
    one, two = gaussian(32, 6.0), gaussian(32, 4.0)
    vague = replace(one, error=np.full(one.values.size, 0.45 * one.values.max()))
    for test in (pearson, spearman):
        found = test(vague, two, Circle(0, 0, 15))
        assert found.error == 1 + abs(found.value)


def test_unknown_errors_stay_unknown():
    sky = gaussian(32, 6.0)
    blind = SkyMap(sky.values, np.nan, sky.unit)
    for test in (pearson, cosine, spearman):
        assert np.isnan(test(sky, blind, INTEGRAL_CIRCLE).error)
        assert np.isfinite(test(sky, blind, INTEGRAL_CIRCLE).value)


def test_the_fit_gives_the_scale_and_leaves_nothing_of_a_scaled_map():
    sky = gaussian(64, 5.0)
    fit = amplitude(sky, 2.5 * sky, INTEGRAL_CIRCLE)
    assert fit.amplitude.value == pytest.approx(2.5, rel=1e-13)
    assert fit.explained.value == pytest.approx(1.0, abs=1e-12)
    kept = ~fit.residual.masked
    assert np.array_equal(kept, INTEGRAL_CIRCLE.coverage(64) > 0)
    assert np.abs(fit.residual.values[kept]).max() < 1e-14


def test_the_residual_is_blind_to_nothing_but_the_scale():
    one, two = gaussian(64, 4.0), gaussian(64, 6.0)
    fit = amplitude(one, two)
    assert np.sum(fit.residual.values * one.values) == pytest.approx(0, abs=1e-9)  # what is left is orthogonal
    assert np.sum(fit.residual.values**2) == pytest.approx((1 - fit.explained.value) * np.sum(two.values**2))


def test_a_shift_multiplies_each_scale_by_its_legendre_polynomial():
    # zonal maps about axes d apart: sum over m of Y_lm(a) Y*_lm(b) is (2 l + 1) / 4 pi P_l(cos d)
    spectrum = cross_spectrum(gaussian(64, 3.0), gaussian(64, 3.0, lon=8.0), lmax=40)
    expected = [np.polynomial.legendre.Legendre.basis(degree)(np.cos(np.radians(8.0))) for degree in range(1, 41)]
    assert spectrum.degree.tolist() == list(range(1, 41))
    assert spectrum.correlation == pytest.approx(np.array(expected), abs=2e-3)  # pixels of 0.9 deg, blobs of 3 deg
    assert spectrum.correlation[30] < 0.2


def test_smearing_with_a_beam_leaves_every_scale_correlated():
    sky = gaussian(64, 3.0)
    spectrum = cross_spectrum(sky, smooth(sky, GaussianBeam(8.0)), lmax=60)
    assert spectrum.correlation == pytest.approx(np.ones(60), abs=1e-5)
    assert cosine(sky, smooth(sky, GaussianBeam(8.0))).value < 0.95


def test_the_error_of_a_spectrum_holds_random_errors():
    random = np.random.default_rng(9)
    one, two = gaussian(64, 3.0), gaussian(64, 5.0, lat=2.0)
    error = np.full(one.values.size, 1e-4)
    stated = cross_spectrum(SkyMap(one.values, error, ""), two, lmax=40)
    moved = cross_spectrum(SkyMap(one.values + random.normal(0, 1e-4, error.size), 0.0, ""), two, lmax=40)
    difference = np.abs(moved.correlation - stated.correlation)
    assert np.mean(difference <= 3 * stated.error) > 0.95  # errors of independent pixels: one sigma
    assert np.median(stated.error / np.maximum(difference, 1e-300)) < 100


def test_degrees_taken_together_are_the_correlation_of_filtered_maps():
    one, two = gaussian(32, 6.0), gaussian(32, 8.0, lon=9.0)
    spectrum = cross_spectrum(one, two, lmax=60)
    kept = np.isin(np.arange(61), np.arange(10, 20)).astype(float)
    filtered = []
    for sky in (one, two):
        harmonics = healpy.almxfl(healpy.map2alm(sky.values, lmax=60, iter=3), kept)
        filtered.append(healpy.alm2map(harmonics, 32, lmax=60))
    expected = filtered[0] @ filtered[1] / np.sqrt((filtered[0] @ filtered[0]) * (filtered[1] @ filtered[1]))
    assert spectrum.over(10, 19).value == pytest.approx(expected, abs=1e-4)  # HEALPix is no exact quadrature
    assert spectrum.over(7, 7).value == pytest.approx(spectrum.correlation[6], abs=1e-13)
    with pytest.raises(ValueError, match="allowed: 1 <= low <= high <= 60"):
        spectrum.over(0, 5)


def test_the_error_of_degrees_together_holds_random_errors():
    random = np.random.default_rng(11)
    one, two = gaussian(64, 3.0), gaussian(64, 5.0, lat=2.0)
    error = np.full(one.values.size, 1e-3)
    stated = cross_spectrum(SkyMap(one.values, error, ""), two, lmax=40)
    moved = cross_spectrum(SkyMap(one.values + random.normal(0, 1e-3, error.size), 0.0, ""), two, lmax=40)
    for low, high in ((1, 9), (10, 19), (20, 40)):
        difference = abs(moved.over(low, high).value - stated.over(low, high).value)
        assert difference <= 3 * stated.over(low, high).error < 0.1


def test_a_masked_spectrum_of_identical_maps_is_one():
    sky = gaussian(32, 6.0)
    assert cross_spectrum(sky, 2 * sky, COMPTEL_WINDOW, lmax=30).correlation == pytest.approx(np.ones(30))


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda sky: pearson(sky, gaussian(64, 6.0)), "nside 32 and 64"),
        (lambda sky: pearson(sky, sky.cut(INTEGRAL_CIRCLE)), "are masked in the map"),
        (lambda sky: pearson(sky, SkyMap(np.ones(12 * 32**2), 0.0, "", name="FLAT")), "'FLAT' is constant"),
        (lambda sky: spearman(SkyMap(np.ones(12 * 32**2), 0.0, "", name="FLAT"), sky), "'FLAT' is constant"),
        (lambda sky: cross_spectrum(sky, SkyMap(np.full(12 * 32**2, 0.1), 0.0, "", name="FLAT")), "'FLAT' is constant"),
        (lambda sky: cosine(sky, SkyMap(np.zeros(12 * 32**2), 0.0, "", name="DARK")), "'DARK' is zero"),
        (lambda sky: amplitude(SkyMap(np.zeros(12 * 32**2), 0.0, "", name="DARK"), sky), "'DARK' is zero"),
        (lambda sky: cosine(sky, sky, INTEGRAL_CIRCLE & Circle(90, 0, 3)), "is empty"),
    ],
)
def test_what_has_no_correlation_is_refused(run, words):
    with pytest.raises(ValueError, match=words):
        run(gaussian(32, 6.0))

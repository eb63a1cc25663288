"""Mocks and statistics of many pairs at once, against closed forms, other programs, and the calibration of p-values."""

import healpy
import numpy as np
import pytest
from scipy import stats

from skymodel.comparison.forecast.likelihood import Expected, likelihood_root
from skymodel.comparison.forecast.mocks import (
    LIKELIHOOD,
    all_statistics,
    counts,
    expected,
    p_values,
    two_sided,
)
from skymodel.comparison.forecast.observations import Observation, background_of, load_observations, origin
from skymodel.comparison.forecast.unlike import STATISTICS
from skymodel.comparison.likeness.field import field_of
from skymodel.comparison.rivals.skies import Blob
from skymodel.emission.event.bands import LINE_511
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.healpix import pixel_area
from skymodel.sky.line_skies import Gaussian
from skymodel.sky.regions import Box, Circle
from skymodel.sky.skymap import SkyMap

SEED = 20261124  # fixed before any result was seen
FIELD = field_of(Box(lon=(-30, 30), lat=(-15, 15)), 32)


def shape(sigma, lon=0.0, field=FIELD):
    """Return a Gaussian on a field's pixels, its sum 1."""
    values = Blob(Gaussian(1.0, 0.0, lon, 0.0, sigma, sigma, "")).sky(field.nside).values[field.pixels]
    return values / values.sum()


def a_pair(signal=4000.0, background=40.0):
    """Return what is expected of two bands of one sky, and of a second band of a wider one."""
    flat = np.full(FIELD.pixels.size, background)
    same, other = Expected(signal * shape(4.0), flat), Expected(signal * shape(7.0, lon=2.0), flat)
    return same, other


def test_a_background_gives_back_the_sensitivity_it_was_made_from():
    fwhm, exposure, sensitivity = 4.0, 1e9, 3e-5
    level = background_of(sensitivity, exposure, fwhm)
    theta, _ = healpy.pix2ang(256, np.arange(12 * 256**2))
    profile = np.where(theta < 1, GaussianBeam(fwhm).profile(np.minimum(theta, 1.0)), 0.0)
    information = exposure * float((profile**2).sum()) * pixel_area(256) / level  # of a matched filter on the sphere
    assert 3 / np.sqrt(information) == pytest.approx(sensitivity, rel=1e-3)


def test_the_shipped_observations_are_complete():
    found = load_observations()
    assert {seen.instrument for seen in found.values()} == {"spi", "comptel", "cosi", "amego_x", "xray"}
    assert all(seen.exposure > 0 and seen.background > 0 for seen in found.values())


def test_every_forecast_can_say_which_of_its_numbers_nobody_has_checked(tmp_path):
    said = origin(load_observations().values())
    assert said.startswith("inputs partly from memory, unverified: spi, comptel, cosi, amego_x; illustrative: xray")
    assert all(seen.status != "not given" for seen in load_observations().values())
    mine = "{instrument: mine, band: LINE_511, edges: [0.5, 0.52], fwhm: 2, area: 9, sensitivity: 1e-5, "
    mine += "sensitivity_time: 1e6, time: 1e6"
    (tmp_path / "mine.yaml").write_text(f"a: {mine}}}\nb: {mine}, status: 'read, our handbook'}}\n")
    found = load_observations(tmp_path / "mine.yaml")
    assert origin([found["a"]]) == "inputs of origin not given: mine"
    assert origin([found["b"]]) == "inputs read in their sources"


def test_an_observation_that_lacks_something_is_refused(tmp_path):
    (tmp_path / "mine.yaml").write_text("mine: {instrument: spi, band: LINE_511}\n")
    with pytest.raises(ValueError, match="'mine' lacks edges, fwhm, area"):
        load_observations(tmp_path / "mine.yaml")


@pytest.mark.parametrize("area", ["wide", "-3", "0", "[1, 2]"])
def test_an_observation_whose_number_is_none_is_refused(tmp_path, area):
    entry = (
        f"band: LINE_511, edges: [0.5, 0.52], fwhm: 2, area: {area}, sensitivity: 1e-5, sensitivity_time: 1e6, time: 1"
    )
    (tmp_path / "mine.yaml").write_text(f"mine: {{instrument: x, {entry}}}\n")
    with pytest.raises(ValueError, match="'mine': area = .* allowed: a number above 0"):
        load_observations(tmp_path / "mine.yaml")


def test_expected_counts_are_exposure_times_solid_angle_times_intensity():
    flat = SkyMap(np.full(12 * 32**2, 2e-3), 0.0, "cm-2 s-1 sr-1")
    seen = expected(flat, Observation("x", LINE_511, 6.0, 1e6, 5e-3), FIELD, foreground=flat)
    pixel = np.full(FIELD.pixels.size, 1e6 * pixel_area(32))
    assert seen.signal == pytest.approx(2e-3 * pixel, rel=1e-6)  # what the harmonics of a flat map leave
    assert seen.background == pytest.approx(7e-3 * pixel, rel=1e-6)


def test_counts_are_poisson_and_the_same_in_every_batch():
    wanted = Expected(np.full(200, 3.0), np.full(200, 2.0))
    drawn = counts(wanted, SEED, 0, 400)
    assert (counts(wanted, SEED, 100, 150) == drawn[100:150]).all()
    assert drawn.mean() == pytest.approx(5.0, abs=4 * np.sqrt(5 / drawn.size))
    assert drawn.var() == pytest.approx(5.0, abs=4 * np.sqrt((5 + 2 * 25) / drawn.size))


def test_bands_and_mocks_are_independent():
    wanted = Expected(np.full(5000, 50.0), np.zeros(5000))
    one, two, other_band = (
        counts(wanted, SEED, 0, 1)[0],
        counts(wanted, SEED, 1, 2)[0],
        counts(wanted, SEED, 0, 1, band=1)[0],
    )
    for drawn in (two, other_band):
        assert abs(np.corrcoef(one, drawn)[0, 1]) < 4 / np.sqrt(5000)


@pytest.mark.parametrize("name", STATISTICS)
def test_a_map_is_not_unlike_itself_nor_a_scaled_one(name):
    a = shape(5.0)[None]
    assert STATISTICS[name](a, 2 * a, FIELD)[0] == pytest.approx(0.0, abs=1e-12)


def test_pearson_and_spearman_are_those_of_numpy_and_scipy():
    rng = np.random.default_rng(1)
    a, b = rng.poisson(3.0, (2, 5, FIELD.pixels.size)).astype(float)  # with many ties
    found = STATISTICS["pearson"](a, b, FIELD), STATISTICS["spearman"](a, b, FIELD)
    for i in range(5):
        assert 1 - found[0][i] == pytest.approx(np.corrcoef(a[i], b[i])[0, 1], abs=1e-12)
        assert 1 - found[1][i] == pytest.approx(stats.spearmanr(a[i], b[i]).statistic, abs=1e-12)


def test_the_cosine_of_two_gaussians_is_the_closed_form():
    wide = field_of(Circle(lon=0, lat=0, radius=60), 64)
    a, b = (shape(*at, field=wide)[None] for at in ((4.0, 0.0), (6.0, 3.0)))
    s2 = 4.0**2 + 6.0**2
    expected_cosine = 2 * 4 * 6 / s2 * np.exp(-(3.0**2) / (2 * s2))
    assert 1 - STATISTICS["cosine"](a, b, wide)[0] == pytest.approx(expected_cosine, abs=3e-3)  # the plane's


def test_the_centroid_sees_a_shift_and_the_width_a_widening():
    wide = field_of(Circle(lon=0, lat=0, radius=40), 64)
    still, moved, broad = (shape(*at, field=wide)[None] for at in ((4.0, 0.0), (4.0, 3.0), (6.0, 0.0)))
    assert STATISTICS["centroid"](still, moved, wide)[0] == pytest.approx(3.0, rel=0.01)
    assert STATISTICS["width"](still, broad, wide)[0] == pytest.approx(2.0 * np.sqrt(2), rel=0.01)  # both axes


def test_the_concentration_gap_of_two_gaussians_is_the_closed_form():
    wide = field_of(Circle(lon=0, lat=0, radius=40), 64)
    gap = STATISTICS["concentration"](shape(4.0, field=wide)[None], shape(8.0, field=wide)[None], wide)[0]
    share = 4 ** (-1 / 3)  # beyond R of the wider, share^4 of the narrower: their difference is largest there
    assert gap == pytest.approx(share - share**4, abs=0.02)  # in 24 rings, of which the best misses the largest


@pytest.mark.slow
def test_the_likelihood_root_is_standard_normal_without_another_sky():
    same, other = a_pair()
    found = likelihood_root(counts(same, SEED, 0, 20_000), same, other)
    assert stats.kstest(found, "norm").pvalue > 0.01


def test_the_likelihood_root_of_expected_counts_is_the_closed_form_on_a_bright_background():
    same, other = a_pair(signal=100.0, background=1e4)
    overlap = float(other.signal @ same.signal) / float(same.signal @ same.signal)
    rest = other.signal - overlap * same.signal
    truth = (other.signal + other.background)[None]
    found = likelihood_root(truth, same, other)[0]
    assert found == pytest.approx(np.sqrt(float(rest @ rest) / 1e4), rel=2e-3)  # signal / background is 2e-3 at most


def test_the_median_of_mocks_is_the_root_of_the_expected_counts():
    same, other = a_pair(signal=1500.0)
    exact = likelihood_root((other.signal + other.background)[None], same, other)[0]
    median = np.median(likelihood_root(counts(other, SEED, 0, 1000), same, other))
    assert exact > 3
    assert median == pytest.approx(exact, abs=3 * 1.2533 / np.sqrt(1000))


def test_one_sky_asks_for_no_other():
    same, _ = a_pair()
    assert (likelihood_root(counts(same, SEED, 0, 3), same, same.scaled(2.0)) == 0).all()


def test_p_values_of_a_discrete_statistic_are_uniform():
    rng = np.random.default_rng(2)
    null, tested = rng.poisson(2.0, 20_000).astype(float), rng.poisson(2.0, 1000).astype(float)
    p = p_values(null, tested, SEED)
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert stats.kstest(two_sided(p), "uniform").pvalue > 0.01


def test_p_values_of_another_distribution_are_not_uniform():
    rng = np.random.default_rng(3)
    p = p_values(rng.normal(size=5000), rng.normal(0.5, 1, 1000), SEED)
    assert stats.kstest(p, "uniform").pvalue < 1e-6
    assert p.max() <= 1
    assert p.min() > 0


def test_an_empty_region_is_refused():
    with pytest.raises(ValueError, match="holds 0 pixels"):
        field_of(Circle(0, 0, 5) & Circle(90, 0, 5), 32)


@pytest.mark.slow
def test_p_values_of_every_statistic_are_uniform_under_one_origin():
    same, other = a_pair()
    nulls, mocks = 10_000, 1000  # the null's own scatter adds 10 % to the variance of the test's
    told = {"hypotheses": (same, other), "seed": SEED}
    null = all_statistics((same, same), FIELD, first=0, last=nulls, **told)
    tested = all_statistics((same, same), FIELD, first=nulls, last=nulls + mocks, **told)
    for name in [*STATISTICS, LIKELIHOOD]:
        p = p_values(null[name], tested[name], SEED)
        p = p if name == LIKELIHOOD else two_sided(p)
        assert stats.kstest(p, "uniform").pvalue > 0.01 / len(null), name
        assert 0.029 <= np.mean(p < 0.05) <= 0.074, name  # 99.9 % of a binomial of 1000 at 5 %


@pytest.mark.slow
def test_the_calibration_fails_where_the_null_is_wrong():
    same, other = a_pair()
    told = {"hypotheses": (same, other), "seed": SEED}
    null = all_statistics((same, same), FIELD, first=0, last=2000, **told)
    tested = all_statistics((same, other), FIELD, first=2000, last=2500, **told)
    for name in ("pearson", "cosine", "width", "concentration", LIKELIHOOD):
        assert stats.kstest(two_sided(p_values(null[name], tested[name], SEED)), "uniform").pvalue < 1e-6, name

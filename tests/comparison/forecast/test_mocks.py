"""Mocks and statistics of many pairs at once, against closed forms, other programs, and the calibration of p-values."""

import numpy as np
import pytest
from scipy import stats

from skymodel.comparison.forecast.likelihood import Expected
from skymodel.comparison.forecast.mocks import LIKELIHOOD, all_statistics, counts, expected, p_values, two_sided
from skymodel.comparison.forecast.observations import Observation
from skymodel.comparison.forecast.unlike import STATISTICS
from skymodel.comparison.likeness.field import field_of
from skymodel.comparison.rivals.skies import Blob
from skymodel.emission.event.bands import LINE_511
from skymodel.sky.healpix import pixel_area
from skymodel.sky.line_skies import Gaussian
from skymodel.sky.regions import Box
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

"""Backgrounds that are not known exactly: a free norm takes evidence away, and p-values stay calibrated."""

import numpy as np
import pytest
from scipy.stats import kstest, norm

from skymodel.comparison.forecast.forecast import prospect
from skymodel.comparison.forecast.likelihood import Expected, likelihood_root
from skymodel.comparison.forecast.mocks import counts

PIXELS = 240
PLACE = np.linspace(-1, 1, PIXELS)
BULGE, DISK = np.exp(-(PLACE**2) / 0.02), 0.3 + np.abs(PLACE)
FLAT = np.ones(PIXELS)
NUISANCES = np.stack([FLAT, DISK])


def root(counted, nuisances, other=None):
    same = Expected(300 * BULGE, 400 * FLAT + 100 * DISK, nuisances)
    return likelihood_root(
        counted, same, Expected(300 * (np.roll(BULGE, 12) if other is None else other), same.background)
    )


@pytest.fixture(scope="module")
def null():
    """Counts of one origin, 2000 mocks."""
    return counts(Expected(300 * BULGE, 400 * FLAT + 100 * DISK), 5, 0, 2000)


@pytest.mark.parametrize("nuisances", [np.empty((0, 0)), NUISANCES], ids=["known", "free"])
def test_under_one_origin_the_root_is_standard_normal_with_nuisances_free(null, nuisances):
    found = root(null, nuisances)
    assert kstest(found, norm.cdf).pvalue > 0.01
    assert abs(found.std() - 1) < 0.05  # 2000 mocks know it to 1.6 %


def test_a_wrong_level_is_evidence_only_where_the_background_is_taken_as_known():
    wrong = counts(Expected(300 * BULGE, 1.02 * (400 * FLAT + 100 * DISK)), 5, 0, 200)
    shape = DISK / DISK.mean()
    known, free = root(wrong, np.empty((0, 0)), shape), root(wrong, NUISANCES[:1], shape)
    assert known.mean() > 5  # two per cent of the level
    assert abs(free.mean()) < 0.6 * known.mean()
    assert np.all(root(wrong, NUISANCES, shape) == 0)  # the other sky is one of the nuisances


def test_what_the_nuisances_take_up_together_is_no_evidence(null):
    assert np.all(root(null, NUISANCES, 0.4 * FLAT + 0.2 * DISK + BULGE) == 0)


def test_nuisances_take_significance_away_and_never_add_any():
    truth = (300 * np.roll(BULGE, 3) + 400 * FLAT + 100 * DISK)[None]
    other = np.roll(BULGE, 3)
    roots = [float(root(truth, nuisances, other)[0]) for nuisances in (np.empty((0, 0)), NUISANCES[:1], NUISANCES)]
    assert roots[0] >= roots[1] - 1e-9 >= roots[2] - 2e-9 > 1


def test_no_difference_reads_as_no_sigma_to_one_side_and_to_both():
    draw = np.random.default_rng(8)
    null, other = draw.normal(size=(2, 4000))
    for sides in (1, 2):
        assert prospect(null, other, sides=sides).significance < 0.08  # 4000 mocks know the median p to 0.8 %

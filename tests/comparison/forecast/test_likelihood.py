"""The likelihood root: standard normal without another sky, its closed form with one."""

import numpy as np
import pytest
from scipy import stats

from skymodel.comparison.forecast.likelihood import likelihood_root
from skymodel.comparison.forecast.mocks import counts
from tests.comparison.forecast.test_mocks import SEED, a_pair


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

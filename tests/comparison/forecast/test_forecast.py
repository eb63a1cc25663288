"""Forecasts: scaling laws, agreement of mocks with expected counts, and the cells that must be nothing."""

import numpy as np
import pytest

from skymodel.comparison.forecast.forecast import (
    KNOWN,
    curves,
    exposure_for,
    forecast,
    lr_significance,
    matrix,
    prospect,
)
from skymodel.comparison.forecast.likelihood import Expected
from skymodel.comparison.forecast.mocks import LIKELIHOOD
from skymodel.comparison.forecast.observations import Observation
from skymodel.comparison.forecast.stories import NUGGETS, Pair, skies
from skymodel.comparison.likeness.field import field_of
from skymodel.comparison.rivals.skies import Blob, rival
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.sky.line_skies import Gaussian
from skymodel.sky.regions import Box

NSIDE = 32
FIELD = field_of(Box(lon=(-30, 30), lat=(-15, 15)), NSIDE)
LINE = Observation("one", LINE_511, 6.0, 2e9, 2.0)
MEV = Observation("two", Band("CONTINUUM_1_3", 1.0, 3.0), 6.0, 2e9, 2.0)


def shape(sigma, lon=0.0):
    values = Blob(Gaussian(1.0, 0.0, lon, 0.0, sigma, sigma, "")).sky(NSIDE).values[FIELD.pixels]
    return values / values.sum()


@pytest.fixture(scope="module")
def pair():
    flat = np.full(FIELD.pixels.size, 100.0)
    same, other = Expected(2500.0 * shape(4.0), flat), Expected(2500.0 * shape(6.0, 2.0), flat)
    return Pair(same, other, same)


@pytest.fixture(scope="module")
def found():
    """Return skies in which the Gaussian disk stands for the nuggets."""
    return skies(rival("gaussian_disk").sky(NSIDE), FIELD, names=("siegert2016", "knoedlseder2025"))


def test_significance_grows_as_the_root_of_the_exposure(pair):
    one = lr_significance(pair)
    assert one > 1
    assert lr_significance(pair.scaled(9.0)) == pytest.approx(3 * one, rel=1e-9)


@pytest.mark.parametrize("level", [3.0, 5.0])
def test_the_exposure_for_a_level_reaches_it(pair, level):
    factor = exposure_for(level, lr_significance(pair))
    assert lr_significance(pair.scaled(factor)) == pytest.approx(level, rel=1e-9)


def test_no_exposure_is_enough_where_there_is_no_difference():
    assert exposure_for(3.0, 0.0) == float("inf")


def test_mocks_agree_with_the_expected_counts(pair):
    exact = lr_significance(pair)
    verdict = forecast(pair, FIELD, mocks=600)[LIKELIHOOD]
    # the median of the story's mocks and the spread and mean of the null's each scatter
    assert verdict.significance == pytest.approx(exact, abs=4 * np.sqrt((1.57 + 1 + exact**2 / 2) / 600))


def test_no_simple_statistic_beats_the_likelihood_ratio_on_a_bright_background(pair):
    verdicts = forecast(pair.scaled(2.0), FIELD, mocks=600)
    best = verdicts.pop(LIKELIHOOD).power
    assert all(verdict.power <= best + 0.05 for verdict in verdicts.values())


def test_one_origin_is_refuted_as_often_as_the_level_says(pair):
    same = Pair(pair.first, pair.shared, pair.shared)
    for name, verdict in forecast(same, FIELD, mocks=1000).items():
        if name != LIKELIHOOD:  # which is 0 in every mock of one sky
            assert 0.02 < verdict.power < 0.09, name  # 5 %, with the scatter of two samples of 1000
            assert verdict.significance < 1.0, name


def test_a_verdict_is_the_shift_over_the_spread_beyond_the_mocks():
    null, other = np.random.default_rng(1).normal(0, 2, (2, 2000))
    verdict = prospect(null, other + 20.0)
    assert verdict.extrapolated
    assert verdict.power == 1.0
    assert verdict.significance == pytest.approx(10.0, rel=0.1)


def test_a_verdict_within_the_mocks_is_that_of_the_median_p_value():
    null, other = np.random.default_rng(2).normal(0, 1, (2, 20_000))
    assert prospect(null, other + 2.0, sides=1).significance == pytest.approx(2.0, abs=0.1)
    assert prospect(null, other + 2.0).significance == pytest.approx(2.0, abs=0.1)
    assert prospect(null, other - 2.0).significance == pytest.approx(2.0, abs=0.1)  # the other side


def test_a_statistic_squeezed_below_a_bound_is_judged_by_the_mocks_that_it_outdoes():
    z = np.random.default_rng(3).normal(0, 1, (2, 1000))
    verdict = prospect(1 - np.tanh(z[0]), 1 - np.tanh(z[1] + 5.0))  # five sigma before it was squeezed
    assert verdict.extrapolated
    assert verdict.significance == pytest.approx(2.576, abs=1e-3)  # ten of a thousand, on both sides
    assert prospect(z[0], z[1] + 5.0).significance == pytest.approx(5.0, rel=0.1)


def test_nuggets_are_never_told_from_one_origin_and_others_are(found):
    told = []
    both = NUGGETS, "positrons in flight"
    table = matrix(found, [LINE, MEV], stories=both, progress=lambda *share: told.append(share))
    assert told == [(1, 2), (2, 2)]
    nuggets = table[[row == NUGGETS for row in table["rival"]]]
    assert (nuggets["significance"] == 0).all()
    assert np.isinf(nuggets["exposure_3_sigma"]).all()
    assert table.meta["inputs"] == "inputs of origin not given: one, two"
    flight = table[[row != NUGGETS for row in table["rival"]]]
    assert (flight["significance"] > 0).all()
    ratio = flight["exposure_5_sigma"] / flight["exposure_3_sigma"]
    assert np.asarray(ratio) == pytest.approx(25 / 9, rel=1e-12)
    assert (flight["significance_known"] > 1.05 * flight["significance"]).all()  # free norms take evidence away
    assert table.meta["nuisances"] == "flat, interstellar"


def test_the_two_skies_of_a_pair_have_one_flux_through_a_wide_field(found):
    pair = found.pair("positrons in flight", LINE, MEV)
    assert pair.shared.signal.sum() == pytest.approx(
        pair.second.signal.sum(), rel=0.05
    )  # the beam spills over the edge
    assert pair.first.signal.sum() > pair.second.signal.sum()  # fewer photons in 1-3 MeV than in the line


def test_the_curves_have_a_table_for_each_statistic(pair):
    told = []
    found = curves(pair, FIELD, (0.5, 2.0), mocks=60, progress=lambda *share: told.append(share))
    assert told == [(1, 2), (2, 2)]
    assert LIKELIHOOD in found
    exact = np.asarray(found[LIKELIHOOD]["significance"])
    assert exact[1] == pytest.approx(2 * exact[0], rel=1e-9)
    assert list(found["pearson"]["exposure"]) == [0.5, 2.0]
    # this pair has no nuisances, so that knowing its backgrounds adds nothing
    np.testing.assert_array_equal(found[KNOWN]["significance"], exact)


def test_an_unknown_story_is_refused(found):
    with pytest.raises(ValueError, match="no story 'gnomes'; known: nuggets"):
        found.pair("gnomes", LINE, MEV)

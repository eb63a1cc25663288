import numpy as np
import pytest

from profiles import NFW, ExponentialDisk, HernquistBulge, HoledDisk, from_function
from skymodel.comparison.ratio.ratio import band_mean, ratio
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.galaxy import SkyModel
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

HALO = NFW(r_s=20)
DISK = ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
BULGE = HernquistBulge(n_0=1.0, a=0.6)
EMISSION = NuggetEmission(mu=20.0, chi=0.1)


def linear_chi(x, y, z):
    """chi(r) / 0.1 for chi(r) = 0.1 (1 + r / 1 kpc)."""
    return 1 + np.sqrt(x * x + y * y + z * z)


@pytest.mark.parametrize("electrons", [DISK, BULGE, HoledDisk(), DISK + BULGE])
@pytest.mark.parametrize("region", [INTEGRAL_CIRCLE, COMPTEL_WINDOW])
def test_in_one_window_the_ratio_is_the_spectrums_for_every_profile(electrons, region):
    found = ratio(SkyModel(HALO, electrons), numerator=(CONTINUUM_1_20, region), denominator=(LINE_511, region))
    assert abs(found.value / EMISSION.band_factor(CONTINUUM_1_20) - 1) < 1e-14  # rounding only: the integral cancels
    assert found.error < 1e-10 * found.value


@pytest.mark.parametrize(("electrons", "window_factor"), [(DISK, 0.3810354), (BULGE, 0.1950444)])
def test_across_the_windows_it_is_smaller_by_the_published_window_factor(electrons, window_factor):
    found = ratio(
        SkyModel(HALO, electrons, EMISSION),
        numerator=(CONTINUUM_1_20, COMPTEL_WINDOW),
        denominator=(LINE_511, INTEGRAL_CIRCLE),
    )
    expected = EMISSION.band_factor(CONTINUUM_1_20) * window_factor
    assert found.value == pytest.approx(expected, rel=3e-7)  # the reference has seven digits
    assert found.error < 1e-6 * found.value


def test_the_means_are_those_of_the_bands():
    found = ratio(
        SkyModel(HALO, DISK, EMISSION),
        numerator=(CONTINUUM_1_20, COMPTEL_WINDOW),
        denominator=(LINE_511, INTEGRAL_CIRCLE),
    )
    mean = band_mean(SkyModel(HALO, DISK, EMISSION), CONTINUUM_1_20, COMPTEL_WINDOW)
    assert found.numerator.value == pytest.approx(mean.value, rel=2e-6)  # the sum of the two tolerances
    assert str(mean.unit) == "GeV kpc / cm6"


@pytest.mark.parametrize(("region", "shape"), [(INTEGRAL_CIRCLE, "circle"), (COMPTEL_WINDOW, (30, 5))])
@pytest.mark.parametrize("electrons", [DISK, BULGE])
def test_a_chi_that_grows_with_radius_breaks_the_ratio_by_what_nested_rules_say(nested_mean, region, shape, electrons):
    pair = HALO * electrons
    chi = from_function(linear_chi, unit="", symmetry="spherical")
    model = SkyModel(HALO, electrons, EMISSION, direct=pair * chi)
    found = ratio(model, numerator=(CONTINUUM_1_20, region), denominator=(LINE_511, region))
    broken = found.value / EMISSION.band_factor(CONTINUUM_1_20)
    weighted = nested_mean(lambda x, y, z: pair(x, y, z) * linear_chi(x, y, z), shape)
    expected = weighted / nested_mean(pair, shape)
    assert broken == pytest.approx(expected, rel=3e-6)  # 1e-6 of each nested mean, 1e-6 of the ratio
    assert expected > 1.2  # far from one: the control does break the claim


def test_a_band_with_positronium_and_direct_light_adds_what_each_follows(nested_mean):
    both = Band("BOTH", 0.3, 2.0)  # ortho-positronium below 511 keV, the line, direct annihilation
    pair = HALO * DISK
    model = SkyModel(HALO, DISK, EMISSION, direct=pair * from_function(linear_chi, unit="", symmetry="spherical"))
    photons = EMISSION.photons(both)
    expected = (photons.line + photons.ortho) * nested_mean(pair, "circle") + photons.direct * nested_mean(
        lambda x, y, z: pair(x, y, z) * linear_chi(x, y, z), "circle"
    )
    assert band_mean(model, both, INTEGRAL_CIRCLE).value == pytest.approx(float(expected), rel=3e-6)


def test_a_dark_band_has_no_ratio_to_it_but_may_be_compared():
    beyond = Band("BEYOND", 30.0, 40.0)  # above the kinematic end at mu = 20 MeV
    model = SkyModel(HALO, DISK, EMISSION)
    assert ratio(model, numerator=(beyond, INTEGRAL_CIRCLE), denominator=(LINE_511, INTEGRAL_CIRCLE)).value == 0
    with pytest.raises(ValueError, match="band BEYOND has no light in"):
        ratio(model, numerator=(LINE_511, INTEGRAL_CIRCLE), denominator=(beyond, INTEGRAL_CIRCLE))

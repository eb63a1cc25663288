"""Region means and the window factor against published numbers and against integrals that use no sight line."""

import functools

import numpy as np
import pytest
import yaml
from volumes import box_flux, cone_flux

import skymodel as sm
from profiles import NFW, Burkert, Einasto, ExponentialDisk, HernquistBulge, HoledDisk
from skymodel.sky.regions import Circle

HERE = sm.Observer(r_sun=8.2)
DISK = NFW(rho_s=1.0, r_s=20.0) * ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
BULGE = NFW(rho_s=1.0, r_s=20.0) * HernquistBulge(n_0=1.0, a=0.6)
CM_PER_KPC = 3.0856775814913673e21
PUBLISHED = yaml.safe_load(sm.data_path("validation.yaml").read_text())


# The two numbers are given to seven digits with the model that they belong to.
@pytest.mark.parametrize(("density", "expected"), [(DISK, 0.3810354), (BULGE, 0.1950444)])
def test_the_window_factor_has_its_known_value_and_its_error_covers_the_difference(density, expected):
    w = sm.window_factor(density, observer=HERE, r_max=60.0, rtol=1e-6)
    assert w.value == pytest.approx(expected, rel=1e-5)
    assert abs(w.value - expected) <= w.error + 5e-8  # half of the last digit given
    assert w.error <= 1e-6 * w.value


@pytest.mark.slow
@pytest.mark.parametrize("density", [DISK, BULGE, NFW(r_s=20.0) * HoledDisk(), Burkert(r_s=9.0) * ExponentialDisk()])
@pytest.mark.parametrize("rtol", [1e-3, 1e-5, 1e-7])
def test_region_means_agree_with_volume_integrals_within_their_errors(density, rtol):
    cone, box = volume_means(density)
    w = sm.window_factor(density, observer=HERE, r_max=60.0, rtol=rtol)
    for mean, truth in ((w.denominator, cone), (w.numerator, box)):
        slack = 5e-9 * truth  # what the volume integrals are good to: between their orders 10 and 12
        assert abs(mean.value - truth) <= mean.error + slack
        assert mean.error <= rtol * mean.value
    assert abs(w.value - box / cone) <= w.error + 1e-8 * w.value


@functools.cache
def volume_means(density):
    cone = cone_flux(density, np.radians(6.0)) / sm.INTEGRAL_CIRCLE.solid_angle
    return cone, box_flux(density, 30.0, 5.0) / sm.COMPTEL_WINDOW.solid_angle


# The range 0.19 ... 1.1 is that of PHYSICS: each row a density, its W as given there, and half of the last digit.
@pytest.mark.parametrize(
    ("density", "expected", "digit"),
    [
        (BULGE, 0.19, 0.0055),
        (DISK, 0.38, 0.0055),
        (Burkert(r_s=9.0) * ExponentialDisk(R_d=2.6, z_d=0.3), 0.63, 0.0055),
    ],
)
def test_the_window_factor_of_simple_models_is_far_from_one(density, expected, digit):
    w = sm.window_factor(density, observer=HERE, r_max=60.0, rtol=1e-4)
    assert abs(w.value - expected) < digit


@pytest.mark.parametrize("halo", [NFW(r_s=20.0), Burkert(r_s=9.0), Einasto()])
def test_a_gas_disk_with_a_hole_makes_the_two_windows_equally_bright(halo):
    w = sm.window_factor(halo * HoledDisk(), observer=HERE, r_max=60.0, rtol=1e-4)
    assert 0.9 < w.value < 1.15


@pytest.mark.parametrize(("power", "key"), [(1, "D_MeV_cm-2_sr-1"), (2, "J_MeV2_cm-5_sr-1")])
def test_the_mean_over_ten_degrees_is_hazmas(power, key):
    published = PUBLISHED["hazma_10deg_cone"]
    halo = NFW(rho_s=0.838, r_s=11.0)
    density = halo if power == 1 else halo * halo
    mean = sm.region_mean(density, Circle(0, 0, 10), observer=sm.Observer(8.122), r_max=200.0, rtol=1e-5)
    in_mev = mean.value * 1e3**power * CM_PER_KPC
    assert in_mev == pytest.approx(published[key], rel=published["rtol"])


@pytest.mark.parametrize("name", ["NFW", "Burkert", "Einasto"])
@pytest.mark.parametrize("power", [1, 2])
def test_the_whole_sky_is_galdms(name, power):
    published = PUBLISHED["galdm_all_sky"]
    shapes = {"NFW": (NFW, {"r_s": 20.0}), "Burkert": (Burkert, {"r_s": 14.0})}
    kind, shape = shapes.get(name, (Einasto, {"r_s": 20.0, "alpha": 0.17}))
    halo = kind.from_local_density(0.4, r_sun=8.5, **shape)
    density = halo if power == 1 else halo * halo
    mean = sm.region_mean(density, Circle(0, 0, 180), observer=sm.Observer(8.5), s_max=200.0, rtol=1e-5)
    key = "D_GeV_cm-2_sr" if power == 1 else "J_GeV2_cm-5_sr"
    assert 4 * np.pi * mean.value * CM_PER_KPC == pytest.approx(published[key][name], rel=published["rtol"])

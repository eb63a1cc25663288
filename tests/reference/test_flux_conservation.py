"""The sum of a map of pixel means times the pixel area is the volume integral of n / d^2, at every nside."""

import functools

import numpy as np
import pytest
from volumes import R_MAX, R_SUN, axisymmetric_flux, bar_flux, spherical_flux

import skymodel as sm
from profiles import NFW, Einasto, ExponentialDisk, GeneralizedNFW, HernquistBulge, from_function
from skymodel.sky.regions import Circle


def triaxial(x, y, z):
    """Return a Gaussian bar, turned by 27 deg; it vanishes at the Sun."""
    cosine, sine = np.cos(np.radians(27.0)), np.sin(np.radians(27.0))
    return np.exp(
        -0.5 * (((x * cosine + y * sine) / 1.2) ** 2 + ((y * cosine - x * sine) / 0.5) ** 2 + (z / 0.35) ** 2)
    )


NFW_20 = NFW(rho_s=1.0, r_s=20.0)
STEEP = GeneralizedNFW(rho_s=1.0, r_s=20.0, gamma=1.3)
EINASTO = Einasto(rho_s=1.0, r_s=20.0, alpha=0.17)
BAR = from_function(triaxial, unit="cm-3", mirror_z=True)
DENSITIES = {
    "NFW": NFW_20,
    "NFW^2": NFW_20 * NFW_20,
    "gNFW 1.3^2": STEEP * STEEP,
    "Einasto^2": EINASTO * EINASTO,
    "NFW x Hernquist": NFW_20 * HernquistBulge(n_0=1.0, a=0.6),
    "NFW x disk": NFW_20 * ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3),
    "NFW x bar": NFW_20 * BAR,
}
RTOL = 1e-5
# What the volume integrals are good to, from their change when the orders of their rules grow by half.
TRUTH_RTOL = {"NFW x bar": 1e-7}


@functools.cache
def flux(name, z_sun):
    density = DENSITIES[name]
    if density.symmetry == "spherical":
        return spherical_flux(density)
    return axisymmetric_flux(density, z_sun) if density.symmetry == "axisymmetric" else bar_flux(density, z_sun)


def check(name, z_sun, nside):
    sky = sm.project(
        DENSITIES[name], nside, observer=sm.Observer(R_SUN, z_sun), r_max=R_MAX, rtol=RTOL, method="direct"
    )
    total, truth = sky.total(), flux(name, z_sun)
    assert abs(total.value - truth) <= total.error + TRUTH_RTOL.get(name, 1e-9) * truth
    assert total.error <= RTOL * truth


@pytest.mark.parametrize("nside", [1, 2, 16])
@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
@pytest.mark.parametrize("name", DENSITIES)
def test_the_map_holds_the_flux_of_the_volume(name, z_sun, nside):
    check(name, z_sun, nside)


@pytest.mark.parametrize("rtol", [1e-3, 1e-5])
@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
@pytest.mark.parametrize("name", DENSITIES)
def test_the_mean_over_the_whole_sky_is_the_flux_of_the_volume(name, z_sun, rtol):
    """No map is made: the region is integrated in polar coordinates about the centre."""
    observer = sm.Observer(R_SUN, z_sun)
    mean = sm.region_mean(DENSITIES[name], Circle(0, 0, 180), observer=observer, r_max=R_MAX, rtol=rtol)
    truth = flux(name, z_sun) / (4 * np.pi)
    assert abs(mean.value - truth) <= mean.error + TRUTH_RTOL.get(name, 1e-9) * truth
    assert mean.error <= rtol * mean.value


@pytest.mark.slow
@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
@pytest.mark.parametrize("name", DENSITIES)
def test_a_fine_map_holds_the_flux_of_the_volume(name, z_sun):
    check(name, z_sun, 64)


def test_centre_values_do_not_conserve_the_flux():
    """The proof that the check above can fail: what is sampled at pixel centres loses 3 % of a cusp at nside 16."""
    observer = sm.Observer(R_SUN)
    sky = sm.project(
        DENSITIES["NFW^2"], 16, observer=observer, r_max=R_MAX, rtol=RTOL, sample="centre", method="direct"
    )
    assert sky.total().value < 0.98 * flux("NFW^2", 0.0)

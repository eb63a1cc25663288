"""Varying microphysics as one more factor of the product, against plain integrations by scipy."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from profiles import NFW, from_function
from profiles.contract.mapped import mapped
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.speed import local_speed_factor, thermal_speed
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.emission.nuggets.local import local_band_factor, local_spectrum_factor
from skymodel.emission.nuggets.model import NuggetEmission, continuum_intensity
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sightlines.ray.integrate import line_of_sight

MODEL = NuggetEmission(mu=20.0, chi=0.1)


def radius(x, y, z):
    return np.sqrt(x**2 + y**2 + z**2)


RISING_CHI = from_function(lambda x, y, z: 0.1 * (1 + radius(x, y, z)), unit="", symmetry="spherical")


def test_a_rising_chi_breaks_the_constant_ratio_by_what_a_plain_integration_gives():
    pair = NFW() * NFW()
    here = Observer(r_sun=8.2)
    band = pair * local_band_factor(MODEL, CONTINUUM_1_20, chi=RISING_CHI)
    lon, lat = np.array([1.0, 30.0]), np.array([2.0, 10.0])
    ratio = (
        line_of_sight(band, lon, lat, observer=here, r_max=60.0, rtol=1e-8).value
        / line_of_sight(pair, lon, lat, observer=here, r_max=60.0, rtol=1e-8).value
    )
    for got, cosine in zip(ratio, np.cos(np.radians(lon)) * np.cos(np.radians(lat)), strict=True):

        def density(s, cosine=cosine):
            return float(NFW().radial(np.sqrt(s * s - 2 * s * 8.2 * cosine + 8.2**2))) ** 2

        def weighted(s, cosine=cosine):
            return (1 + np.sqrt(s * s - 2 * s * 8.2 * cosine + 8.2**2)) * density(s)

        end = 8.2 * cosine + np.sqrt(60**2 - 8.2**2 * (1 - cosine**2))
        points = [8.2 * cosine]
        options = {"points": points, "epsrel": 1e-9, "limit": 500}
        expected = quad(weighted, 0, end, **options)[0] / quad(density, 0, end, **options)[0]
        assert got / MODEL.band_factor(CONTINUUM_1_20) == pytest.approx(expected, rel=1e-7)
    assert ratio[1] > 1.3 * ratio[0]  # the control: the ratio is not the same everywhere


def test_a_uniform_field_changes_nothing():
    pair = NFW() * NFW()
    uniform = from_function(lambda x, y, z: 20.0 + 0 * x, unit="MeV", symmetry="spherical")
    factor = local_band_factor(MODEL, CONTINUUM_1_20, mu=uniform)
    place = np.array([1.0]), np.array([2.0]), np.array([3.0])
    assert (pair * factor)(*place) / pair(*place) == pytest.approx(MODEL.band_factor(CONTINUUM_1_20), rel=1e-14)
    assert (pair * factor).unit == pair.unit


def test_all_three_fields_vary_together_and_the_line_band_stays_one():
    fields = {
        "mu": from_function(lambda x, y, z: 10.0 + radius(x, y, z), unit="MeV", symmetry="spherical"),
        "chi": RISING_CHI,
        "positronium_fraction": from_function(lambda x, y, z: 1 / (1 + radius(x, y, z)), unit="", symmetry="spherical"),
    }
    here = NuggetEmission(mu=13.0, chi=0.4, positronium_fraction=0.25)  # the fields at r = 3 kpc
    assert local_band_factor(MODEL, CONTINUUM_1_20, **fields)(0.0, 0.0, 3.0) == pytest.approx(
        here.band_factor(CONTINUUM_1_20), rel=1e-13
    )
    assert local_band_factor(MODEL, LINE_511, **fields)(0.0, 0.0, 3.0) == 1


def test_a_map_of_a_cube_has_its_own_shape_where_mu_varies():
    mu = from_function(lambda x, y, z: 3.0 + radius(x, y, z), unit="MeV", symmetry="spherical")
    factor = local_spectrum_factor(MODEL, 5.0, mu=mu)
    place = np.array([0.0, 4.0]), np.zeros(2), np.zeros(2)
    expected = [0.0, continuum_intensity(5.0, mu=7.0, chi=0.1, line_intensity=1.0)]  # nothing of 5 MeV from mu = 3 MeV
    np.testing.assert_allclose(factor(*place), expected, rtol=1e-14)
    assert factor.unit == "MeV-1"


@pytest.mark.parametrize("band", [CONTINUUM_1_20, Band("HIGH", 10, 20)])
def test_where_the_speed_varies_the_local_factor_is_that_of_an_electrosphere_of_the_local_speed(band):
    model = ElectrosphereEmission(Electrosphere(60, 30, v_e=0.1))
    v_e = from_function(lambda x, y, z: 10 ** (x / 10 - 3.5), unit="")
    factor = local_speed_factor(model, band, v_e)
    x = np.array([0.3, 11.7, 22.2, 34.9])
    speeds = 10 ** (x / 10 - 3.5)
    direct = [replace(model, sphere=Electrosphere(60, 30, float(v))).band_factor(band) for v in speeds]
    np.testing.assert_allclose(factor(x, 0 * x, 0 * x), direct, atol=1e-6)  # as the docstring says
    with pytest.raises(ValueError, match="v_e = .*allowed: 0.0001 to 1"):
        factor(np.array([40.0]), np.zeros(1), np.zeros(1))


def test_a_hot_centre_makes_the_continuum_harder_there():
    hot = from_function(lambda x, y, z: 8.0 * np.exp(-radius(x, y, z)) + 0.01, unit="", symmetry="spherical")
    v_e = mapped(thermal_speed, hot)  # a temperature in keV becomes a speed
    model = ElectrosphereEmission(Electrosphere(60, 30, v_e=0.1))
    hard, soft = (local_speed_factor(model, Band("X", low, high), v_e) for low, high in ((10, 20), (1, 3)))
    r = np.array([0.1, 5.0])
    hardness = hard.radial(r) / soft.radial(r)
    assert hardness[0] > 3 * hardness[1]


def test_fields_of_the_wrong_unit_or_none_at_all_are_refused():
    with pytest.raises(ValueError, match=r"field mu has the unit \[\]; it must have \[MeV\]"):
        local_band_factor(MODEL, CONTINUUM_1_20, mu=RISING_CHI)
    with pytest.raises(ValueError, match="no field varies"):
        local_band_factor(MODEL, CONTINUUM_1_20)
    with pytest.raises(ValueError, match="unknown field 'kappa'; give one or more of mu, chi, positronium_fraction"):
        local_band_factor(MODEL, CONTINUUM_1_20, kappa=RISING_CHI)
    with pytest.raises(ValueError, match="at least one field"):
        mapped(lambda: 1.0)

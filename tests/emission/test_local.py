"""Varying microphysics as one more factor of the product, against plain integrations by scipy."""

import numpy as np
import pytest
from scipy.integrate import quad

from profiles import NFW, from_function
from skymodel.emission.bands import CONTINUUM_1_20, LINE_511
from skymodel.emission.local import local_band_factor, local_factor
from skymodel.emission.model import NuggetEmission
from skymodel.sightlines.geometry import Observer
from skymodel.sightlines.integrate import line_of_sight

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


def test_symmetry_hints_and_mirror_are_the_lowest_of_the_fields():
    flat = from_function(lambda x, y, z: 0.1 + 0 * x, unit="", symmetry="axisymmetric", mirror_z=False)
    factor = local_factor(lambda a, b: a + b, RISING_CHI, flat)
    assert factor.symmetry == "axisymmetric"
    assert not factor.mirror_z
    assert factor.meridional(3.0, 4.0) == factor(3.0, 0.0, 4.0) == pytest.approx(0.7)


def test_fields_of_the_wrong_unit_or_none_at_all_are_refused():
    with pytest.raises(ValueError, match=r"field mu has the unit \[\]; it must have \[MeV\]"):
        local_band_factor(MODEL, CONTINUUM_1_20, mu=RISING_CHI)
    with pytest.raises(ValueError, match="no field varies"):
        local_band_factor(MODEL, CONTINUUM_1_20)
    with pytest.raises(ValueError, match="at least one field"):
        local_factor(lambda: 1.0)

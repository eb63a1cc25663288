"""Absolute normalisation against the same sum done with astropy Quantities."""

import numpy as np
import pytest
from astropy import constants as c
from astropy import units as u

from skymodel.emission.nuggets.encounters import Encounters

J = 1500.0 * u.Unit("kpc GeV cm-6")


def by_quantities(j, baryons, density=3.5e14, speed=1e-3, antimatter=1.0, f=1.0):
    radius = (3 * baryons * c.m_p / (4 * np.pi * density * u.g / u.cm**3)) ** (1 / 3)
    kappa = np.pi * radius**2 * speed * c.c
    column = antimatter * j / (baryons * c.m_p * c.c**2)
    return (kappa * (2 - 1.5 * f) / (4 * np.pi * u.sr) * column).to_value("cm-2 s-1 sr-1")


@pytest.mark.parametrize("baryons", [1e20, 1e25, 1e33])
def test_the_line_intensity_is_the_sum_done_with_quantities(baryons):
    # 1e-8: digits of m_p between CODATA releases
    assert Encounters().line_intensity(J, baryons) == pytest.approx(by_quantities(J, baryons), rel=1e-8)
    other = Encounters(nuclear_density=2e14, speed=5e-4, antimatter_fraction=0.6, positronium_fraction=0.9)
    assert other.line_intensity(J, baryons) == pytest.approx(by_quantities(J, baryons, 2e14, 5e-4, 0.6, 0.9), rel=1e-8)


def test_the_implied_baryon_number_gives_back_the_line():
    encounters = Encounters(antimatter_fraction=0.4)
    implied = encounters.implied_baryon_number(J, 0.025)
    assert encounters.line_intensity(J, implied) == pytest.approx(0.025, rel=1e-12)
    # fewer encounters per mass for larger nuggets: a brighter line means smaller ones, as B^(-1/3)
    assert encounters.implied_baryon_number(J, 0.05) == pytest.approx(implied / 8, rel=1e-12)


def test_the_assumptions_name_every_parameter():
    text = "\n".join(Encounters(speed=2e-3).assumptions())
    for name in ("nuclear_density = 3.5e+14", "speed = 0.002", "antimatter_fraction = 1", "pi R^2"):
        assert name in text


def test_a_speed_may_be_a_quantity():
    assert Encounters(speed=299.792458 * u.km / u.s).speed == pytest.approx(1e-3)


@pytest.mark.parametrize(
    "field", [{"speed": 0.0}, {"speed": 1.5}, {"antimatter_fraction": 1.2}, {"nuclear_density": -1.0}]
)
def test_impossible_assumptions_are_refused(field):
    with pytest.raises(ValueError, match=next(iter(field))):
        Encounters(**field)


def test_a_region_without_flux_implies_no_baryon_number():
    with pytest.raises(ValueError, match="mean J"):
        Encounters().implied_baryon_number(0.0, 0.025)

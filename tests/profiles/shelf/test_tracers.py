"""What is counted: electrons of stars and gas, each by its own number per mass."""

import numpy as np
import pytest

from profiles import ExponentialDisk, library
from profiles.contract.algebra import in_unit
from tests.profiles.shelf.test_configuration import POINTS


def test_electrons_take_number_densities_as_they_are_and_convert_masses():
    disk = {"type": "exponential_disk", "n_0": "1 cm-3"}
    assert library.electrons(disk) == ExponentialDisk(n_0=1.0)
    mixed = library.electrons([{"preset": "mcmillan2017_stars"}, disk], per_baryon=0.88)
    expected = library.build("mcmillan2017_stars").electrons(0.88)(*POINTS) + ExponentialDisk(n_0=1.0)(*POINTS)
    np.testing.assert_allclose(mixed(*POINTS), expected, rtol=1e-13)


def test_electrons_count_those_of_hydrogen_gas_with_its_helium():
    gas = library.build("ferriere2007_gas")
    electrons = library.electrons("ferriere2007_gas", per_baryon=0.88)
    helium = 1 / 0.7381  # baryons for each hydrogen nucleus
    np.testing.assert_allclose(electrons(*POINTS), 0.88 * helium * gas(*POINTS), rtol=1e-12)


def test_explicit_choices_of_what_is_counted():
    stars = {"type": "hernquist_bulge", "mass": "5e9 Msun", "a": "1 kpc"}
    baryons = library.build({"type": "baryons", "density": stars})
    electrons = library.build({"type": "electrons", "density": stars, "per_baryon": 0.88})
    protons = library.build({"type": "protons", "density": stars, "hydrogen": 0.76})
    assert baryons.n_0 == pytest.approx(32.2, rel=1e-3)
    assert electrons.n_0 == pytest.approx(0.88 * baryons.n_0, rel=1e-14)
    assert protons.n_0 == pytest.approx(0.76 * baryons.n_0, rel=1e-14)
    back = library.build({"type": "gas_mass", "density": library.describe(protons), "hydrogen": 0.76})
    assert in_unit(back, "GeV cm-3").n_0 == pytest.approx(library.build(stars).n_0, rel=1e-14)


def test_gas_given_partly_by_mass_and_partly_by_electrons_is_counted_in_electrons():
    whole = library.build("interstellar")
    assert whole.unit == "cm-3"
    parts = ({"preset": "ferriere2007_gas"}, {"preset": "mcmillan2017_gas"}, {"preset": "ferriere2007_electrons"})
    for place in ((0.05, 0.02, 0.0), (-6.0, 1.0, 0.1)):
        assert whole(*place) == pytest.approx(sum(library.electrons(part)(*place) for part in parts), rel=1e-12)
    without = library.electrons({"preset": "interstellar", "neutral_disks": None})
    assert without(-6.0, 1.0, 0.0) < 0.3 * whole(-6.0, 1.0, 0.0)  # the disks make the gas beyond the centre

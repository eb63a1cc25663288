"""The contract: units, validation, and what combining densities keeps."""

import numpy as np
import pytest
from astropy import constants, units

from profiles import NFW, Burkert, ExponentialDisk, HernquistBulge, Hints, Product, Scaled, Sum, from_function
from profiles.contract.algebra import in_unit
from profiles.forms.shapes import Shifted


@pytest.fixture
def places():
    rng = np.random.default_rng(3)
    return rng.normal(0, 5, (3, 50))


def test_a_product_multiplies_values_and_units_and_has_the_lower_symmetry(places):
    halo, disk = NFW(), ExponentialDisk()
    pair = halo * disk
    np.testing.assert_array_equal(pair(*places), halo(*places) * disk(*places))
    assert pair.unit == units.Unit("GeV cm-6")
    assert pair.symmetry == "axisymmetric"
    assert (pair * Shifted(halo)).symmetry == "none"
    assert not (pair * Shifted(halo, z_0=0.1)).mirror_z


def test_products_and_sums_are_flat():
    a, b, c = NFW(), Burkert(), ExponentialDisk()
    assert (a * b) * c == Product((a, b, c))
    assert (a + b) + a == Sum((a, b, a))


def test_a_sum_converts_into_the_unit_of_the_first(places):
    halo = NFW(rho_s=0.01 * units.Unit("Msun pc-3"), unit="Msun pc-3")
    other = Burkert()
    total = halo + other
    assert total.unit == units.Unit("Msun pc-3")
    factor = (1 * units.Unit("GeV cm-3") / constants.c**2).to_value("Msun pc-3")
    np.testing.assert_allclose(total(*places), halo(*places) + factor * other(*places), rtol=1e-13)


def test_a_mass_density_and_a_number_density_do_not_add():
    with pytest.raises(ValueError, match="wrong dimension"):
        NFW() + ExponentialDisk()


def test_scaling_by_a_number_and_by_a_quantity(places):
    halo = NFW()
    np.testing.assert_allclose((2 * halo)(*places), 2 * halo(*places), rtol=1e-14)
    assert (halo * (3 * units.cm**3)).unit == units.Unit("GeV")
    assert isinstance(2 * (halo * Burkert()), Scaled)
    with pytest.raises(ValueError, match=">= 0"):
        -1.0 * halo


def test_electrons_of_a_mass_density_are_its_baryons_by_number(places):
    disk = ExponentialDisk(n_0=1.0 * units.Unit("Msun pc-3"))
    electrons = disk.electrons(per_baryon=0.88)
    expected = (0.88 * units.Unit("Msun pc-3") / constants.m_p).to_value("cm-3")
    assert electrons.unit == units.Unit("cm-3")
    np.testing.assert_allclose(electrons(*places), expected * ExponentialDisk(n_0=1.0)(*places), rtol=1e-13)


def test_electrons_of_a_number_density_are_refused():
    with pytest.raises(ValueError, match="wrong dimension"):
        ExponentialDisk().electrons()


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan")])
def test_electrons_per_baryon_must_be_positive(factor):
    with pytest.raises(ValueError, match="per_baryon"):
        NFW().electrons(factor)


def test_quantities_are_converted_and_wrong_dimensions_refused():
    assert NFW(r_s=20000 * units.pc).r_s == pytest.approx(20.0, rel=1e-15)
    with pytest.raises(ValueError, match=r"NFW\.r_s = 20\.0 GeV.*\[kpc\]"):
        NFW(r_s=20 * units.GeV)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_scales_are_refused_with_field_and_value(value):
    with pytest.raises(ValueError, match=rf"NFW\.r_s = {value} kpc; allowed: a finite number > 0"):
        NFW(r_s=value)


def test_a_negative_density_is_refused():
    with pytest.raises(ValueError, match=r"HernquistBulge\.n_0 = -1"):
        HernquistBulge(n_0=-1.0)


def test_a_function_is_a_density_of_its_declared_symmetry(places):
    mine = from_function(lambda x, y, z: np.exp(-np.hypot(x, y) - abs(z)), unit="cm-3", symmetry="axisymmetric")
    assert mine.symmetry == "axisymmetric"
    assert not mine.mirror_z  # not declared
    x, y, z = places
    np.testing.assert_allclose(mine.meridional(np.hypot(x, y), z), mine(x, y, z))
    with pytest.raises(ValueError, match="'spherical', 'axisymmetric', 'none'"):
        from_function(len, unit="cm-3", symmetry="round")


def test_hints_join_without_repetition():
    first, second = Hints(spheres=(1.0,), planes=(0.1,)), Hints(spheres=(1.0, 2.0))
    assert (first | second) == Hints(spheres=(1.0, 2.0), planes=(0.1,))


def test_conversion_keeps_the_form(places):
    halo = in_unit(NFW(), "Msun kpc-3")
    assert isinstance(halo, NFW)
    assert in_unit(halo, "GeV cm-3").rho_s == pytest.approx(NFW().rho_s, rel=1e-14)


def test_no_form_raises_a_floating_point_warning_at_the_axis_or_far_away():
    from profiles import library

    far = np.array([1e-6, 1e3])
    with np.errstate(all="raise", under="ignore"):
        for name in library.names():
            maker = library.get(name)
            if isinstance(maker, type):
                values = maker()(np.zeros(2), np.zeros(2), far), maker()(far, np.zeros(2), np.zeros(2))
                assert np.all(np.isfinite(values)), name


def test_masked_values_of_a_function_are_refused():
    from profiles import from_function

    def cut(x, y, z):
        r = np.sqrt(x**2 + y**2 + z**2)
        return np.ma.masked_where(r > 5, np.exp(-r / 3))

    density = from_function(cut, unit="cm-3", symmetry="spherical")
    assert density(np.asarray([1.0]), np.zeros(1), np.zeros(1))[0] == pytest.approx(np.exp(-1 / 3))
    with pytest.raises(ValueError, match="returned masked values"):
        density(np.asarray([6.0]), np.zeros(1), np.zeros(1))


@pytest.mark.parametrize("density", [NFW(), ExponentialDisk(), NFW() * ExponentialDisk()], ids=str)
def test_a_call_with_quantities_says_what_takes_them(density):
    with pytest.raises(TypeError, match=r"plain numbers \[kpc\]; density.at\(x, y, z\) takes Quantities"):
        density(8.2 * units.kpc, 0 * units.kpc, 0 * units.kpc)
    assert density.at(8200 * units.pc, 0 * units.pc, 0 * units.pc).value == density(8.2, 0.0, 0.0)


def test_a_unit_and_a_division_scale_as_a_quantity_does():
    halo = NFW()
    assert (halo * units.cm**-3).unit == (units.cm**-3 * halo).unit == units.Unit("GeV cm-6")
    assert (halo / (2 * units.cm)).unit == (halo / units.cm).unit == units.Unit("GeV cm-4")
    assert (halo / 2)(8.0, 0.0, 0.0) == pytest.approx(halo(8.0, 0.0, 0.0) / 2)
    assert (halo / (2 * units.cm))(8.0, 0.0, 0.0) == pytest.approx(halo(8.0, 0.0, 0.0) / 2)
    with pytest.raises(TypeError):
        halo / halo

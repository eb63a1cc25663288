"""Specifications: every accepted form, its inverse, and one clear line for every mistake."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import NFW, Burkert, Einasto, ExponentialDisk, HernquistBulge, HoledDisk, Sum, library
from profiles.contract.algebra import in_unit

POINTS = np.array([[1.0, -3.0, 0.2], [0.5, 4.0, 0.1], [0.1, -0.4, 2.0]])


def test_the_forms_of_the_design():
    assert library.build({"type": "nfw", "rho_s": "0.3 GeV cm-3", "r_s": "20 kpc"}) == NFW(rho_s=0.3, r_s=20.0)
    disk = library.build({"type": "exponential_disk", "n_0": "1 cm-3", "R_d": "2.6 kpc", "z_d": "0.3 kpc"})
    assert disk == ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
    assert library.build([{"type": "nfw"}, {"type": "burkert"}]) == Sum((NFW(), Burkert()))
    assert library.build("nfw") == NFW()
    assert library.build({"preset": "paper_halo"}) == NFW(rho_s=0.3, r_s=20.0)


def test_units_are_converted():
    assert library.build({"type": "nfw", "r_s": "20000 pc"}).r_s == pytest.approx(20.0, rel=1e-15)
    halo = library.build({"type": "nfw", "rho_s": "0.0079 Msun pc-3"})
    assert halo.rho_s == pytest.approx(0.29993, rel=1e-3)  # 1 Msun pc-3 is 37.965 GeV cm-3


def test_the_other_constructors_have_their_own_parameters():
    local = library.build({"type": "einasto", "local_density": "0.4 GeV cm-3", "r_sun": "8.2 kpc", "r_s": "20 kpc"})
    assert float(local.radial(np.asarray(8.2))) == pytest.approx(0.4, rel=1e-14)
    assert local.r_s == 20.0
    assert library.build({"type": "hernquist_bulge", "mass": "5e9 Msun"}) == HernquistBulge.from_mass(5e9)
    disk = library.build({"type": "holed_disk", "Sigma_0": "5.3e7 Msun kpc-2", "z_d": "0.085 kpc"})
    assert disk == HoledDisk.from_surface_density(5.3e7, z_d=0.085)
    assert library.build({"type": "nfw", "m_200": "1e12 Msun", "c": 10}) == NFW.from_m200(1e12, c=10)


def test_a_preset_takes_overrides_of_its_only_component():
    changed = library.build({"preset": "mcmillan2017_halo", "r_s": "15 kpc"})
    assert changed.r_s == 15.0
    assert changed.rho_s == library.build("mcmillan2017_halo").rho_s


def test_a_new_amplitude_takes_the_place_of_the_presets():
    local = {"preset": "mcmillan2017_halo", "local_density": "0.5 GeV cm-3", "r_sun": "8.2 kpc"}
    assert float(library.build(local).radial(np.asarray(8.2))) == pytest.approx(0.5, rel=1e-14)
    plain = library.build({"preset": "fermi_nfw", "rho_s": "0.1 GeV cm-3"})
    assert plain == NFW(rho_s=0.1, r_s=20.0)


def test_a_shape_named_like_another_constructors_parameter_keeps_the_amplitude():
    """``h`` is a disk's height and ``c`` a bar's, and both belong to m_200 as well."""
    thick = library.build({"preset": "ne2001", "thick": {"h": "1.6 kpc"}}).parts[0]
    assert (thick.h, thick.n_0) == (1.6, library.build("ne2001").parts[0].n_0)
    bar = library.build({"preset": "sormani2022_bar", "peanut": {"c": 1.5}}).parts[0]
    assert (bar.c, bar.n_0) == (1.5, library.build("sormani2022_bar").parts[0].n_0)


def test_a_preset_takes_overrides_by_component_and_leaves_components_out():
    changed = library.build({"preset": "mcmillan2017_baryons", "HI": {"R_d": "8 kpc"}, "H2": None})
    assert len(changed.parts) == 4
    assert changed.parts[-1].R_d == 8.0
    assert changed.parts[-1].n_0 == library.build("mcmillan2017_baryons").parts[3].n_0


def test_densities_nest():
    spec = {
        "type": "rotated",
        "angle": "25 deg",
        "density": {"type": "triaxial", "p": 0.5, "density": {"type": "burkert"}},
    }
    density = library.build(spec)
    assert density.density.density == Burkert()
    assert library.build(library.describe(density)) == density


lengths = st.floats(1e-3, 1e3)


@settings(max_examples=50, deadline=None)
@given(rho_s=st.floats(0, 1e6), r_s=lengths, alpha=st.floats(0.05, 3))
def test_any_valid_numbers_survive_the_round_trip_exactly(rho_s, r_s, alpha):
    halo = Einasto(rho_s=rho_s, r_s=r_s, alpha=alpha)
    assert library.build(library.describe(halo)) == halo
    assert library.build(library.describe(in_unit(halo, "Msun kpc-3"))) == in_unit(halo, "Msun kpc-3")


MISTAKES = [
    ({"type": "nwf"}, "no profile 'nwf'; did you mean 'nfw'"),
    ({"type": "nfw", "rs": "20 kpc"}, "nfw has no 'rs'; did you mean 'r_s'.*allowed: "),
    ({"type": "nfw", "r_s": 20}, "nfw.r_s = 20 has no unit; write '20 kpc'"),
    ({"type": "nfw", "r_s": "20"}, "nfw.r_s = '20' has no unit; write '20 kpc'"),
    ({"type": "nfw", "r_s": "20 GeV"}, r"nfw.r_s = 20.0 GeV has the wrong dimension; give it in \[kpc\]"),
    ({"type": "nfw", "r_s": "-20 kpc"}, "NFW.r_s = -20.0 kpc; allowed: a finite number > 0"),
    ({"type": "nfw", "r_s": "nan kpc"}, "NFW.r_s = nan kpc; allowed"),
    ({"type": "nfw", "r_s": "20 kpcc"}, "nfw.r_s = '20 kpcc' is not a number with a unit, such as '1 kpc'"),
    ({"type": "nfw", "r_s": None}, "nfw.r_s = None is not a number with a unit"),
    ({"type": "nfw", "r_s": [1, 2]}, r"nfw.r_s = \[1, 2\] is not a number with a unit"),
    ({"type": "einasto", "alpha": "0.2 kpc"}, "einasto.alpha = 0.2 kpc has a unit; give a pure number"),
    ({"type": "einasto", "alpha": True}, "einasto.alpha = True is not a pure number"),
    ({"type": "einasto", "alpha": 0}, "Einasto.alpha = 0.0; allowed: a finite number > 0"),
    ({"type": "generalized_nfw", "gamma": 3}, "gamma = 3.0; allowed: a finite number < 3"),
    ({"type": "nfw", "local_density": "0.4 GeV cm-3"}, "r_sun"),
    ({"type": "nfw", "local_density": "0.4 GeV cm-3", "r_sun": "0 kpc"}, "r_sun = 0.0 kpc; allowed: a distance > 0"),
    ({"type": "nfw", "mass": "1e12 Msun"}, "nfw needs c beside mass"),
    ({"type": "nfw", "mass": "-1e12 Msun", "c": 10}, "NFW.mass = -1000000000000.0 Msun; allowed: a finite number > 0"),
    ({"type": "dwek_bar", "mass": "-1e10 Msun"}, "DwekBar.mass = -10000000000.0 Msun; allowed: a finite number >= 0"),
    ({"type": "nfw", "local_density": "-1 GeV cm-3", "r_sun": "8 kpc"}, "NFW.local_density = -1.0 GeV cm-3; allowed"),
    ({"type": "exponential_disk", "Sigma_0": "-5 Msun pc-2", "z_d": "1 kpc"}, "ExponentialDisk.Sigma_0 = -5.*allowed"),
    ({"type": "radial_table"}, "radial_table needs file"),
    ({"preset": "macmillan2017"}, "no preset 'macmillan2017'; did you mean 'mcmillan2017'"),
    ({"preset": "mcmillan2017_baryons", "H1": None}, "no component 'H1'; did you mean 'HI'"),
    ({"preset": "mcmillan2017_halo", "r_ss": "1 kpc"}, "nfw has no 'r_ss'; did you mean 'r_s'"),
    ({"type": "flattened", "density": {"type": "exponential_disk"}}, "is axisymmetric; give a spherical density"),
    ({"type": 7}, "type = 7; give the name of a profile"),
    ([], "an empty list of densities; give at least one component"),
    ({}, "a density needs 'type' or 'preset'"),
    (3.0, "a density is a mapping with 'type' or 'preset', or a list of them; got 3.0"),
    (None, "a density is a mapping"),
    ([{"type": "nfw"}, {"type": "exponential_disk"}], "wrong dimension"),
]


@pytest.mark.parametrize(("spec", "message"), MISTAKES, ids=[message[:40] for _, message in MISTAKES])
def test_a_mistake_gets_one_clear_line(spec, message):
    with pytest.raises(ValueError, match=message) as caught:
        library.build(spec)
    assert "\n" not in str(caught.value)


def radius_to_the_minus_two(x, y, z):
    return 1 / (x * x + y * y + z * z)


def test_a_plain_function_is_built_from_its_path_and_described():
    path = f"{__name__}:radius_to_the_minus_two"
    density = library.build({"type": path, "unit": "cm-3", "symmetry": "spherical"})
    np.testing.assert_array_equal(density(*POINTS), radius_to_the_minus_two(*POINTS))
    assert density.symmetry == "spherical"
    assert library.build(library.describe(density)) == density
    with pytest.raises(ValueError, match="unit"):
        library.build({"type": path})

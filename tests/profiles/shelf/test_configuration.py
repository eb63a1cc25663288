"""Specifications: every accepted form, its inverse, and one clear line for every mistake."""

import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import NFW, Burkert, Einasto, ExponentialDisk, HernquistBulge, HoledDisk, Sum, library
from profiles.contract.algebra import in_unit
from profiles.contract.fields import field_kinds

PLAIN = [name for name in library.names() if dataclasses.is_dataclass(library.get(name))]
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


def test_a_model_gives_each_role_its_share():
    assert library.dark_matter("mcmillan2017") == library.build("mcmillan2017_halo")
    electrons = library.electrons({"preset": "mcmillan2017"})
    assert electrons == library.electrons("mcmillan2017_baryons")
    assert len(library.build("mcmillan2017").parts) == 6


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


def test_densities_nest():
    spec = {
        "type": "rotated",
        "angle": "25 deg",
        "density": {"type": "triaxial", "p": 0.5, "density": {"type": "burkert"}},
    }
    density = library.build(spec)
    assert density.density.density == Burkert()
    assert library.build(library.describe(density)) == density


@pytest.mark.parametrize("name", library.preset_names())
def test_every_preset_builds_describes_itself_and_pickles(name):
    density = library.build(name)
    again = library.build(library.describe(density))
    assert again == density
    assert pickle.loads(pickle.dumps(density)) == density
    values = density(*POINTS)
    assert np.all(np.isfinite(values))
    assert np.all(values >= 0)


@pytest.mark.parametrize("name", library.preset_names())
def test_every_preset_tells_its_reference_status_and_role(name):
    about = library.about(name)
    assert len(about.reference) > 10
    assert len(about.status) > 5
    assert library.preset(name).role in {"dark_matter", "baryons", "electrons", "hydrogen", "model"}


def test_what_is_from_memory_is_marked_for_the_user():
    assert not library.preset("vincent2012_einasto").verified
    assert library.preset("mcmillan2017_halo").verified
    assert "unverified" in str(library.about("vincent2012_einasto"))
    assert "unverified" in library.about("dwek_bar").status


@pytest.mark.parametrize("name", PLAIN)
def test_every_profile_tells_what_it_is_and_what_each_parameter_means(name):
    about = library.about(name)
    kinds = field_kinds(library.get(name))
    for parameter in about.parameters:
        assert len(parameter.meaning) > 5, parameter.name
        if parameter.name in kinds:
            assert parameter.unit == kinds[parameter.name].unit
    assert len(about.summary) > 20
    assert "\\" not in str(about)


def test_the_catalogue_has_a_row_for_everything():
    rows = {row.name: row for row in library.catalogue()}
    assert set(rows) == {*library.names(), *library.preset_names()}
    assert rows["nfw"].package == "skymodel"


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


def test_a_preset_of_the_wrong_role_is_refused():
    with pytest.raises(ValueError, match="'paper_halo' holds no baryons"):
        library.electrons("paper_halo")
    with pytest.raises(ValueError, match="'ne2001' holds no dark matter"):
        library.dark_matter("ne2001")
    with pytest.raises(ValueError, match="dark matter needs a mass density"):
        library.dark_matter({"type": "exponential_disk", "n_0": "1 cm-3"})
    with pytest.raises(ValueError, match="dark matter needs a mass density"):
        library.dark_matter({"type": "nfw", "local_density": "0.4 cm-3", "r_sun": "8 kpc"})


def test_a_lambda_cannot_be_described():
    from profiles import from_function

    with pytest.raises(ValueError, match="lambda"):
        library.describe(from_function(lambda x, y, z: x, unit="cm-3"))


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


def test_gas_given_partly_by_mass_and_partly_by_electrons_is_counted_in_electrons():
    whole = library.build("interstellar")
    assert whole.unit == "cm-3"
    parts = ({"preset": "ferriere2007_gas"}, {"preset": "mcmillan2017_gas"}, {"preset": "ferriere2007_electrons"})
    for place in ((0.05, 0.02, 0.0), (-6.0, 1.0, 0.1)):
        assert whole(*place) == pytest.approx(sum(library.electrons(part)(*place) for part in parts), rel=1e-12)
    without = library.electrons({"preset": "interstellar", "neutral_disks": None})
    assert without(-6.0, 1.0, 0.0) < 0.3 * whole(-6.0, 1.0, 0.0)  # the disks make the gas beyond the centre


def test_what_stands_for_the_amplitude_and_the_keys_of_files_are_told():
    halo, cube = str(library.about("generalized_nfw")), str(library.about("grid"))
    for way in (
        "or local_density [GeV cm-3] with r_sun [kpc]",
        "or m_200 [Msun] with c; h = 0.674",
        "or mass [Msun] with c",
    ):
        assert way in halo
    assert "or Sigma_0 [Msun kpc-2] with z_d [kpc]" in str(library.about("exponential_disk"))
    for key in ("x, y, z and values", "length_unit", "unit  "):
        assert key in cube

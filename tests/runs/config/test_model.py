"""A configuration is complete and repeatable, or refused with one line that names field, value and cure."""

import numpy as np
import pytest
import yaml
from astropy import units as u

import profiles
import skymodel as sm
from profiles import NFW, ExponentialDisk, from_function
from skymodel.runs.config.model import RunConfig, as_config, load_config
from skymodel.runs.many.ensemble import load_ensemble
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Circle

HALO = {"type": "nfw", "rho_s": "0.3 GeV cm-3", "r_s": "20 kpc"}
DISK = {"type": "exponential_disk", "n_0": "1 cm-3", "R_d": "2.6 kpc", "z_d": "0.3 kpc"}


def make(**changes):
    return RunConfig(**{"dark_matter": HALO, "electrons": [DISK], **changes})


def refusal(**changes):
    """Return the message with which a change to a good configuration is refused; it is one line."""
    with pytest.raises(ValueError, match=r"\S") as caught:
        make(**changes)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_preset_paper_is_the_papers_model_with_our_stand_in_densities():
    config = load_config("paper")
    assert config.dark_matter == NFW(rho_s=0.3, r_s=20.0)
    assert (config.observer.r_sun, config.observer.z_sun, config.path.r_max) == (8.2, 0.0, 60.0)
    assert (config.map.nside, config.map.rtol) == (64, 1e-4)
    assert (config.emission.mu, config.emission.chi, config.emission.band) == (20.0, 0.1, (1.0, 20.0))
    assert config.emission.convention == "paper"
    assert (config.anchor.region, config.anchor.line_intensity) == (INTEGRAL_CIRCLE, 0.025)
    assert "stand-in" in config.label


def test_no_configuration_means_the_preset_paper():
    assert load_config() == load_config("paper")


def test_what_is_left_out_is_what_the_paper_has():
    short, paper = make(), load_config("paper")
    for name in ("observer", "path", "map", "emission", "anchor", "electrons_per_baryon"):
        assert getattr(short, name) == getattr(paper, name)


def test_a_resolved_configuration_repeats_the_run_also_through_yaml():
    config = make(
        observer={"r_sun": "8122 pc", "z_sun": "20.8 pc"},
        path={"s_max": "30 kpc"},
        anchor={"region": {"lon": "3 deg", "lat": "0 deg", "radius": "300 arcmin"}},
        electrons=[{"preset": "mcmillan2017_baryons"}, DISK],
        electrons_per_baryon=0.88,
    )
    text = yaml.safe_dump(config.resolved())
    again = RunConfig(**yaml.safe_load(text))
    assert again == config
    assert again.resolved() == config.resolved()
    x = np.array([0.1, 3.0, 8.0])
    np.testing.assert_array_equal(again.electrons(x, x, x / 10), config.electrons(x, x, x / 10))


def test_units_are_converted_at_the_door():
    config = make(observer={"r_sun": "8200 pc"}, emission={"mu": "20000 keV", "band": ["1e6 eV", "20 MeV"]})
    assert config.observer.r_sun == pytest.approx(8.2, rel=1e-15)  # one rounding of the factor 1000
    assert config.emission.mu == 20.0
    assert config.emission.band == (1.0, 20.0)


def test_photons_in_a_unit_are_counted_not_measured():
    config = make(anchor={"line_intensity": "0.025 ph cm-2 s-1 sr-1"})
    assert config.anchor.line_intensity == 0.025


def test_python_objects_take_the_place_of_text():
    config = RunConfig(dark_matter=NFW(), electrons=ExponentialDisk(n_0=1.0), observer={"r_sun": 8.2 * u.kpc})
    assert config.dark_matter == NFW()
    assert make(anchor={"region": COMPTEL_WINDOW}).anchor.region == COMPTEL_WINDOW


def test_a_mass_density_becomes_electrons_by_the_number_per_baryon():
    matter = from_function(lambda x, y, z: 0 * x + 0.93827208816, unit="GeV cm-3", symmetry="spherical")
    one, fewer = (RunConfig(dark_matter=HALO, electrons=matter, electrons_per_baryon=n) for n in (1.0, 0.88))
    here = np.zeros(1)
    assert one.electrons.unit == u.Unit("cm-3")
    # one proton mass a cm3 is one electron; astropy's proton mass agrees with CODATA 2018 to 1e-8
    assert one.electrons(here, here, here)[0] == pytest.approx(1.0, rel=1e-7)
    assert fewer.electrons(here, here, here)[0] == pytest.approx(0.88, rel=1e-7)


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"observer": {"r_sun": 8.2}}, ("observer.r_sun", "8.2 has no unit", "'8.2 kpc'")),
        ({"observer": {"r_sun": "8.2"}}, ("observer.r_sun", "no unit", "'8.2 kpc'")),
        ({"observer": {"r_sun": "8.2 MeV"}}, ("observer.r_sun", "8.2 MeV", "wrong dimension", "[kpc]")),
        ({"observer": {"r_sun": "far"}}, ("observer.r_sun", "'far'", "'1 kpc'")),
        ({"observer": {"r_sun": "-8 kpc"}}, ("observer.r_sun", "-8 kpc", "> 0")),
        ({"observer": {"r_sun": "nan kpc"}}, ("observer.r_sun", "finite")),
        ({"observer": {"z_sun": "9 kpc"}}, ("observer", "z_sun", "r_sun")),
        ({"dark_matter": {**HALO, "r_s": 20}}, ("dark_matter", "r_s", "no unit", "'20 kpc'")),
        ({"dark_matter": {**HALO, "r_s": "20 MeV"}}, ("dark_matter", "r_s", "20", "kpc")),
        ({"dark_matter": {**HALO, "r_s": "-20 kpc"}}, ("dark_matter", "r_s", "-20", "> 0")),
        ({"dark_matter": {**HALO, "rs": "20 kpc"}}, ("dark_matter", "'rs'", "r_s")),
        ({"dark_matter": {"type": "nwf"}}, ("dark_matter", "'nwf'", "did you mean 'nfw'?")),
        ({"dark_matter": DISK}, ("dark_matter", "mass density")),
        ({"electrons": [{"preset": "mcmillan2017_baryon"}]}, ("electrons", "mcmillan2017_baryons")),
        ({"electrons": []}, ("electrons", "empty")),
        ({"electrons_per_baryon": 0}, ("electrons_per_baryon", "0", "greater than 0")),
        ({"emision": {}}, ("'emision'", "did you mean 'emission'?", "allowed")),
        ({"emission": {"moo": "20 MeV"}}, ("'moo'", "emission", "allowed: ", "mu, chi")),
        ({"emission": {"mu": "0.3 MeV"}}, ("emission", "mu = 0.3 MeV", "electron mass")),
        ({"emission": {"chi": -0.1}}, ("emission.chi", "-0.1", "greater than or equal to 0")),
        ({"emission": {"convention": "papre"}}, ("emission.convention", "'papre'", "'paper' or 'consistent'")),
        ({"emission": {"band": ["20 MeV", "1 MeV"]}}, ("emission", "band", "[low, high]")),
        ({"emission": {"band": ["1 MeV"]}}, ("emission.band", "['1 MeV']", "[1 MeV, 20 MeV]")),
        ({"emission": {"band": "5 MeV"}}, ("emission.band", "'5 MeV'", "[1 MeV, 20 MeV]")),
        ({"dark_matter": {"type": "math:pi"}}, ("dark_matter", "'math:pi'", "is part of Python", "nothing was")),
        ({"electrons": {"type": "math:pi"}}, ("electrons", "'math:pi'", "is part of Python", "nothing was")),
        ({"map": {"nside": 63}}, ("map.nside", "63 is not a power of two", "32 and 64")),
        ({"map": {"nside": 0}}, ("map.nside", "0", "power of two")),
        ({"map": {"nside": 64.5}}, ("map.nside", "64.5", "power of two")),
        ({"map": {"rtol": 0}}, ("map.rtol", "0", "from 1e-12 to below 1")),
        ({"map": {"rtol": 1e-17}}, ("map.rtol", "1e-17", "from 1e-12 to below 1")),
        ({"map": None}, ("map", "mapping")),
        ({"path": {"r_max": "60 kpc", "s_max": "60 kpc"}}, ("path", "exactly one", "r_max")),
        ({"path": {}}, ("path", "exactly one", "r_max")),
        ({"anchor": {"region": "integral_circel"}}, ("anchor.region", "integral_circel", "integral_circle")),
        ({"anchor": {"region": {"lon": 0, "lat": "0 deg", "radius": "6 deg"}}}, ("anchor.region", "lon", "deg")),
        ({"anchor": {"line_intensity": "0 cm-2 s-1 sr-1"}}, ("anchor.line_intensity", "> 0")),
    ],
    ids=str,
)
def test_bad_input_is_refused_in_one_line_that_names_field_value_and_cure(changes, parts):
    message = refusal(**changes)
    assert [part for part in parts if part not in message] == [], message


def test_a_missing_density_is_named():
    with pytest.raises(ValueError, match="electrons is missing; .*dark_matter and electrons"):
        RunConfig(dark_matter=HALO)


def test_a_misspelt_key_is_named_before_the_key_that_it_leaves_missing():
    with pytest.raises(ValueError, match="unknown key 'dark_mater'.*did you mean 'dark_matter'"):
        RunConfig(dark_mater=HALO, electrons=[DISK])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("- a\n- b\n", "holds a list"),
        ("observer: {r_sun: 8.2 kpc\n", "not valid YAML"),
        ("map: {nside: 4}\nmap: {nside: 8}\n", "'map' is written twice, keep one"),
        ("map: {nside: 4, nside: 8}\n", "'nside' is written twice, keep one"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_with_its_name(tmp_path, text, reason):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=reason) as caught:
        load_config(path)
    assert "mine.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused_with_the_presets_listed():
    with pytest.raises(
        FileNotFoundError, match=r"no configuration file 'papr'; did you mean 'paper'\? presets: interstellar, paper"
    ):
        load_config("papr")


@pytest.mark.parametrize("make_unreadable", [lambda path: path.mkdir(), lambda path: path.write_bytes(b"\xff\xfe\x00")])
def test_an_unreadable_file_is_refused_with_its_name(tmp_path, make_unreadable):
    path = tmp_path / "mine.yaml"
    make_unreadable(path)
    with pytest.raises(ValueError, match=r"cannot read the configuration .*mine\.yaml"):
        load_config(path)


def test_a_circle_elsewhere_is_read_with_gammapys_keys():
    region = {"frame": "galactic", "lon": "10 deg", "lat": "-2 deg", "radius": "3 deg"}
    assert make(anchor={"region": region}).anchor.region == Circle(lon=10, lat=-2, radius=3)


def test_a_density_that_cannot_be_written_down_is_named_when_it_is_asked_for():
    config = make(electrons=from_function(lambda x, y, z: 0 * x + 1, unit="cm-3"))
    with pytest.raises(ValueError, match=r"^the function .*lambda.* cannot be written down"):
        config.resolved()


def test_a_configuration_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        make().map.nside = 128


def test_the_anchors_default_error_belongs_to_its_default_intensity_alone():
    densities = {"dark_matter": {"type": "nfw"}, "electrons": {"type": "exponential_disk"}}
    assert RunConfig(**densities).anchor.relative_error == pytest.approx(0.056)
    own = RunConfig(**densities, anchor={"line_intensity": "0.016 cm-2 s-1 sr-1"})
    assert own.anchor.line_intensity_error == 0
    both = {"line_intensity": "0.016 cm-2 s-1 sr-1", "line_intensity_error": "0.001 cm-2 s-1 sr-1"}
    assert RunConfig(**densities, anchor=both).anchor.relative_error == pytest.approx(1 / 16)
    with pytest.raises(ValueError, match="out of range"):
        RunConfig(**densities, anchor={"line_intensity_error": "-1 cm-2 s-1 sr-1"})


def test_python_objects_stand_for_the_sections_of_a_file():
    here = sm.Observer(8.178, 0.0208)
    config = RunConfig(
        dark_matter="fermi_nfw",
        electrons="mcmillan2017_baryons",
        observer=here,
        emission=sm.NuggetEmission(mu=15, chi=0.2),
        anchor=sm.published_anchor("siegert2016"),
    )
    assert config.observer.build() == here
    assert (config.emission.mu, config.emission.chi) == (15.0, 0.2)
    assert make(anchor="siegert2016").anchor == config.anchor
    assert config.anchor.line_intensity_error > 0
    assert make(anchor={"name": "siegert2016", "region": "circle 0 0 10"}).anchor.region == Circle(0, 0, 10)


@pytest.mark.parametrize("source", ["paper", None, "mapping", "config"])
def test_whatever_stands_for_a_configuration_becomes_one(source):
    paper = load_config("paper")
    given = {"mapping": paper.resolved(), "config": paper}.get(source, source)
    assert as_config(given) == paper


def test_a_length_in_parsecs_comes_back_without_a_tail_of_rounding():
    assert make(observer={"z_sun": "20.8 pc"}).resolved()["observer"]["z_sun"] == "0.0208 kpc"


def test_a_file_is_looked_for_beside_the_yaml_then_in_the_working_directory_and_keeps_its_full_path(
    tmp_path, monkeypatch
):
    table = "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: r, unit: kpc, datatype: float64}\n"
    table += "# - {name: rho, unit: GeV cm-3, datatype: float64}\n# schema: astropy-2.0\nr rho\n"
    table += "1.0 1.0\n5.0 0.1\n9.0 0.01\n20.0 0.001\n"
    (tmp_path / "project").mkdir()
    (tmp_path / "elsewhere").mkdir()
    for folder in ("project", "elsewhere"):
        (tmp_path / folder / f"{folder}.ecsv").write_text(table)
    halo = [{"type": "radial_table", "file": f"{folder}.ecsv"} for folder in ("project", "elsewhere")]
    file = tmp_path / "project" / "mine.yaml"
    file.write_text(yaml.safe_dump({"dark_matter": halo, "electrons": [DISK]}))
    monkeypatch.chdir(tmp_path / "elsewhere")
    resolved = load_config(file).resolved()
    found = [part["file"] for part in resolved["dark_matter"]]
    assert found == [str(tmp_path / folder / f"{folder}.ecsv") for folder in ("project", "elsewhere")]
    monkeypatch.chdir("/")
    assert RunConfig(**resolved).resolved() == resolved


def test_one_file_holds_the_run_and_its_ensemble(tmp_path):
    file = tmp_path / "mine.yaml"
    priors = [{"parameter": "dark_matter.r_s", "distribution": "uniform", "low": "15 kpc", "high": "25 kpc"}]
    model = {"dark_matter": HALO, "electrons": [DISK]}
    file.write_text(yaml.safe_dump(model | {"ensemble": {"priors": priors, "draws": 8}}))
    ensemble = load_ensemble(file)
    assert (ensemble.draws, ensemble.model) == (8, model)
    assert "ensemble" not in load_config(file).resolved()  # a run is the same without its ensemble


def test_a_larger_distance_without_a_unit_is_questioned():
    with pytest.raises(ValueError, match=r"8200 without a unit means kpc.*8200 \* units\.pc"):
        sm.Observer(8200)
    assert sm.Observer(8200 * u.kpc).r_sun == 8200


def test_maps_that_do_not_fit_the_memory_are_refused_before_they_are_begun():
    with pytest.raises(ValueError, match=r"need .* GiB of memory and .* are free; nside = \d+ would fit"):
        sm.project(NFW() * ExponentialDisk(), 2**20, r_max=60)


def test_a_density_takes_lengths_and_tells_its_mass():
    assert NFW().at(8200 * u.pc, 0 * u.kpc, 0).unit == u.Unit("GeV cm-3")
    assert NFW().at([1, 2] * u.kpc, 0, 0).shape == (2,)
    assert NFW().mass(8200 * u.pc).value == pytest.approx(profiles.enclosed_mass(NFW(), 8.2).value, rel=1e-14)


def test_an_observer_of_python_is_taken_as_the_integrating_functions_take_it():
    assert make(observer=(8.178, 0.0208)).observer.build() == make(observer=sm.Observer(8.178, 0.0208)).observer.build()

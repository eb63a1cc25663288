"""What a configuration asks: regions, bands, ratios, comparisons."""

import pytest
import yaml

from skymodel.runs.config.model import RunConfig
from skymodel.sky.regions import ALL_SKY, Circle
from tests.runs.config.test_model import make, refusal


def test_regions_bands_ratios_cube_and_comparisons_are_read_and_written_back():
    config = make(
        regions=["integral_circle", {"name": "bulge", "region": "circle 0 0 10"}, {"union": ["comptel_window", DISC]}],
        bands=["LINE_511", ["1 MeV", "20 MeV"], {"name": "XRAY", "low": "7 keV", "high": "9 keV"}, "100-300 keV"],
        ratios=[{"numerator": ["1-20 MeV", "comptel_window"], "denominator": ["LINE_511", "circle 0 0 8"]}],
        cube={"energies": {"from": "1 MeV", "to": "100 MeV", "count": 3}},
        compare={"bands": ["LINE_511", "CONTINUUM_1_20"], "regions": ["box -30 30 -10 10"], "beam": "spi@0.511"},
        anchor={"line_intensity": "0.02 cm-2 s-1 sr-1", "line_intensity_error": "0.001 cm-2 s-1 sr-1"},
    )
    assert [part.name for part in config.regions][:2] == ["integral_circle", "bulge"]
    assert [band.name for band in config.shining] == ["LINE_511", "CONTINUUM_1_20", "XRAY", "CONTINUUM_0.1_0.3"]
    assert (config.bands[2].low, config.bands[2].high) == (0.007, 0.009)
    assert config.ratios[0].label == "CONTINUUM_1_20 in comptel_window / LINE_511 in circle(0, 0, 8)"
    assert config.cube.energies == pytest.approx((1.0, 10.0, 100.0), rel=1e-14)
    assert config.compare.beam.width == 2.5
    assert config.anchor.line_intensity_error == 0.001
    again = RunConfig(**yaml.safe_load(yaml.safe_dump(config.resolved())))
    assert again == config
    assert again.resolved() == config.resolved()


DISC = {"lon": "40 deg", "lat": "0 deg", "radius": "3 deg"}


def test_a_list_of_regions_may_be_a_mapping_from_names_and_of_bands_too():
    config = make(regions={"inner": "circle 0 0 3"}, bands={"SOFT": ["10 keV", "100 keV"]})
    assert (config.regions[0].name, config.regions[0].region) == ("inner", Circle(0, 0, 3))
    assert [band.name for band in config.shining] == ["LINE_511", "SOFT"]  # the line scales all, so it is always there
    assert config.shining[1].high == 0.1


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"regions": []}, ("regions", "no list of regions")),
        ({"regions": ["integral_circle", "circle 0 0 6"]}, ("regions", "'integral_circle' is listed twice")),
        ({"regions": ["comptel_window", "box 330 30 -5 5"]}, ("regions", "'comptel_window' is listed twice")),
        ({"regions": ["all_sky", "circle 20 30 180"]}, ("regions", "'all_sky' is listed twice")),
        ({"regions": {"all_sky": "circle 0 0 3"}}, ("regions", "'all_sky'", "not of circle(0, 0, 3)", "give another")),
        ({"regions": ["circle 0 0"]}, ("regions", "'circle 0 0'", "3 numbers", "radius")),
        ({"regions": [{"intersection": ["circle 0 0 2", "circle 90 0 2"]}]}, ("regions", "empty")),
        ({"regions": ["circle 0 95 2"]}, ("regions", "95", "-90 to 90")),
        ({"bands": ["LINE_512"]}, ("bands", "'LINE_512' is no band", "LINE_511")),
        ({"bands": [["20 MeV", "1 MeV"]]}, ("bands", "not ascending")),
        ({"bands": ["LINE_511", "LINE_511"]}, ("bands", "listed twice")),
        ({"bands": {"J": ["1 MeV", "2 MeV"]}}, ("bands", "'J'", "another map")),
        ({"ratios": [{"numerator": ["1-20 MeV", "comptel_window"]}]}, ("ratios.0.denominator is missing", "needs")),
        ({"cube": {"energies": ["3 MeV", "1 MeV"]}}, ("cube.energies", "not ascending")),
        ({"cube": {"energy": ["3 MeV"]}}, ("unknown key 'energy' in cube", "'energies'")),
        ({"compare": {"beam": "1 deg"}}, ("compare.beam of 1 deg on pixels of 0.92 deg", "map.nside")),
        ({"compare": {"beam": "3"}}, ("compare.beam", "'3'", "'3 deg'")),
        ({"compare": {"rivals": ["siegert2017"]}}, ("compare", "siegert2016")),
        ({"emission": {"type": "electrosphere"}}, ("emission.v_e is missing", "emission needs type, v_e")),
        ({"emission": {"type": "nugget"}}, ("emission.type = 'nugget'", "did you mean 'nuggets'?")),
        ({"emission": {"type": "power_law", "index": 2}}, ("emission.photons_per_line_photon is missing",)),
        ({"anchor": "siegert2061"}, ("anchor", "siegert2016")),
        ({"observer": "here"}, ("observer", "'here' is no observer", "'8.178 kpc'", "{r_sun: 8.178 kpc")),
        ({"map": {"shortfall": "maybe"}}, ("map.shortfall", "'maybe'", "'refuse' or 'state'")),
    ],
    ids=str,
)
def test_a_bad_question_is_refused_in_one_line(changes, parts):
    message = refusal(**changes)
    assert [part for part in parts if part not in message] == [], message


def test_the_whole_sky_is_a_region_of_its_name_wherever_one_is_asked_for():
    config = make(
        regions=["all_sky", "comptel_window"],
        ratios=[{"numerator": ["LINE_511", "circle 20 30 180"], "denominator": ["LINE_511", "box 330 30 -5 5"]}],
        compare={"regions": ["all_sky"]},
    )
    assert [part.name for part in config.regions] == ["all_sky", "comptel_window"]
    assert [part.name for part in config.parts] == ["comptel_window"]
    assert config.ratios[0].label == "LINE_511 in all_sky / LINE_511 in comptel_window"
    assert config.compare.regions[0].region == ALL_SKY
    assert config.resolved()["regions"] == ["all_sky", "comptel_window"]
    assert RunConfig(**config.resolved()) == config


def test_ratios_and_comparisons_may_use_the_configurations_own_names():
    config = make(
        regions=["integral_circle", {"name": "ridge", "region": "box -60 60 -2 2"}],
        bands={"SOFT": ["100 keV", "300 keV"]},
        ratios=[{"numerator": ["SOFT", "ridge"], "denominator": ["LINE_511", "integral_circle"]}],
        compare={"bands": ["SOFT"], "regions": ["ridge"]},
    )
    assert (config.ratios[0].numerator.band, config.ratios[0].numerator.region) == (
        config.bands[0],
        config.regions[1].region,
    )
    assert config.compare.regions == (config.regions[1],)

"""A run returns objects, touches no file, and its numbers are those of closed forms and of independent integrals."""

import dataclasses

import numpy as np
import pytest
from astropy import units as u

import skymodel as sm
from profiles import NFW, ExponentialDisk, from_function
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.run import run

pytestmark = pytest.mark.usefixtures("few_pairs")


def constant(value, unit):
    return from_function(lambda x, y, z: 0 * x + value, unit=unit, symmetry="spherical")


def uniform(**changes):
    """A Galaxy of constant densities 2 GeV cm-3 and 3 cm-3, seen to a distance of 5 kpc: J = 30 everywhere."""
    settings = {"path": {"s_max": "5 kpc"}, "map": {"nside": 4, "rtol": 1e-8}, **changes}
    return RunConfig(dark_matter=constant(2.0, "GeV cm-3"), electrons=constant(3.0, "cm-3"), **settings)


def galaxy(nside=16, **changes):
    """NFW x exponential disk of the published window factor."""
    settings = {"map": {"nside": nside, "rtol": 1e-4}, **changes}
    return RunConfig(dark_matter=NFW(r_s=20.0), electrons=ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3), **settings)


def asked(**changes):
    """Four bands and three regions of NFW x disk, without the published pairs."""
    bands = ["LINE_511", "1-20 MeV", {"name": "XRAY", "low": "7 keV", "high": "9 keV"}, "400-600 keV"]
    regions = ["integral_circle", {"name": "bulge", "region": "circle 0 0 10"}, "box 20 40 -5 5"]
    return galaxy(nside=8, bands=bands, regions=regions, verdict="none", **changes)


@pytest.fixture(scope="module")
def even(few_pairs):
    """The run of the uniform Galaxy."""
    return run(uniform())


@pytest.fixture(scope="module")
def shown(few_pairs):
    """A run of the Galaxy of the published window factor, with its map."""
    return run(galaxy())


@pytest.fixture(scope="module")
def bare():
    """The same in 12 pixels, without the published pairs."""
    return run(galaxy(nside=1, verdict="none"))


@pytest.fixture(scope="module")
def listed():
    """The run of four bands and three regions."""
    return run(asked())


def test_a_uniform_galaxy_has_the_line_as_measured_in_every_pixel_and_region(even):
    column = even.maps["J"]
    assert column.unit == u.Unit("GeV kpc cm-6")
    np.testing.assert_array_less(np.abs(column.values - 30.0), column.error)
    line = even.maps["LINE_511"]
    assert line.unit == u.Unit("cm-2 s-1 sr-1")
    np.testing.assert_array_less(np.abs(line.values - 0.025), line.error)
    np.testing.assert_array_less(line.error, 1e-8)
    fluxes = even.fluxes[even.fluxes["band"] == "LINE_511"]
    np.testing.assert_allclose(fluxes["mean"].value, 0.025, rtol=1e-8)
    np.testing.assert_allclose(fluxes["share_of_sky"], fluxes["solid_angle"].to_value("sr") / (4 * np.pi), rtol=1e-8)


def test_the_bands_are_one_number_apart_in_every_pixel(shown):
    ratio = shown.maps["CONTINUUM_1_20"].values / shown.maps["LINE_511"].values
    factor = sm.NuggetEmission(mu=20.0, chi=0.1).band_factor(sm.CONTINUUM_1_20)
    np.testing.assert_allclose(ratio, factor, rtol=1e-14)  # a product and a quotient of floats


def test_the_window_factor_of_the_flux_table_is_the_published_one(bare):
    line = {row["region"]: row for row in bare.fluxes if row["band"] == "LINE_511"}
    window = line["comptel_window"]["mean"] / line["integral_circle"]["mean"]
    assert float(window) == pytest.approx(0.3810354, rel=1e-6)  # NFW x disk, seven published digits


def test_the_map_and_the_map_free_means_agree_within_their_errors(shown):
    for name, region in (("integral_circle", sm.INTEGRAL_CIRCLE), ("comptel_window", sm.COMPTEL_WINDOW)):
        row = next(row for row in shown.fluxes if (row["region"], row["band"]) == (name, "LINE_511"))
        mean = shown.maps["LINE_511"].mean(region)
        assert abs(mean.value - row["mean"].value) <= mean.error + row["mean_error"].value


def test_the_anchor_may_lie_in_any_region():
    region = sm.Circle(lon=20, lat=3, radius=4)
    result = run(galaxy(nside=4, anchor={"region": region, "line_intensity": "0.01 cm-2 s-1 sr-1"}))
    pair = galaxy().dark_matter * galaxy().electrons
    ratio = sm.window_factor(pair, numerator=sm.INTEGRAL_CIRCLE, denominator=region, r_max=60.0)
    assert result.fluxes["mean"][0].value == pytest.approx(0.01 * ratio.value, rel=1e-5)


def test_a_band_beyond_the_kinematic_range_is_zero_and_no_error():
    result = run(galaxy(nside=1, emission={"band": ["50 MeV", "100 MeV"]}, verdict="none"))
    assert np.all(result.maps["CONTINUUM_50_100"].values == 0)
    assert np.all(result.fluxes["flux"][result.fluxes["band"] == "CONTINUUM_50_100"] == 0)


def test_nuggets_too_soft_for_comptel_leave_chi_open_and_are_no_error():
    result = run(galaxy(nside=1, emission={"mu": "0.7 MeV"}))
    assert np.all(result.maps["CONTINUUM_1_20"].values == 0)
    assert np.all(np.isnan(result.ratio["chi"]))


def test_the_configured_pair_leads_the_ratio_table(few_pairs, shown):
    ratio = shown.ratio
    assert (ratio["dark_matter"][0], ratio["electrons"][0]) == ("this run", "this run")
    assert ratio["W"][0] == pytest.approx(0.3810354, rel=1e-6)
    assert set(ratio["dark_matter"]) == {"this run", few_pairs}


def test_coverage_is_that_of_the_two_regions(even):
    coverage = even.coverage
    np.testing.assert_array_equal(coverage["INTEGRAL"], sm.INTEGRAL_CIRCLE.coverage(4))
    np.testing.assert_array_equal(coverage["COMPTEL"], sm.COMPTEL_WINDOW.coverage(4))


def test_running_touches_no_file_prints_nothing_and_its_progress_names_the_stages(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    seen = []
    result = run(uniform(), progress=lambda stage, done: seen.append((stage, done)))
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr() == ("", "")
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.statement = "all is well"
    assert list(dict.fromkeys(stage for stage, _ in seen)) == ["map", "regions", "density pairs", "claims"]
    shares = [done for _, done in seen]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, pytest.approx(1.0))


def test_an_anchor_that_sees_nothing_is_refused():
    hollow = from_function(
        lambda x, y, z: np.where(np.hypot(x, y) > 12, 1.0, 0.0), unit="cm-3", symmetry="axisymmetric"
    )
    config = RunConfig(dark_matter=NFW(), electrons=hollow, path={"s_max": "1 kpc"}, map={"nside": 1, "rtol": 1e-2})
    with pytest.raises(ValueError, match=r"anchor\.region = integral_circle sees nothing"):
        run(config)


def test_every_region_and_every_band_has_its_row_and_every_band_its_map(listed):
    bands = ["LINE_511", "CONTINUUM_1_20", "XRAY", "CONTINUUM_0.4_0.6"]
    assert list(listed.maps) == [*bands, "J"]
    regions = ["integral_circle", "bulge", "box(20..40, -5..5)", "all_sky"]
    assert [(row["region"], row["band"]) for row in listed.fluxes] == [(r, b) for r in regions for b in bands]
    emission = sm.NuggetEmission(mu=20.0, chi=0.1)
    for name, band in zip(bands, listed.config.shining, strict=True):
        rows = listed.fluxes[listed.fluxes["band"] == name]
        np.testing.assert_allclose(rows["mean"] / listed.fluxes["mean"][::4], emission.band_factor(band), rtol=1e-14)
    assert list(listed.coverage) == ["INTEGRAL", "COMPTEL", "BULGE", "BOX_20_40_5_5"]


def test_the_whole_sky_has_one_row_whether_it_is_listed_or_not(bare):
    found = run(galaxy(nside=1, regions=["comptel_window", "all_sky"], verdict="none"))
    assert list(dict.fromkeys(found.fluxes["region"])) == ["comptel_window", "all_sky"]
    assert len(found.fluxes) == 4
    assert list(found.coverage) == ["INTEGRAL", "COMPTEL"]
    assert (found.fluxes["mean"] == bare.fluxes["mean"][2:]).all()


def test_a_band_that_holds_the_line_says_so_and_counts_it_once(listed, bare):
    notes = listed.fluxes.meta["notes"]
    assert notes == [
        "CONTINUUM_0.4_0.6 holds the 511 keV line, counted once in it; added to LINE_511 it would count twice"
    ]
    beside = run(galaxy(nside=1, bands=["LINE_511", "512-600 keV"], verdict="none")).fluxes
    assert beside.meta["notes"] == [
        "CONTINUUM_0.512_0.6 meets the window of the 511 keV line but not the line itself, which is not in it"
    ]
    assert "notes" not in bare.fluxes.meta


def test_the_headline_ratio_stands_first_and_those_asked_for_follow():
    ratios = [{"numerator": ["LINE_511", "circle 0 0 10"], "denominator": ["LINE_511", "integral_circle"]}]
    table = run(galaxy(nside=1, ratios=ratios, verdict="none")).ratios
    factor = sm.NuggetEmission(mu=20.0, chi=0.1).band_factor(sm.CONTINUUM_1_20)
    assert table["ratio"][0] == pytest.approx(0.3810354 * factor, rel=1e-6)  # the published window factor
    assert table["ratio"][1] == pytest.approx(factor, rel=1e-12)
    assert (table["name"][2], table["numerator_band"][2]) == (
        "LINE_511 in circle(0, 0, 10) / LINE_511 in integral_circle",
        "LINE_511",
    )
    pair = galaxy().dark_matter * galaxy().electrons
    wide = sm.window_factor(pair, numerator=sm.Circle(0, 0, 10), denominator=sm.INTEGRAL_CIRCLE, r_max=60.0)
    assert table["ratio"][2] == pytest.approx(wide.value, rel=1e-6)


def test_bands_of_uniform_microphysics_are_alike_to_rounding_and_a_rival_is_not():
    compare = {"bands": ["LINE_511", "CONTINUUM_1_20"], "regions": ["circle 0 0 30"], "beam": "8 deg"}
    table = run(galaxy(compare=compare | {"rivals": ["siegert2016"]}, verdict="none")).correlations
    assert [(row["first"], row["second"]) for row in table] == [
        ("LINE_511", "CONTINUUM_1_20"),
        ("LINE_511", "siegert2016"),
        ("CONTINUUM_1_20", "siegert2016"),
    ]
    for name in ("cosine", "pearson", "spearman"):
        assert table[name][0] == pytest.approx(1.0, abs=1e-12)
        assert table[f"{name}_error"][0] < (1e-2 if name == "spearman" else 1e-11)  # ranks within 1e-11 stay open
        assert table[name][1] < 0.999
        assert table[name][2] == pytest.approx(table[name][1], abs=1e-12)
    assert float(table["width_lon_first"][0] / table["width_lon_second"][0]) == pytest.approx(1.0, rel=1e-12)
    assert np.all(np.isnan(table["p_value"]))


def test_an_exposure_gives_a_p_value_of_one_half_to_equal_skies_and_less_to_unlike_ones():
    compare = {"rivals": ["siegert2016"], "regions": ["circle 0 0 20"], "exposure": "1e9 cm2 s", "mocks": 300}
    table = run(galaxy(nside=16, compare=compare, verdict="none")).correlations
    assert 0.3 < table["p_value"][0] < 0.7
    assert table["p_value"][1] < 0.05


def test_a_band_to_compare_that_the_run_has_not_is_refused():
    with pytest.raises(ValueError, match="CONTINUUM_2_3 is no band of this run; its bands are LINE_511"):
        run(galaxy(nside=1, compare={"bands": ["LINE_511", "2-3 MeV"]}, verdict="none"))


def test_a_cube_holds_the_continuum_at_the_energies_asked_for():
    result = run(galaxy(nside=2, cube={"energies": ["1 MeV", "5 MeV"]}, verdict="none"))
    expected = sm.NuggetEmission(mu=20.0, chi=0.1).spectrum(5.0, result.maps["LINE_511"].values)
    np.testing.assert_allclose(result.cube[1].values, expected, rtol=1e-12)


def test_a_share_of_the_sky_beyond_its_edge_by_rounding_is_at_the_edge():
    # all of a star cluster's light is within 6 deg: the quotient of two integrals came out as 1.0000000003
    result = run(
        RunConfig(dark_matter={"type": "nfw"}, electrons="chatzopoulos2015_nsc", map={"nside": 16}, verdict="none")
    )
    shares = result.fluxes["share_of_sky"]
    assert np.all(shares <= 1)
    assert shares[0] > 1 - 1e-4


def test_without_a_verdict_the_published_pairs_are_left_out(bare):
    assert set(bare.ratio["dark_matter"]) == {"this run"}


def test_any_emission_makes_maps_and_a_spectrum():
    result = run(galaxy(nside=1, emission={"type": "power_law", "index": 1.6, "photons_per_line_photon": 0.5}))
    np.testing.assert_allclose(result.maps["CONTINUUM_1_20"].values / result.maps["LINE_511"].values, 0.5, rtol=1e-12)
    assert {"E2I", "E2I_with_window"} < set(result.spectrum.colnames)

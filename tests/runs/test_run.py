"""A run returns objects, touches no file, and its numbers are those of closed forms and of independent integrals."""

import dataclasses

import numpy as np
import pytest
from astropy import units as u

import skymodel as sm
from profiles import NFW, ExponentialDisk, from_function
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.run import STAGES, run

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


def test_a_uniform_galaxy_has_the_line_as_measured_in_every_pixel_and_region():
    result = run(uniform())
    column = result.maps["J"]
    assert column.unit == u.Unit("GeV kpc cm-6")
    np.testing.assert_array_less(np.abs(column.values - 30.0), column.error)
    line = result.maps["LINE_511"]
    assert line.unit == u.Unit("cm-2 s-1 sr-1")
    np.testing.assert_array_less(np.abs(line.values - 0.025), line.error)
    np.testing.assert_array_less(line.error, 1e-8)
    fluxes = result.fluxes[result.fluxes["band"] == "LINE_511"]
    np.testing.assert_allclose(fluxes["mean"].value, 0.025, rtol=1e-8)
    np.testing.assert_allclose(fluxes["share_of_sky"], fluxes["solid_angle"].to_value("sr") / (4 * np.pi), rtol=1e-8)


def test_the_bands_are_one_number_apart_in_every_pixel():
    result = run(galaxy(nside=4))
    ratio = result.maps["CONTINUUM_1_20"].values / result.maps["LINE_511"].values
    factor = sm.NuggetEmission(mu=20.0, chi=0.1).band_factor(sm.CONTINUUM_1_20)
    np.testing.assert_allclose(ratio, factor, rtol=1e-14)  # a product and a quotient of floats


def test_the_window_factor_of_the_flux_table_is_the_published_one():
    fluxes = run(galaxy(nside=1)).fluxes
    line = {row["region"]: row for row in fluxes if row["band"] == "LINE_511"}
    window = line["comptel_window"]["mean"] / line["integral_circle"]["mean"]
    assert float(window) == pytest.approx(0.3810354, rel=1e-6)  # NFW x disk, seven published digits


def test_the_map_and_the_map_free_means_agree_within_their_errors():
    result = run(galaxy())
    for name, region in (("integral_circle", sm.INTEGRAL_CIRCLE), ("comptel_window", sm.COMPTEL_WINDOW)):
        row = next(row for row in result.fluxes if (row["region"], row["band"]) == (name, "LINE_511"))
        mean = result.maps["LINE_511"].mean(region)
        assert abs(mean.value - row["mean"].value) <= mean.error + row["mean_error"].value


def test_the_anchor_may_lie_in_any_region():
    region = sm.Circle(lon=20, lat=3, radius=4)
    result = run(galaxy(nside=4, anchor={"region": region, "line_intensity": "0.01 cm-2 s-1 sr-1"}))
    pair = galaxy().dark_matter * galaxy().electrons
    ratio = sm.window_factor(pair, numerator=sm.INTEGRAL_CIRCLE, denominator=region, r_max=60.0)
    assert result.fluxes["mean"][0].value == pytest.approx(0.01 * ratio.value, rel=1e-5)


def test_a_band_beyond_the_kinematic_range_is_zero_and_no_error():
    result = run(galaxy(nside=1, emission={"band": ["50 MeV", "100 MeV"]}))
    assert np.all(result.maps["CONTINUUM_50_100"].values == 0)
    assert np.all(result.fluxes["flux"][result.fluxes["band"] == "CONTINUUM_50_100"] == 0)


def test_nuggets_too_soft_for_comptel_leave_chi_open_and_are_no_error():
    result = run(galaxy(nside=1, emission={"mu": "0.7 MeV"}))
    assert np.all(result.maps["CONTINUUM_1_20"].values == 0)
    assert np.all(np.isnan(result.ratio["chi"]))


def test_the_configured_pair_leads_the_ratio_table(few_pairs):
    ratio = run(galaxy(nside=1)).ratio
    assert (ratio["dark_matter"][0], ratio["electrons"][0]) == ("this run", "this run")
    assert ratio["W"][0] == pytest.approx(0.3810354, rel=1e-6)
    assert set(ratio["dark_matter"]) == {"this run", few_pairs}


def test_coverage_is_that_of_the_two_regions():
    coverage = run(uniform()).coverage
    np.testing.assert_array_equal(coverage["INTEGRAL"], sm.INTEGRAL_CIRCLE.coverage(4))
    np.testing.assert_array_equal(coverage["COMPTEL"], sm.COMPTEL_WINDOW.coverage(4))


def test_running_touches_no_file_and_prints_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    result = run(uniform())
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr() == ("", "")
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.statement = "all is well"


def test_progress_names_the_stages_and_never_goes_back():
    seen = []
    run(uniform(), progress=lambda stage, done: seen.append((stage, done)))
    assert list(dict.fromkeys(stage for stage, _ in seen)) == list(STAGES)
    shares = [done for _, done in seen]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, (len(STAGES) - 1) / len(STAGES))  # the last stage is one piece


def test_an_anchor_that_sees_nothing_is_refused():
    hollow = from_function(
        lambda x, y, z: np.where(np.hypot(x, y) > 12, 1.0, 0.0), unit="cm-3", symmetry="axisymmetric"
    )
    config = RunConfig(dark_matter=NFW(), electrons=hollow, path={"s_max": "1 kpc"}, map={"nside": 1, "rtol": 1e-2})
    with pytest.raises(ValueError, match=r"anchor\.region = integral_circle sees nothing"):
        run(config)

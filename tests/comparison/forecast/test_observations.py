"""What an observation counts: from its sensitivity, complete, each number with its status."""

import healpy
import numpy as np
import pytest

from skymodel.comparison.forecast.observations import background_of, load_observations, origin
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.healpix import pixel_area


def test_a_background_gives_back_the_sensitivity_it_was_made_from():
    fwhm, exposure, sensitivity = 4.0, 1e9, 3e-5
    level = background_of(sensitivity, exposure, fwhm)
    theta, _ = healpy.pix2ang(256, np.arange(12 * 256**2))
    profile = np.where(theta < 1, GaussianBeam(fwhm).profile(np.minimum(theta, 1.0)), 0.0)
    information = exposure * float((profile**2).sum()) * pixel_area(256) / level  # of a matched filter on the sphere
    assert 3 / np.sqrt(information) == pytest.approx(sensitivity, rel=1e-3)


def test_the_shipped_observations_are_complete():
    found = load_observations()
    assert {seen.instrument for seen in found.values()} == {"spi", "comptel", "cosi", "amego_x", "xray"}
    assert all(seen.exposure > 0 and seen.background > 0 for seen in found.values())


def test_every_forecast_can_say_which_of_its_numbers_nobody_has_checked(tmp_path):
    said = origin(load_observations().values())
    assert said.startswith("inputs partly from memory, unverified: spi, comptel, cosi, amego_x; illustrative: xray")
    assert all(seen.status != "not given" for seen in load_observations().values())
    mine = "{instrument: mine, band: LINE_511, edges: [0.5, 0.52], fwhm: 2, area: 9, sensitivity: 1e-5, "
    mine += "sensitivity_time: 1e6, time: 1e6"
    (tmp_path / "mine.yaml").write_text(f"a: {mine}}}\nb: {mine}, status: 'read, our handbook'}}\n")
    found = load_observations(tmp_path / "mine.yaml")
    assert origin([found["a"]]) == "inputs of origin not given: mine"
    assert origin([found["b"]]) == "inputs read in their sources"


def test_an_observation_that_lacks_something_is_refused(tmp_path):
    (tmp_path / "mine.yaml").write_text("mine: {instrument: spi, band: LINE_511}\n")
    with pytest.raises(ValueError, match="'mine' lacks edges, fwhm, area"):
        load_observations(tmp_path / "mine.yaml")


@pytest.mark.parametrize("area", ["wide", "-3", "0", "[1, 2]"])
def test_an_observation_whose_number_is_none_is_refused(tmp_path, area):
    entry = (
        f"band: LINE_511, edges: [0.5, 0.52], fwhm: 2, area: {area}, sensitivity: 1e-5, sensitivity_time: 1e6, time: 1"
    )
    (tmp_path / "mine.yaml").write_text(f"mine: {{instrument: x, {entry}}}\n")
    with pytest.raises(ValueError, match="'mine': area = .* allowed: a number above 0"):
        load_observations(tmp_path / "mine.yaml")

"""Cubes and spectra of regions: the model's spectrum times the line, with the errors that belong to it."""

from dataclasses import replace

import numpy as np
import pytest

from skymodel.emission.nuggets.anchor import Anchor
from skymodel.emission.nuggets.cube import PAPER_WINDOW, Window, energy_cube, region_spectrum
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.sky.skymap import SkyMap

LINE = SkyMap(np.linspace(0.0, 0.05, 48), 1e-4, "cm-2 s-1 sr-1")
MODEL = NuggetEmission()


def test_every_map_of_a_cube_is_the_line_times_the_spectrum_at_its_energy():
    energies = [0.4, 1.0, 7.0, 25.0]
    cube = energy_cube(LINE, MODEL, energies)
    assert cube.values().shape == (4, 48)
    for k, sky in zip(energies, cube, strict=True):
        np.testing.assert_allclose(sky.values, MODEL.spectrum(k, LINE.values), rtol=1e-14)
        np.testing.assert_allclose(sky.error, MODEL.spectrum(k, 1.0) * LINE.error, rtol=1e-14)
        assert sky.unit == "cm-2 s-1 sr-1 MeV-1"
    assert np.all(cube[3].values == 0)  # beyond the kinematic range


def test_the_spectrum_of_a_region_scales_with_the_window_factor_and_carries_both_errors():
    found = region_spectrum([1.0, 5.0], MODEL, Anchor(0.025, 0.001), Window(0.38, 0.019))
    np.testing.assert_allclose(found.value, 0.38 * MODEL.spectrum([1.0, 5.0], 0.025), rtol=1e-15)
    np.testing.assert_allclose(found.error / found.value, np.hypot(0.04, 0.05), rtol=1e-12)


def test_the_papers_window_is_one_and_named():
    assert PAPER_WINDOW == (1.0, 0.0)
    np.testing.assert_array_equal(region_spectrum(5.0, MODEL, Anchor(0.025)).value, MODEL.spectrum(5.0, 0.025))


@pytest.mark.parametrize("energies", [[], 1.0, [2.0, 1.0], [1.0, 1.0], [0.0, 1.0], [1.0, np.nan]])
def test_energies_that_are_no_increasing_list_are_refused(energies):
    with pytest.raises(ValueError, match=r"energ"):
        energy_cube(LINE, MODEL, energies)


def test_a_slice_has_a_name_of_its_own_and_not_the_edges_of_the_line(tmp_path):
    named = replace(LINE, name="LINE_511", meta={"e_min": 0.506, "e_max": 0.516})
    slices = list(energy_cube(named, MODEL, [1.0, 2.6684]))
    assert [sky.name for sky in slices] == ["CONTINUUM_AT_1_MEV", "CONTINUUM_AT_2.6684_MEV"]
    assert [dict(sky.meta) for sky in slices] == [{"energy_mev": 1.0}, {"energy_mev": 2.6684}]

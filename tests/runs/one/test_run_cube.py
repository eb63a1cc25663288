"""The cube of a run whose chi varies: linear in chi, it is the spectrum at chi = 1 times a map of J times chi."""

import dataclasses

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk, from_function
from skymodel.output.files.fits_write import write_cube
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.run import run

pytestmark = pytest.mark.usefixtures("few_pairs")
LAW = {"type": "radial", "value": 0.2, "scale": "4 kpc", "index": -1.0}
SETTINGS = {
    "dark_matter": NFW(r_s=20.0),
    "electrons": ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3),
    "map": {"nside": 8, "rtol": 1e-4},
    "verdict": "none",
}


def test_the_cube_of_a_varying_chi_is_linear_in_it():
    result = run(RunConfig(**SETTINGS, fields={"chi": LAW}, cube={"energies": ["2 MeV", "10 MeV"]}))
    chi = from_function(lambda x, y, z: 0.2 / (1 + np.sqrt(x * x + y * y + z * z) / 4), unit="", symmetry="spherical")
    pair = SETTINGS["dark_matter"] * SETTINGS["electrons"]
    where = {"observer": sm.Observer(8.2), "r_max": 60.0, "rtol": 1e-5}
    column, below = sm.project(pair * chi, 8, **where), sm.region_mean(pair, sm.INTEGRAL_CIRCLE, **where)
    one = dataclasses.replace(result.config.emission.build(), chi=1.0)
    for index, energy in enumerate((2.0, 10.0)):
        truth = column.values * 0.025 / below.value * float(one.spectrum(energy, 1.0))
        np.testing.assert_allclose(result.cube[index].values, truth, rtol=2e-4)
    ratio = result.cube[1].values / result.maps["LINE_511"].values
    assert ratio.max() / ratio.min() > 1.5  # the shape is its own


def test_a_cube_is_written_with_the_run_s_energies(tmp_path):
    result = run(RunConfig(**SETTINGS, cube={"energies": ["2 MeV", "10 MeV"]}))
    write_cube(tmp_path / "cube.fits", result.cube.values(), result.cube.energies, "cm-2 s-1 sr-1 MeV-1")
    again = sm.read_map(f"{tmp_path}/cube.fits[SKYMAP][10 MeV]")
    np.testing.assert_array_equal(again.values, result.cube[1].values)


def test_energies_below_the_electron_mass_are_refused_where_chi_varies_before_anything_is_computed():
    steps = []
    config = RunConfig(**SETTINGS, fields={"chi": LAW}, cube={"energies": ["0.3 MeV", "2 MeV"]})
    with pytest.raises(ValueError, match=r"cube.energies = \[0.3, 2.0\] MeV; allowed where the microphysics varies"):
        run(config, progress=lambda *step: steps.append(step))
    assert steps == []

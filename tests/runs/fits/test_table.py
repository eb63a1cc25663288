"""The table of chi: both countings side by side, W beside W = 1, the anchor's error in a column of its own."""

import numpy as np
import pytest
from scipy.integrate import trapezoid

from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.runs.fits.table import fit_table, photons_per_event

SPECTRA = {"single": NuggetEmission(), "sphere": ElectrosphereEmission(Electrosphere(60, 30, 0.315))}


@pytest.fixture(scope="module")
def table():
    windows = {"paper": 1.0, "interstellar": 0.38}
    return fit_table(SPECTRA, backgrounds=["none", ["Ackermann"]], window_factors=windows, relative_error=0.056)


def test_there_is_a_row_for_each_spectrum_background_window_and_counting(table):
    assert len(table) == 2 * 2 * 2 * 2
    assert all(table[name].info.description for name in table.colnames)


def test_the_countings_differ_by_the_photons_of_an_event_and_fit_alike(table):
    rows = table[(table["spectrum"] == "single") & (table["background"] == "none") & (table["W"] == 1.0)]
    paper, counted = rows
    assert counted["chi"] / paper["chi"] == pytest.approx(1.78, abs=0.005)
    assert counted["chi_square"] == paper["chi_square"]
    # the photon-counted model at its own chi shines as the paper's at the paper's
    models = NuggetEmission(chi=paper["chi"]), NuggetEmission(chi=counted["chi"], convention="consistent")
    assert models[0].direct_spectrum(5.0) == pytest.approx(models[1].direct_spectrum(5.0), rel=1e-10)


def test_the_height_average_has_more_photons_in_the_papers_count_than_two_for_each_event():
    k = np.geomspace(0.2, 61, 20001)
    sphere = SPECTRA["sphere"]
    assert photons_per_event(sphere) == pytest.approx(trapezoid(sphere.sphere.photons_per_event(k), k), rel=1e-4)


def test_a_brighter_line_asks_for_less_chi():
    one, other = (
        fit_table({"single": SPECTRA["single"]}, backgrounds=["none"], line_intensity=i) for i in (0.025, 0.1)
    )
    np.testing.assert_allclose(other["chi"], one["chi"] / 4, rtol=1e-12)


def test_the_measured_error_adds_the_anchors_in_quadrature(table):
    expected = np.hypot(table["chi_error"], 0.056 * table["chi"])
    np.testing.assert_allclose(table["chi_error_measured"], expected, rtol=1e-12)


def test_the_window_factor_rescales_chi_and_leaves_the_rest(table):
    one, other = table[table["W"] == 1.0], table[table["W"] == 0.38]
    np.testing.assert_allclose(other["chi"], one["chi"] / 0.38, rtol=1e-12)
    np.testing.assert_array_equal(other["chi_square"], one["chi_square"])

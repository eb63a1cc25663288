"""The spectral model: eq. (6), its two conventions, and the photons of a band per line photon."""

import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.emission.event.annihilation import event_rate, event_rate_leading_log, photon_range
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.emission.event.constants import ELECTRON_MASS as M_E
from skymodel.emission.nuggets.model import NuggetEmission, band_photons, continuum_intensity


def test_the_convention_of_the_paper_exceeds_the_consistent_one_by_the_two_slips():
    mu = np.array([5.0, 20.0, 60.0])
    paper = continuum_intensity(2.0, mu=mu, chi=0.1)
    consistent = continuum_intensity(2.0, mu=mu, chi=0.1, convention="consistent")
    np.testing.assert_allclose(paper / consistent, 2 * event_rate(mu) / event_rate_leading_log(mu), rtol=1e-14)
    np.testing.assert_allclose(paper / consistent, [2.01, 1.78, 1.74], atol=0.005)


@pytest.mark.parametrize("f", [0.0, 0.5, 0.97, 1.0])
def test_consistent_counting_gives_two_photons_per_direct_event_for_every_positronium_fraction(f):
    everything = Band("ALL", 1e-9, 1e3)
    photons = band_photons(everything, mu=20.0, chi=0.1, convention="consistent", positronium_fraction=f)
    line_per_annihilation = 2 - 1.5 * f
    assert photons.line == 1
    assert photons.ortho * line_per_annihilation == pytest.approx(9 / 4 * f, abs=1e-8)
    assert photons.direct * line_per_annihilation == pytest.approx(2 * 0.1 * f, abs=1e-8)


def test_the_intensity_is_linear_in_chi_and_in_the_line():
    whole = continuum_intensity(3.0, mu=20.0, chi=0.2, line_intensity=0.05)
    assert whole == pytest.approx(4 * continuum_intensity(3.0, mu=20.0, chi=0.1), rel=1e-15)
    assert continuum_intensity(3.0, mu=20.0, chi=0.0) == 0


def test_the_intensity_is_zero_not_an_error_outside_the_kinematic_range():
    np.testing.assert_array_equal(continuum_intensity([0.1, 0.258, 20.3, 1e3], mu=20.0, chi=0.1), 0)


def test_everything_broadcasts():
    shape = continuum_intensity(np.ones((4, 1, 1)), mu=np.ones((3, 1)), chi=[0.1, 0.2]).shape
    assert shape == (4, 3, 2)


@pytest.mark.parametrize("convention", ["paper", "consistent"])
@pytest.mark.parametrize("band", [CONTINUUM_1_20, Band("SOFT", 0.1, 0.4), Band("WIDE", 0.2, 3.0), Band("TOP", 15, 40)])
def test_the_band_factor_is_the_integral_of_the_spectrum_plus_the_line(band, convention):
    model = NuggetEmission(mu=20.0, chi=0.1, convention=convention, positronium_fraction=0.9)
    breaks = [point for point in (M_E, *photon_range(20.0)) if band.low < point < band.high]
    smooth = quad(lambda k: model.spectrum(k, 1.0), band.low, band.high, points=breaks or None, epsrel=1e-10, limit=200)
    assert model.band_factor(band) == pytest.approx(smooth[0] + band.holds_line, rel=1e-8)


@pytest.mark.parametrize("convention", ["paper", "consistent"])
def test_the_logarithmic_mean_is_that_of_k_squared_times_the_direct_spectrum(convention):
    model = NuggetEmission(mu=20.0, chi=0.1, convention=convention)
    top = float(photon_range(20.0).high)
    expected = quad(lambda k: k * model.direct_spectrum(k, 0.03), 1.0, top, epsrel=1e-9)[0] / np.log(30)
    assert model.log_mean(Band("X", 1.0, 30.0), 0.03) == pytest.approx(expected, rel=1e-8)


def test_the_line_band_is_the_line_alone():
    model = NuggetEmission(chi=0.3)
    assert model.band_factor(LINE_511) == 1
    assert tuple(model.photons(LINE_511)) == (1, 0, 0)


def test_above_the_electron_mass_only_direct_annihilation_shines():
    model = NuggetEmission()
    np.testing.assert_array_equal(model.spectrum([0.6, 1, 5]), continuum_intensity([0.6, 1, 5], mu=20.0, chi=0.1))
    assert model.spectrum(0.4) > model.direct_spectrum(0.4) > 0


def test_photons_of_a_band_broadcast_over_the_microphysics():
    chi = np.array([0.1, 0.2])
    photons = band_photons(CONTINUUM_1_20, mu=np.array([[5.0], [20.0], [60.0]]), chi=chi, positronium_fraction=0.9)
    assert photons.line.shape == photons.ortho.shape == photons.direct.shape == (3, 2)
    single = NuggetEmission(mu=20.0, chi=0.2, positronium_fraction=0.9).band_factor(CONTINUUM_1_20)
    assert photons.direct[1, 1] == pytest.approx(single, rel=1e-15)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("mu", 0.4, "mu = 0.4"),
        ("chi", -0.1, "chi = -0.1; allowed: finite numbers >= 0"),
        ("chi", np.nan, "chi = nan"),
        ("convention", "papers", "convention = 'papers'; allowed: 'paper', 'consistent'"),
        ("positronium_fraction", 1.1, "positronium_fraction = 1.1"),
        ("line_intensity", -1, "line_intensity"),
    ],
)
def test_bad_parameters_are_refused_by_name(field, value, message):
    with pytest.raises(ValueError, match=message):
        continuum_intensity(1.0, **({"mu": 20.0, "chi": 0.1} | {field: value}))
    if field != "line_intensity":
        with pytest.raises(ValueError, match=message):
            NuggetEmission(**{field: value})

"""Band integrals against scipy's adaptive quadrature of the same spectrum with its own break points."""

import numpy as np
import pytest
from astropy import units as u
from scipy.integrate import quad

from skymodel.emission.event.annihilation import event_rate, mean_photon_energy, photon_range, photon_rate
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band, band_photon_rate, photon_share


@pytest.mark.parametrize("mu", [0.52, 1.0, 5.0, 20.0, 60.0, 100.0])
def test_the_whole_spectrum_holds_two_photons_and_the_whole_energy_of_every_event(mu):
    everything = band_photon_rate(0.01, 1e4, mu)
    assert everything == pytest.approx(2 * event_rate(mu), rel=1e-12)  # closed form against quadrature
    energy = band_photon_rate(0.01, 1e4, mu, energy_power=1)
    assert energy == pytest.approx(everything * mean_photon_energy(mu), rel=1e-12)


@pytest.mark.parametrize(("low", "high"), [(1, 20), (0.3, 0.6), (0.1, 0.3), (10, 30), (19.9, 20.1), (3, 3.001)])
def test_a_band_agrees_with_adaptive_quadrature(low, high):
    support = photon_range(20.0)
    edges = np.clip([low, high], support.low, support.high)
    expected, error = quad(lambda k: photon_rate(k, 20.0), *edges, epsrel=1e-11, limit=200)
    assert band_photon_rate(low, high, 20.0) == pytest.approx(expected, rel=1e-10, abs=error)


def test_bands_add_up_and_those_outside_the_range_are_empty():
    edges = np.array([0.1, 0.5, 1.0, 7.0, 20.0, 40.0])
    parts = band_photon_rate(edges[:-1], edges[1:], 20.0)
    assert parts.sum() == pytest.approx(2 * event_rate(20.0), rel=1e-13)
    assert photon_share(Band("HIGH", 25, 30), 20.0) == 0
    assert photon_share(Band("LOW", 0.01, 0.2), 20.0) == 0


def test_the_share_broadcasts_over_the_chemical_potential():
    shares = photon_share(CONTINUUM_1_20, np.array([[0.6], [20.0]]))
    assert shares.shape == (2, 1)
    assert shares[0, 0] == 0
    assert shares[1, 0] == photon_share(CONTINUUM_1_20, 20.0)


def test_the_two_named_bands_are_those_of_the_files():
    assert (LINE_511.low, LINE_511.high) == (0.506, 0.516)
    assert (CONTINUUM_1_20.low, CONTINUUM_1_20.high) == (1, 20)
    assert LINE_511.holds_line
    assert not CONTINUUM_1_20.holds_line


def test_a_band_takes_quantities():
    assert Band("X", 300 * u.keV, 3 * u.MeV) == Band("X", 0.3, 3.0)


@pytest.mark.parametrize(("low", "high"), [(20, 1), (1, 1), (0, 1), (-1, 1), (1, np.inf), (np.nan, 1)])
def test_a_reversed_empty_or_endless_band_is_refused(low, high):
    with pytest.raises(ValueError, match="edges must satisfy 0 < low < high"):
        Band("X", low, high)

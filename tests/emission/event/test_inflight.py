"""Annihilation in flight: two photons each, the integral over the way, the published model of the bulge."""

import numpy as np
import pytest
from astropy.table import Table
from scipy.integrate import quad

from skymodel.datafiles import data_path
from skymodel.emission.event.annihilation import differential_cross_section, photon_range, threshold_energy
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.event.inflight import STOPPED, InFlight, _stopping
from tests.emission.nuggets.test_rivals import EVERYTHING


@pytest.mark.parametrize("E_0", [0.6, 2.511, 20.0])
def test_in_flight_every_lost_positron_gives_two_photons(E_0):
    positrons = InFlight(E_0)
    assert positrons.photons(EVERYTHING) == pytest.approx(2 * (1 - positrons.stopped), rel=1e-7)


@pytest.mark.parametrize("k", [0.4, 0.511, 0.53, 1.5, 2.6])
def test_in_flight_is_the_integral_over_the_positrons_way(k):
    positrons = InFlight(E_0=2.511)
    start = max(float(threshold_energy(k)), ELECTRON_MASS + STOPPED)

    def loss(log_kinetic):
        E = ELECTRON_MASS + np.exp(log_kinetic)
        rate = differential_cross_section(k, E) / _stopping(E) * positrons.surviving(E)
        return float(rate * np.exp(log_kinetic))

    ends = np.log(start - ELECTRON_MASS + 1e-15), np.log(2.511 - ELECTRON_MASS)
    assert positrons.density(k) == pytest.approx(quad(loss, *ends, epsrel=1e-9, limit=200)[0], rel=1e-7)


def test_the_stopping_power_approaches_the_relativistic_form():
    gamma = np.array([100.0, 1000.0])
    ours = _stopping(gamma * ELECTRON_MASS) * ELECTRON_MASS * 137.035999084**2 / (2 * np.pi)
    # 3 ln gamma + 19.8 (Heitler) for hydrogen; the constant depends on the mean excitation energy and on positrons
    np.testing.assert_allclose(ours, 3 * np.log(gamma) + 19.8, rtol=0.01)


def test_in_flight_is_the_published_model_of_the_bulge():
    table = Table.read(data_path("inflight_knoedlseder2025_model_spectrum.ecsv"))
    k, flux = np.array(table["E"]) / 1e3, np.array(table["F"])
    soft = np.polyfit(np.log(k[k < 0.27]), np.log(flux[k < 0.27]), 1)  # the power law shipped with it, below the edge
    inside = (k > 0.3) & (k < 2.5)  # the kinematic range of 2 MeV positrons; its last point straddles the edge
    ratio = (flux - np.exp(np.polyval(soft, np.log(k))))[inside] / InFlight(2 + ELECTRON_MASS).density(k[inside])
    # 2 %: the published curve is an instrument model on a 10 % grid, with losses of its own
    np.testing.assert_allclose(ratio / np.mean(ratio), 1, atol=0.02)
    assert np.all(flux[k > photon_range(2 + ELECTRON_MASS).high * 1.05] == 0)


def test_positrons_per_line_photon_follow_the_bookkeeping():
    positrons = InFlight(E_0=3.0)
    assert positrons.per_line_photon(1.0) == pytest.approx(2 / positrons.stopped, rel=1e-14)
    assert positrons.per_line_photon(0.0) == pytest.approx(0.5 / positrons.stopped, rel=1e-14)

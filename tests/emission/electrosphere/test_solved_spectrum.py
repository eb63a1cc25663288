"""The spectrum behind the barrier: two photons and the energy that went in for each annihilation."""

import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.emission.electrosphere.solved_spectrum import SolvedElectrosphereEmission
from skymodel.emission.event.annihilation import total_cross_section
from skymodel.emission.event.bands import Band, band_photon_rate
from skymodel.emission.event.constants import ELECTRON_MASS
from tests.emission.electrosphere.test_solved import STARS

EVERYTHING = Band("ALL", 1e-4, 1e4)


def test_the_barrier_takes_the_continuum_away_by_orders_of_magnitude():
    free, held = (SolvedElectrosphereEmission(STARS["cold"], 0.22, barrier=barrier) for barrier in (False, True))
    assert free.chi > 0.05
    assert held.chi < 1e-3 * free.chi
    assert 0 < held.positronium_fraction <= 1


def test_each_direct_annihilation_has_two_photons_and_the_energy_that_went_in():
    model = SolvedElectrosphereEmission(STARS["cold"], 0.22, barrier=False)
    _, events = model._events
    assert model._direct_photons(EVERYTHING) == pytest.approx(2 * events.sum(), rel=1e-9)
    for value in (1.0, 5.0, 20.0):  # energy of the photons is that of the pairs, weighted with their rate

        def rate(p, value=value, power=0):
            energy = np.hypot(p, ELECTRON_MASS)
            return p**2 / np.pi**2 * p / energy * float(total_cross_section(energy)) * (energy + ELECTRON_MASS) ** power

        top = np.sqrt(value**2 - ELECTRON_MASS**2)
        energy = quad(lambda p: rate(p, power=1), 0, top, epsrel=1e-12)[0]
        assert float(band_photon_rate(0, np.inf, value, energy_power=1)) == pytest.approx(energy, rel=1e-9)

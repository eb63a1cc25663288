"""Rival spectra: shapes against quadrature, kinematics against conservation, in-flight against the published model."""

import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.emission.event.bands import Band
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.event.inflight import InFlight
from skymodel.emission.nuggets.rivals import Box, Line, PowerLaw, annihilating_particles, cascade, decaying_particle

EVERYTHING = Band("ALL", 1e-3, 1e3)


@pytest.mark.parametrize("shape", [PowerLaw(1.5), PowerLaw(1.0), Box(1, 4), Line(3.0, 0.2), InFlight(E_0=3.0)])
@pytest.mark.parametrize("band", [Band("A", 0.4, 2.0), Band("B", 1.5, 30.0)])
def test_the_photons_of_a_band_are_the_integral_of_the_density(shape, band):
    points = [edge for edge in (ELECTRON_MASS, 1, 2.4, 2.8, 3.2, 3.6, 4) if band.low < edge < band.high]
    expected = quad(shape.density, band.low, band.high, points=points, epsrel=1e-8, limit=400)[0]
    assert shape.photons(band) == pytest.approx(expected, rel=1e-6)  # the edges cost scipy digits


def test_a_line_lies_at_half_the_mass_of_what_decays_and_at_the_mass_of_what_annihilates():
    assert decaying_particle(20.0, 0.1).energy == 10
    assert annihilating_particles(20.0, 0.1).energy == 20
    assert annihilating_particles(20.0, 0.1).photons(EVERYTHING) == pytest.approx(2, rel=1e-14)


def test_a_cascade_conserves_energy_and_is_a_line_when_the_mediator_is_slow():
    box = cascade(mass=10, mediator=4)
    energy = quad(lambda k: k * box.density(k), box.low, box.high)[0]
    assert energy == pytest.approx(2 * 10, rel=1e-12)
    # the fastest photon: half the mediator's mass boosted along its flight, gamma (1 + beta) m / 2
    gamma = 10 / 4
    assert box.high == pytest.approx(gamma * (1 + np.sqrt(1 - 1 / gamma**2)) * 4 / 2, rel=1e-12)
    slow = cascade(mass=10, mediator=9.999)
    assert slow.high - slow.low < 0.2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: InFlight(0.4), "E_0 = 0.4"),
        (lambda: InFlight(0.5112), "E_0 = 0.5112 MeV; allowed: at least"),
        (lambda: Box(3, 1), "0 < low < high"),
        (lambda: Line(1.0, 0.0), "sigma"),
        (lambda: cascade(10, 12), "lighter than"),
        (lambda: PowerLaw(np.nan), "index"),
        (lambda: PowerLaw(1.5).density(0.0), "photon energy k = 0.0"),
    ],
)
def test_impossible_rivals_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()

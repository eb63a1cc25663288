"""Tunnelling and capture: closed forms, textbook limits, one fate for each electron."""

import numpy as np
import pytest
from scipy.integrate import quad, trapezoid

from skymodel.emission.electrosphere.capture import BINDING, Capture, radiative_capture, sommerfeld
from skymodel.emission.event.constants import ALPHA, ELECTRON_MASS
from tests.emission.electrosphere.test_solved import STARS


def test_tunnelling_is_the_exponential_of_the_closed_form_of_a_steep_barrier():
    star = STARS["cold"]
    energy = 0.012
    outer, inner = star.turning_point(energy), star.turning_point(energy + 2 * ELECTRON_MASS)

    def deficit(z):
        left = ELECTRON_MASS**2 - (ELECTRON_MASS + energy - float(star.potential(z))) ** 2
        return np.sqrt(max(left, 0.0)) * star.z_0

    depth = quad(deficit, inner, outer, epsrel=1e-8, limit=400)[0]
    assert np.log(star.tunnelling(energy)) == pytest.approx(-2 * depth, rel=1e-6)


def test_capture_has_the_textbook_limits():
    # 2 eta -> 0: sigma of recombination falls as v^-5; slow: as v^-2 (Sommerfeld and detailed balance)
    fast = radiative_capture(np.array([0.2, 0.1]))
    assert fast[1] / fast[0] == pytest.approx(2**5, rel=0.5)
    slow = radiative_capture(np.array([2e-5, 1e-5]))
    assert slow[1] / slow[0] == pytest.approx(4, rel=1e-3)
    # hydrogen's 1S coefficient at 1e4 K is 1.58e-13 cm3/s (Osterbrock 1989, table 2.1); at the same energy over binding
    # energy positronium's cross-section is 4 times as large: sigma ~ alpha a^2 (w / p)^2, a is twice, w / p the same
    x = np.linspace(1e-4, 12, 4001)
    thermal = 8.617e-11 * 1e4 / 13.6057e-6 * BINDING  # the energy that is as many binding energies
    speed = np.sqrt(4 * x * thermal / ELECTRON_MASS)
    mean = trapezoid(radiative_capture(speed) * speed * np.sqrt(x) * np.exp(-x), x) * 2 / np.sqrt(np.pi)
    hydrogen = 1.58e-13 / 2.99792458e10 / 1.973269804e-11**2
    assert mean / hydrogen == pytest.approx(4, rel=0.02)
    assert float(sommerfeld(np.array(1e-4))) == pytest.approx(2 * np.pi * ALPHA / 1e-4, rel=1e-9)


@pytest.mark.parametrize("barrier", [False, True])
@pytest.mark.parametrize("formation", ["radiative", "resonant"])
def test_every_electron_has_one_fate(barrier, formation):
    fates = Capture(STARS["cold"], 0.01, barrier, formation).fates
    assert sum(fates) == pytest.approx(1, abs=1e-12)
    assert min(fates) > -1e-12

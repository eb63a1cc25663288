"""The gas of positrons: the integral over its states, cold in closed form."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.emission.electrosphere.gas import PositronGas
from skymodel.emission.event.constants import ELECTRON_MASS


@pytest.mark.parametrize("temperature", [0.001, 0.008, 0.1])
@pytest.mark.parametrize("mu", [0.45, 0.505, 0.52, 1.0, 20.0])
def test_the_density_of_the_gas_is_the_integral_over_its_states(temperature, mu):
    gas, m = PositronGas(temperature, ELECTRON_MASS), ELECTRON_MASS

    def states(energy):
        return np.sqrt(energy**2 - m**2) * energy / np.pi**2 / (np.exp(min((energy - mu) / temperature, 600)) + 1)

    cuts = mu + temperature * np.array([-40, -10, -3, 0, 3, 10, 40])
    edges = [m, *(cut for cut in cuts if cut > m), max(mu, m) + 60 * temperature]
    parts = sum(quad(states, low, high, epsabs=0, epsrel=1e-11, limit=500)[0] for low, high in pairwise(edges))
    assert float(gas.density(mu)) == pytest.approx(parts, rel=1e-8)  # quad meets a root at the rest energy
    step = 1e-3 * temperature
    slope = float(gas.pressure(mu + step) - gas.pressure(mu - step)) / (2 * step)
    assert slope == pytest.approx(float(gas.density(mu)), rel=1e-5)  # dP/dmu = n, to the step's square


def test_the_cold_pressure_is_the_closed_form():
    mu = np.array([0.6, 2.0, 20.0])
    x = np.sqrt((mu / ELECTRON_MASS) ** 2 - 1)
    closed = ELECTRON_MASS**4 / (24 * np.pi**2) * (x * (2 * x**2 - 3) * np.sqrt(1 + x**2) + 3 * np.arcsinh(x))
    np.testing.assert_allclose(PositronGas(0.0, ELECTRON_MASS).pressure(mu), closed, rtol=1e-11)

r"""The positron gas of a height: density and pressure at any chemical potential, mass and temperature (hbar = c = 1).

.. math:: n = \frac{1}{\pi^2} \int_m^\infty \frac{p E \, dE}{e^{(E - \mu)/T} + 1}, \qquad
          P = \frac{1}{3 \pi^2} \int_m^\infty \frac{p^3 \, dE}{e^{(E - \mu)/T} + 1}

dP/dmu = n. At T = 0 both are closed forms; electrons of the gas, fewer by exp(-2 mu / T), are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from profiles.contract.nodes import gauss_legendre

# Panels in (E - mu) / T: the nearest poles of the Fermi function are i pi away, so 24 nodes on each reach 1e-13.
_EDGES = np.array([-700.0, -160.0, -40.0, -14.0, -5.0, -1.5, 1.5, 5.0, 14.0, 40.0])
_NODES = 24


@dataclass(frozen=True)
class PositronGas:
    """An ideal gas of positrons.

    Parameters
    ----------
    temperature
        Its temperature [MeV], at least 0.
    mass
        Of a positron [MeV], at least 0.
    """

    temperature: float
    mass: float

    def density(self, mu: ArrayLike) -> Floats:
        """Return the number density [MeV3] at chemical potential `mu` [MeV], rest energy included."""
        values = np.asarray(mu, dtype=np.float64)
        if self.temperature == 0:
            return np.asarray(np.maximum(values**2 - self.mass**2, 0.0) ** 1.5 * (values > 0) / (3 * np.pi**2))
        return self._integral(values, lambda p, energy: p * energy / np.pi**2)

    def pressure(self, mu: ArrayLike) -> Floats:
        """Return the pressure [MeV4] at chemical potential `mu` [MeV]."""
        values = np.asarray(mu, dtype=np.float64)
        if self.temperature == 0:
            return self._cold_pressure(values)
        return self._integral(values, lambda p, energy: p**3 / (3 * np.pi**2))

    def _cold_pressure(self, mu: Floats) -> Floats:
        """Integrate p^4 / 3 pi^2 E over p up to the Fermi momentum, exact to rounding for small p too."""
        momentum = np.sqrt(np.maximum(mu**2 - self.mass**2, 0.0)) * (mu > 0)
        if self.mass == 0:
            return np.asarray(momentum**4 / (12 * np.pi**2))
        nodes, weights = gauss_legendre(48)
        reach = np.arcsinh(momentum / self.mass)[..., None]  # p = m sinh(w): E dw = dp, smooth for any p
        p = self.mass * np.sinh(reach * nodes)
        return np.asarray((p**4 @ weights) * reach[..., 0] / (3 * np.pi**2))

    def _integral(self, mu: Floats, shape: object) -> Floats:
        nodes, weights = gauss_legendre(_NODES)
        m, t = self.mass, self.temperature
        # E = m + t u^2 takes the root of p at the rest energy away
        edges = np.sqrt(np.maximum(mu[..., None] + t * _EDGES - m, 0.0) / t)
        lowest = np.zeros((*mu.shape, 1))
        beyond = np.sqrt(np.maximum(np.maximum(mu[..., None] - m, 0.0) / t + 60.0, 0.0))
        steps = np.linspace(0.0, 1.0, 9)
        cold = steps * np.sqrt(60.0)  # below the rest energy the gas is Boltzmann's: even panels in u
        borders = np.where(
            (mu < m)[..., None],
            np.broadcast_to(np.append(cold, [np.sqrt(60.0)] * (_EDGES.size - 7)), (*mu.shape, _EDGES.size + 2)),
            np.concatenate([lowest, edges, beyond], axis=-1),
        )
        width = np.diff(borders, axis=-1)[..., None]
        u = borders[..., :-1, None] + width * nodes
        energy = m + t * u**2
        p = np.sqrt(t * u**2 * (energy + m))
        filled = 1 / (np.exp(np.minimum((energy - mu[..., None, None]) / t, 700.0)) + 1)
        values = shape(p, energy) * filled * 2 * t * u  # type: ignore[operator]
        return np.asarray(np.sum((values @ weights) * width[..., 0], axis=-1))

r"""The electrosphere computed: Poisson's equation with a Thomas-Fermi gas of finite mass and temperature, in a plane.

.. math:: \mu'' = 4 \pi \alpha \, n(\mu, T), \qquad \tfrac{1}{2} \mu'^2 = 4 \pi \alpha P(\mu, T)

The second is the first integral of a neutral electrosphere (no field outside). The equation of second order is
integrated from the dilute tail inward, the direction in which errors die out, until mu is mu_0 at the quark surface;
how well the first integral is kept is the measure of the solution. For T = 0, m = 0 it is (A.1); at T > 0 it ends in
Boltzmann's tail, n = T / 2 pi alpha (z + z_B)^2.

The field that holds positrons repels electrons: their potential energy is how much mu has risen from the outer edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.electrosphere.extinction import THOMAS_FERMI
from skymodel.emission.electrosphere.gas import PositronGas
from skymodel.emission.event.constants import ALPHA, ELECTRON_MASS
from skymodel.emission.event.inputs import not_negative, positive

EDGE = 10.0  # temperatures below the rest energy at which the tail ends: the density is e^-10 of that at mu = m
_COLD_EDGE = 1e-7  # MeV above the rest energy at which the cold gas ends
_PRECISION = 1e-12


@dataclass(frozen=True)
class SolvedElectrosphere:
    """The positrons above a quark surface, in equilibrium.

    Parameters
    ----------
    mu_0
        Chemical potential of the positrons at the surface [MeV], rest energy included.
    temperature
        Of the gas [MeV], at least 0; below a tenth of mu_0.
    mass
        Of a positron [MeV]; 0 for the ultrarelativistic limit (A.1).

    Examples
    --------
    >>> star = SolvedElectrosphere(mu_0=20.0)
    >>> print(f"{float(star.mu(0.0)):.6f} {float(star.mu(1.0)):.4f} {star.turning_point(0.012):.0f}")
    20.000000 10.0114 130
    """

    mu_0: float
    temperature: float = 0.0
    mass: float = ELECTRON_MASS

    def __post_init__(self) -> None:
        """Check that there is a solution."""
        object.__setattr__(self, "mu_0", float(positive(self.mu_0, "mu_0", "MeV")))
        object.__setattr__(self, "temperature", float(not_negative(self.temperature, "temperature", "MeV")))
        object.__setattr__(self, "mass", float(not_negative(self.mass, "mass", "MeV")))
        if self.mu_0 <= self._edge:
            raise ValueError(
                f"mu_0 = {self.mu_0:g} MeV is not above the outer edge, {self._edge:g} MeV: no positrons are held; "
                "give a larger mu_0"
            )
        if self.temperature > 0.1 * self.mu_0:
            raise ValueError(
                f"temperature = {self.temperature:g} MeV; allowed: up to a tenth of mu_0 = {self.mu_0:g} MeV, above "
                "which electrons of the gas, left out here, count"
            )

    @property
    def gas(self) -> PositronGas:
        """The equation of state."""
        return PositronGas(self.temperature, self.mass)

    @property
    def z_0(self) -> float:
        """Scale height sqrt(3 pi / 2 alpha) / mu_0 [1/MeV], the unit of all heights here."""
        return float(THOMAS_FERMI / self.mu_0)

    @property
    def _edge(self) -> float:
        """Chemical potential [MeV] at the outer edge of what is solved."""
        if self.temperature > 0:
            return self.mass - EDGE * self.temperature
        return self.mass + _COLD_EDGE if self.mass > 0 else 1e-6 * self.mu_0

    @cached_property
    def _solution(self) -> tuple[object, float]:
        """Return the solution over the distance [1/MeV] from the outer edge inward, and the surface's distance."""
        from scipy.integrate import solve_ivp

        origin = self._origin  # mu less this is integrated: near the rest energy mu itself has lost its digits

        def surface(distance: float, state: Floats) -> float:
            return float(state[0] + origin - self.mu_0)

        surface.terminal = True  # type: ignore[attr-defined]
        slope = float(np.sqrt(8 * np.pi * ALPHA * self.gas.pressure(self._edge)))
        found = solve_ivp(
            lambda distance, state: [state[1], 4 * np.pi * ALPHA * float(self.gas.density(state[0] + origin))],
            (0.0, np.inf if slope == 0 else 1e3 * (self.mu_0 + 1) / slope),
            [self._edge - origin, slope],
            method="DOP853",
            rtol=_PRECISION,
            atol=[1e-16, 1e-30],
            dense_output=True,
            events=surface,
        )
        reached = found.t_events[0] if found.t_events else np.empty(0)
        if not reached.size:
            raise ArithmeticError(f"the electrosphere of {self} was not solved: {found.message}")
        return found.sol, float(reached[0])

    @property
    def _origin(self) -> float:
        """Chemical potential [MeV] from which the solution counts."""
        return self.mass if self.temperature == 0 else self._edge

    @property
    def thickness(self) -> float:
        """Height [z_0] of the outer edge."""
        return self._solution[1] / self.z_0

    def _state(self, z: ArrayLike) -> Floats:
        """Return mu [MeV] and the size of its slope [MeV2] at heights [z_0], shape ``(2, ...)``."""
        heights = not_negative(z, "z")
        solution, surface = self._solution
        if np.any(heights > self.thickness * (1 + 1e-9)):
            raise ValueError(
                f"z up to {np.max(heights):g} z_0; the electrosphere is solved up to {self.thickness:.6g} z_0"
            )
        inward = np.clip(surface - heights * self.z_0, 0.0, surface)
        return np.asarray(solution(inward.ravel())).reshape(2, *heights.shape)  # type: ignore[operator]

    def mu(self, z: ArrayLike) -> Floats:
        """Return the chemical potential [MeV] at height `z` [z_0], up to :attr:`thickness`."""
        return np.asarray(self._state(z)[0] + self._origin)[()]

    def field(self, z: ArrayLike) -> Floats:
        """Return -dmu/dz [MeV2], the force on a positron, at height `z` [z_0]."""
        return np.asarray(self._state(z)[1])[()]

    def density(self, z: ArrayLike) -> Floats:
        """Return the number density of the positrons [MeV3] at height `z` [z_0]."""
        return self.gas.density(self.mu(z))

    def potential(self, z: ArrayLike) -> Floats:
        """Return the potential energy of an electron [MeV] at height `z` [z_0], 0 at the outer edge."""
        return np.asarray(self.mu(z) - self._edge)[()]

    def first_integral(self, z: ArrayLike) -> Floats:
        """Return mu'^2 / 2 - 4 pi alpha P [MeV4] at height `z` [z_0]: zero for the exact solution."""
        return np.asarray(self.field(z) ** 2 / 2 - 4 * np.pi * ALPHA * self.gas.pressure(self.mu(z)))[()]

    @property
    def charge(self) -> float:
        """Positrons above a unit of surface [MeV2], and the charge of the quark matter that balances them."""
        return float(self.field(0.0) - self.field(self.thickness)) / (4 * np.pi * ALPHA)

    def turning_point(self, kinetic_energy: float) -> float:
        """Return the height [z_0] at which an electron flying straight in turns; 0 if it reaches the surface.

        Parameters
        ----------
        kinetic_energy
            Far away [MeV], above 0.
        """
        from scipy.optimize import brentq

        energy = float(positive(kinetic_energy, "kinetic_energy", "MeV"))
        if energy >= float(self.potential(0.0)):
            return 0.0
        low, high = 0.0, np.log1p(self.thickness)
        return float(np.expm1(brentq(lambda w: float(self.potential(np.expm1(w))) - energy, low, high, xtol=1e-14)))

    def tunnelling(self, kinetic_energy: float) -> float:
        """Return the chance that an electron passes from its turning point to where empty states of its energy begin.

        There its potential energy is 2 m above its kinetic energy: it fills a hole of the sea, that is, it annihilates.
        Semiclassical, exp(-2 int sqrt(m^2 - (m + K - U)^2) dz); 0 if the potential does not rise so far.

        Parameters
        ----------
        kinetic_energy
            Far away [MeV], above 0.
        """
        outer = self.turning_point(kinetic_energy)
        if outer == 0 or float(self.potential(0.0)) <= kinetic_energy + 2 * self.mass:
            return 1.0 if outer == 0 else 0.0
        inner = self.turning_point(kinetic_energy + 2 * self.mass)
        nodes, weights = np.polynomial.legendre.leggauss(64)
        angle = np.pi / 4 * (nodes + 1)
        z = inner + (outer - inner) * np.sin(angle) ** 2  # both ends are roots: sin^2 makes them smooth
        deficit = self.mass**2 - (self.mass + kinetic_energy - self.potential(z)) ** 2
        depth = np.sqrt(np.maximum(deficit, 0.0)) * (outer - inner) * np.sin(2 * angle) * self.z_0
        return float(np.exp(-2 * np.pi / 4 * (weights @ depth)))

r"""What becomes of an electron that flies into a computed electrosphere: positronium, annihilation, or it turns back.

Cross-sections, and so everything here, are assumptions to be stated:

- direct annihilation: the exact rate in a degenerate gas (:func:`~skymodel.emission.event.annihilation.event_rate`);
  in the dilute gas pi r_e^2 c n, times Sommerfeld's factor 2 pi alpha / v / (1 - exp(-2 pi alpha / v));
- positronium, ``formation="radiative"``: recombination to the ground state with emission of a photon, Stobbe's
  cross-section of hydrogen with the reduced mass m/2, by detailed balance: two free particles, the least that happens;
- positronium, ``formation="resonant"``: the paper's section 4.2, a rate m alpha^2 where the positrons are as dense as
  in atoms (one in a sphere of radius 2 / m alpha), in proportion to the density below: the most that happens.

With the barrier an electron flies in with its kinetic energy less the potential energy, turns, and flies out again;
without it, as in the paper, at constant speed down to the surface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.emission.electrosphere.solved import SolvedElectrosphere
from skymodel.emission.event.annihilation import event_rate
from skymodel.emission.event.constants import ALPHA, ELECTRON_MASS
from skymodel.emission.event.inputs import positive

Formation = Literal["radiative", "resonant"]
FORMATIONS: tuple[Formation, ...] = get_args(Formation)
BINDING = ELECTRON_MASS * ALPHA**2 / 4  # MeV, of positronium
_ATOMIC_DENSITY = 3 / (4 * np.pi * (2 / (ELECTRON_MASS * ALPHA)) ** 3)  # MeV3
_HEIGHTS = 4000


def sommerfeld(speed: Floats) -> Floats:
    """Return by how much attraction raises the rate of annihilation at relative speeds [c].

    Examples
    --------
    >>> print(f"{float(sommerfeld(np.array(1.0))):.4f} {float(sommerfeld(np.array(1e-3))):.1f}")
    1.0231 45.9
    """
    x = 2 * np.pi * ALPHA / np.asarray(speed, dtype=np.float64)
    return np.asarray(x / -np.expm1(-x))


def radiative_capture(speed: Floats) -> Floats:
    r"""Return the cross-section [MeV-2] of e+ e- -> positronium (1S) + photon at relative speeds [c], well below 1.

    Stobbe's photoionisation, sigma = (2^9 pi^2 / 3) alpha a^2 (I / w)^4 exp(-4 eta arccot eta) / (1 - exp(-2 pi eta))
    with a = 2 / m alpha, I = m alpha^2 / 4, eta = alpha / v, w = I + m v^2 / 4, times 2 (w / p)^2, p = m v / 2.

    Examples
    --------
    >>> hbar_c = 1.973269804e-11  # MeV cm
    >>> print(f"{float(radiative_capture(np.array(2e-3))) * hbar_c**2:.1e}")
    8.5e-21
    """
    v = np.asarray(speed, dtype=np.float64)
    eta, p = ALPHA / v, ELECTRON_MASS * v / 2
    photon = BINDING + ELECTRON_MASS * v**2 / 4
    radius = 2 / (ELECTRON_MASS * ALPHA)
    ionise = 2**9 * np.pi**2 / 3 * ALPHA * radius**2 * (BINDING / photon) ** 4
    ionise = ionise * np.exp(-4 * eta * np.arctan2(1.0, eta)) / -np.expm1(-2 * np.pi * eta)
    return np.asarray(2 * (photon / p) ** 2 * ionise)


class Fates(NamedTuple):
    """Shares of the electrons that fly in; they add up to 1.

    Parameters
    ----------
    positronium
        Form positronium.
    rest
        Annihilate directly on positrons that are not degenerate: two photons of 511 keV.
    energetic
        Annihilate directly on the degenerate gas: the continuum.
    back
        Leave again, or reach the surface.
    """

    positronium: float
    rest: float
    energetic: float
    back: float

    @property
    def chi(self) -> float:
        """Energetic annihilations per positronium atom."""
        return self.energetic / self.positronium

    @property
    def positronium_fraction(self) -> float:
        """Positronium per annihilation at low energy."""
        return self.positronium / (self.positronium + self.rest)


@dataclass(frozen=True)
class Capture:
    """An electron that flies straight into an electrosphere.

    Parameters
    ----------
    star
        The electrosphere.
    v_e
        Speed of the electron far away [c], above 0 and below 1.
    barrier
        Whether the field acts on the electron.
    formation
        How positronium forms, "radiative" or "resonant".

    Examples
    --------
    >>> star = SolvedElectrosphere(mu_0=20.0, temperature=0.001)
    >>> for barrier in (False, True):
    ...     fates = Capture(star, 0.01, barrier=barrier, formation="radiative").fates
    ...     print(f"{fates.energetic:.1e} {fates.back:.2f}")
    8.9e-01 0.11
    0.0e+00 1.00
    """

    star: SolvedElectrosphere
    v_e: float
    barrier: bool = True
    formation: Formation = "resonant"

    def __post_init__(self) -> None:
        """Check the parameters."""
        object.__setattr__(self, "v_e", float(positive(self.v_e, "v_e", "")))
        if not self.v_e < 1:
            raise ValueError(f"v_e = {self.v_e}; allowed: 0 < v_e < 1, in units of the speed of light")
        if self.formation not in FORMATIONS:
            raise ValueError(f"formation = {self.formation!r}; allowed: {', '.join(map(repr, FORMATIONS))}")

    @property
    def kinetic_energy(self) -> float:
        """Of the electron far away [MeV]."""
        return float(ELECTRON_MASS * ((1 - self.v_e**2) ** -0.5 - 1))

    @property
    def fates(self) -> Fates:
        """What becomes of the electron."""
        path = self._path()
        shares = [float(np.sum(each)) for each in (path.positronium, path.rest, path.energetic)]
        if self.barrier:
            tunnelled = (1 - sum(shares)) * self.star.tunnelling(self.kinetic_energy)
            shares[2] += tunnelled
        positronium, rest, energetic = shares
        return Fates(positronium, rest, energetic, 1 - sum(shares))

    def energetic_events(self) -> tuple[Floats, Floats]:
        """Return chemical potentials [MeV] and, for each, the energetic annihilations per electron that flies in."""
        path = self._path()
        mu, events = path.mu, path.energetic.copy()
        if self.barrier and (tunnelled := self.fates.energetic - float(events.sum())) > 0:
            inner = self.star.mu(self.star.turning_point(self.kinetic_energy + 2 * self.star.mass))
            mu, events = np.append(mu, inner), np.append(events, tunnelled)
        lit = events > 0
        return mu[lit], events[lit]

    def _path(self) -> _Path:
        """Return what happens in each of many thin layers, on the way in and, with the barrier, out again."""
        outer = self.star.thickness
        inner = self.star.turning_point(self.kinetic_energy) if self.barrier else 0.0
        # equal steps in the root of ln(1 + z) - ln(1 + inner): near the turning point the time in a layer stays finite
        edges = np.linspace(0.0, np.sqrt(np.log1p(outer) - np.log1p(inner)), _HEIGHTS + 1) ** 2 + np.log1p(inner)
        z = np.expm1((edges[1:] + edges[:-1]) / 2)[::-1]
        depth = (np.diff(np.expm1(edges)) * self.star.z_0)[::-1]
        mu, density = self.star.mu(z), self.star.density(z)
        speed = self._speed(z)
        direct, positronium = self._direct(mu, density, speed), self._positronium(density, speed)
        layers = depth / speed * (direct + positronium)
        share = np.divide(direct, direct + positronium, out=np.zeros_like(direct), where=direct + positronium > 0)
        lost = self._lost(layers)
        degenerate = mu > self.star.mass * (1 + 1e-3)
        return _Path(mu, lost * (1 - share), lost * share * ~degenerate, lost * share * degenerate)

    def _lost(self, layers: Floats) -> Floats:
        """Return the share of the electrons lost in each layer, passed once or, with the barrier, twice."""
        before = np.concatenate([[0.0], np.cumsum(layers)])
        lost = np.exp(-before[:-1]) * -np.expm1(-layers)
        if self.barrier:
            behind = before[-1] + np.concatenate([[0.0], np.cumsum(layers[::-1])])[:-1][::-1]
            lost = lost + np.exp(-behind) * -np.expm1(-layers)
        return np.asarray(lost)

    def _speed(self, z: Floats) -> Floats:
        if not self.barrier:
            return np.full(z.shape, self.v_e)
        left = np.maximum(self.kinetic_energy - self.star.potential(z), 1e-12 * self.kinetic_energy)
        gamma = 1 + left / ELECTRON_MASS
        return np.asarray(np.sqrt(left / ELECTRON_MASS * (gamma + 1)) / gamma)

    def _relative(self, speed: Floats) -> Floats:
        thermal = np.sqrt(3 * self.star.temperature / ELECTRON_MASS)
        return np.asarray(np.minimum(np.hypot(speed, thermal), 0.9))

    def _direct(self, mu: Floats, density: Floats, speed: Floats) -> Floats:
        """Return the rate of direct annihilation [MeV]: of the degenerate gas where it is one, else of a dilute one."""
        dilute = density * np.pi * (ALPHA / ELECTRON_MASS) ** 2 * sommerfeld(self._relative(speed))
        degenerate = mu > ELECTRON_MASS * (1 + 1e-3)
        dense = event_rate(np.where(degenerate, mu, 2 * ELECTRON_MASS))
        return np.asarray(np.where(degenerate, dense, dilute))

    def _positronium(self, density: Floats, speed: Floats) -> Floats:
        """Return the rate at which positronium forms [MeV]; none where the positrons are denser than in its atoms."""
        if self.formation == "resonant":
            full = ELECTRON_MASS * ALPHA**2
            return np.asarray(np.where(density < _ATOMIC_DENSITY, full * density / _ATOMIC_DENSITY, full))
        relative = self._relative(speed)
        bound = density < _ATOMIC_DENSITY  # in a denser gas the orbits of positronium are screened away
        return np.asarray(np.where(bound, density * relative * radiative_capture(relative), 0.0))


class _Path(NamedTuple):
    """Chemical potential of each layer [MeV], and the electrons that end there by each process."""

    mu: Floats
    positronium: Floats
    rest: Floats
    energetic: Floats

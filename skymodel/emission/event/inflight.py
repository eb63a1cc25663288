r"""Annihilation in flight of energetic positrons, the strongest rival explanation of the MeV excess.

A positron injected with energy E_0 loses energy by ionisation and may annihilate on its way (Beacom & Yuksel 2006),

.. math:: \frac{dN}{dk} = n \int_m^{E_0} P(E) \frac{d\sigma}{dk} \left|\frac{dE}{dx}\right|^{-1} dE, \qquad
          P(E) = \exp\left(-n \int_E^{E_0} \sigma \left|\frac{dE'}{dx}\right|^{-1} dE'\right)

with eq. (2) of the paper for the cross-section, so that each event gives two photons.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from profiles.contract.nodes import gauss_legendre
from skymodel.emission.event.annihilation import (
    differential_cross_section,
    photon_range,
    threshold_energy,
    total_cross_section,
)
from skymodel.emission.event.bands import Band
from skymodel.emission.event.constants import ALPHA, ELECTRON_MASS
from skymodel.emission.event.inputs import above_mass, photon_energy
from skymodel.emission.event.positronium import photons_per_annihilation

STOPPED = 1e-3  # MeV, kinetic energy at which a positron counts as stopped
EXCITATION = 15.0e-6  # MeV, mean excitation energy of atomic hydrogen
_NODES = 64


@dataclass(frozen=True)
class InFlight:
    """Annihilation in flight of positrons injected with one energy into neutral hydrogen; counts per positron.

    Parameters
    ----------
    E_0
        Total energy of the injected positrons [MeV], at least 1 keV above the electron mass.

    Notes
    -----
    Losses are the collisional stopping power of positrons (Bhabha cross-section) in atomic hydrogen, mean excitation
    energy 15 eV; the density of the gas drops out. Positrons count as stopped at a kinetic energy of 1 keV, below which
    less than 1e-5 of them annihilate in flight.

    References
    ----------
    Beacom & Yuksel 2006, Phys. Rev. Lett. 97, 071102; Berger & Seltzer 1982 for the stopping power.

    Examples
    --------
    >>> positrons = InFlight(E_0=2.511)
    >>> print(f"{positrons.stopped:.3f}")
    0.949
    """

    E_0: float

    def __post_init__(self) -> None:
        """Check the energy."""
        object.__setattr__(self, "E_0", float(above_mass(self.E_0, "E_0")))
        if self.E_0 - ELECTRON_MASS < STOPPED:
            raise ValueError(
                f"E_0 = {self.E_0} MeV; allowed: at least {STOPPED} MeV above the mass {ELECTRON_MASS} MeV"
            )

    def density(self, k: ArrayLike) -> Floats:
        """Return the photons per MeV and injected positron at photon energies `k` [MeV]."""
        k = photon_energy(k)
        lowest = threshold_energy(k)
        possible = lowest < self.E_0
        E, dE = self._energies(np.where(possible, lowest, self.E_0))
        yields = differential_cross_section(k[..., None], E) / _stopping(E) * self.surviving(E)
        return np.asarray(np.where(possible, np.sum(yields * dE, axis=-1), 0.0))[()]

    def surviving(self, E: ArrayLike) -> Floats:
        """Return the share of the positrons that have not annihilated when their energy has fallen to `E` [MeV]."""
        energies, dE = self._energies(np.minimum(above_mass(E, "E"), self.E_0))
        depth = np.sum(total_cross_section(energies) / _stopping(energies) * dE, axis=-1)
        return np.asarray(np.exp(-depth))[()]

    @property
    def stopped(self) -> float:
        """The share of the positrons that come to rest; they then give the 511 keV line and positronium."""
        return float(self.surviving(ELECTRON_MASS + STOPPED))

    def photons(self, band: Band) -> float:
        """Return the photons in `band` per injected positron, to 1e-8."""
        from scipy.integrate import quad

        low, high = (float(edge) for edge in np.clip([band.low, band.high], *photon_range(self.E_0)))
        slowest = photon_range(ELECTRON_MASS + STOPPED)  # between these energies every positron can give the photon
        borders = [low, *(float(edge) for edge in slowest if low < edge < high), high]

        def panel(start: float, stop: float) -> float:
            return float(quad(lambda k: float(self.density(k)), start, stop, epsabs=1e-13, epsrel=1e-8, limit=200)[0])

        return sum(panel(start, stop) for start, stop in pairwise(borders))

    def per_line_photon(self, positronium_fraction: float = 1.0) -> float:
        """Return the injected positrons per 511 keV photon, which turns a line intensity into this spectrum.

        Parameters
        ----------
        positronium_fraction
            Positronium fraction f of the positrons that come to rest, 0 to 1.
        """
        return float(1 / (self.stopped * photons_per_annihilation(positronium_fraction).line))

    def _energies(self, start: Floats) -> tuple[Floats, Floats]:
        """Return quadrature energies and weights ``(..., nodes)`` from `start` to E_0, even in ln(kinetic energy)."""
        nodes, weights = gauss_legendre(_NODES)
        low = np.log(np.clip(start - ELECTRON_MASS, STOPPED, self.E_0 - ELECTRON_MASS))[..., None]
        span = np.log(self.E_0 - ELECTRON_MASS) - low
        kinetic = np.exp(low + span * nodes)
        return ELECTRON_MASS + kinetic, span * weights * kinetic


def _stopping(E: Floats) -> Floats:
    """Return the ionisation loss of a positron per path and per electron of hydrogen, |dE/dx| / n [MeV-1]."""
    tau = E / ELECTRON_MASS - 1
    beta_2 = tau * (tau + 2) / (tau + 1) ** 2
    bhabha = 2 * np.log(2) - beta_2 / 12 * (23 + 14 / (tau + 2) + 10 / (tau + 2) ** 2 + 4 / (tau + 2) ** 3)
    logarithm = np.log(tau**2 * (tau + 2) / (2 * (EXCITATION / ELECTRON_MASS) ** 2))
    return np.asarray(2 * np.pi * ALPHA**2 / (ELECTRON_MASS * beta_2) * (logarithm + bhabha))

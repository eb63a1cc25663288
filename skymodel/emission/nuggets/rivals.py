"""Rival spectra for the same bands: what else could shine at 1-20 MeV.

A rival is a shape: ``shape.density(k)`` [MeV-1] and ``shape.photons(band)``, both proportional to one unknown number
that a fit or a normalisation fixes. For a particle that decays or annihilates they count photons per event, for
:class:`~skymodel.emission.event.inflight.InFlight` per injected positron, for a power law per unit of its amplitude.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.event.bands import Band
from skymodel.emission.event.inputs import not_negative, photon_energy, positive


class RivalShape(Protocol):
    """What every rival offers."""

    def density(self, k: ArrayLike) -> Floats:
        """Return the photons per MeV at photon energies `k` [MeV], per unit of the shape."""
        ...

    def photons(self, band: Band) -> float:
        """Return the photons in `band`, per unit of the shape."""
        ...


@dataclass(frozen=True)
class PowerLaw:
    """A power law, (k / pivot)^(-index), one per MeV at the pivot.

    Parameters
    ----------
    index
        Photon index; about 1.4-1.6 for the Galactic ridge.
    pivot
        Photon energy at which the shape is 1 MeV-1 [MeV].

    Examples
    --------
    >>> round(PowerLaw(2.0).photons(Band("X", 1.0, 2.0)), 12)
    0.5
    """

    index: float
    pivot: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters."""
        object.__setattr__(self, "pivot", float(positive(self.pivot, "pivot", "MeV")))
        if not np.isfinite(self.index):
            raise ValueError(f"index = {self.index}; allowed: finite numbers")

    def density(self, k: ArrayLike) -> Floats:
        """Return the photons per MeV at photon energies `k` [MeV], above 0."""
        return np.asarray((positive(k, "photon energy k", "MeV") / self.pivot) ** -self.index)[()]

    def photons(self, band: Band) -> float:
        """Return the photons in `band`, from the closed form."""
        rise, decades = 1 - self.index, np.log(band.high / band.low)
        growth = decades if rise == 0 else np.expm1(rise * decades) / rise
        return float(self.density(band.low) * band.low * growth)


@dataclass(frozen=True)
class Box:
    """Photons spread evenly between two energies: a particle that decays in flight to two photons.

    Parameters
    ----------
    low, high
        Edges [MeV].
    photons_per_event
        Photons in the whole box.
    """

    low: float
    high: float
    photons_per_event: float = 2.0

    def __post_init__(self) -> None:
        """Check the parameters."""
        Band("Box", self.low, self.high)
        not_negative(self.photons_per_event, "photons_per_event")

    def density(self, k: ArrayLike) -> Floats:
        """Return the photons per MeV at photon energies `k` [MeV]."""
        k = photon_energy(k)
        inside = (k >= self.low) & (k < self.high)
        return np.asarray(np.where(inside, self.photons_per_event / (self.high - self.low), 0.0))[()]

    def photons(self, band: Band) -> float:
        """Return the photons in `band`."""
        overlap = max(0.0, min(band.high, self.high) - max(band.low, self.low))
        return self.photons_per_event * overlap / (self.high - self.low)


@dataclass(frozen=True)
class Line:
    """A gamma-ray line, a Gaussian of the detector's or the halo's width.

    Parameters
    ----------
    energy
        Photon energy [MeV].
    sigma
        Standard deviation [MeV].
    photons_per_event
        Photons in the whole line.
    """

    energy: float
    sigma: float
    photons_per_event: float = 2.0

    def __post_init__(self) -> None:
        """Check the parameters."""
        positive(self.energy, "energy", "MeV")
        positive(self.sigma, "sigma", "MeV")
        not_negative(self.photons_per_event, "photons_per_event")

    def density(self, k: ArrayLike) -> Floats:
        """Return the photons per MeV at photon energies `k` [MeV]."""
        pull = (photon_energy(k) - self.energy) / self.sigma
        height = self.photons_per_event / (np.sqrt(2 * np.pi) * self.sigma)
        return np.asarray(height * np.exp(-pull * pull / 2))[()]

    def photons(self, band: Band) -> float:
        """Return the photons in `band`."""
        from scipy.special import ndtr

        below = ndtr((np.array([band.low, band.high]) - self.energy) / self.sigma)
        return float(self.photons_per_event * (below[1] - below[0]))


def decaying_particle(mass: float, sigma: float) -> Line:
    """Return the line at mass / 2 of a particle that decays into two photons.

    Parameters
    ----------
    mass
        Its mass [MeV].
    sigma
        Width of the line [MeV].
    """
    return Line(float(positive(mass, "mass", "MeV")) / 2, sigma)


def annihilating_particles(mass: float, sigma: float) -> Line:
    """Return the line at the mass of slow particles that annihilate in pairs into two photons.

    Parameters
    ----------
    mass
        Mass of one of them [MeV].
    sigma
        Width of the line [MeV].
    """
    return Line(float(positive(mass, "mass", "MeV")), sigma)


def cascade(mass: float, mediator: float) -> Box:
    """Return the box of slow particles that annihilate in pairs into two mediators, each decaying to two photons.

    Parameters
    ----------
    mass
        Mass of one of the particles [MeV]: the energy of each mediator.
    mediator
        Mass of the mediator [MeV], below `mass`.

    Examples
    --------
    >>> box = cascade(mass=10.0, mediator=6.0)
    >>> round(box.low, 9), round(box.high, 9), box.photons_per_event
    (1.0, 9.0, 4.0)
    """
    energy, rest = float(positive(mass, "mass", "MeV")), float(positive(mediator, "mediator", "MeV"))
    if rest >= energy:
        raise ValueError(f"mediator = {rest} MeV; it must be lighter than the annihilating particle, {energy} MeV")
    half_width = energy / 2 * np.sqrt(1 - (rest / energy) ** 2)
    return Box(float(energy / 2 - half_width), float(energy / 2 + half_width), 4.0)

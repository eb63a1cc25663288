"""What nuggets with a computed electrosphere radiate: chi, the positronium fraction and the spectrum follow together.

Photons are counted, two for each direct annihilation. Nothing is fitted; everything is conditional on the
cross-sections of :mod:`skymodel.emission.electrosphere.capture` and on whether the field acts on the electrons
(``barrier``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.electrosphere.capture import Capture, Fates, Formation
from skymodel.emission.electrosphere.solved import SolvedElectrosphere
from skymodel.emission.event.annihilation import event_rate, photon_rate
from skymodel.emission.event.bands import Band, band_photon_rate
from skymodel.emission.event.inputs import not_negative, photon_energy
from skymodel.emission.event.origins import BandPhotons, with_positronium
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, WithPositronium

_GROUPS = 240  # chemical potentials that stand for all layers: twice as many change the spectrum by less than 1e-3


@dataclass(frozen=True)
class SolvedElectrosphereEmission(WithPositronium):
    """What a computed electrosphere radiates, per 511 keV photon.

    Parameters
    ----------
    star
        The electrosphere.
    v_e
        Speed of the electrons far away [c].
    barrier
        Whether the electrosphere's field acts on them.
    formation
        How positronium forms, "radiative" or "resonant".

    Examples
    --------
    >>> star = SolvedElectrosphere(mu_0=20.0, temperature=0.001)
    >>> for barrier in (False, True):
    ...     print(f"{SolvedElectrosphereEmission(star, v_e=0.22, barrier=barrier).chi:.1e}")
    6.8e-02
    2.4e-06
    """

    star: SolvedElectrosphere
    v_e: float
    barrier: bool = True
    formation: Formation = "resonant"

    def __post_init__(self) -> None:
        """Check the parameters."""
        if not self.fates.positronium + self.fates.rest > 0:
            raise ValueError(
                f"no electron of v_e = {self.v_e:g} c makes a 511 keV photon: there is no line to scale by"
            )

    @cached_property
    def fates(self) -> Fates:
        """What becomes of an electron."""
        return self._capture.fates

    @property
    def chi(self) -> float:
        """Energetic annihilations per positronium atom, predicted."""
        return self.fates.chi

    @property
    def positronium_fraction(self) -> float:
        """Positronium fraction of the annihilations at low energy, predicted."""
        return self.fates.positronium_fraction

    @property
    def _capture(self) -> Capture:
        return Capture(self.star, self.v_e, self.barrier, self.formation)

    @cached_property
    def _events(self) -> tuple[Floats, Floats]:
        """Chemical potentials [MeV], and for each the energetic annihilations per 511 keV photon."""
        mu, events = self._capture.energetic_events()
        lines = self.fates.positronium / 2 + 2 * self.fates.rest
        if not mu.size:
            return np.array([2.0]), np.array([0.0])
        edges = np.geomspace(mu.min(), mu.max() * (1 + 1e-12), _GROUPS + 1)
        group = np.clip(np.searchsorted(edges, mu, side="right") - 1, 0, _GROUPS - 1)
        weight = np.bincount(group, events, _GROUPS)
        lit = weight > 0
        centre = np.bincount(group, events * mu, _GROUPS)[lit] / weight[lit]
        return centre, weight[lit] / lines

    def direct_spectrum(self, k: ArrayLike, line_intensity: ArrayLike = PAPER_LINE_INTENSITY) -> Floats:
        """Return the part of :meth:`spectrum` that comes from energetic direct annihilation."""
        energy = photon_energy(k)
        mu, events = self._events
        photons = (photon_rate(energy[..., None], mu) / event_rate(mu)) @ events
        return np.asarray(photons * not_negative(line_intensity, "line_intensity", "cm-2 s-1 sr-1"))[()]

    def photons(self, band: Band) -> BandPhotons:
        """Return the photons in `band` per 511 keV photon, by origin."""
        return with_positronium(band, self.positronium_fraction, self._direct_photons(band))

    def log_mean(self, band: Band, line_intensity: float = PAPER_LINE_INTENSITY) -> float:
        """Return the mean over ln k of k^2 times the direct spectrum in a band [MeV cm-2 s-1 sr-1]."""
        return float(line_intensity * self._direct_photons(band, 1) / np.log(band.high / band.low))

    def _direct_photons(self, band: Band, energy_power: int = 0) -> float:
        mu, events = self._events
        return float((band_photon_rate(band.low, band.high, mu, energy_power=energy_power) / event_rate(mu)) @ events)

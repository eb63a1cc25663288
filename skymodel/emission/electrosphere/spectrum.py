"""The electrosphere as a spectral model: photons of every band per 511 keV photon, like ``NuggetEmission``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.bands import Band
from skymodel.emission.event.inputs import fraction, not_negative
from skymodel.emission.event.origins import BandPhotons, with_positronium
from skymodel.emission.nuggets.model import (
    PAPER_LINE_INTENSITY,
    Convention,
    WithPositronium,
    direct_per_line_photon,
    known_convention,
)


@dataclass(frozen=True)
class ElectrosphereEmission(WithPositronium):
    """What nuggets with an electrosphere radiate, per 511 keV photon.

    Parameters
    ----------
    sphere
        The electrosphere, with the speed of the electrons.
    chi
        "paper": direct annihilations per positronium formed. "consistent": electrons that reach z_max per positronium
        formed; how many of them annihilate follows from the electrosphere. At least 0.
    convention
        "paper": the height average (A.4) of eq. (6). "consistent": photons counted, see
        :meth:`~skymodel.emission.electrosphere.structure.Electrosphere.photons_per_electron`.
    positronium_fraction
        Positronium fraction f, 0 to 1.

    Examples
    --------
    >>> from skymodel.emission.event.bands import CONTINUUM_1_20
    >>> sphere = Electrosphere(mu_0=60, z_max=30, v_e=0.1)
    >>> for convention in ("paper", "consistent"):
    ...     model = ElectrosphereEmission(sphere, chi=0.2, convention=convention)
    ...     print(f"{convention} {model.band_factor(CONTINUUM_1_20):.3f}")
    paper 0.989
    consistent 0.269
    """

    sphere: Electrosphere
    chi: float = 0.2
    convention: Convention = "paper"
    positronium_fraction: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters."""
        object.__setattr__(self, "chi", float(not_negative(self.chi, "chi")))
        known_convention(self.convention)
        share = fraction(self.positronium_fraction, "positronium_fraction")
        object.__setattr__(self, "positronium_fraction", float(share))

    def direct_spectrum(self, k: ArrayLike, line_intensity: ArrayLike = PAPER_LINE_INTENSITY) -> Floats:
        """Return the part of :meth:`spectrum` that comes from direct annihilation.

        Parameters
        ----------
        k, line_intensity
            As for :meth:`spectrum`.
        """
        per_line = direct_per_line_photon(self.chi, self.positronium_fraction, self.convention)
        scale = per_line * not_negative(line_intensity, "line_intensity", "cm-2 s-1 sr-1")
        if self.convention == "consistent":
            return scale * self.sphere.photons_per_electron(k)
        return scale * self.sphere.photons_per_event(k)

    def photons(self, band: Band) -> BandPhotons:
        """Return the photons in `band` per 511 keV photon, by origin: line, ortho-positronium, direct.

        Parameters
        ----------
        band
            The energy band; LINE_511 stands for the line alone.
        """
        return with_positronium(band, self.positronium_fraction, self._direct_photons(band))

    def log_mean(self, band: Band, line_intensity: float = PAPER_LINE_INTENSITY) -> float:
        """Return the mean over ln k of k^2 times the direct spectrum in a band [MeV cm-2 s-1 sr-1].

        Parameters
        ----------
        band
            The energy band.
        line_intensity
            Intensity of the 511 keV line [cm-2 s-1 sr-1].
        """
        return float(line_intensity * self._direct_photons(band, 1) / np.log(band.high / band.low))

    def _direct_photons(self, band: Band, energy_power: int = 0) -> float:
        per_line = float(direct_per_line_photon(self.chi, self.positronium_fraction, self.convention))
        if self.convention == "consistent":
            return per_line * self.sphere.band_photons_per_electron(band, energy_power=energy_power)
        return per_line * self.sphere.band_photons_per_event(band, energy_power=energy_power)

"""Photons by origin: the line, the three-photon continuum of ortho-positronium, direct annihilation.

Whatever the model of direct annihilation, the other two come from the positronium fraction alone; the functions here
add them. Both follow the physical count of :mod:`skymodel.emission.event.positronium`.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.emission.event.inputs import not_negative
from skymodel.emission.event.positronium import ortho_share, ortho_spectrum, photons_per_annihilation


class BandPhotons(NamedTuple):
    """Photons in a band per 511 keV photon, by origin."""

    line: Floats
    ortho: Floats
    direct: Floats


def with_positronium(band: Band, positronium_fraction: ArrayLike, direct: ArrayLike) -> BandPhotons:
    """Return all photons in `band` per 511 keV photon, given those of direct annihilation.

    Parameters
    ----------
    band
        The energy band; LINE_511 stands for the line alone.
    positronium_fraction
        Positronium fraction f, 0 to 1.
    direct
        Photons of direct annihilation in the band per 511 keV photon.
    """
    if band == LINE_511:
        nothing = np.zeros(np.broadcast_shapes(np.shape(positronium_fraction), np.shape(direct)))
        return BandPhotons(nothing[()] + 1, nothing[()], nothing[()])
    ortho = _ortho_per_line_photon(positronium_fraction) * ortho_share(band.low, band.high)
    line, ortho, direct = np.broadcast_arrays(float(band.holds_line), ortho, direct)
    return BandPhotons(line[()], ortho[()], direct[()])


def _ortho_per_line_photon(positronium_fraction: ArrayLike) -> Floats:
    count = photons_per_annihilation(positronium_fraction)
    return count.continuum / count.line


def ortho_intensity(k: ArrayLike, positronium_fraction: ArrayLike, line_intensity: ArrayLike) -> Floats:
    """Return the intensity of the ortho-positronium continuum [cm-2 s-1 sr-1 MeV-1].

    Parameters
    ----------
    k
        Photon energy [MeV].
    positronium_fraction
        Positronium fraction f, 0 to 1.
    line_intensity
        Intensity of the 511 keV line [cm-2 s-1 sr-1].
    """
    line = not_negative(line_intensity, "line_intensity", "cm-2 s-1 sr-1")
    return _ortho_per_line_photon(positronium_fraction) * ortho_spectrum(k) * line


class SpectralModel(Protocol):
    """What every spectral model offers: maps, tables and figures need no more."""

    def spectrum(self, k: ArrayLike, line_intensity: ArrayLike = ...) -> Floats:
        """Return the continuum dPhi/(dOmega dk) [cm-2 s-1 sr-1 MeV-1] at photon energies `k` [MeV]."""
        ...

    def direct_spectrum(self, k: ArrayLike, line_intensity: ArrayLike = ...) -> Floats:
        """Return the part of the continuum that comes from direct annihilation."""
        ...

    def photons(self, band: Band) -> BandPhotons:
        """Return the photons in `band` per 511 keV photon, by origin."""
        ...

    def band_factor(self, band: Band) -> float:
        """Return the photons in `band` per 511 keV photon."""
        ...

    def log_mean(self, band: Band, line_intensity: float = ...) -> float:
        """Return the mean over ln k of k^2 times the direct spectrum in a band [MeV cm-2 s-1 sr-1]."""
        ...

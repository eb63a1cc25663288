"""A cube of maps over photon energies, and the spectrum of a region: a number per energy times the map of the line.

Where the microphysics is uniform nothing is projected again. Where it varies (:mod:`skymodel.emission.nuggets.local`)
each energy has a product of its own, ``pair * local_spectrum_factor(...)``, and the maps differ in shape: a
:class:`VaryingCube`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from astropy import units
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.event.inputs import photon_energy
from skymodel.emission.event.origins import SpectralModel
from skymodel.emission.nuggets.anchor import Anchor
from skymodel.sky.skymap import SkyMap

PER_MEV = units.Unit("MeV-1")


@dataclass(frozen=True)
class EnergyCube:
    """Maps of the continuum at several photon energies, made one at a time.

    Parameters
    ----------
    line
        Map of the 511 keV line [cm-2 s-1 sr-1].
    energies
        Photon energies ``(n,)`` [MeV], increasing.
    factors
        Continuum over line ``(n,)`` [MeV-1].
    """

    line: SkyMap
    energies: Floats
    factors: Floats

    def __len__(self) -> int:
        """Return the number of energies."""
        return len(self.energies)

    def __getitem__(self, index: int) -> SkyMap:
        """Return the map of dPhi/(dOmega dk) [cm-2 s-1 sr-1 MeV-1] at one energy."""
        scaled: SkyMap = self.line * (float(self.factors[index]) * PER_MEV)
        energy = float(self.energies[index])
        meta = {key: value for key, value in self.line.meta.items() if key not in ("e_min", "e_max")}  # the line's own
        return replace(scaled, name=f"CONTINUUM_AT_{energy:g}_MEV", meta=meta | {"energy_mev": energy})

    def __iter__(self) -> Iterator[SkyMap]:
        """Yield the maps from the lowest energy to the highest."""
        return (self[index] for index in range(len(self)))

    def values(self) -> Floats:
        """Return all maps at once ``(n, 12 nside^2)``, for small cubes; masked pixels stay UNSEEN."""
        return np.stack([sky.values for sky in self])


@dataclass(frozen=True)
class VaryingCube:
    """Maps of the continuum at several photon energies, each of a shape of its own.

    Parameters
    ----------
    maps
        dPhi/(dOmega dk) [cm-2 s-1 sr-1 MeV-1] at each energy.
    energies
        Photon energies ``(n,)`` [MeV], increasing.
    """

    maps: tuple[SkyMap, ...]
    energies: Floats

    def __len__(self) -> int:
        """Return the number of energies."""
        return len(self.maps)

    def __getitem__(self, index: int) -> SkyMap:
        """Return the map at one energy."""
        return self.maps[index]

    def __iter__(self) -> Iterator[SkyMap]:
        """Yield the maps from the lowest energy to the highest."""
        return iter(self.maps)

    def values(self) -> Floats:
        """Return all maps at once ``(n, 12 nside^2)``."""
        return np.stack([sky.values for sky in self.maps])


def energy_cube(line: SkyMap, model: SpectralModel, energies: ArrayLike) -> EnergyCube:
    """Return the maps of the continuum at several photon energies.

    Parameters
    ----------
    line
        Map of the 511 keV line.
    model
        What is radiated per line photon.
    energies
        Photon energies ``(n,)`` [MeV], increasing.

    Examples
    --------
    >>> from skymodel.emission.nuggets.model import NuggetEmission
    >>> line = SkyMap(np.full(12, 0.025), 0.0, "cm-2 s-1 sr-1")
    >>> cube = energy_cube(line, NuggetEmission(), [1.0, 5.0])
    >>> len(cube), cube[1].name, f"{25 * cube[1].values[0]:.4e}"
    (2, 'CONTINUUM_AT_5_MEV', '1.7058e-02')
    """
    k = photon_energy(energies)
    if k.ndim != 1 or k.size == 0 or not (np.all(k > 0) and np.all(np.diff(k) > 0)):
        raise ValueError(f"energies = {np.asarray(energies).tolist()}; allowed: positive, increasing energies [MeV]")
    return EnergyCube(line, k, np.asarray(model.spectrum(k, 1.0)))


class Window(NamedTuple):
    """Mean of J in the region over that in the anchor's region, and its error."""

    value: float
    error: float = 0.0


PAPER_WINDOW = Window(1.0)  # the paper neglects that its two instruments look at different parts of the sky


class RegionSpectrum(NamedTuple):
    """A spectrum ``(n,)`` [cm-2 s-1 sr-1 MeV-1] and its error, one standard deviation."""

    value: Floats
    error: Floats


def region_spectrum(
    k: ArrayLike, model: SpectralModel, anchor: Anchor, window: Window = PAPER_WINDOW
) -> RegionSpectrum:
    """Return the continuum's mean over a region, with the errors of the anchor and of the window factor.

    Parameters
    ----------
    k
        Photon energy [MeV].
    model
        What is radiated per line photon.
    anchor
        The measured line intensity.
    window
        Mean of J in the region over that in the anchor's region; by default the paper's assumption, W = 1.

    Examples
    --------
    >>> from skymodel.emission.nuggets.model import NuggetEmission
    >>> found = region_spectrum(5.0, NuggetEmission(), Anchor(0.025, 0.0025), Window(0.38, 0.0))
    >>> print(f"{25 * found.value:.3e} +- {25 * found.error:.0e}")
    6.482e-03 +- 6e-04
    """
    value = window.value * model.spectrum(k, anchor.line_intensity)
    relative = np.hypot(anchor.line_intensity_error / anchor.line_intensity, window.error / window.value)
    return RegionSpectrum(value, value * relative)

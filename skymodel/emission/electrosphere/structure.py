r"""The electrosphere of a nugget (appendix A): positrons whose chemical potential falls with height.

.. math:: \mu(z) = \frac{\mu_0}{1 + z/z_0}, \qquad z_0 = \sqrt{3 \pi / 2 \alpha} / \mu_0

Heights z are in units of z_0 everywhere here. Electrons come in from z_max with speed v_e and are used up on the way
down. The paper averages eq. (6) over height, weighted with the electrons left (A.4); its normalisation is not printed,
here the weights are divided by their integral. :meth:`Electrosphere.photons_per_electron` is the closed version: what
one electron radiates on its way down, which conserves photons.

v_e decides the shape of the spectrum and the paper does not give it, so it has no default. Galactic electrons bound in
the bulk have 1e-3 c, those of an 8 keV plasma 0.22 c; above 0.3 c the electron's rest frame of eq. (1) is no longer
that of the nugget, and the results are extrapolations.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.electrosphere.extinction import THOMAS_FERMI, Extinction, exact_extinction, printed_extinction
from skymodel.emission.event.annihilation import event_rate_leading_log, photon_rate, threshold_energy
from skymodel.emission.event.bands import Band, band_photon_rate
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.event.inputs import above_mass, not_negative, photon_energy, positive, within
from skymodel.emission.nuggets.model import (
    PAPER_LINE_INTENSITY,
    direct_per_line_photon,
)


@dataclass(frozen=True)
class Electrosphere:
    """The positrons around a nugget, and the electrons that fall through them.

    Parameters
    ----------
    mu_0
        Chemical potential at the surface [MeV]; 60 in the paper's figure 1.
    z_max
        Height from which annihilation is counted [z_0], above 0; 30 in figure 1. There mu must exceed the electron
        mass.
    v_e
        Vertical speed of the electrons [c], above 0 and at most 1. Not given in the paper: there is no default.

    Examples
    --------
    >>> sphere = Electrosphere(mu_0=60, z_max=30, v_e=0.1)
    >>> print(f"{5.0**2 * sphere.continuum_intensity(5.0, chi=0.2):.3e}")
    2.518e-02
    """

    mu_0: float
    z_max: float
    v_e: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        object.__setattr__(self, "mu_0", float(above_mass(self.mu_0, "mu_0")))
        object.__setattr__(self, "z_max", float(positive(self.z_max, "z_max", "")))
        object.__setattr__(self, "v_e", float(positive(self.v_e, "v_e", "")))
        if self.v_e > 1:
            raise ValueError(f"v_e = {self.v_e}; allowed: 0 < v_e <= 1, in units of the speed of light")
        if self.lowest_mu <= ELECTRON_MASS:
            highest = self.mu_0 / ELECTRON_MASS - 1
            raise ValueError(
                f"z_max = {self.z_max} z_0: there mu = {self.lowest_mu:.4g} MeV is not above the electron mass; "
                f"allowed: z_max < {highest:.6g} for mu_0 = {self.mu_0} MeV"
            )

    @property
    def z_0(self) -> float:
        """Scale height in natural units [1/MeV]; times hbar c = 1.973e-11 MeV cm it is a length."""
        return float(THOMAS_FERMI / self.mu_0)

    @property
    def lowest_mu(self) -> float:
        """Chemical potential [MeV] at z_max."""
        return self.mu_0 / (1 + self.z_max)

    def mu(self, z: ArrayLike) -> Floats:
        """Return the chemical potential [MeV] at height `z` [z_0], eq. (A.1)."""
        return self.mu_0 / (1 + not_negative(z, "z"))

    def density(self, z: ArrayLike) -> Floats:
        """Return the number density of the positrons [MeV3] at height `z` [z_0], mu^3 / 3 pi^2 of (A.1)."""
        return self.mu(z) ** 3 / (3 * np.pi**2)

    def survival(self, z: ArrayLike, exact: bool = False) -> Floats:
        """Return the electrons left at height `z`, as a share of those at z_max.

        Parameters
        ----------
        z
            Height [z_0], 0 to z_max.
        exact
            Use the exact event rate; otherwise (A.3) as printed.
        """
        heights = within(z, "z", 0.0, self.z_max, "the height z_max in units of z_0")
        return np.asarray(np.exp(-self._extinction(exact).depth(self.mu(heights))))[()]

    def continuum_intensity(
        self, k: ArrayLike, *, chi: ArrayLike, line_intensity: ArrayLike = PAPER_LINE_INTENSITY
    ) -> Floats:
        """Return the paper's height average of eq. (6), (A.4) [cm-2 s-1 sr-1 MeV-1].

        Weighted with the printed survival (A.3) and divided by the integral of the weights.

        Parameters
        ----------
        k
            Photon energy [MeV].
        chi
            Direct annihilations per positronium formed, at least 0.
        line_intensity
            Intensity of the 511 keV line [cm-2 s-1 sr-1].
        """
        per_line = direct_per_line_photon(chi, 1.0, "paper")
        scale = per_line * not_negative(line_intensity, "line_intensity", "cm-2 s-1 sr-1")
        return scale * self.photons_per_event(k)

    def photons_per_event(self, k: ArrayLike) -> Floats:
        """Return the height average of eq. (4) over eq. (5), of which (A.4) is a multiple [MeV-1].

        Parameters
        ----------
        k
            Photon energy [MeV].
        """
        extinction = self._extinction(exact=False)
        photons = self._spectrum(extinction, photon_energy(k), lambda rate, mu: rate / event_rate_leading_log(mu))
        return photons / extinction.column

    def photons_per_electron(self, k: ArrayLike, exact: bool = True) -> Floats:
        """Return the photons [MeV-1] that one electron arriving at z_max radiates on its way to the surface.

        Its integral over k is twice the share of the electrons used up, if `exact`.

        Parameters
        ----------
        k
            Photon energy [MeV].
        exact
            Use up the electrons by the exact event rate; with (A.3) as printed photons are not conserved.
        """
        extinction = self._extinction(exact)
        return self._spectrum(extinction, photon_energy(k), lambda rate, mu: rate / self.v_e)

    def band_photons_per_event(self, band: Band, *, energy_power: int = 0) -> float:
        """Return the integral of :meth:`photons_per_event`, times k^energy_power, over a band [MeV^power].

        Parameters
        ----------
        band
            The energy band.
        energy_power
            0 counts photons, 1 sums their energies.
        """
        extinction = self._extinction(exact=False)
        total = self._band(extinction, band, lambda rate, mu: rate / event_rate_leading_log(mu), energy_power)
        return total / extinction.column

    def band_photons_per_electron(self, band: Band, exact: bool = True, *, energy_power: int = 0) -> float:
        """Return the integral of :meth:`photons_per_electron`, times k^energy_power, over a band [MeV^power].

        Parameters
        ----------
        band
            The energy band.
        exact
            As for :meth:`photons_per_electron`.
        energy_power
            0 counts photons, 1 sums their energies.
        """
        return self._band(self._extinction(exact), band, lambda rate, mu: rate / self.v_e, energy_power)

    def _band(self, extinction: Extinction, band: Band, weight: Any, energy_power: int) -> float:
        """Integrate weight(band photon rate, mu) over height, in panels cut where the band meets the spectrum."""
        edges = np.array([band.low, band.high])
        cuts = threshold_energy(edges)
        borders = np.unique(np.clip(np.append(cuts, [self.lowest_mu, self.mu_0]), self.lowest_mu, self.mu_0))
        branch = (cuts + ELECTRON_MASS - edges)[np.isfinite(cuts)]  # from a cut down to the logarithm's branch point

        def photons(mu: Floats) -> Floats:
            return np.asarray(weight(band_photon_rate(band.low, band.high, mu, energy_power=energy_power), mu))

        total = 0.0
        for start, stop in pairwise(borders):
            scale = np.min(np.append(branch, start - ELECTRON_MASS))
            total += float(extinction.over_heights(photons, np.asarray(start), scale, stop=float(stop)))
        return total

    def _extinction(self, exact: bool) -> Extinction:
        make = exact_extinction if exact else printed_extinction
        return make(self.lowest_mu, self.mu_0, self.v_e)

    def _spectrum(self, extinction: Extinction, k: Floats, weight: Any) -> Floats:
        """Integrate weight(photon rate, mu) over the heights at which a photon of energy `k` can be made."""
        possible = threshold_energy(k) < self.mu_0
        k = np.where(possible, k, ELECTRON_MASS)
        start = np.maximum(threshold_energy(k), self.lowest_mu)
        # below `start` lie the logarithm's branch point, mu = k - m, and mu = m, where the rate (5) vanishes
        scale = np.minimum(start + ELECTRON_MASS - k, start - ELECTRON_MASS)
        found = extinction.over_heights(lambda mu: weight(photon_rate(k[..., None], mu), mu), start, scale)
        return np.asarray(np.where(possible, found, 0.0))[()]

"""A profile of one's own: one class, one method; its fields are its configuration."""

from dataclasses import dataclass

from profiles import Spherical
from profiles.contract.density import Length, MassDensity


@dataclass(frozen=True)
class Plummer(Spherical):
    """Cored halo, rho_0 (1 + (r / a)^2)^(-5/2).

    Parameters
    ----------
    rho_0
        Central density [GeV cm-3].
    a
        Core radius [kpc].

    References
    ----------
    Plummer 1911, MNRAS 71, 460.
    """

    rho_0: MassDensity = 3.0
    a: Length = 6.0

    def radial(self, r):
        """Return the density at radius `r` [kpc]."""
        return self.rho_0 * (1 + (r / self.a) ** 2) ** -2.5

"""One profile, offered to skymodel through an entry point."""

from dataclasses import dataclass

from profiles.contract.density import Length, MassDensity, Spherical


@dataclass(frozen=True)
class Plummer(Spherical):
    """Plummer sphere, rho_0 / (1 + (r / a)^2)^(5/2).

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

    rho_0: MassDensity = 1.0
    a: Length = 1.0

    def radial(self, r):
        """Return the density at radius `r` [kpc]."""
        return self.rho_0 * (1 + (r / self.a) ** 2) ** -2.5

"""What meets the dark matter: baryons, electrons, protons [cm-3], each an explicit choice made from a density.

Lawson & Zhitnitsky (2007) print n_e ~ rho_B / m_p of all visible matter, and say that electrons of the interstellar
medium hit the nuggets. In the 6 deg circle 97 to 99.5 % of J is electrons inside stars, which meet no
nugget: two tracers, :data:`PRINTED` and :data:`INTERSTELLAR`, and every verdict says which one it is for.

Published electron densities (NE2001, YMW16, the hot halo) count free electrons already and need no conversion.
"""

from __future__ import annotations

from typing import Annotated

from astropy import constants

from profiles.contract.algebra import in_unit, scaled
from profiles.contract.density import Density
from profiles.contract.fields import MASS_DENSITY, NUMBER_DENSITY, Kind, Positive

PRINTED = "visible matter, as printed"  # n_e ~ rho_B / m_p, stars and all: section 4 of Lawson & Zhitnitsky (2007)
INTERSTELLAR = "interstellar electrons"  # "when electrons from the interstellar medium hit the nuggets", section 5
Fraction = Annotated[float, Kind("", above=0.0, below=1.0000000001)]
SOLAR_HYDROGEN = 0.7381  # mass fraction in the Sun's photosphere, Asplund et al. 2009
PROTON_GEV = float((constants.m_p * constants.c**2).to_value("GeV"))


def electrons(density: Density, per_baryon: Positive = 1.0) -> Density:
    """Return the electrons, bound and free, of a mass density: n_e = `per_baryon` rho / m_p.

    Parameters
    ----------
    density
        A mass density.
    per_baryon
        1 in Lawson & Zhitnitsky (2007); (1 + X) / 2 for hydrogen of mass fraction X and helium: 0.88 for X = 0.76.

    Examples
    --------
    >>> from profiles import ExponentialDisk
    >>> electrons(ExponentialDisk.from_mass(4e10), per_baryon=0.88).unit
    Unit("1 / cm3")
    """
    return density.electrons(per_baryon)


def baryons(density: Density) -> Density:
    """Return the baryons of a mass density, n_B = rho / m_p."""
    return density.electrons(1.0)


def protons(density: Density, hydrogen: Fraction = SOLAR_HYDROGEN) -> Density:
    """Return the hydrogen nuclei of a mass density, n_H = `hydrogen` rho / m_p."""
    return density.electrons(hydrogen)


def gas_mass(density: Density, hydrogen: Fraction = SOLAR_HYDROGEN) -> Density:
    """Return the mass density [GeV cm-3] of gas given by its hydrogen nuclei [cm-3]: rho = m_p n_H / `hydrogen`."""
    return scaled(in_unit(density, NUMBER_DENSITY), PROTON_GEV / hydrogen, MASS_DENSITY)

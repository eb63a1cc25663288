r"""Absolute normalisation: how many encounters there are, and the baryon number B that a measured line implies.

.. math:: I_{511} = \frac{\kappa Y f_A}{4 \pi B m_p c^2} \int \rho_{DM} n_e ds, \qquad \kappa = \pi R^2 v, \quad
          R = (3 B m_p / 4 \pi \rho_{nuc})^{1/3}

with Y line photons per encounter. The maps need none of this: the anchor replaces kappa, Y, f_A and B. What goes in
here is assumed, not measured; :meth:`Encounters.assumptions` lists it, to be printed beside any implied B.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.emission.event.constants import PROTON_GRAM, PROTON_MASS, SPEED_OF_LIGHT
from skymodel.emission.event.inputs import fraction, plain, positive
from skymodel.emission.event.positronium import photons_per_annihilation

J_UNIT = "kpc GeV cm-6"
_KPC_CM = 3.0856775814913673e21  # IAU 2012 and 2015


@dataclass(frozen=True)
class Encounters:
    """What is assumed about nuggets and electrons.

    Parameters
    ----------
    nuclear_density
        Mass density inside a nugget [g cm-3]; 3.5e14 in later nugget work (Sekatchev et al. 2025).
    speed
        Relative speed of electrons and nuggets [c]; 1e-3 is the virial speed of the Galaxy.
    antimatter_fraction
        Share of the dark matter in antimatter nuggets: 1 in the paper, 3/5 or 2/5 later.
    annihilation_probability
        Chance that an electron that meets the geometric cross-section annihilates.
    positronium_fraction
        Positronium fraction f of those that annihilate.
    """

    nuclear_density: float = 3.5e14
    speed: float = 1e-3
    antimatter_fraction: float = 1.0
    annihilation_probability: float = 1.0
    positronium_fraction: float = 1.0

    def __post_init__(self) -> None:
        """Turn Quantities into floats, check the ranges."""
        density = positive(self.nuclear_density, "nuclear_density", "g cm-3")
        object.__setattr__(self, "nuclear_density", float(density))
        speed = self.speed.to_value("km/s") * 1e5 / SPEED_OF_LIGHT if hasattr(self.speed, "to_value") else self.speed
        object.__setattr__(self, "speed", float(fraction(positive(speed, "speed"), "speed")))
        for name in ("antimatter_fraction", "annihilation_probability", "positronium_fraction"):
            object.__setattr__(self, name, float(fraction(getattr(self, name), name)))

    def radius(self, baryon_number: float) -> float:
        """Return the radius R [cm] of a nugget of `baryon_number`."""
        mass = float(positive(baryon_number, "baryon_number")) * PROTON_GRAM
        return float(np.cbrt(3 * mass / (4 * np.pi * self.nuclear_density)))

    def rate_coefficient(self, baryon_number: float) -> float:
        """Return kappa = pi R^2 v [cm3 s-1], geometric."""
        return float(np.pi * self.radius(baryon_number) ** 2 * self.speed * SPEED_OF_LIGHT)

    def line_intensity(self, j: Any, baryon_number: float) -> Floats:
        """Return the intensity of the 511 keV line [cm-2 s-1 sr-1].

        Parameters
        ----------
        j
            Line-of-sight integral of the dark matter's mass density times n_e [kpc GeV cm-6], or a Quantity.
        baryon_number
            B of every nugget.

        Examples
        --------
        >>> print(f"{Encounters().line_intensity(100.0, 1e25):.3e}")
        6.246e-05
        """
        line_photons = float(photons_per_annihilation(self.positronium_fraction).line) * self.annihilation_probability
        mass = baryon_number * PROTON_MASS / 1000  # GeV
        column = plain(j, J_UNIT, "J") * _KPC_CM / mass * self.antimatter_fraction  # n_DM n_e ds [cm-5]
        return np.asarray(self.rate_coefficient(baryon_number) * line_photons / (4 * np.pi) * column)[()]

    def implied_baryon_number(self, mean_j: Any, line_intensity: Any) -> float:
        """Return the B for which the mean of J gives the measured line; the intensity falls as B^(-1/3).

        Parameters
        ----------
        mean_j
            Mean of J over the anchor's region [kpc GeV cm-6], or a Quantity; above 0.
        line_intensity
            The anchor's intensity [cm-2 s-1 sr-1]; above 0.

        Examples
        --------
        >>> print(f"{Encounters().implied_baryon_number(100.0, 0.025):.2e}")
        1.56e+17
        """
        mean_j = positive(mean_j, "mean J", J_UNIT)
        target = float(positive(line_intensity, "line_intensity", "cm-2 s-1 sr-1"))
        return float((self.line_intensity(mean_j, 1.0) / target) ** 3)

    def assumptions(self) -> tuple[str, ...]:
        """Return what an implied B rests on, a line each."""
        values = tuple(f"{field.name} = {getattr(self, field.name):g}" for field in fields(self))
        forms = (
            "cross-section pi R^2 with R = (3 B m_p / 4 pi rho)^(1/3): no charge, no focusing",
            "one B for all nuggets",
            "every positron annihilates where its electron meets the nugget",
        )
        return values + forms

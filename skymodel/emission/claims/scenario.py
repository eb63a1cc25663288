"""What the claims are checked for: what the paper leaves open, and its parameters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.inputs import fraction, positive
from skymodel.emission.nuggets.encounters import Encounters
from skymodel.emission.nuggets.model import NuggetEmission


@dataclass(frozen=True)
class Scenario:
    """What the claims are checked for.

    Parameters
    ----------
    v_e
        Speed of the electrons [c]; the paper does not give it.
    window_factor
        Mean of J in COMPTEL's window over that in the circle of 6 deg, for interstellar electrons where they are known.
    containment
        Share of the line's flux that comes from the circle of 6 deg, 0 to 1.
    window_factors
        The window factor of other pairs of densities, to see how much it depends on them.
    mean_j, printed_mean_j
        Mean of J in the circle [kpc GeV cm-6], for interstellar electrons, and for all visible matter as printed;
        without the first nothing is said about B.
    mu, chi
        Of eq. (6).
    mu_0, z_max, sphere_chi
        Of the electrosphere, figure 1.
    encounters
        What the absolute normalisation assumes.

    Examples
    --------
    >>> from skymodel import Scenario
    >>> Scenario(v_e=0.3, window_factor=0.27, containment=0.5).v_e
    0.3
    """

    v_e: float
    window_factor: float
    containment: float
    window_factors: tuple[float, ...] = ()
    mean_j: float | None = None
    printed_mean_j: float | None = None
    mu: float = 20.0
    chi: float = 0.1
    mu_0: float = 60.0
    z_max: float = 30.0
    sphere_chi: float = 0.2
    encounters: Encounters = field(default_factory=Encounters)

    def __post_init__(self) -> None:
        """Check what no other object checks."""
        positive(np.array(self.all_window_factors), "window_factor")
        fraction(self.containment, "containment")
        self.electrosphere()
        NuggetEmission(mu=self.mu, chi=self.chi)

    @property
    def all_window_factors(self) -> tuple[float, ...]:
        """The model's window factor and those of other pairs."""
        return (self.window_factor, *self.window_factors)

    def sphere(self, v_e: float | None = None) -> Electrosphere:
        """Return the electrosphere, for the scenario's speed or another [c]."""
        return Electrosphere(self.mu_0, self.z_max, self.v_e if v_e is None else v_e)

    def electrosphere(self, v_e: float | None = None) -> ElectrosphereEmission:
        """Return what it radiates, counted as in the paper, for the scenario's speed or another [c]."""
        return ElectrosphereEmission(self.sphere(v_e), self.sphere_chi)

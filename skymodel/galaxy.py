"""A galaxy that shines: two densities, what their encounters radiate, and where it is seen from.

Lawson & Zhitnitsky (2007) let positronium and direct annihilation follow the same product n_DM n_e: then the ratio of
two bands over one region is a number of the spectrum alone. Give ``positronium`` or ``direct`` a density of its own,
and it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from profiles import Density
from profiles.contract.algebra import in_unit
from skymodel.emission.event.bands import Band
from skymodel.emission.event.origins import SpectralModel
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.sightlines.ray.geometry import Observer

DEFAULT_R_MAX = 60.0  # kpc, that of the preset `paper`


@dataclass(frozen=True)
class SkyModel:
    """A galaxy, what shines in it, and where it is seen from.

    Parameters
    ----------
    dark_matter, electrons
        The two densities whose product is the rate of encounters.
    emission
        What one encounter radiates.
    observer
        Where it is seen from.
    r_max, s_max
        Galactocentric radius or distance at which sight lines end [kpc]; by default r_max = 60.
    positronium
        What positronium (the line and its three-photon continuum) follows; by default the product of the two.
    direct
        What direct annihilation follows; by default the product of the two. Convertible to the product's unit.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
    >>> model = SkyModel(NFW(), ExponentialDisk())
    >>> str(model.pair.unit)
    'GeV / cm6'
    """

    dark_matter: Density
    electrons: Density
    emission: SpectralModel = field(default_factory=NuggetEmission)
    observer: Observer = field(default_factory=Observer)
    r_max: float | None = None
    s_max: float | None = None
    positronium: Density | None = None
    direct: Density | None = None

    def __post_init__(self) -> None:
        """Settle where sight lines end; refuse what is no density and densities of another dimension."""
        for name in ("dark_matter", "electrons"):
            if not isinstance(getattr(self, name), Density):
                raise TypeError(
                    f"SkyModel.{name} = {getattr(self, name)!r} is no density; it takes two, then the emission"
                )
        if self.r_max is None and self.s_max is None:
            object.__setattr__(self, "r_max", DEFAULT_R_MAX)
        for name in ("positronium", "direct"):
            density = getattr(self, name)
            if density is not None:
                object.__setattr__(self, name, in_unit(density, self.pair.unit))

    @property
    def pair(self) -> Density:
        """The product of the two densities."""
        return self.dark_matter * self.electrons

    @property
    def lines(self) -> dict[str, Any]:
        """Observer and end of the sight lines, as keywords of the integrating functions."""
        return {"observer": self.observer, "r_max": self.r_max, "s_max": self.s_max}

    @property
    def uniform(self) -> bool:
        """Whether all annihilation follows one density, so that band ratios in a region are those of the spectrum."""
        return self.positronium is self.direct

    def emissivity(self, band: Band) -> tuple[tuple[Density, float], ...]:
        """Return the densities that shine in a band, each with its photons per 511 keV photon."""
        photons = self.emission.photons(band)
        positronium, direct = float(photons.line + photons.ortho), float(photons.direct)
        if self.uniform:
            parts: tuple[tuple[Density, float], ...] = ((self.positronium or self.pair, positronium + direct),)
        else:
            parts = (self.positronium or self.pair, positronium), (self.direct or self.pair, direct)
        return tuple((density, factor) for density, factor in parts if factor > 0)

"""A galaxy that shines: two densities, what their encounters radiate, and where it is seen from.

Lawson & Zhitnitsky (2007) let positronium and direct annihilation follow the same product n_DM n_e: then the ratio of
two bands over one region is a number of the spectrum alone. Give ``positronium`` or ``direct`` a density of its own,
and it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from profiles import Density
from profiles.contract.algebra import in_unit
from profiles.contract.density import require_density
from profiles.contract.mapped import mapped
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.emission.event.origins import SpectralModel
from skymodel.emission.event.positronium import photons_per_annihilation
from skymodel.emission.nuggets.local import local_band_factor
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.sightlines.ray.geometry import Observer, as_observer

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
    local
        Fields that take the place of the emission's own `chi`, `mu` and `positronium_fraction`, for uniform nuggets.

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
    local: Mapping[str, Density] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Settle where sight lines end; refuse what is no density and densities of another dimension."""
        for name in ("dark_matter", "electrons"):
            require_density(getattr(self, name), f"SkyModel.{name} = ", "it takes two, then the emission")
        object.__setattr__(self, "observer", as_observer(self.observer))
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
        return self.positronium is self.direct and not self.local

    def emissivity(self, band: Band) -> tuple[tuple[Density, float], ...]:
        """Return the densities that shine in a band, each with its photons per 511 keV photon."""
        if self.local:
            return self._local_emissivity(band)
        photons = self.emission.photons(band)
        positronium, direct = float(photons.line + photons.ortho), float(photons.direct)
        if self.uniform:
            parts: tuple[tuple[Density, float], ...] = ((self.positronium or self.pair, positronium + direct),)
        else:
            parts = (self.positronium or self.pair, positronium), (self.direct or self.pair, direct)
        return tuple((density, factor) for density, factor in parts if factor > 0)

    def _local_emissivity(self, band: Band) -> tuple[tuple[Density, float], ...]:
        """Return the one density that shines in a band where the microphysics varies from place to place."""
        if not isinstance(self.emission, NuggetEmission) or self.positronium is not self.direct:
            raise ValueError(
                "fields of chi, f_ps and mu need uniform nuggets that one density makes shine; leave out the fields, "
                "or the emission's type"
            )
        line = self.positronium or self.pair
        if (share := self.local.get("positronium_fraction")) is not None:
            usual = float(photons_per_annihilation(self.emission.positronium_fraction).line)
            line = line * mapped(lambda f: photons_per_annihilation(f).line / usual, share)
        if band == LINE_511:
            return ((line, 1.0),)
        return ((line * local_band_factor(self.emission, band, **self.local), 1.0),)

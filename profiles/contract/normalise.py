"""Densities whose integral over all space is known, so that a mass fixes their amplitude."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, Self

from astropy import units

from profiles.contract.density import Density
from profiles.contract.fields import Mass, field_kinds, require_given


def amplitudes_of(cls: type[Density]) -> list[str]:
    """Return the names of the fields to which a density of this class is proportional."""
    return [name for name, kind in field_kinds(cls).items() if kind.amplitude]


@dataclass(frozen=True)
class Normalised(Density):
    """A density with a finite integral over all space: give it as `volume`."""

    @property
    @abstractmethod
    def volume(self) -> float:
        """The integral over all space divided by the amplitude [kpc3]."""

    @classmethod
    def from_mass(cls, mass: Mass, **shape: Any) -> Self:
        """Return the density, in GeV cm-3, whose integral over all space is `mass` [Msun].

        Parameters
        ----------
        mass
            Total mass [Msun].
        **shape
            The fields other than the amplitude; what is left out keeps its default.

        Examples
        --------
        >>> from profiles import HernquistBulge
        >>> HernquistBulge.from_mass(5e9, a=1.0).unit
        Unit("GeV / cm3")
        """
        require_given(cls.__name__, "mass", Mass, mass)
        (name,) = amplitudes_of(cls)
        volume = cls(**{name: 1.0}, **shape).volume * units.Unit("kpc3")
        return cls(**{name: units.Quantity(mass, "Msun") / volume}, **shape)

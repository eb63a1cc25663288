"""What a run asks before it integrates: a cache of the doors, or none.

Nothing is kept here; a cache that keeps files is :mod:`skymodel.output.files.cache`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from profiles import Density
from skymodel.sightlines.means import Ratio
from skymodel.sky.skymap import SkyMap

Ratios = Callable[[], tuple[Ratio, ...]]


class Cache(Protocol):
    """Returns integrals over a density, computing those that are not kept."""

    def map(self, density: Density, settings: Mapping[str, Any], compute: Callable[[], SkyMap]) -> SkyMap:
        """Return the map of J of a density.

        Parameters
        ----------
        density
            What is integrated.
        settings
            All else that the map depends on.
        compute
            Makes it.
        """
        ...

    def ratios(self, densities: Sequence[Density], settings: Mapping[str, Any], compute: Ratios) -> tuple[Ratio, ...]:
        """Return the ratios of the means of J over two regions, of densities that are looked at together.

        Parameters
        ----------
        densities
            What is integrated.
        settings, compute
            As for :meth:`map`.
        """
        ...


class Remembered:
    """A cache in front of another: what one run asks for twice, as means over the two windows, is computed once.

    Parameters
    ----------
    behind
        Asked for what is not held.
    """

    def __init__(self, behind: Cache) -> None:
        self._behind = behind
        self._ratios: list[tuple[list[Density], dict[str, Any], tuple[Ratio, ...]]] = []

    def map(self, density: Density, settings: Mapping[str, Any], compute: Callable[[], SkyMap]) -> SkyMap:
        """Ask for the map, which is asked for once."""
        return self._behind.map(density, settings, compute)

    def ratios(self, densities: Sequence[Density], settings: Mapping[str, Any], compute: Ratios) -> tuple[Ratio, ...]:
        """Return the ratios of two means, held since they were first asked for."""
        for known, how, held in self._ratios:
            if how == settings and known == list(densities):
                return held
        found = self._behind.ratios(densities, settings, compute)
        self._ratios.append((list(densities), dict(settings), found))
        return found


class NothingKept:
    """A cache that computes each time."""

    def map(self, density: Density, settings: Mapping[str, Any], compute: Callable[[], SkyMap]) -> SkyMap:
        """Compute the map."""
        return compute()

    def ratios(self, densities: Sequence[Density], settings: Mapping[str, Any], compute: Ratios) -> tuple[Ratio, ...]:
        """Compute the ratios."""
        return compute()

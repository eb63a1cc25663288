"""What a run asks before it integrates: a cache of the doors, or none.

Nothing is kept here; a cache that keeps files is :mod:`skymodel.output.files.cache`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from profiles import Density
from skymodel.sightlines.means import Ratio
from skymodel.sky.skymap import SkyMap


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

    def ratio(self, density: Density, settings: Mapping[str, Any], compute: Callable[[], Ratio]) -> Ratio:
        """Return the ratio of the means of J over two regions.

        Parameters
        ----------
        density, settings, compute
            As for :meth:`map`.
        """
        ...


class NothingKept:
    """A cache that computes each time."""

    def map(self, density: Density, settings: Mapping[str, Any], compute: Callable[[], SkyMap]) -> SkyMap:
        """Compute the map."""
        return compute()

    def ratio(self, density: Density, settings: Mapping[str, Any], compute: Callable[[], Ratio]) -> Ratio:
        """Compute the ratio."""
        return compute()

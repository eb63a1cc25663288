"""What a run asks before it computes a map of J: a cache of the doors, or none.

Nothing is kept here; a cache that keeps files is :mod:`skymodel.output.files.cache`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from profiles import Density
from skymodel.sky.skymap import SkyMap


class Cache(Protocol):
    """Returns the map of a density, computing it where it is not kept."""

    def __call__(self, density: Density, settings: Mapping[str, Any], compute: Callable[[], SkyMap]) -> SkyMap:
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


def nothing_kept(density: Density, settings: Mapping[str, Any], compute: Callable[[], SkyMap]) -> SkyMap:
    """Compute the map each time."""
    return compute()

"""A grid whose axes are not the Galaxy's, as FITS files have them by PC or CD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Density, Hints

Row = tuple[float, float, float]


@dataclass(frozen=True)
class TurnedGrid(Density):
    """A density given along axes of its own.

    Parameters
    ----------
    density
        The density in its own axes.
    axes
        The unit vectors of these in the Galaxy, each ``(3,)``, at right angles.
    """

    density: Density
    axes: tuple[Row, Row, Row]

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        xp = array_namespace(x, y, z)
        x, y, z = (xp.asarray(place) for place in (x, y, z))
        return self.density(*(a * x + b * y + c * z for a, b, c in self.axes))

    @property
    def smooth(self) -> bool | None:
        """As the density."""
        return self.density.smooth

    @property
    def hints(self) -> Hints:
        """The spheres and the turned faces of the density."""
        own, turn = self.density.hints, np.array(self.axes)
        return Hints(spheres=own.spheres, meshes=tuple(mesh.turned(turn) for mesh in own.meshes))

    def to_spec(self) -> dict[str, Any]:
        """Return the configuration of the density: its file says how it is turned."""
        return self.density.to_spec()  # type: ignore[attr-defined,no-any-return]  # a grid's

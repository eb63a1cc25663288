"""The faces between which a tabulated density is one polynomial: what a cube tells the engine about itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from profiles.contract.arrays import Floats


@dataclass(frozen=True, eq=False)
class Mesh:
    """Three families of parallel planes, on which a density bends.

    Parameters
    ----------
    axes
        Where the planes lie along each axis of the body, rising [kpc].
    hollow
        Whether the density is zero outside the outermost planes.
    turn
        Matrix ``(3, 3)`` from Galactocentric axes to those of the body.
    origin
        Galactocentric place ``(3,)`` [kpc] of the body's origin.
    """

    axes: tuple[Floats, Floats, Floats]
    hollow: bool = False
    turn: Floats = field(default_factory=lambda: np.eye(3))
    origin: Floats = field(default_factory=lambda: np.zeros(3))

    @property
    def reaches(self) -> tuple[float, ...]:
        """Distances of the outermost planes from the body's origin, rising [kpc]."""
        return tuple(sorted({abs(float(end)) for axis in self.axes for end in axis[[0, -1]] if end}))

    def turned(self, turn: Floats) -> Mesh:
        """Return the mesh of a body seen by a density that first multiplies its places by `turn` ``(3, 3)``."""
        return replace(self, turn=self.turn @ turn, origin=turn.T @ self.origin)

    def moved(self, by: Floats) -> Mesh:
        """Return the mesh moved `by` ``(3,)`` [kpc]."""
        return replace(self, origin=self.origin + by)

"""Where the observer stands and how a sight line runs through the Galaxy.

The Galactic centre lies at lon = lat = 0 exactly, at distance ``r_sun``. The Galactocentric axes are tilted by
asin(z_sun / r_sun), as astropy's: the Sun is at (-sqrt(r_sun^2 - z_sun^2), 0, z_sun), y points to lon = 90 deg.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Observer:
    """The place the sky is seen from.

    Parameters
    ----------
    r_sun
        Distance to the Galactic centre [kpc].
    z_sun
        Height above the Galactic plane [kpc].

    Examples
    --------
    >>> Observer(r_sun=8.2, z_sun=0.0).position
    array([-8.2,  0. ,  0. ])
    """

    r_sun: float = 8.2
    z_sun: float = 0.0

    def __post_init__(self) -> None:
        """Convert Quantities and check the place."""
        for name in ("r_sun", "z_sun"):
            value: Any = getattr(self, name)
            object.__setattr__(self, name, float(value.to_value("kpc") if hasattr(value, "to_value") else value))
        if not (math.isfinite(self.r_sun) and self.r_sun > 0):
            raise ValueError(f"Observer.r_sun = {self.r_sun} kpc; allowed: a finite distance > 0")
        if not abs(self.z_sun) < self.r_sun:
            raise ValueError(f"Observer.z_sun = {self.z_sun} kpc; allowed: |z_sun| < r_sun = {self.r_sun} kpc")

    @property
    def position(self) -> NDArray[np.float64]:
        """Galactocentric position ``(3,)`` [kpc]."""
        return np.array([-math.sqrt(self.r_sun**2 - self.z_sun**2), 0.0, self.z_sun])

    @property
    def rotation(self) -> NDArray[np.float64]:
        """Matrix ``(3, 3)`` that turns Galactic unit vectors into Galactocentric ones."""
        sine = self.z_sun / self.r_sun
        cosine = math.sqrt(1 - sine**2)
        return np.array([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])


def unit_vectors(lon: Any, lat: Any) -> NDArray[np.float64]:
    """Return Galactic unit vectors ``(..., 3)`` of directions [deg]."""
    lon, lat = np.broadcast_arrays(np.radians(lon), np.radians(lat))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)

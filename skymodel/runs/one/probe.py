"""A first look at a density before it is integrated, so that what is wrong with it is said in the user's words.

The engine checks every value it meets as well; this names the field of the configuration and the place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from profiles import Density

_COUNT = 60


def require_density(name: str, density: Density, scale: float) -> None:
    """Raise ValueError unless a density returns finite numbers >= 0 of the shape it is called with.

    Parameters
    ----------
    name
        What the configuration calls it.
    density
        Called at 60 places spread over directions and over radii 0.001 to 10 times `scale`.
    scale
        A length [kpc].
    """
    index = np.arange(_COUNT) + 0.5
    radius, cosine = scale * 10.0 ** (4 * index / _COUNT - 3), 1 - 2 * ((index * 0.618034) % 1)
    azimuth, sine = 2.4 * index, np.sqrt(1 - cosine**2)
    places = radius * np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])
    values = _called(name, density, places)
    if values.shape != index.shape or values.dtype.kind not in "fiu":
        raise ValueError(
            f"{name} returned {values.dtype} of shape {values.shape} for coordinates of shape {index.shape}; "
            "a density returns one real number for each place it is called with"
        )
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        where = ", ".join(f"{coordinate:.4g}" for coordinate in places[:, bad[0]])
        raise ValueError(
            f"{name} is {values[bad[0]]:.6g} at (x, y, z) = ({where}) kpc; a density is finite and >= 0 everywhere"
        )


def _called(name: str, density: Density, places: Any) -> Any:
    try:
        with np.errstate(all="ignore"):
            return np.asarray(density(*places))
    except Exception as error:  # a user's own function may raise anything
        raise ValueError(
            f"{name} raised {type(error).__name__} ({error}); it is called with arrays x, y, z [kpc] of one shape"
        ) from error

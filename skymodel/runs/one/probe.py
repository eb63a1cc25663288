"""A first look at a density before it is integrated, so that what is wrong with it is said in the user's words.

The engine checks every value it meets as well; this names the field of the configuration and the place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from profiles import Density
from profiles.contract.unknown import Unknown

if TYPE_CHECKING:
    from skymodel.runs.config.model import RunConfig

_COUNT = 54
_ENDS = np.concatenate([np.eye(3), -np.eye(3)], axis=1)  # where a table that is too short is missed the most


def require_densities(config: RunConfig) -> None:
    """Raise ValueError unless both densities of a configuration can be asked wherever its sight lines go."""
    path, here = config.path, config.observer.build().position
    reach, start = path.r_max or path.s_max or 0.0, here * (path.s_max is not None)
    for name in ("dark_matter", "electrons"):
        require_sound(name, getattr(config, name), reach, start)


def require_sound(name: str, density: Density, reach: float, start: ArrayLike = (0.0, 0.0, 0.0)) -> None:
    """Raise ValueError unless a density returns finite numbers >= 0 of the shape it is called with.

    Parameters
    ----------
    name
        What the configuration calls it.
    density
        Called at 54 places spread over directions from `start` and over distances up to `reach`, and at 6 just within.
    reach, start
        A length and a place [kpc].
    """
    index = np.arange(_COUNT) + 0.5
    radius, cosine = reach * 10.0 ** (4 * index / _COUNT - 4), 1 - 2 * ((index * 0.618034) % 1)
    azimuth, sine = 2.4 * index, np.sqrt(1 - cosine**2)
    spread = radius * np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])
    places = np.asarray(start)[:, None] + np.concatenate([spread, (1 - 1e-12) * reach * _ENDS], axis=1)
    values = _called(name, density, places)
    if values.shape != places.shape[1:] or values.dtype.kind not in "fiu":
        raise ValueError(
            f"{name} returned {values.dtype} of shape {values.shape} for coordinates of shape {places.shape[1:]}; "
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
    except Unknown as error:
        raise ValueError(f"{name}: {error}") from error
    except Exception as error:  # a user's own function may raise anything
        raise ValueError(
            f"{name} raised {type(error).__name__} ({error}); it is called with arrays x, y, z [kpc] of one shape"
        ) from error

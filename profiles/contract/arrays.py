"""The array library of some coordinates: NumPy, JAX or another of the array API; NumPy for plain numbers."""

from __future__ import annotations

from numbers import Real
from typing import Any

import array_api_compat
import array_api_compat.numpy as plain
import numpy as np


def array_namespace(*coordinates: Any) -> Any:
    """Return the namespace whose functions act on these coordinates.

    Examples
    --------
    >>> array_namespace(8.2, 0.0).__name__
    'array_api_compat.numpy'
    """
    if all(type(coordinate) is np.ndarray or isinstance(coordinate, Real) for coordinate in coordinates):
        return plain
    return array_api_compat.array_namespace(*coordinates)

"""What an array is here: the names of the NumPy kinds, and the array library that some coordinates come from.

Every annotation of an array takes its name from this module, so that a kind has one name in the house. So does every
stated error its rounding floor.
"""

from __future__ import annotations

import importlib
from numbers import Real
from typing import Any

import array_api_compat
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
Rows = NDArray[np.void]  # a table: one record a row

# NumPy keeps to the array API itself since 2.1; its wrapper loads f2py and testing, a tenth of the time to start.
_NUMPY: Any = np if hasattr(np, "astype") else importlib.import_module("array_api_compat.numpy")

# The share of a sum of positive numbers that double precision may cost, and so the least error that is stated: adding n
# terms pairwise costs up to log2(n) eps, 20 for a million, and exponentials and powers a few eps in each term.
ROUNDING = 64 * float(np.finfo(float).eps)


def array_namespace(*coordinates: Any) -> Any:
    """Return the namespace whose functions act on these coordinates.

    Raises
    ------
    TypeError
        If they carry a unit.

    Examples
    --------
    >>> float(array_namespace(8.2, 0.0).sqrt(4.0))
    2.0
    """
    if all(type(coordinate) is np.ndarray or isinstance(coordinate, Real) for coordinate in coordinates):
        return _NUMPY
    if any(hasattr(coordinate, "unit") for coordinate in coordinates):
        raise TypeError("a density is called with plain numbers [kpc]; density.at(x, y, z) takes Quantities")
    return array_api_compat.array_namespace(*coordinates)

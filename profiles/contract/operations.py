"""What can be done with a density, by the kind of its partner; algebra and mass fill these in."""

from __future__ import annotations

import functools
from typing import Any


@functools.singledispatch
def mass_within(density: Any, r: Any, rtol: float | None) -> Any:
    """Return what a density holds within radii; :mod:`profiles.mass` says how."""
    raise TypeError(f"{density!r} is no density")


@functools.singledispatch
def times(factor: Any, density: Any) -> Any:
    """Return a density times a factor; :mod:`profiles.contract.algebra` says how, for each kind of factor."""
    raise TypeError(f"a density times {factor!r}; allowed: a density, a number, a Quantity")


@functools.singledispatch
def plus(other: Any, density: Any) -> Any:
    """Return the sum of two densities; :mod:`profiles.contract.algebra` says how."""
    raise TypeError(f"a density plus {other!r}; allowed: a density")

"""Densities that fill the Galaxy: dark matter, stars, gas, electrons, and the user's own."""

from profiles.density import (
    Axisymmetric,
    Density,
    Hints,
    Product,
    Scaled,
    Spherical,
    Sum,
    from_function,
)

__all__ = [
    "Axisymmetric",
    "Density",
    "Hints",
    "Product",
    "Scaled",
    "Spherical",
    "Sum",
    "from_function",
]

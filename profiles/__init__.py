"""Densities that fill the Galaxy: dark matter, stars, gas, electrons, and the user's own.

``from profiles import NFW, ExponentialDisk`` gives the forms; ``profiles.library`` finds them by name, builds them
from a configuration and knows the published models.
"""

from profiles.bulges import GaussianBulge, HernquistBulge, PowerLawBulge, PowerLawSphere
from profiles.density import Axisymmetric, Density, Hints, Product, Scaled, Spherical, Sum, from_function
from profiles.disks import ExponentialDisk, HoledDisk
from profiles.halos import NFW, Burkert, Einasto, GeneralizedNFW, Halo, Isothermal, Moore, Zhao

__all__ = [
    "NFW",
    "Axisymmetric",
    "Burkert",
    "Density",
    "Einasto",
    "ExponentialDisk",
    "GaussianBulge",
    "GeneralizedNFW",
    "Halo",
    "HernquistBulge",
    "Hints",
    "HoledDisk",
    "Isothermal",
    "Moore",
    "PowerLawBulge",
    "PowerLawSphere",
    "Product",
    "Scaled",
    "Spherical",
    "Sum",
    "Zhao",
    "from_function",
]

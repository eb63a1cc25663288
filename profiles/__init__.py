"""Densities that fill the Galaxy: dark matter, stars, gas, electrons, and the user's own.

``from profiles import NFW, ExponentialDisk`` gives the forms; ``profiles.library`` finds them by name, builds them
from a configuration and knows the published models.
"""

from profiles.adapters import from_agama, from_gala, from_galpy
from profiles.algebra import Product, Scaled, Sum
from profiles.bars import DwekBar, FreudenreichBar, StanekBar
from profiles.bulges import GaussianBulge, HernquistBulge, PowerLawBulge, PowerLawSphere
from profiles.cores import CentralSpike, CoredNFW, contracted
from profiles.density import Axisymmetric, Density, Hints, Spherical
from profiles.disks import ExponentialDisk, HoledDisk, MiyamotoNagaiDisk, Sech2Disk
from profiles.ferriere import CentralMolecularZone, HotGas, TiltedHoledDisk
from profiles.functions import from_function
from profiles.gas import BetaModel, CosineDisk, Ellipsoid, GaussianCloud, GaussianRing, PowerLawHalo
from profiles.grids import Grid
from profiles.halos import NFW, Burkert, Einasto, GeneralizedNFW, Halo, Isothermal, Moore, Zhao
from profiles.mass import enclosed_mass, with_mass
from profiles.nuclear import ChatzopoulosCluster, LaunhardtCluster, LaunhardtDisk, StretchedSpheroid
from profiles.peanut import LongBar, PeanutBar
from profiles.shapes import Flattened, Rotated, Shifted, Triaxial
from profiles.tabulated import RadialTable
from profiles.ymw16 import CentralCloud, FlaringRing, PlateauDisk

__all__ = [
    "NFW",
    "Axisymmetric",
    "BetaModel",
    "Burkert",
    "CentralCloud",
    "CentralMolecularZone",
    "CentralSpike",
    "ChatzopoulosCluster",
    "CoredNFW",
    "CosineDisk",
    "Density",
    "DwekBar",
    "Einasto",
    "Ellipsoid",
    "ExponentialDisk",
    "FlaringRing",
    "Flattened",
    "FreudenreichBar",
    "GaussianBulge",
    "GaussianCloud",
    "GaussianRing",
    "GeneralizedNFW",
    "Grid",
    "Halo",
    "HernquistBulge",
    "Hints",
    "HoledDisk",
    "HotGas",
    "Isothermal",
    "LaunhardtCluster",
    "LaunhardtDisk",
    "LongBar",
    "MiyamotoNagaiDisk",
    "Moore",
    "PeanutBar",
    "PlateauDisk",
    "PowerLawBulge",
    "PowerLawHalo",
    "PowerLawSphere",
    "Product",
    "RadialTable",
    "Rotated",
    "Scaled",
    "Sech2Disk",
    "Shifted",
    "Spherical",
    "StanekBar",
    "StretchedSpheroid",
    "Sum",
    "TiltedHoledDisk",
    "Triaxial",
    "Zhao",
    "contracted",
    "enclosed_mass",
    "from_agama",
    "from_function",
    "from_gala",
    "from_galpy",
    "with_mass",
]

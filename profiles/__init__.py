"""Densities that fill the Galaxy: dark matter, stars, gas, electrons, and the user's own.

``from profiles import NFW, ExponentialDisk`` gives the forms; ``profiles.library`` finds them by name, builds them
from a configuration and knows the published models.
"""

from profiles.adapters import from_agama, from_gala, from_galpy
from profiles.contract.algebra import Product, Scaled, Sum
from profiles.contract.density import Axisymmetric, Density, Hints, Spherical
from profiles.contract.functions import from_function
from profiles.forms import masses  # noqa: F401  # they register themselves
from profiles.forms.bars import DwekBar, FreudenreichBar, StanekBar
from profiles.forms.bulges import GaussianBulge, HernquistBulge, PowerLawBulge, PowerLawSphere
from profiles.forms.cores import CentralSpike, CoredNFW, contracted
from profiles.forms.disks import ExponentialDisk, HoledDisk, MiyamotoNagaiDisk, Sech2Disk
from profiles.forms.ferriere import CentralMolecularZone, HotGas, TiltedHoledDisk
from profiles.forms.gas import BetaModel, CosineDisk, Ellipsoid, GaussianCloud, GaussianRing, PowerLawHalo
from profiles.forms.halo import Halo
from profiles.forms.halos import NFW, Burkert, Einasto, GeneralizedNFW, Isothermal, Moore, Zhao
from profiles.forms.nuclear import ChatzopoulosCluster, LaunhardtCluster, LaunhardtDisk, StretchedSpheroid
from profiles.forms.peanut import LongBar, PeanutBar
from profiles.forms.shapes import Flattened, Rotated, Shifted, Triaxial
from profiles.forms.ymw16 import CentralCloud, FlaringRing, PlateauDisk
from profiles.mass import enclosed_mass, with_mass
from profiles.tables.cubes import Grid
from profiles.tables.radial import RadialTable

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

"""What a hot centre does to the ratio claim: the electrons' speed follows a temperature, morphology follows energy.

An illustration, not a fit: electrons of 8 keV in the inner half kiloparsec, of 8000 K elsewhere, around the densities
of the preset ``paper``. The speed decides how deep electrons get into the electrosphere, so each band follows its own
product of densities. ``python scripts/varying_microphysics.py`` prints the window factor of each band.
"""

from __future__ import annotations

import argparse

import numpy as np

from profiles import Density, from_function
from profiles.contract.mapped import mapped
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.speed import local_speed_factor, thermal_speed
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.bands import Band
from skymodel.runs.config.model import load_config
from skymodel.sightlines.means import window_factor

HOT, WARM, RADIUS = 8.0, 6.9e-4, 0.5  # keV, keV (8000 K), kpc
BANDS = (Band("1-3 MeV", 1, 3), Band("3-10 MeV", 3, 10), Band("10-30 MeV", 10, 30))
MODEL = ElectrosphereEmission(Electrosphere(mu_0=60, z_max=30, v_e=1.0), chi=0.2)  # its speed is replaced


def temperature() -> Density:
    """Return the electrons' temperature [keV] as a density without a unit."""
    return from_function(
        lambda x, y, z: WARM + HOT * np.exp(-(x**2 + y**2 + z**2) / RADIUS**2), unit="", symmetry="spherical"
    )


def main() -> None:
    """Print a line for the 511 keV line and for each band."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    config = load_config("paper")
    pair = config.dark_matter * config.electrons
    lines = {"observer": config.observer.build(), "r_max": config.path.r_max, "rtol": 1e-4}
    line = window_factor(pair, **lines)
    print(f"{'band':>10}   W (box / circle)   photons per line photon: circle, box")
    print(f"{'511 keV':>10}   {line.value:.4f} +- {line.error:.0e}   1, 1")
    speed = mapped(thermal_speed, temperature())
    for band in BANDS:
        found = window_factor(pair * local_speed_factor(MODEL, band, speed), **lines)
        circle = found.denominator.value / line.denominator.value
        box = found.numerator.value / line.numerator.value
        print(f"{band.name:>10}   {found.value:.4f} +- {found.error:.0e}   {circle:.3g}, {box:.3g}")


if __name__ == "__main__":
    main()

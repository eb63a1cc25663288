"""Electrons whose speed varies over the Galaxy: how they change what an electrosphere radiates, place by place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from profiles.contract.density import Density
from profiles.contract.mapped import mapped
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.event.bands import Band
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.event.inputs import positive, within
from skymodel.emission.nuggets.local import require_units

SPEEDS = (1e-4, 1.0)  # of electrons, in units of c


def local_speed_factor(model: ElectrosphereEmission, band: Band, v_e: Density) -> Density:
    """Return the photons of `band` per 511 keV photon where the electrons' speed varies, as a density without a unit.

    Parameters
    ----------
    model
        An electrosphere; its own v_e is not used.
    band
        The energy band.
    v_e
        Vertical speed of the electrons [c] without a unit, from 1e-4 to 1: for example from a gas temperature or a
        velocity dispersion, see :func:`thermal_speed`.

    Notes
    -----
    The factor is tabulated at 193 speeds and interpolated between, to 1e-6 of the largest (test).
    """
    require_units({"v_e": v_e})
    speeds = np.geomspace(*SPEEDS, 193)
    table = [replace(model, sphere=replace(model.sphere, v_e=float(speed))).band_factor(band) for speed in speeds]

    def photons(speed: Any) -> Any:
        from scipy.interpolate import PchipInterpolator

        checked = within(speed, "v_e", *SPEEDS, "in units of the speed of light")
        return PchipInterpolator(np.log(speeds), table)(np.log(checked))

    return mapped(photons, v_e)


def thermal_speed(temperature_kev: ArrayLike) -> Floats:
    """Return the root mean square speed [c] of electrons of a temperature [keV], sqrt(3 kT / m); 0.22 at 8 keV.

    Parameters
    ----------
    temperature_kev
        Temperature of the electrons [keV], above 0.

    Examples
    --------
    >>> print(f"{thermal_speed(8.0):.3f}")
    0.217
    """
    return np.sqrt(3 * positive(temperature_kev, "temperature", "keV") / (1000 * ELECTRON_MASS))

"""How flat the spectrum of an electrosphere is, and which speed of the electrons makes it so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skymodel.emission.anchor import PAPER_INTENSITY
from skymodel.emission.electrosphere import Electrosphere
from skymodel.emission.inputs import FloatArray


def k2_flux(sphere: Electrosphere, k: FloatArray, chi: float) -> FloatArray:
    """Return k^2 Phi of (A.4) with the paper's anchor [MeV cm-2 s-1 sr-1].

    Parameters
    ----------
    sphere
        The electrosphere.
    k
        Photon energies [MeV].
    chi
        Direct annihilations per positronium formed.
    """
    return np.asarray(k**2 * sphere.continuum_intensity(k, chi=chi, line_intensity=PAPER_INTENSITY))


def flatness(sphere: Electrosphere, low: float = 2.0, high: float = 20.0) -> float:
    """Return the largest over the smallest k^2 Phi between two energies [MeV], by default a decade; 1 is flat.

    Parameters
    ----------
    sphere
        The electrosphere.
    low, high
        The energies.
    """
    values = k2_flux(sphere, np.geomspace(low, high, 201), 1.0)
    return float(values.max() / values.min()) if values.min() > 0 else float("inf")


def speed_of_flatness(sphere: Electrosphere, target: float = 2.0) -> float:
    """Return the least v_e [c] for which k^2 Phi is flat within `target` from 2 to 20 MeV; infinite if none is.

    Parameters
    ----------
    sphere
        The electrosphere; its own v_e is not used.
    target
        Largest over smallest.
    """
    from scipy.optimize import brentq

    def excess(log_v: float) -> float:
        return float(np.log(flatness(replace(sphere, v_e=float(np.exp(log_v)))) / target))

    start, stop = np.log(0.01), 0.0
    if excess(stop) > 0:
        return float("inf")
    return float(np.exp(brentq(excess, start, stop, xtol=1e-6))) if excess(start) > 0 else 0.01

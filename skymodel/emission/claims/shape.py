"""How flat the spectrum of an electrosphere is, and which speed of the electrons makes it so."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission

DECADE = (2.0, 20.0)  # MeV, "an order of magnitude in energy" above the few MeV where the paper is unreliable


def k2_flux(model: ElectrosphereEmission, low: float, high: float) -> Floats:
    """Return k^2 Phi [MeV cm-2 s-1 sr-1] at 201 energies from `low` to `high` [MeV], even in ln k.

    Parameters
    ----------
    model
        The electrosphere and how its photons are counted.
    low, high
        The energies.
    """
    k = np.geomspace(low, high, 201)
    return np.asarray(k**2 * model.direct_spectrum(k))


def flatness(model: ElectrosphereEmission) -> float:
    """Return the largest over the smallest k^2 Phi from 2 to 20 MeV; 1 is flat, infinite if it reaches zero.

    Parameters
    ----------
    model
        The electrosphere and how its photons are counted.

    Examples
    --------
    >>> from skymodel.emission.electrosphere.structure import Electrosphere
    >>> print(f"{flatness(ElectrosphereEmission(Electrosphere(60, 30, v_e=0.3))):.2f}")
    2.02
    """
    values = k2_flux(model, *DECADE)
    return float(values.max() / values.min()) if values.min() > 0 else float("inf")


@lru_cache(maxsize=64)  # a model is frozen, and every run asks for the paper's
def speed_of_flatness(model: ElectrosphereEmission, target: float = 2.0) -> float:
    """Return the least v_e [c], from 0.01 up, for which k^2 Phi is flat within `target`; infinite if none is.

    It is rounded up by a few parts in a million, so that the spectrum is within the target.

    Parameters
    ----------
    model
        The electrosphere and how its photons are counted, as in (A.4); its own v_e is not used.
    target
        Largest over smallest.
    """
    from scipy.optimize import brentq

    def excess(log_v: float) -> float:
        return float(np.log(flatness(replace(model, sphere=replace(model.sphere, v_e=float(np.exp(log_v))))) / target))

    start, stop = np.log(0.01), 0.0
    if excess(stop) > 0:
        return float("inf")
    return float(np.exp(brentq(excess, start, stop, xtol=1e-6) + 3e-6)) if excess(start) > 0 else 0.01


@lru_cache(maxsize=64)
def flattest_speed(model: ElectrosphereEmission) -> tuple[float, float]:
    """Return the speed [c] from 1e-3 to 1 at which k^2 Phi is flattest, and its largest over smallest there.

    The lowest point of a coarse grid is followed downhill: a grid alone misses the minimum by as much as it is wide.

    Parameters
    ----------
    model
        The electrosphere and how its photons are counted; its own v_e is not used.

    Examples
    --------
    >>> from skymodel.emission.electrosphere.structure import Electrosphere
    >>> closed = ElectrosphereEmission(Electrosphere(60, 30, v_e=0.1), convention="consistent")
    >>> print("{:.5f} {:.3f}".format(*flattest_speed(closed)))
    0.00734 2.616
    """
    from scipy.optimize import minimize_scalar

    def spread(log_v: float) -> float:
        return flatness(replace(model, sphere=replace(model.sphere, v_e=float(np.exp(log_v)))))

    grid = np.log(np.geomspace(1e-3, 1.0, 31))
    lowest = int(np.argmin([spread(log_v) for log_v in grid]))
    around = grid[max(lowest - 1, 0)], grid[min(lowest + 1, grid.size - 1)]
    found = minimize_scalar(spread, bounds=around, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x)), float(found.fun)

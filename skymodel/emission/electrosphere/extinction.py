r"""How many electrons are left at a height of the electrosphere where the positrons' chemical potential is mu.

With mu(z) = c / (z + z_0), c = sqrt(3 pi / 2 alpha), the optical depth from the upper edge, where mu is `lowest`, is

.. math:: \tau(\mu) = \frac{c}{v_e} \int_{lowest}^{\mu} \frac{dI/dt(\mu')}{\mu'^2} d\mu'

(from A.2). :func:`printed_extinction` is A.3: the leading logarithm (5) for the rate, with ln(mu_0/m) taken out of the
integral, which makes tau linear in mu. :func:`exact_extinction` integrates the exact rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from profiles.contract.arrays import Floats
from profiles.contract.nodes import gauss_legendre
from skymodel.emission.event.annihilation import event_rate, event_rate_leading_log
from skymodel.emission.event.constants import ALPHA, ELECTRON_MASS

THOMAS_FERMI = np.sqrt(3 * np.pi / (2 * ALPHA))  # c = mu (z + z_0), dimensionless
_GONE = 45.0  # optical depth at which nothing is left: exp(-45) = 3e-20
_NODES = 48  # errors below 1e-11 for 1e-6 c < v_e < c (tests)
_DEGREE = 48


@dataclass(frozen=True)
class Extinction:
    """Optical depth as a function of the chemical potential, between the upper edge and the surface.

    Parameters
    ----------
    depth
        Optical depth from the upper edge; grows with mu [MeV].
    lowest, highest
        Chemical potential [MeV] at the upper edge and at the surface.
    """

    depth: Callable[[Floats], Floats]
    lowest: float
    highest: float

    def over_heights(
        self,
        function: Callable[[Floats], Floats],
        start: Floats,
        scale: Floats,
        *,
        stop: float | None = None,
    ) -> Floats:
        """Integrate function(mu) * survival over natural height z [1/MeV], where mu runs from `start` to `stop`.

        Parameters
        ----------
        function
            Called with mu ``(..., nodes)``, smooth for mu > start; returns that shape.
        start
            Where it begins [MeV]; the result has its shape. Beyond the surface there is nothing.
        scale
            Distance [MeV] from `start` down to the nearest singularity of the function.
        stop
            Where it ends [MeV]; by default at the surface.
        """
        start = np.minimum(start, self.highest)
        nodes, weights = gauss_legendre(_NODES)
        end = np.minimum(self._end(start), self.highest if stop is None else stop)
        reach = np.log1p((end - start) / scale)  # mu = start + scale (exp(w) - 1), w from 0 to reach
        growth = np.exp(reach[..., None] * nodes)
        mu = np.minimum(start[..., None] + scale[..., None] * (growth - 1), self.highest)
        dz = THOMAS_FERMI / mu**2 * scale[..., None] * growth
        return np.asarray(reach * ((function(mu) * np.exp(-self.depth(mu)) * dz) @ weights))

    def _end(self, start: Floats) -> Floats:
        """Return the chemical potential beyond which no electron is left, seen from `start`."""
        depths, grid = self._table
        return np.asarray(np.maximum(np.interp(self.depth(start) + _GONE, depths, grid), start))

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        grid = np.geomspace(self.lowest, self.highest, 512)
        return self.depth(grid), grid

    @cached_property
    def column(self) -> float:
        """The integral of the survival over natural height [1/MeV]."""
        start = np.asarray(self.lowest)
        return float(self.over_heights(np.ones_like, start, start))


@cache
def printed_extinction(lowest: float, highest: float, v_e: float) -> Extinction:
    """Return the extinction of A.3.

    Parameters
    ----------
    lowest, highest
        Chemical potential [MeV] at the upper edge and at the surface.
    v_e
        Speed of the electrons [c].
    """
    slope = 3 * ALPHA / (4 * ELECTRON_MASS * v_e) * np.log(highest / ELECTRON_MASS) / THOMAS_FERMI
    return Extinction(lambda mu: np.asarray(slope * (mu - lowest)), lowest, highest)


def leading_log_depth(lowest: float, highest: float, v_e: float) -> float:
    """Return the optical depth at the surface by integrating (A.2) with (5), its logarithm fixed at mu_0.

    The independent check of A.3.

    Parameters
    ----------
    lowest, highest
        Chemical potential [MeV] at the upper edge and at the surface.
    v_e
        Speed of the electrons [c].
    """
    from scipy.integrate import quad

    def rate(mu: float) -> float:
        fixed = np.log(highest / ELECTRON_MASS) / np.log(mu / ELECTRON_MASS)
        return float(event_rate_leading_log(mu) * fixed * THOMAS_FERMI / (v_e * mu**2))

    return float(quad(rate, lowest, highest, epsrel=1e-10)[0])


@cache
def exact_extinction(lowest: float, highest: float, v_e: float) -> Extinction:
    """Return the extinction by the exact event rate.

    Parameters
    ----------
    lowest, highest
        Chemical potential [MeV] at the upper edge and at the surface.
    v_e
        Speed of the electrons [c].
    """
    from numpy.polynomial import Chebyshev

    def slope(log_mu: Floats) -> Floats:
        mu = np.exp(log_mu)
        return np.asarray(THOMAS_FERMI / v_e * event_rate(mu) / mu)

    domain = [np.log(lowest), np.log(highest)]
    integral = Chebyshev.interpolate(slope, _DEGREE, domain=domain).integ(lbnd=domain[0])
    return Extinction(lambda mu: np.maximum(integral(np.log(mu)), 0.0), lowest, highest)

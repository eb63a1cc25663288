"""Point-spread functions on the sphere.

A beam is a profile of the angle from its axis, normalised to 1 over the sphere; its window b_l multiplies the
harmonics of a map (:mod:`skymodel.sky.smoothing`).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.circles import degrees

FWHM_PER_SIGMA = math.sqrt(8 * math.log(2))
_NEGLIGIBLE = 1e-9  # share of a beam that may be left out


@dataclass(frozen=True)
class Beam(ABC):
    """A point-spread function, symmetric about its axis."""

    @abstractmethod
    def window(self, lmax: int) -> Floats:
        """Return b_l ``(lmax + 1,)``; b_0 = 1 keeps the flux."""

    @abstractmethod
    def profile(self, theta: Floats) -> Floats:
        """Return the density [sr-1] at angles [rad] from the axis."""

    @property
    @abstractmethod
    def width(self) -> float:
        """Full width at half maximum [deg]."""

    @property
    @abstractmethod
    def reach(self) -> float:
        """Angle [deg] beyond which the beam is negligible."""


@dataclass(frozen=True)
class GaussianBeam(Beam):
    """A Gaussian of the sphere: what diffuses for a while from a point, so that widths add in quadrature.

    Parameters
    ----------
    fwhm
        Full width at half maximum [deg], or a Quantity; above 0, at most 60 deg.

    Examples
    --------
    >>> round(GaussianBeam(2.0).sigma, 6)
    0.849322
    """

    fwhm: float

    def __post_init__(self) -> None:
        """Take a Quantity, check the width."""
        object.__setattr__(self, "fwhm", _checked_width(self.fwhm))

    @property
    def width(self) -> float:
        """Full width at half maximum [deg]."""
        return self.fwhm

    @property
    def sigma(self) -> float:
        """Standard deviation along one axis [deg]."""
        return self.fwhm / FWHM_PER_SIGMA

    @property
    def reach(self) -> float:
        """Angle [deg] that holds all but 1e-9 of the beam."""
        return min(180.0, self.sigma * math.sqrt(-2 * math.log(_NEGLIGIBLE)))

    def window(self, lmax: int) -> Floats:
        """Return exp(-l (l + 1) sigma^2 / 2)."""
        degree = np.arange(lmax + 1)
        return np.asarray(np.exp(-degree * (degree + 1) * math.radians(self.sigma) ** 2 / 2))

    def profile(self, theta: Floats) -> Floats:
        """Return the heat kernel of the sphere with its first correction: to 1e-5 for a sigma of 10 deg."""
        variance, angle = math.radians(self.sigma) ** 2, np.maximum(theta, 1e-3)  # flat within 1e-3 to 1e-7
        bend = (1 + 1 / angle**2 - 1 / (angle * np.tan(angle))) / 8
        stretch = np.sqrt(angle / np.sin(angle))
        return np.asarray(stretch * (1 + variance * bend) * np.exp(-(theta**2) / 2 / variance) / (2 * np.pi * variance))


@dataclass(frozen=True)
class TabulatedBeam(Beam):
    """A beam given by numbers: straight lines between them, nothing beyond the last angle.

    Parameters
    ----------
    theta
        Angles from the axis [deg], from 0 up to at most 180.
    density
        Density at those angles, in any unit: the beam is normalised. Not negative.

    Examples
    --------
    >>> from skymodel import TabulatedBeam
    >>> beam = TabulatedBeam([0.0, 1.0, 2.0], [1.0, 0.5, 0.0])
    >>> beam.width  # where it has fallen to one half
    2.0
    """

    theta: tuple[float, ...]
    density: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the table."""
        theta, density = degrees(self.theta), np.asarray(self.density, dtype=np.float64)
        rising = theta.ndim == 1 and theta.size > 1 and theta[0] == 0 and bool(np.all(np.diff(theta) > 0))
        if not rising or theta[-1] > 180 or density.shape != theta.shape:
            raise ValueError(
                "TabulatedBeam: allowed: as many densities as angles, which grow from 0 to at most 180 deg"
            )
        if not (np.all(density >= 0) and np.isfinite(density).all() and density[0] > 0):
            raise ValueError("TabulatedBeam.density: allowed: finite numbers >= 0, the first above 0")
        object.__setattr__(self, "theta", tuple(theta.tolist()))
        object.__setattr__(self, "density", tuple(density.tolist()))

    @property
    def width(self) -> float:
        """Twice the first angle [deg] at which the density has fallen to half of that on the axis."""
        density = np.array(self.density) / self.density[0]
        below = int(np.argmax(density <= 0.5)) if np.any(density <= 0.5) else density.size - 1
        falling = [density[below], density[below - 1]]
        return 2 * float(np.interp(0.5, falling, [self.theta[below], self.theta[below - 1]]))

    @property
    def reach(self) -> float:
        """The last angle [deg]."""
        return self.theta[-1]

    def window(self, lmax: int) -> Floats:
        """Return the integrals of profile times P_l, by Gauss-Legendre on each interval of the table."""
        theta, weight = self._nodes(lmax)
        share = weight * self._density(theta) * np.sin(theta)
        return np.asarray(share @ np.polynomial.legendre.legvander(np.cos(theta), lmax) / share.sum())

    def profile(self, theta: Floats) -> Floats:
        """Return the density [sr-1] at angles [rad]."""
        nodes, weight = self._nodes(0)
        total = 2 * np.pi * float((weight * self._density(nodes) * np.sin(nodes)).sum())
        return np.asarray(self._density(theta) / total)

    def _density(self, theta: Floats) -> Floats:
        return np.interp(theta, np.radians(self.theta), self.density, right=0.0)

    def _nodes(self, lmax: int) -> tuple[Floats, Floats]:
        """Return nodes and weights [rad]: enough per interval for P_l, which turns over once in pi / l."""
        borders = np.radians(self.theta)
        widths = np.diff(borders)[:, None]
        node, weight = np.polynomial.legendre.leggauss(8 + math.ceil(lmax * float(widths.max())))
        return (borders[:-1, None] + widths * (node + 1) / 2).ravel(), (widths * weight / 2).ravel()


def _checked_width(fwhm: Any) -> float:
    width = float(degrees(fwhm))
    if not 0 < width <= 60:
        raise ValueError(f"GaussianBeam.fwhm = {width:g} deg; allowed: above 0, at most 60 deg")
    return width

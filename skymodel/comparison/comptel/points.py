"""Measured points ready for a fit: whitened by their covariance, with the templates averaged as the bins are.

The three points of a window share systematic errors, which COMPTEL did not publish apart: ``correlation`` is the one
number that stands for them. A bin may be averaged in three ways, and the way moves chi by more than its error.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.spectra import Measurement
from skymodel.emission.event.bands import Band

Weighting = Literal["log", "photons", "midpoint"]
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)
_NODES, _PANELS = 16, 24  # of a bin whose spectrum is any function: 1e-6 for the spectra of this package (tests)


def covariance(error: Sequence[float], correlation: float) -> Floats:
    """Return the covariance ``(points, points)`` of points that all share one correlation.

    Parameters
    ----------
    error
        Standard deviation of each point.
    correlation
        Between any two of them: from -1 to below 1, and above -1 / (points - 1), or the matrix is not positive.

    Examples
    --------
    >>> covariance([1.0, 2.0], 0.5).tolist()
    [[1.0, 1.0], [1.0, 4.0]]
    """
    sigma = np.asarray(error, dtype=float)
    if not np.all(sigma > 0):
        raise ValueError(f"errors = {sigma.tolist()}; allowed: errors > 0")
    if not -1 <= correlation < 1:
        raise ValueError(f"correlation = {correlation:g}; allowed: -1 <= correlation < 1 (0: independent points)")
    shared = np.full((sigma.size, sigma.size), float(correlation))
    np.fill_diagonal(shared, 1.0)
    made = shared * np.outer(sigma, sigma)
    whitener(made)
    return np.asarray(made)


def whitener(matrix: Floats) -> Floats:
    """Return the matrix that turns points into independent ones of error 1; refuse a covariance that is not positive.

    Parameters
    ----------
    matrix
        Covariance ``(points, points)``.
    """
    square = np.asarray(matrix, dtype=float)
    variance = np.diag(square)
    sound = bool(np.all(np.isfinite(square)) and np.all(variance > 0) and np.allclose(square, square.T))
    lowest = float(np.linalg.eigvalsh(square / np.sqrt(np.outer(variance, variance)))[0]) if sound else -np.inf
    if lowest < 1e-12:
        raise ValueError(
            f"the covariance of {len(square)} points is not positive (least eigenvalue of its correlations "
            f"{lowest:.2g}); allowed for one common correlation: above {-1 / max(len(square) - 1, 1):.3g}"
        )
    return np.asarray(np.linalg.inv(np.linalg.cholesky(square)))


def template(spectrum: Any, measurement: Measurement, weighting: Weighting = "log") -> Floats:
    """Return a spectrum in the bins of a measurement, as k^2 dPhi/dk ``(bins,)`` [MeV cm-2 s-1 sr-1].

    Parameters
    ----------
    spectrum
        With ``log_mean(band)``, or with ``density(k)``, or a function of k [MeV]: dPhi/dk per unit of its amplitude.
    measurement
        Whose bins are wanted.
    weighting
        "log": the mean over ln k of k^2 dPhi/dk. "photons": the photons in the bin over those of a flat k^2 dPhi/dk.
        "midpoint": the value at the logarithmic centre.
    """
    if weighting not in WEIGHTINGS:
        raise ValueError(f"weighting = {weighting!r}; allowed: {', '.join(map(repr, WEIGHTINGS))}")
    try:
        return _averaged(spectrum, measurement.bins, weighting).copy()
    except TypeError:  # a spectrum that cannot be hashed is averaged anew each time
        return _averaged.__wrapped__(spectrum, measurement.bins, weighting)


@functools.lru_cache(maxsize=256)
def _averaged(spectrum: Any, bins: tuple[tuple[float, float], ...], weighting: Weighting) -> Floats:
    if weighting == "log" and hasattr(spectrum, "log_mean"):
        return np.array([spectrum.log_mean(Band("bin", *edges)) for edges in bins])
    shine = _density(spectrum)
    return np.array([_bin(shine, *edges, weighting) for edges in bins])


def _density(spectrum: Any) -> Callable[[Floats], Any]:
    """Return dPhi/dk as a function of k [MeV]."""
    if hasattr(spectrum, "direct_spectrum"):
        return lambda k: spectrum.direct_spectrum(k)
    if hasattr(spectrum, "density"):
        return lambda k: spectrum.density(k)
    if hasattr(spectrum, "log_mean"):  # a table is called for k^2 dPhi/dk
        return lambda k: spectrum(k) / k**2
    if callable(spectrum):
        return lambda k: spectrum(k)
    raise TypeError(f"{spectrum!r} is no spectrum; give one with log_mean(band), with density(k), or a function of k")


def _bin(shine: Callable[[Floats], Any], low: float, high: float, weighting: Weighting) -> float:
    if weighting == "midpoint":
        k = np.array([np.sqrt(low * high)])
        return float(np.asarray(k**2 * shine(k))[0])
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    edges = np.linspace(np.log(low), np.log(high), _PANELS + 1)
    log_k = (edges[:-1, None] + np.diff(edges)[:, None] * (nodes + 1) / 2).ravel()
    weight = np.tile(weights, _PANELS) * (1 / np.exp(log_k) if weighting == "photons" else 1.0)
    k = np.exp(log_k)
    return float(weight @ np.asarray(k**2 * shine(k)) / weight.sum())


@dataclass(frozen=True, eq=False)
class Points:
    """Points of one window or more, whitened: each independent, with error 1.

    Parameters
    ----------
    measurements
        One for each window.
    factors
        Window factor of each.
    weighting
        How a bin is averaged.
    matrix
        Turns points into whitened ones, ``(points, points)``.
    """

    measurements: tuple[Measurement, ...]
    factors: tuple[float, ...]
    weighting: Weighting
    matrix: Floats

    @property
    def data(self) -> Floats:
        """The whitened points."""
        return np.asarray(self.matrix @ np.concatenate([each.intensity for each in self.measurements]))

    def signal(self, spectrum: Any) -> Floats:
        """Return a whitened template that follows the window factors."""
        parts = [
            factor * template(spectrum, each, self.weighting)
            for each, factor in zip(self.measurements, self.factors, strict=True)
        ]
        return np.asarray(self.matrix @ np.concatenate(parts))

    def behind(self, spectra: Sequence[Any]) -> Floats:
        """Return a whitened template with one spectrum for each window."""
        parts = [
            spectrum if isinstance(spectrum, np.ndarray) else template(spectrum, each, self.weighting)
            for each, spectrum in zip(self.measurements, spectra, strict=True)
        ]
        return np.asarray(self.matrix @ np.concatenate(parts))

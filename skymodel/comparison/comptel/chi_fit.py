"""The chi that measured spectra ask for: weighted least squares of a spectrum linear in chi, chi >= 0.

The model of a window is chi * W * t + b: t is eq. (6) of Lawson & Zhitnitsky (2007) at chi = 1, averaged over ln k
inside each bin as k^2 dPhi/dk, W the window factor of the density pair, b a background. The paper sets W = 1; with W
the fitted chi is 1/W larger and chi-square is the same, for one window. Several windows with one chi test the pair.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.backgrounds import background as background_means
from skymodel.comparison.comptel.spectra import Measurement
from skymodel.emission.event.annihilation import photon_range
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, NuggetEmission

_BIN_RTOL = 1e-9  # far below the points' 20 %: the quadrature never shows in a fit


@dataclass(frozen=True)
class ChiFit:
    """A fitted chi and how well it fits.

    Parameters
    ----------
    chi
        Best value with chi >= 0; nan if the model is zero in every bin.
    chi_error
        Its error, one standard deviation of the unbounded fit.
    chi_unbounded
        Best value without the bound; negative where the background alone exceeds the points.
    chi_square
        Sum of the squared pulls at `chi`.
    degrees_of_freedom
        Number of points, less one if chi was fitted.
    pulls
        (point - model) / error of each point, in the order of the points.
    background
        Name of the background.
    """

    chi: float
    chi_error: float
    chi_unbounded: float
    chi_square: float
    degrees_of_freedom: int
    pulls: tuple[float, ...]
    background: str = "none"

    @property
    def p_value(self) -> float:
        """Probability of a larger chi-square, were the points independent and the model true."""
        from scipy.stats import chi2

        return float(chi2.sf(self.chi_square, self.degrees_of_freedom))


def bin_means(
    spectrum: Callable[[Any], Any], bins: Iterable[tuple[float, float]], *, ends: tuple[float, float]
) -> Floats:
    """Return the mean over ln k of k^2 `spectrum` in each bin.

    Parameters
    ----------
    spectrum
        dPhi/dk at photon energies k [MeV].
    bins
        Energy bins [MeV].
    ends
        Kinematic ends [MeV]: the spectrum is zero outside and smooth between.

    Returns
    -------
    ndarray, shape ``(bins,)``
        In the unit of k^2 spectrum, to 1e-9 relative.
    """
    return np.array([_bin_mean(spectrum, low, high, ends) for low, high in bins])


def _bin_mean(spectrum: Callable[[Any], Any], low: float, high: float, ends: tuple[float, float]) -> float:
    from scipy.integrate import quad

    start, end = max(low, ends[0]), min(high, ends[1])
    if start >= end:
        return 0.0
    # In terms of v = sqrt(end - k) the zero at the upper kinematic end, half a decade from a pole, is far away.
    width = math.sqrt(end - start)
    value, error, *_ = quad(
        lambda v: 2 * v * (end - v * v) * float(spectrum(end - v * v)),
        0.0,
        width,
        epsabs=0,
        epsrel=_BIN_RTOL,
        full_output=True,  # without it scipy warns, and the caller gets an error besides
    )
    if not error <= 10 * _BIN_RTOL * abs(value):
        raise ArithmeticError(f"the spectrum's mean in {low}-{high} MeV did not converge: {value} +- {error}")
    return float(value / math.log(high / low))


def continuum_template(
    emission: NuggetEmission, measurement: Measurement, *, line_intensity: float = PAPER_LINE_INTENSITY
) -> Floats:
    """Return the model at chi = 1 and W = 1 in the bins of a measurement.

    Parameters
    ----------
    emission
        A :class:`~skymodel.emission.nuggets.model.NuggetEmission`; its chi is not used.
    measurement
        Whose bins are wanted.
    line_intensity
        Mean 511 keV intensity in the INTEGRAL circle [cm-2 s-1 sr-1].
    """
    low, high = (float(end) for end in photon_range(emission.mu))
    unit = replace(emission, chi=1.0)
    return bin_means(lambda k: unit.direct_spectrum(k, line_intensity), measurement.bins, ends=(low, high))


def fit_chi(
    template: ArrayLike,
    points: ArrayLike,
    error: ArrayLike,
    background: ArrayLike = 0.0,
    *,
    background_name: str = "none",
) -> ChiFit:
    """Return the chi >= 0 that fits chi * `template` + `background` to `points` +- `error`.

    Parameters
    ----------
    template
        Model at chi = 1, shape ``(points,)``, with the window factor if it is to be counted.
    points, error
        What was measured, shape ``(points,)``, in the unit of the template.
    background
        What is there without the model, shape ``(points,)`` or a number.
    background_name
        What it is called.

    Examples
    --------
    >>> fit = fit_chi([1.0, 2.0], points=[0.5, 1.0], error=[0.1, 0.1])
    >>> fit.chi, fit.chi_square, round(fit.chi_error, 4)
    (0.5, 0.0, 0.0447)
    """
    model, data, sigma = (np.asarray(values, dtype=float) for values in (template, points, error))
    if not np.all(sigma > 0):
        raise ValueError(f"errors = {sigma.tolist()}; allowed: errors > 0")
    shape, excess = model / sigma, (data - np.asarray(background, dtype=float)) / sigma
    weight = float(shape @ shape)
    unbounded = float(shape @ excess) / weight if weight > 0 else math.nan
    chi = max(unbounded, 0.0)  # in this order a nan stays
    pulls = excess - chi * shape if weight > 0 else excess
    return ChiFit(
        chi=chi,
        chi_error=1 / math.sqrt(weight) if weight > 0 else math.inf,
        chi_unbounded=unbounded,
        chi_square=float(pulls @ pulls),
        degrees_of_freedom=len(data) - (weight > 0),
        pulls=tuple(pulls.tolist()),
        background=background_name,
    )


def fit_windows(
    emission: NuggetEmission,
    measurements: Sequence[Measurement],
    factors: Sequence[float],
    *,
    background: str = "none",
    line_intensity: float = PAPER_LINE_INTENSITY,
) -> ChiFit:
    """Return the one chi that fits the spectra of several windows.

    Parameters
    ----------
    emission
        A :class:`~skymodel.emission.nuggets.model.NuggetEmission`.
    measurements
        Spectra, one per window.
    factors
        Window factor of each: mean of J there over the mean in the INTEGRAL circle; 1 for the paper's neglect.
    background
        One of :func:`~skymodel.comparison.comptel.backgrounds.background_names`.
    line_intensity
        Mean 511 keV intensity in the INTEGRAL circle [cm-2 s-1 sr-1].
    """
    if len(measurements) != len(factors):
        raise ValueError(f"{len(measurements)} measurements but {len(factors)} window factors; give one for each")
    return fit_chi(
        np.concatenate(
            [
                factor * continuum_template(emission, measurement, line_intensity=line_intensity)
                for measurement, factor in zip(measurements, factors, strict=True)
            ]
        ),
        np.concatenate([measurement.intensity for measurement in measurements]),
        np.concatenate([measurement.error for measurement in measurements]),
        np.concatenate([background_means(background, measurement) for measurement in measurements]),
        background_name=background,
    )

"""The fit of COMPTEL's points by any spectrum: chi, free norms of backgrounds, and the shape's own parameters.

The model of a window is chi * W * t(k) + sum of norms * b(k). Chi and norms are linear and not negative; what else is
free (mu, or mu_0, z_max, v_e) is searched. Errors come from the curvature at the best point, all parameters together.
chi is counted as the spectrum counts it: in the paper's convention, for one chemical potential, it is 1.78 times below
the chi of counted photons (:func:`skymodel.runs.fits.table.fit_table` has both side by side).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.backdrops import Backdrop, backdrops
from skymodel.comparison.comptel.points import Points, Weighting, covariance, whitener
from skymodel.comparison.comptel.spectra import Measurement, comptel
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY

_DEGENERATE = 1e-9  # least singular value over the largest, below which two parameters do the same
_GRID = 25  # starting points of the search in each free parameter


@dataclass(frozen=True)
class ComptelFit:
    """A fit to COMPTEL's points.

    Parameters
    ----------
    chi, chi_error
        Best chi >= 0 and its standard deviation, from the points' errors alone; nan and infinite if nothing shines.
    chi_square, dof
        Of the best model; points less free parameters.
    pulls
        (point - model) in standard deviations, in the order of the points; whitened if the points are correlated.
    norms, norm_errors
        Of the free backgrounds, by name.
    parameters, parameter_errors
        Of the shape's free parameters, by name.
    background, weighting, correlation
        What was fitted with.
    """

    chi: float
    chi_error: float
    chi_square: float
    dof: int
    pulls: tuple[float, ...]
    norms: Mapping[str, float] = field(default_factory=dict)
    norm_errors: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    parameter_errors: Mapping[str, float] = field(default_factory=dict)
    background: str = "none"
    weighting: Weighting = "log"
    correlation: float = 0.0

    @property
    def p_value(self) -> float:
        """Probability of a larger chi-square, were the model true; nan without a degree of freedom."""
        from scipy.special import chdtrc

        return float(chdtrc(self.dof, self.chi_square)) if self.dof > 0 else math.nan


def fit_comptel(
    spectrum: Any,
    background: Any = None,
    window_factor: float | Sequence[float] = 1.0,
    correlation: float = 0.0,
    *,
    covariance_matrix: Floats | None = None,
    measurement: Measurement | Sequence[Measurement] | None = None,
    weighting: Weighting = "log",
    free: Mapping[str, tuple[float, float]] | None = None,
    line_intensity: float = PAPER_LINE_INTENSITY,
) -> ComptelFit:
    """Return the fit of COMPTEL's points by chi times a spectrum, above backgrounds.

    Parameters
    ----------
    spectrum
        Anything with ``log_mean(band)`` or ``density(k)``, or a function of k [MeV] that returns dPhi/dk. One with a
        field ``chi`` is taken at chi = 1; of others chi is the amplitude.
    background
        A name ("Ackermann", ..., "isotropic", "sources"), a table, a function of k; as published. In a list each has a
        free norm.
    window_factor
        Mean of J in the window over that in the INTEGRAL circle; one for each measurement.
    correlation
        Of any two points: 0 for independent ones. COMPTEL's systematic errors, which dominate, make it positive.
    covariance_matrix
        In its place, ``(points, points)``.
    measurement
        Points of one window or several; by default |l| < 30, |b| < 5 deg.
    weighting
        How a bin is averaged, see :func:`~skymodel.comparison.comptel.points.template`.
    free
        Parameters of the spectrum that are searched, each with its range.
    line_intensity
        Mean 511 keV intensity in the INTEGRAL circle [cm-2 s-1 sr-1], which every spectrum with a ``direct_spectrum``
        follows; the others have an amplitude of their own.

    Examples
    --------
    >>> from skymodel.emission.nuggets.model import NuggetEmission
    >>> fit = fit_comptel(NuggetEmission(mu=20.0), "Ackermann")
    >>> print(f"{fit.chi:.4f} +- {fit.chi_error:.4f}, chi-square {fit.chi_square:.1f} for {fit.dof}")
    0.0135 +- 0.0044, chi-square 15.7 for 2
    """
    measured = _measurements(measurement)
    bright = line_intensity / PAPER_LINE_INTENSITY if hasattr(spectrum, "direct_spectrum") else 1.0
    points = _points(measured, bright, window_factor, correlation, covariance_matrix, weighting)
    fixed, loose = backdrops(background, measured)
    problem = _Problem(points, _unit(spectrum), fixed, loose, dict(free or {}))
    return problem.solved(background=_title(background, fixed, loose), correlation=correlation)


def _measurements(given: Any) -> tuple[Measurement, ...]:
    if given is None:
        return (comptel(),)
    return (given,) if isinstance(given, Measurement) else tuple(given)


def _points(
    measured: tuple[Measurement, ...],
    bright: float,
    factor: Any,
    correlation: float,
    matrix: Any,
    weighting: Weighting,
) -> Points:
    factors = tuple(np.atleast_1d(np.asarray(factor, dtype=float)).tolist())
    if len(factors) != len(measured):
        raise ValueError(f"{len(factors)} window factors for {len(measured)} measurements; give one for each")
    if not all(0 < value < math.inf for value in factors):
        raise ValueError(f"window_factor = {factor}; allowed: numbers above 0")
    error = [sigma for each in measured for sigma in each.error]
    found = covariance(error, correlation) if matrix is None else np.asarray(matrix, dtype=float)
    if found.shape != (len(error), len(error)):
        raise ValueError(f"a covariance of shape {found.shape} for {len(error)} points; give one row for each point")
    return Points(measured, tuple(bright * value for value in factors), weighting, whitener(found))


def _unit(spectrum: Any) -> Any:
    """Return the spectrum at chi = 1, if it has a chi."""
    has_chi = is_dataclass(spectrum) and any(each.name == "chi" for each in fields(spectrum))
    return replace(spectrum, chi=1.0) if has_chi else spectrum


def _title(given: Any, fixed: Sequence[Backdrop], loose: Sequence[Backdrop]) -> str:
    if loose:
        return "free: " + " + ".join(each.name for each in loose)
    return fixed[0].name if fixed else "none"


@dataclass(frozen=True, eq=False)
class _Problem:
    """Points, and the model as a function of its free parameters."""

    points: Points
    spectrum: Any
    fixed: Sequence[Backdrop]
    loose: Sequence[Backdrop]
    free: Mapping[str, tuple[float, float]]

    def __post_init__(self) -> None:
        names = ["chi", *(f"norm of {each.name}" for each in self.loose), *self.free]
        if len(names) > self.points.data.size:
            raise ValueError(
                f"{self.points.data.size} points cannot fix {len(names)} parameters: {', '.join(names)} are "
                "degenerate; free fewer of them, or add measurements"
            )
        for name, (low, high) in self.free.items():
            if not 0 < low < high < math.inf:
                raise ValueError(f"free parameter {name}: {low} to {high}; allowed: 0 < low < high")

    def solved(self, **titles: Any) -> ComptelFit:
        """Return the best fit."""
        best = self._search() if self.free else np.empty(0)
        design, above = self._design(best), self._above
        amplitudes, chi_square = _not_negative(design, above)
        errors = self._errors(best, amplitudes)
        dark = not np.any(design[:, 0])
        loose, names = len(self.loose), [each.name for each in self.loose]
        count = design.shape[1] + best.size - dark
        return ComptelFit(
            chi=math.nan if dark else float(amplitudes[0]),
            chi_error=math.inf if dark else float(errors[0]),
            chi_square=chi_square,
            dof=above.size - count,
            pulls=tuple((above - design @ amplitudes).tolist()),
            norms=dict(zip(names, amplitudes[1:].tolist(), strict=True)),
            norm_errors=dict(zip(names, errors[1 : 1 + loose].tolist(), strict=True)),
            parameters=dict(zip(self.free, best.tolist(), strict=True)),
            parameter_errors=dict(zip(self.free, errors[1 + loose :].tolist(), strict=True)),
            weighting=self.points.weighting,
            **titles,
        )

    @property
    def _above(self) -> Floats:
        """The whitened points less what is fixed behind them."""
        below = [self.points.behind(each.spectra) for each in self.fixed]
        return np.asarray(self.points.data - sum(below)) if below else self.points.data

    def _design(self, shape: Floats) -> Floats:
        """Return the templates ``(points, amplitudes)``: chi first, then the free backgrounds."""
        signal = self.points.signal(_changed(self.spectrum, dict(zip(self.free, shape.tolist(), strict=True))))
        return np.stack([signal, *(self.points.behind(each.spectra) for each in self.loose)], axis=1)

    def _misfit(self, log_shape: Floats) -> float:
        return _not_negative(self._design(np.exp(log_shape)), self._above)[1]

    def _search(self) -> Floats:
        """Return the free parameters of the least chi-square: the best of a grid, then downhill within the ranges."""
        from scipy.optimize import minimize

        bounds = [(math.log(low), math.log(high)) for low, high in self.free.values()]
        steps = max(5, int(_GRID ** (1 / len(bounds)) * 2)) if len(bounds) > 1 else _GRID
        grid = np.stack(np.meshgrid(*(np.linspace(*each, steps) for each in bounds)), axis=-1).reshape(-1, len(bounds))
        start = min(grid, key=self._misfit)
        found = minimize(
            self._misfit, start, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-7, "fatol": 1e-10}
        )
        return np.asarray(np.exp(found.x))

    def _errors(self, shape: Floats, amplitudes: Floats) -> Floats:
        """Return the standard deviations of amplitudes and shape parameters, from the slopes of the model."""
        design = self._design(shape)
        slopes = [design]
        for place, (low, high) in enumerate(self.free.values()):
            below, above = shape.copy(), shape.copy()
            below[place], above[place] = max(shape[place] * (1 - 1e-4), low), min(shape[place] * (1 + 1e-4), high)
            change = (self._design(above) - self._design(below)) @ amplitudes / (above[place] - below[place])
            slopes.append(change[:, None])
        jacobian = np.concatenate(slopes, axis=1)
        names = ["chi", *(f"norm of {each.name}" for each in self.loose), *self.free]
        return _standard_deviations(jacobian, names)


def _standard_deviations(jacobian: Floats, names: Sequence[str]) -> Floats:
    size = np.linalg.norm(jacobian, axis=0)
    lit = size > 0
    found = np.full(len(names), math.inf)
    if not lit.any():
        return found
    scaled = jacobian[:, lit] / size[lit]
    _, values, axes = np.linalg.svd(scaled, full_matrices=False)
    if values[-1] < _DEGENERATE * values[0]:
        known = [name for name, shines in zip(names, lit, strict=True) if shines]
        alike = [name for name, share in zip(known, axes[-1], strict=True) if abs(share) > 0.1]
        raise ValueError(f"{' and '.join(alike)} are degenerate: the points cannot tell them apart; free fewer of them")
    found[lit] = np.sqrt(np.diag(np.linalg.inv(scaled.T @ scaled))) / size[lit]
    return found


def _not_negative(design: Floats, points: Floats) -> tuple[Floats, float]:
    """Return the amplitudes >= 0 that fit best, and the sum of squares they leave."""
    from scipy.optimize import nnls

    size = np.linalg.norm(design, axis=0)
    unit = np.where(size > 0, size, 1.0)
    amplitudes, left = nnls(design / unit, points)
    return np.asarray(amplitudes / unit), float(left**2)


def _changed(spectrum: Any, values: Mapping[str, float]) -> Any:
    """Return the spectrum with some of its fields, or of its electrosphere's, changed."""
    for name, value in values.items():
        known = [each.name for each in fields(spectrum)] if is_dataclass(spectrum) else []
        if name in known:
            spectrum = replace(spectrum, **{name: value})
        elif "sphere" in known and name in [each.name for each in fields(spectrum.sphere)]:
            spectrum = replace(spectrum, sphere=replace(spectrum.sphere, **{name: value}))
        else:
            raise ValueError(f"{type(spectrum).__name__} has no parameter {name!r} to free; it has {', '.join(known)}")
    return spectrum

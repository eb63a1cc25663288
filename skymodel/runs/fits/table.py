"""The table of chi: spectrum x counting x background x W, each row a fit of COMPTEL's three points.

chi has two countings. The paper takes one line photon for each para-positronium and the leading logarithm (5) for the
rate of events; counted photons take two and the exact rate. For one spectrum the two chi differ by the photons per
event in the paper's count (1.78 at mu = 20 MeV), chi-square is the same. Both stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from skymodel.comparison.comptel.backgrounds import background_names
from skymodel.comparison.comptel.fit import ComptelFit, fit_comptel
from skymodel.comparison.comptel.points import Weighting
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.annihilation import event_rate, event_rate_leading_log
from skymodel.emission.event.bands import Band
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, NuggetEmission

MU_0, Z_MAX, FLAT_SPEED = (
    60.0,
    30.0,
    0.315,
)  # MeV, z_0, c: figure 1, at the least speed that makes it as flat as printed
CONSERVED_SPEED = 0.00734  # c, at which the photon-conserving spectrum is flattest (2.616)
_ALL = Band("ALL", 1e-3, 1e5)


def default_spectra(mu: float = 20.0) -> dict[str, Any]:
    """Return the spectra of the table by name: eq. (6), appendix A as printed, and the one that conserves photons."""
    printed = ElectrosphereEmission(Electrosphere(MU_0, Z_MAX, FLAT_SPEED), chi=1.0)
    conserved = ElectrosphereEmission(Electrosphere(MU_0, Z_MAX, CONSERVED_SPEED), chi=1.0, convention="consistent")
    return {
        f"eq. (6), mu = {mu:g} MeV": NuggetEmission(mu=mu, chi=1.0),
        f"electrosphere (A.4), v_e = {FLAT_SPEED:g} c": printed,
        f"electrosphere conserving photons, v_e = {CONSERVED_SPEED:g} c": conserved,
    }


def photons_per_event(spectrum: Any) -> float:
    """Return the photons of a direct annihilation in the paper's count, over two: chi counted over the paper's chi.

    Parameters
    ----------
    spectrum
        In the paper's convention.

    Examples
    --------
    >>> print(f"{photons_per_event(NuggetEmission(mu=20.0)):.2f}")
    1.78
    """
    if isinstance(spectrum, NuggetEmission):
        return float(2 * event_rate(spectrum.mu) / event_rate_leading_log(spectrum.mu))
    return float(spectrum.sphere.band_photons_per_event(_ALL))


def fit_table(
    spectra: Mapping[str, Any] | None = None,
    *,
    backgrounds: Sequence[Any] | None = None,
    window_factors: Mapping[str, float] | None = None,
    correlation: float = 0.0,
    weighting: Weighting = "log",
    line_intensity: float = PAPER_LINE_INTENSITY,
    relative_error: float = 0.0,
) -> Any:
    """Return the QTable of chi over spectra, countings, backgrounds and window factors.

    Parameters
    ----------
    spectra
        By name; by default :func:`default_spectra`.
    backgrounds
        Names, or lists of names whose norms are free; by default the published ones, fixed, and each free.
    window_factors
        W by what it belongs to; by default the paper's 1.
    correlation, weighting
        As for :func:`~skymodel.comparison.comptel.fit.fit_comptel`.
    line_intensity
        Mean 511 keV intensity in the INTEGRAL circle [cm-2 s-1 sr-1].
    relative_error
        Measured error of the anchor over its value: added in quadrature in ``chi_error_measured``.
    """
    from astropy.table import QTable

    names = background_names()
    behind = [*names, *([name] for name in names[1:])] if backgrounds is None else list(backgrounds)
    rows = []
    for name, spectrum in (spectra or default_spectra()).items():
        for below in behind:
            plain = fit_comptel(spectrum, below, 1.0, correlation, weighting=weighting, line_intensity=line_intensity)
            for origin, factor in (window_factors or {"paper: W = 1": 1.0}).items():
                rows += _rows(name, spectrum, plain, (origin, factor), relative_error)
    table = QTable(rows=rows, names=list(_COLUMNS))
    for column, description in _COLUMNS.items():
        table[column].info.description = description
    table.meta |= {"correlation": correlation, "weighting": weighting, "relative_error_of_the_anchor": relative_error}
    return table


_COLUMNS = {
    "spectrum": "what nuggets radiate",
    "counting": "paper: as printed; consistent: photons counted",
    "background": "as published, or with a free norm",
    "W_of": "whose window factor",
    "W": "window factor",
    "chi": "chi >= 0 that fits best",
    "chi_error": "from the points' errors",
    "chi_error_measured": "the same and the anchor's error, in quadrature",
    "chi_square": "of the best model",
    "dof": "points less free parameters",
    "p": "probability of a larger chi-square",
    "norm": "of the background; 1 where it is fixed",
}


def _rows(name: str, spectrum: Any, plain: ComptelFit, window: tuple[str, float], relative: float) -> list[Any]:
    """Return a row for each counting; W rescales chi and leaves the rest."""
    counts = {"consistent": 1.0}
    if getattr(spectrum, "convention", "") == "paper":
        counts = {"paper": 1.0, "consistent": photons_per_event(spectrum)}
    rows = []
    for counting, factor in counts.items():
        scale = factor / window[1]
        fit = replace(plain, chi=plain.chi * scale, chi_error=plain.chi_error * scale)
        both = (fit.chi_error**2 + (fit.chi * relative) ** 2) ** 0.5
        norm = next(iter(fit.norms.values()), 1.0)
        score = fit.chi_square, fit.dof, fit.p_value
        rows.append((name, counting, fit.background, *window, fit.chi, fit.chi_error, both, *score, norm))
    return rows

"""What the measurements say of the paper's model: numbers that a fit gives, and this floor only reads.

:func:`skymodel.runs.fits.evidence.evidence` computes it; without it the statements about COMPTEL's data are not
testable.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """Numbers of fits and of windows subtracted from each other.

    Parameters
    ----------
    pull_high
        (point - background - nuggets of figure 1) / error in 10-30 MeV at W = 1, of the background with the least.
    pull_high_with_window
        The same with W.
    chi_square
        Of figure 1's parameters at W = 1 over the three points, of the background with the least.
    chi_square_with_window
        The same with W.
    background_alone, background_alone_free
        Least chi-square of the backgrounds alone, as published, and with a free norm (one degree of freedom less).
    chi_ratio
        Least ratio, over the backgrounds, of the chi that appendix A's spectrum asks for to that of eq. (6).
    chi_needed
        Chi that appendix A's spectrum asks for with W, of the background with the best fit.
    best_mu, best_mu_chi_square
        The single chemical potential [MeV] that fits best without a background, and its chi-square.
    outside, outside_significance
        Largest excess between |l| < 60, |b| < 20 and COMPTEL's window over that inside, 1-10 MeV, over the backgrounds;
        and the smallest of its significances.
    outside_predicted
        The same of the densities' J; nan if not computed.
    """

    pull_high: float
    pull_high_with_window: float
    chi_square: float
    chi_square_with_window: float
    background_alone: float
    background_alone_free: float
    chi_ratio: float
    chi_needed: float
    best_mu: float
    best_mu_chi_square: float
    outside: float
    outside_significance: float
    outside_predicted: float = float("nan")

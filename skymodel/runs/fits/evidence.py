"""What COMPTEL's points say of the paper's figure 1, of its chi and of the sky outside: the evidence for the claims."""

from __future__ import annotations

import functools
import math

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.backgrounds import background, background_names
from skymodel.comparison.comptel.excess import excess
from skymodel.comparison.comptel.fit import ComptelFit, fit_comptel
from skymodel.comparison.comptel.points import template
from skymodel.comparison.comptel.spectra import comptel
from skymodel.emission.claims.evidence import Evidence
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.nuggets.model import NuggetEmission


def evidence(scenario: Scenario, *, outside_predicted: float = math.nan) -> Evidence:
    """Return what the measurements say of a scenario.

    Parameters
    ----------
    scenario
        Its electrosphere is figure 1's, its window factor the one that is counted.
    outside_predicted
        J between |l| < 60, |b| < 20 and COMPTEL's window over that inside.
    """
    sphere, points = scenario.electrosphere(), comptel()
    below = {name: background(name, points) for name in background_names()[1:]}
    nuggets, factor = template(sphere, points), scenario.window_factor
    pulls, counted = ({name: _pulls(level + size * nuggets) for name, level in below.items()} for size in (1.0, factor))
    fits = {name: fit_comptel(sphere, name) for name in below}
    best = min(fits.values(), key=lambda fit: fit.chi_square)
    single, around = _single(), [excess(points, comptel("l60_b20"), name) for name in below]
    return Evidence(
        pull_high=min((float(each[-1]) for each in pulls.values()), key=abs),
        pull_high_with_window=min((float(each[-1]) for each in counted.values()), key=abs),
        chi_square=min(float(each @ each) for each in pulls.values()),
        chi_square_with_window=min(float(each @ each) for each in counted.values()),
        background_alone=min(float(_pulls(level) @ _pulls(level)) for level in below.values()),
        background_alone_free=min(_scaled(level) for level in below.values()),
        chi_ratio=_least_ratio(scenario.mu, fits),
        chi_needed=best.chi / factor,
        best_mu=single.parameters["mu"],
        best_mu_chi_square=single.chi_square,
        outside=max(each.level()[0] for each in around),
        outside_significance=min(each.significance() for each in around),
        outside_predicted=outside_predicted,
    )


@functools.cache
def _single() -> ComptelFit:
    return fit_comptel(NuggetEmission(), free={"mu": (1.0, 100.0)})


def _least_ratio(mu: float, fits: dict[str, ComptelFit]) -> float:
    """Return the least ratio of the chi of appendix A to that of eq. (6), over the backgrounds that leave one."""
    plain = {name: fit_comptel(NuggetEmission(mu=mu), name).chi for name in fits}
    ratios = [fits[name].chi / chi for name, chi in plain.items() if chi > 0]
    return min(ratios, default=math.nan)


def _pulls(model: Floats) -> Floats:
    points = comptel()
    return np.asarray((np.array(points.intensity) - model) / np.array(points.error))


def _scaled(level: Floats) -> float:
    """Return the chi-square of a background alone at its best norm."""
    points, error = np.array(comptel().intensity), np.array(comptel().error)
    shape, data = level / error, points / error
    left = data - shape * (shape @ data) / (shape @ shape)
    return float(left @ left)

"""Claims about COMPTEL's spectrum: whether there is an excess, where it is, and whether the nuggets fill it."""

from __future__ import annotations

import math

from skymodel.emission.claims.claim import INFINITY, Claim, untestable
from skymodel.emission.claims.evidence import Evidence
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.event.inflight import InFlight
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY
from skymodel.sky.line_skies import LINE_SKIES
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

FIVE_PERCENT = {1: 3.841, 2: 5.991, 3: 7.815}  # chi-square exceeded in 5 % of cases, by degrees of freedom
COMPTEL_AT_10 = 1.9e-2  # MeV cm-2 s-1 sr-1 about 10 MeV, Strong et al. 1999
_NAMES = {
    "excess": ("section 1", "published models of the Galaxy do not explain COMPTEL's 1-20 MeV"),
    "excess_inside": ("sections 1, 5", "the excess is seen only in the inner part of the Galaxy"),
    "consistent": ("abstract, figure 1", "the model is consistent with COMPTEL's data"),
    "highest_energy": ("appendix A", "background and nuggets fall almost to COMPTEL's central value at 20 MeV"),
    "chi_unchanged": ("section 4.2", "chi is not changed considerably by the surface details of the nuggets"),
    "chi_small": ("section 4.2", "chi << 1, a natural value"),
    "mu_of_the_fit": ("section 3", "the highest energy of the excess, ~20 MeV, coincides with mu"),
}


def comptel_claims(scenario: Scenario, evidence: Evidence | None) -> list[Claim]:
    """Return the claims about COMPTEL's spectrum; without evidence all but one are not testable."""
    if evidence is None:
        missing = "No fit to COMPTEL's points was given."
        return [*(untestable(name, *place, missing) for name, place in _NAMES.items()), _in_flight()]
    counted = f"the window factor is counted, W = {scenario.window_factor:.3g}"
    return [
        _excess(evidence),
        _inside(evidence),
        _named(
            "consistent",
            "chi-square of figure 1's parameters over three points, least over the backgrounds, W = 1",
            evidence.chi_square,
            (0.0, FIVE_PERCENT[3]),
            "5 % for independent points",
            condition=counted,
            under_condition=evidence.chi_square_with_window,
        ),
        _named(
            "highest_energy",
            "(point - background - nuggets) / error in 10-30 MeV, least over the backgrounds, W = 1",
            evidence.pull_high,
            (-1.0, 1.0),
            "almost means within one error",
            condition=counted,
            under_condition=evidence.pull_high_with_window,
        ),
        _named(
            "chi_unchanged",
            "chi of appendix A's spectrum over that of eq. (6), least over the backgrounds",
            evidence.chi_ratio,
            (0.5, 2.0),
            "considerably means a factor of two",
        ),
        _named(
            "chi_small",
            f"chi that appendix A's spectrum asks for, W = {scenario.window_factor:.3g}, best background",
            evidence.chi_needed,
            (0.0, 1 / 3),
            "much below 1 means a third",
        ),
        _named(
            "mu_of_the_fit",
            "the single mu [MeV] that fits best, without a background",
            evidence.best_mu,
            (10.0, 30.0),
            "COMPTEL's bin about 20 MeV",
            f"Its chi-square is {evidence.best_mu_chi_square:.2f} for one degree of freedom: no single mu fits.",
        ),
        _in_flight(),
    ]


def _named(
    name: str,
    quantity: str,
    value: float,
    limits: tuple[float, float],
    tolerance: str,
    note: str = "",
    *,
    condition: str = "",
    under_condition: float = math.nan,
) -> Claim:
    return Claim(
        name,
        *_NAMES[name],
        quantity,
        value,
        *limits,
        tolerance,
        note,
        condition=condition,
        under_condition=under_condition,
        chosen=True,
    )


def _excess(evidence: Evidence) -> Claim:
    return _named(
        "excess",
        "least chi-square of published backgrounds alone over three points",
        evidence.background_alone,
        (FIVE_PERCENT[3], INFINITY),
        "5 % for independent points",
        f"With a free norm it is {evidence.background_alone_free:.2f} for two degrees of freedom (5 %: "
        f"{FIVE_PERCENT[2]:.2f}): a background 1.3 to 3.6 times as bright as published leaves no excess to explain.",
    )


def _inside(evidence: Evidence) -> Claim:
    predicted = evidence.outside_predicted
    beside = f" The densities predict {predicted:.2f}." if math.isfinite(predicted) else ""
    return _named(
        "excess_inside",
        "excess between |l| < 60, |b| < 20 and COMPTEL's window, 1-10 MeV, in standard deviations, least over the "
        "backgrounds",
        evidence.outside_significance,
        (-2.0, 2.0),
        "two standard deviations",
        f"Its level is up to {evidence.outside:.2f} of that inside: 'only inside' is allowed, not shown.{beside}",
    )


def _in_flight() -> Claim:
    """Return the claim that energetic positrons are ruled out: their light at 10 MeV over COMPTEL's."""
    positrons = InFlight(E_0=20.0)
    light = 10.0**2 * float(positrons.density(10.0)) * positrons.per_line_photon(0.97) * PAPER_LINE_INTENSITY
    sky = LINE_SKIES["knoedlseder2005"]()
    factor = sky.mean_intensity(COMPTEL_WINDOW)[0] / sky.mean_intensity(INTEGRAL_CIRCLE)[0]
    return Claim(
        "in_flight",
        "section 5",
        "energetic positrons of ~20 MeV seem ruled out: in flight they would outshine COMPTEL",
        f"their k^2 Phi at 10 MeV over COMPTEL's {COMPTEL_AT_10:g}, with the line's own window factor {factor:.3f}",
        light * factor / COMPTEL_AT_10,
        1.0,
        INFINITY,
        "COMPTEL's flux, all of it",
        "The window argument that lets the nuggets fit also loosens this bound; Das et al. 2025 (arXiv:2506.00847, "
        "abstract) allow injection up to ~50 MeV.",
        condition="the two windows are taken as one, W = 1",
        under_condition=light / COMPTEL_AT_10,
    )

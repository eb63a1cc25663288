"""Claims about the nuggets themselves, section 2."""

from __future__ import annotations

import numpy as np

from skymodel.emission.claims.claim import Claim, untestable
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.event.constants import PROTON_GRAM
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY

OPACITIES = ((1e20, 1e-9), (1e33, 1e-13))  # B, and the printed cross-section over mass [cm2 g-1]
WINDOW = (1e20, 1e33)  # of B, section 2


def nugget_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about opacity, the baryon number, and what nothing here tests."""
    encounters = scenario.encounters
    ratios = [
        np.pi * encounters.radius(baryons) ** 2 / (baryons * PROTON_GRAM) / printed for baryons, printed in OPACITIES
    ]
    opacity = Claim(
        "opacity",
        "section 2",
        "cross-section over mass ~ 1e-13 to 1e-9 cm2/g for B = 1e33 to 1e20",
        f"computed over printed at the end that is farther off, {encounters.nuclear_density:g} g cm-3 inside",
        float(max(ratios, key=lambda ratio: abs(np.log(ratio)))),
        0.1,
        10.0,
        "an order of magnitude, as printed",
    )
    found = [opacity] if scenario.mean_j is None else [opacity, _baryon_number(scenario, scenario.mean_j)]
    return [*found, *_UNTESTABLE]


def _baryon_number(scenario: Scenario, mean_j: float) -> Claim:
    encounters, printed = scenario.encounters, scenario.printed_mean_j
    stars = np.nan if printed is None else encounters.implied_baryon_number(printed, PAPER_LINE_INTENSITY)
    return Claim(
        "baryon_number",
        "section 2",
        "B between 1e20 and 1e33",
        "B implied by the line intensity and the mean of J of interstellar electrons",
        encounters.implied_baryon_number(mean_j, PAPER_LINE_INTENSITY),
        *WINDOW,
        "the range as printed",
        "Assumes: " + "; ".join(encounters.assumptions()) + ". Flambaum et al. 2024 (arXiv:2405.17775, abstract) allow "
        "2e24 to 8e25.",
        condition="" if printed is None else "electrons inside stars are counted",
        under_condition=stars,
    )


_UNTESTABLE = (
    untestable(
        "early_universe",
        "section 2",
        "the nuggets contradict none of the constraints on dark matter, antimatter and nucleosynthesis",
        "Neither the early universe nor the formation of structure is modelled here.",
    ),
    untestable(
        "mu_of_quark_matter",
        "sections 2, 3",
        "mu of quark matter is a few to tens of MeV, calculated long before COMPTEL's excess was considered",
        "It rests on the paper's references 17 and 18; nothing here computes the surface of quark matter.",
    ),
    untestable(
        "xrays",
        "sections 1, 5",
        "the diffuse 8 keV X-rays of the bulge have the same origin",
        "No spectrum of the X-rays is predicted here; their energy per encounter stands in the table of all bands.",
    ),
)

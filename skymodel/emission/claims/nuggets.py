"""Claims about the nuggets themselves, section 2."""

from __future__ import annotations

import numpy as np

from skymodel.emission.claims.claim import Claim
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.event.constants import PROTON_GRAM
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY


def nugget_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about opacity and, if the mean of J is known, the baryon number."""
    encounters = scenario.encounters
    claims = [
        Claim(
            f"opacity_{baryons:.0e}".replace("+", ""),
            "section 2",
            f"cross-section over mass ~ {printed:g} cm2/g",
            f"pi R^2 / (B m_p) for B = {baryons:.0e}, {encounters.nuclear_density:g} g cm-3 inside",
            np.pi * encounters.radius(baryons) ** 2 / (baryons * PROTON_GRAM),
            printed / 10,
            printed * 10,
            "an order of magnitude, as printed",
        )
        for baryons, printed in ((1e20, 1e-9), (1e33, 1e-13))
    ]
    if scenario.mean_j is None:
        return claims
    implied = encounters.implied_baryon_number(scenario.mean_j, PAPER_LINE_INTENSITY)
    note = "Assumes: " + "; ".join(encounters.assumptions()) + "."
    return [
        *claims,
        Claim(
            "baryon_number",
            "section 2",
            "B between 1e20 and 1e33",
            "B implied by the line intensity and the mean of J",
            implied,
            1e20,
            1e33,
            "the range as printed",
            note,
        ),
    ]

"""Every quantitative statement of Lawson & Zhitnitsky (2007), computed, with a verdict that follows from the number.

What the paper leaves open is the caller's to give, in a :class:`Scenario`: the speed of the electrons, and what the
densities say (window factor, containment, mean J), which this floor does not compute.
"""

from __future__ import annotations

from skymodel.emission.claims.claim import FAILS, HOLDS, Claim, claims_table, claims_text
from skymodel.emission.claims.electrosphere import shape_claims, survival_claims
from skymodel.emission.claims.nuggets import nugget_claims
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.claims.shape import flatness, speed_of_flatness
from skymodel.emission.claims.sky import line_claims, window_claims
from skymodel.emission.claims.spectrum import flux_claims, rate_claims, spectrum_claims

__all__ = [
    "FAILS",
    "HOLDS",
    "Claim",
    "Scenario",
    "claims_table",
    "claims_text",
    "flatness",
    "paper_claims",
    "speed_of_flatness",
]

_PARTS = (
    spectrum_claims,
    rate_claims,
    line_claims,
    flux_claims,
    window_claims,
    survival_claims,
    shape_claims,
    nugget_claims,
)


def paper_claims(scenario: Scenario) -> tuple[Claim, ...]:
    """Return every quantitative statement of the paper with its computed value, in the order of the paper.

    Parameters
    ----------
    scenario
        What the paper leaves open, and its parameters.

    Examples
    --------
    >>> claims = paper_claims(Scenario(v_e=0.1, window_factor=0.38, containment=0.3))
    >>> {claim.name: claim.verdict for claim in claims}["window"]
    'fails'
    """
    return tuple(claim for part in _PARTS for claim in part(scenario))

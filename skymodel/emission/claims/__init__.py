"""Every distinct statement of Lawson & Zhitnitsky (2007), computed, with a verdict that follows from the number.

What the paper leaves open is the caller's to give, in a :class:`Scenario`: the speed of the electrons, and what the
densities say (window factor, containment, mean J), which this floor does not compute; and what the measurements say, in
an :class:`Evidence`. ``docs/claims.md`` lists the statements.
"""

from __future__ import annotations

from dataclasses import replace

from skymodel.emission.claims.claim import (
    CONDITIONAL,
    FAILS,
    HOLDS,
    UNTESTABLE,
    Claim,
    claims_table,
    claims_text,
    tally,
    tally_text,
)
from skymodel.emission.claims.comptel import comptel_claims
from skymodel.emission.claims.derived import derived_claims, stand_in_claims
from skymodel.emission.claims.electrosphere import shape_claims, survival_claims
from skymodel.emission.claims.evidence import Evidence
from skymodel.emission.claims.nuggets import nugget_claims
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.claims.shape import flatness, speed_of_flatness
from skymodel.emission.claims.sky import line_claims, window_claims
from skymodel.emission.claims.spectrum import flux_claims, spectrum_claims

__all__ = [
    "CONDITIONAL",
    "FAILS",
    "HOLDS",
    "UNTESTABLE",
    "Claim",
    "Evidence",
    "Scenario",
    "claims_table",
    "claims_text",
    "flatness",
    "paper_claims",
    "speed_of_flatness",
    "tally",
    "tally_text",
]

_GROUPS = {
    "The spectrum of one annihilation": (spectrum_claims,),
    "The 511 keV line and the number of positronium atoms": (line_claims,),
    "The size of the continuum and the meaning of chi": (flux_claims,),
    "Two windows, one ratio": (window_claims,),
    "The electrosphere": (survival_claims, shape_claims),
    "The nuggets": (nugget_claims,),
}
_ASIDE = {
    "Derived here: not said by the paper": derived_claims,
    "Our stand-in densities": stand_in_claims,
}


def paper_claims(scenario: Scenario, evidence: Evidence | None = None) -> tuple[Claim, ...]:
    """Return every statement of the paper with its computed value, group by group.

    Parameters
    ----------
    scenario
        What the paper leaves open, and its parameters.
    evidence
        What the measurements say; without it statements about COMPTEL's data are "not testable here".

    Examples
    --------
    >>> claims = paper_claims(Scenario(v_e=0.1, window_factor=0.38, containment=0.3))
    >>> {claim.name: claim.verdict for claim in claims}["window"]
    'fails'
    """
    found = [
        replace(claim, group=group) for group, parts in _GROUPS.items() for part in parts for claim in part(scenario)
    ]
    found += [replace(claim, group="COMPTEL's spectrum") for claim in comptel_claims(scenario, evidence)]
    aside = [replace(claim, group=group, counted=False) for group, part in _ASIDE.items() for claim in part(scenario)]
    return (*found, *aside)

"""The paper's quantitative statements, checked for a run's densities and emission.

The paper gives no speed of the electrons in the electrosphere; the statements are checked for the least speed that
makes the spectrum as flat as printed, and the text says so.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skymodel.emission.claims import HOLDS, Claim, Scenario, claims_table, claims_text, paper_claims, speed_of_flatness
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.runs.one.fluxes import Part

MU_0, Z_MAX, CHI = 60.0, 30.0, 0.2  # MeV, z_0: "representative values" of appendix A


@dataclass(frozen=True)
class ClaimsReport:
    """The paper's statements with their verdicts.

    Parameters
    ----------
    claims
        One for each statement, in the order of the paper.
    scenario
        What they were checked for.
    """

    claims: tuple[Claim, ...]
    scenario: Scenario

    @property
    def table(self) -> Any:
        """A QTable with a row for each statement."""
        return claims_table(self.claims)

    @property
    def summary(self) -> str:
        """How many statements hold, in one sentence."""
        count, holding = len(self.claims), sum(claim.verdict == HOLDS for claim in self.claims)
        return f"Of {count} quantitative statements of the paper {holding} hold and {count - holding} fail"

    @property
    def text(self) -> str:
        """The statements, values and verdicts in words."""
        speed = f"v_e = {self.scenario.v_e:.4g} c, the least that makes the spectrum of appendix A as flat as printed"
        return f"Checked for W = {self.scenario.window_factor:.4f} and {speed}.\n\n{claims_text(self.claims)}"


def check_claims(
    uniform: NuggetEmission, circle: Part, *, window_factor: float, containment: float, others: Sequence[float]
) -> ClaimsReport:
    """Return the verdicts on the paper's statements.

    Parameters
    ----------
    uniform
        Its mu and chi are those of eq. (6).
    circle
        Mean of J in the circle of 6 deg.
    window_factor, containment
        W and the share of the sky's flux in the circle, for the configured densities.
    others
        W of other pairs of densities.
    """
    scenario = Scenario(
        v_e=_least_speed(),
        window_factor=window_factor,
        containment=containment,
        window_factors=tuple(others),
        mean_j=circle.mean.value,
        mu=uniform.mu,
        chi=uniform.chi,
        mu_0=MU_0,
        z_max=Z_MAX,
        sphere_chi=CHI,
    )
    return ClaimsReport(paper_claims(scenario), scenario)


@functools.cache
def _least_speed() -> float:
    return speed_of_flatness(ElectrosphereEmission(Electrosphere(MU_0, Z_MAX, v_e=1.0), chi=CHI))

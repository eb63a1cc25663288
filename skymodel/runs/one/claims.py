"""The paper's quantitative statements, checked for a run's densities and emission.

The paper gives no speed of the electrons in the electrosphere; the statements are checked for the least speed that
makes the spectrum as flat as printed, and the text says so.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from profiles.contract.shown import short
from profiles.shelf.tracers import INTERSTELLAR
from skymodel.comparison.ratio.pair import PairVerdict
from skymodel.comparison.ratio.verdict import Verdict
from skymodel.emission.claims import (
    Claim,
    Scenario,
    claims_table,
    claims_text,
    paper_claims,
    speed_of_flatness,
    tally_text,
)
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.runs.fits.evidence import evidence
from skymodel.runs.one.fluxes import Part

REFERENCE_HALO = "pppc4dmid_nfw"  # whose pairs stand for a tracer that the configured pair does not have
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

    __repr__ = short

    claims: tuple[Claim, ...]
    scenario: Scenario

    def __len__(self) -> int:
        """Return the number of statements."""
        return len(self.claims)

    def __iter__(self) -> Iterator[Claim]:
        """Yield the statements."""
        return iter(self.claims)

    def __getitem__(self, index: Any) -> Any:
        """Return one statement, or several of a slice."""
        return self.claims[index]

    @property
    def table(self) -> Any:
        """A QTable with a row for each statement."""
        return claims_table(self.claims)

    @property
    def summary(self) -> str:
        """How many statements hold, fail, hold under a condition or cannot be tested, in one sentence."""
        return tally_text(self.claims)

    @property
    def text(self) -> str:
        """The statements, values and verdicts in words."""
        speed = f"v_e = {self.scenario.v_e:.4g} c, the least that makes the spectrum of appendix A as flat as printed"
        return f"Checked for W = {self.scenario.window_factor:.4f} and {speed}.\n\n{claims_text(self.claims)}"


def check_claims(
    uniform: NuggetEmission,
    circle: Part,
    *,
    window_factor: float,
    containment: float,
    others: Sequence[float],
    judged: Verdict | None = None,
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
    judged
        All pairs with their tracers. Where some have interstellar electrons the statements are checked for these: W, B
        and the independence; the configured pair then stands for the tracer as printed, if it is that.
    """
    own = _Densities(window_factor, tuple(others), circle.columns[0].value, None)
    known = own if judged is None else _interstellar(own, judged)
    scenario = Scenario(
        v_e=_least_speed(),
        window_factor=known.window_factor,
        containment=containment,
        window_factors=known.others,
        mean_j=known.mean_j,
        printed_mean_j=known.printed_mean_j,
        mu=uniform.mu,
        chi=uniform.chi,
        mu_0=MU_0,
        z_max=Z_MAX,
        sphere_chi=CHI,
    )
    return ClaimsReport(paper_claims(scenario, evidence(scenario)), scenario)


class _Densities(NamedTuple):
    """What the densities say: W, W of others, mean of J in the circle, and that of all visible matter."""

    window_factor: float
    others: tuple[float, ...]
    mean_j: float
    printed_mean_j: float | None


def _interstellar(own: _Densities, judged: Verdict) -> _Densities:
    """Return what interstellar electrons say: the configured pair if it has them, else the reference pair."""
    gas = [pair for pair in judged.pairs if pair.tracer == INTERSTELLAR]
    if not gas:
        return own
    first = judged.pairs[0]
    chosen = first if first in gas else next((pair for pair in gas if pair.dark_matter == REFERENCE_HALO), gas[0])
    printed = [pair for pair in judged.pairs if pair.tracer != INTERSTELLAR]
    stars = first if first in printed else next((pair for pair in printed if _is_whole(pair)), None)
    return _Densities(
        chosen.window.value,
        tuple(pair.window.value for pair in gas if pair is not chosen),
        chosen.window.denominator.value,
        stars.window.denominator.value if stars else None,
    )


def _is_whole(pair: PairVerdict) -> bool:
    return pair.dark_matter == REFERENCE_HALO and pair.electrons == "mcmillan2017_baryons"


@functools.cache
def _least_speed() -> float:
    return speed_of_flatness(ElectrosphereEmission(Electrosphere(MU_0, Z_MAX, v_e=1.0), chi=CHI))

"""A promise about time: no call runs away, and what it could not do in its budget it says.

``shortfall="refuse"`` stops at the budget with one clear error. ``shortfall="state"`` then spends what is left of it on
a tolerance of a tenth, a hundredth, and so on: every number comes with the true error that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from numbers import Real
from typing import Generic, Literal, NamedTuple, TypeVar, cast, get_args

from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.meter import Meter, OutOfBudget, Shortfall

OnShortfall = Literal["refuse", "state"]
Progress = Callable[[int, int], None]
Found = TypeVar("Found")

A_PIXEL = 64 * 100  # evaluations: a hundred times what a fixed rule of 64 nodes at every pixel's centre costs
A_MEAN = 1e8  # of a mean over a region; no map is allowed less, because its sky has to be learnt at any resolution
FIRST = 0.5  # of the budget goes to what is asked for; if it fails, the rest to ever tighter tolerances
LOOSEST = 0.1  # the first of these


class Kept(NamedTuple, Generic[Found]):
    """What was found, the evaluations of all tries, and the tolerance of the one that succeeded."""

    found: Found
    evaluations: int
    rtol: float


@dataclass(frozen=True)
class Promise:
    """What a call may spend, and what it does when that is not enough.

    Parameters
    ----------
    shortfall
        "refuse" or "state".
    budget
        Evaluations.
    """

    shortfall: OnShortfall
    budget: float

    @classmethod
    def made(cls, shortfall: str, budget: float | None, default: float) -> Promise:
        """Return what a user asked for; refuse what means nothing."""
        if shortfall not in get_args(OnShortfall):
            raise ValueError(f"shortfall = {shortfall!r}; allowed: {', '.join(map(repr, get_args(OnShortfall)))}")
        if budget is not None and not (isinstance(budget, Real) and budget >= 1):
            raise ValueError(
                f"budget = {budget!r}; allowed: 1 evaluation or more, or None for the default {default:.3g}"
            )
        return cls(shortfall, default if budget is None else float(budget))  # type: ignore[arg-type]  # checked above

    @property
    def states(self) -> bool:
        """Whether what falls short is stated."""
        return self.shortfall == "state"

    def kept(self, work: Callable[[SightLines, float], Found], lines: SightLines, rtol: float) -> Kept[Found]:
        """Return what `work` finds with sight lines on a meter and a tolerance.

        Raises
        ------
        Shortfall
            If it is not to be stated, or even the loosest try fails.
        """
        spent, best = 0.0, cast("Kept[Found] | None", None)
        for tolerance, share in self._tries(rtol):
            meter = Meter(share * (self.budget - spent))
            try:
                with lines.crew:
                    best = Kept(work(replace(lines, meter=meter), tolerance), 0, tolerance)
            except Shortfall as failure:
                spent += meter.spent
                if not self.states or (best is None and tolerance != rtol):
                    raise self._refusal(failure, rtol, spent) from failure
                if best is not None:
                    break
            else:
                spent += meter.spent
                if tolerance == rtol:
                    break
        if best is None:  # a tolerance as loose as they come, and missed
            raise Shortfall(f"rtol = {rtol:g} could not be met; nothing looser is left to try")
        return best._replace(evaluations=round(spent))

    def _tries(self, rtol: float) -> Iterator[tuple[float, float]]:
        """Yield tolerances and the shares of what is left that they may spend: as asked, then from the loosest on."""
        yield rtol, FIRST if self.states else 1.0
        looser = LOOSEST
        while looser > rtol:
            yield looser, 1.0
            looser /= 10

    def _refusal(self, failure: Shortfall, rtol: float, spent: float) -> Shortfall:
        if not isinstance(failure, OutOfBudget):
            return failure
        after = "no answer at any tolerance" if self.states else f"rtol = {rtol:g} was not reached"
        cure = (
            "a larger budget or fewer pixels" if self.states else "shortfall='state', a larger rtol or a larger budget"
        )
        return OutOfBudget(
            f"{after} within the budget of {self.budget:.3g} evaluations ({spent:.3g} spent); it would take more than "
            f"that: ask for {cure}"
        )

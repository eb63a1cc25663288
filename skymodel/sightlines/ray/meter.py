"""What a piece of work may cost and has cost, counted where densities are called.

One evaluation is one point at which the whole density is computed; one of a term of a sum counts as its share of the
terms. All sight lines of one call share a meter, whichever threads they run in.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field

from profiles.contract.arrays import Floats, Ints
from skymodel.sightlines.ray.quadrature import Integrand


class Shortfall(ValueError):
    """A tolerance that was not reached: by its nature, or within the budget."""


class OutOfBudget(Shortfall):
    """The budget is spent."""


@dataclass
class Meter:
    """A count of evaluations, with an end.

    Parameters
    ----------
    budget
        Evaluations that may be spent.
    spent
        Those that have been.
    """

    budget: float = math.inf
    spent: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def left(self) -> float:
        """Evaluations that may still be spent."""
        return max(self.budget - self.spent, 0.0)

    def spend(self, points: float) -> None:
        """Count evaluations that are about to be made.

        Raises
        ------
        OutOfBudget
            If they are more than may be spent.
        """
        with self._lock:
            if self.spent + points > self.budget:
                self.spent = self.budget  # whatever other threads are about to do
                raise OutOfBudget(f"the budget of {self.budget:.3g} evaluations is spent")
            self.spent += points

    def counting(self, integrand: Integrand, weight: float) -> Integrand:
        """Return an integrand that counts its places, each as `weight`."""

        def counted(piece: Ints, t: Floats) -> Floats:
            self.spend(weight * t.size)
            return integrand(piece, t)

        return counted

"""A number and a bound of its error, and the arithmetic that keeps the bound one.

Errors add as if they conspired: nothing is assumed about how two numbers are related, so a bound stays a bound whatever
they share. An error that is a standard deviation is no bound and has no place here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from astropy import units

from profiles.contract.arrays import ROUNDING

_NO_UNIT = units.dimensionless_unscaled


@dataclass(frozen=True)
class Bounded:
    """A number, a bound of its error, and their unit.

    Parameters
    ----------
    value
        The number.
    error
        What it may be off by, at most; infinite where nothing is known, nan where the source does not say.
    unit
        An astropy unit or its name; of both.

    Examples
    --------
    >>> Bounded(2.0, 0.5) / Bounded(4.0, 1.0)  # as low as 1.5 / 5, as high as 2.5 / 3
    Bounded(value=0.5, error=0.333..., unit=Unit(dimensionless))
    """

    value: float
    error: float
    unit: Any = _NO_UNIT

    def __post_init__(self) -> None:
        """Settle the unit."""
        object.__setattr__(self, "unit", units.Unit(self.unit))

    def __iter__(self) -> Iterator[float]:
        """Yield the value and the error, for ``value, error = number``."""
        yield self.value
        yield self.error

    def __add__(self, other: Bounded) -> Bounded:
        """Return the sum with a number of the same unit."""
        if self.unit != other.unit:
            raise ValueError(f"[{self.unit}] and [{other.unit}] do not add; give both in one unit")
        return Bounded(self.value + other.value, self.error + other.error, self.unit)

    def __mul__(self, other: Bounded | float) -> Bounded:
        """Return the product with a number, exact if it is a float."""
        if not isinstance(other, Bounded):
            return Bounded(self.value * other, self.error * abs(other), self.unit)
        error = abs(self.value) * other.error + self.error * (abs(other.value) + other.error)
        value = self.value * other.value
        return Bounded(value, error + ROUNDING * abs(value), self.unit * other.unit)

    __rmul__ = __mul__

    def __truediv__(self, other: Bounded | float) -> Bounded:
        """Return the quotient by a number, exact if it is a float; its error is infinite if the divisor may be zero."""
        if not isinstance(other, Bounded):
            return Bounded(self.value / other, self.error / abs(other), self.unit)
        if other.value == 0:
            return Bounded(math.nan, math.inf, self.unit / other.unit)
        value = self.value / other.value
        error = other.least_under(self.error + abs(value) * other.error)
        return Bounded(value, error + ROUNDING * abs(value), self.unit / other.unit)

    def __rtruediv__(self, other: float) -> Bounded:
        """Return an exact number over this one."""
        return Bounded(other, 0.0) / self

    def within(self, low: float, high: float) -> Bounded:
        """Return the number, at the edge of its range where it lies beyond it by no more than its error.

        Parameters
        ----------
        low, high
            What the number can be, by what it is: 0 and 1 for a share.

        Examples
        --------
        >>> Bounded(1 + 3e-10, 1e-9).within(0, 1).value, Bounded(1.1, 1e-9).within(0, 1).value
        (1, 1.1)
        """
        edge = min(max(self.value, low), high)
        return replace(self, value=edge) if abs(edge - self.value) <= self.error else self

    def least_under(self, bound: float) -> float:
        """Return `bound` over the least that this number may be, infinite if that is zero: the error of a quotient.

        Parameters
        ----------
        bound
            Of a - q b, where b is this number and q = a / b is computed: at most da + |q| db, less if a and b share
            their errors.

        Notes
        -----
        The true a' / b' differs from q by (a' - q b') / b', and b' is at least |b| - db. Divided by |b| the error would
        be no bound.
        """
        least = abs(self.value) - self.error
        return bound / least if least > 0 else math.inf

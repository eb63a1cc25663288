"""The distributions that a parameter can be drawn from: a share of the probability becomes a number or a label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from astropy import units
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _quantity(value: Any) -> units.Quantity:
    try:
        quantity = units.Quantity(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a number, nor a text with a unit such as '20 kpc'") from None
    if quantity.shape or not np.isfinite(quantity.value):
        raise ValueError(f"{value!r} is not one finite number")
    return quantity


Value = Annotated[Any, BeforeValidator(_quantity)]
Share = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Prior(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    when: dict[str, list[str]] = Field(default_factory=dict)


class _Single(_Prior):
    """A prior on one parameter: one dimension of the cube."""

    parameter: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """The one parameter."""
        return (self.parameter,)

    @property
    def dimensions(self) -> int:
        """One."""
        return 1


class _Continuous(_Single):
    carrier: ClassVar[str]  # the field whose unit the drawn numbers have
    low: Value | None = None
    high: Value | None = None

    @property
    def unit(self) -> Any:
        """Unit of the drawn numbers, that of the first number given."""
        return getattr(self, self.carrier).unit

    def _number(self, value: units.Quantity | None, default: float) -> float:
        return default if value is None else float(value.to_value(self.unit))

    @model_validator(mode="after")
    def _one_unit_and_some_room(self) -> _Continuous:
        try:
            low, high = self._number(self.low, -math.inf), self._number(self.high, math.inf)
        except units.UnitConversionError as error:
            raise ValueError(f"prior on {self.parameter}: {error}") from None
        if not low < high:
            raise ValueError(f"prior on {self.parameter}: low = {self.low} is not below high = {self.high}")
        return self


class _Gaussian(_Continuous):
    def _cut(self, share: float, low: float, high: float) -> float:
        """Return the standard normal variate at `share` of the probability between `low` and `high`."""
        from scipy.special import ndtr, ndtri

        if low > 0:  # the upper tail is mirrored to the lower, where probabilities keep their digits
            return -self._cut(1 - share, -high, -low)
        bottom, top = float(ndtr(low)), float(ndtr(high))
        if not top > bottom:
            raise ValueError(f"prior on {self.parameter}: low and high leave no probability; widen them")
        return float(np.clip(ndtri(bottom + share * (top - bottom)), low, high))


class Normal(_Gaussian):
    """Normal, cut at `low` and `high` where given."""

    carrier = "mean"
    distribution: Literal["normal"]
    mean: Value
    sd: Value

    def value(self, share: float) -> float:
        """Return the number at the cumulative probability `share`."""
        mean, sd = self._number(self.mean, 0.0), self._number(self.sd, 1.0)
        bounds = ((self._number(self.low, -math.inf) - mean) / sd, (self._number(self.high, math.inf) - mean) / sd)
        return mean + sd * self._cut(share, *bounds)

    @model_validator(mode="after")
    def _spreads(self) -> Normal:
        if not self._number(self.sd, 1.0) > 0:
            raise ValueError(f"prior on {self.parameter}: sd = {self.sd}; allowed: > 0")
        self.value(0.5)
        return self


class LogNormal(_Gaussian):
    """Log-normal of a median and the standard deviation of the natural logarithm."""

    carrier = "median"
    distribution: Literal["lognormal"]
    median: Value
    sigma: Share

    def value(self, share: float) -> float:
        """Return the number at the cumulative probability `share`."""
        median = self._number(self.median, 1.0)
        low, high = self._number(self.low, 0.0), self._number(self.high, math.inf)
        bounds = tuple(math.log(max(end, 1e-300) / median) / self.sigma for end in (low, high))
        return median * math.exp(self.sigma * self._cut(share, *bounds))

    @model_validator(mode="after")
    def _is_positive(self) -> LogNormal:
        if not self.median.value > 0:
            raise ValueError(f"prior on {self.parameter}: median = {self.median}; a log-normal needs a median > 0")
        self.value(0.5)
        return self


class Uniform(_Continuous):
    """Uniform between `low` and `high`."""

    carrier = "high"
    distribution: Literal["uniform"]
    low: Value
    high: Value

    def value(self, share: float) -> float:
        """Return the number at the cumulative probability `share`."""
        low, high = self._number(self.low, 0.0), self._number(self.high, 0.0)
        return low + share * (high - low)


class LogUniform(_Continuous):
    """Uniform in the logarithm between `low` > 0 and `high`."""

    carrier = "high"
    distribution: Literal["loguniform"]
    low: Value
    high: Value

    def value(self, share: float) -> float:
        """Return the number at the cumulative probability `share`."""
        low, high = self._number(self.low, 1.0), self._number(self.high, 1.0)
        return low * float((high / low) ** share)

    @model_validator(mode="after")
    def _is_positive(self) -> LogUniform:
        if not self._number(self.low, 1.0) > 0:
            raise ValueError(f"prior on {self.parameter}: low = {self.low}; a log-uniform needs low > 0")
        return self


class Choice(_Single):
    """One of several labelled options, equally likely unless `weights` say otherwise."""

    distribution: Literal["choice"]
    options: dict[str, Any] = Field(min_length=1)
    weights: dict[str, Share] = Field(default_factory=dict)

    def _steps(self) -> Any:
        weights = [self.weights.get(label, 0.0 if self.weights else 1.0) for label in self.options]
        return np.cumsum(weights) / sum(weights)

    def label(self, share: float) -> str:
        """Return the option at the cumulative probability `share`."""
        place = int(np.searchsorted(self._steps(), share, side="right"))
        return list(self.options)[min(place, len(self.options) - 1)]

    def shares(self) -> dict[str, float]:
        """Return a cumulative probability of each option that can be drawn, in the middle of its range."""
        steps = self._steps()
        starts = np.concatenate([[0.0], steps[:-1]])
        return {
            label: float((start + stop) / 2)
            for label, start, stop in zip(self.options, starts, steps, strict=True)
            if stop > start
        }

    @model_validator(mode="after")
    def _weighs_its_options(self) -> Choice:
        if self.weights.keys() - self.options.keys():
            extra = ", ".join(sorted(self.weights.keys() - self.options.keys()))
            raise ValueError(f"prior on {self.parameter}: weights name {extra}; options: {', '.join(self.options)}")
        return self


class MultiNormal(_Prior):
    """Several correlated normal parameters."""

    distribution: Literal["multinormal"]
    parameters: tuple[str, ...] = Field(min_length=2)
    mean: tuple[Value, ...]
    sd: tuple[Value, ...]
    correlation: tuple[tuple[float, ...], ...]

    @property
    def dimensions(self) -> int:
        """One for each parameter."""
        return len(self.parameters)

    def values(self, shares: Sequence[float]) -> list[float]:
        """Return the numbers, in the units of the means, at a point of the unit cube."""
        from scipy.special import ndtri

        mixed = np.linalg.cholesky(np.array(self.correlation)) @ ndtri(np.asarray(shares))
        return [float(m.value + s.to_value(m.unit) * z) for m, s, z in zip(self.mean, self.sd, mixed, strict=True)]

    @model_validator(mode="after")
    def _is_a_correlation(self) -> MultiNormal:
        count, matrix = len(self.parameters), np.array(self.correlation)
        if not (len(self.mean) == len(self.sd) == count and matrix.shape == (count, count)):
            raise ValueError(f"prior on {', '.join(self.parameters)}: give {count} means, sds and rows of correlation")
        if not (np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1)):
            raise ValueError(
                f"prior on {', '.join(self.parameters)}: correlation is not symmetric with ones on its diagonal"
            )
        if np.linalg.eigvalsh(matrix).min() <= 0:
            raise ValueError(f"prior on {', '.join(self.parameters)}: correlation is not positive definite")
        return self


Prior = Annotated[Normal | LogNormal | Uniform | LogUniform | Choice | MultiNormal, Field(discriminator="distribution")]

"""What is not known about a model, as priors on its configuration: a point of the unit cube becomes a specification.

A prior names a parameter by its place in the configuration, ``dark_matter.r_s``, ``electrons.thin_disk.z_d``,
``observer.r_sun`` or ``electrons.0.R_d`` for the first of a list, and a distribution: ``normal`` and ``lognormal``
(cut by ``low`` and ``high`` where given), ``uniform``, ``loguniform``, ``choice`` among labelled options, or
``multinormal`` for several parameters with a correlation. ``when: {dark_matter: [nfw]}`` limits a prior to some options
of an earlier choice. Quantities carry their units as everywhere in a configuration.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from astropy import units
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator


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

    def label(self, share: float) -> str:
        """Return the option at the cumulative probability `share`."""
        weights = [self.weights.get(label, 0.0 if self.weights else 1.0) for label in self.options]
        steps = np.cumsum(weights) / sum(weights)
        return list(self.options)[min(int(np.searchsorted(steps, share, side="right")), len(weights) - 1)]

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
_ADAPTER: TypeAdapter[list[Any]] = TypeAdapter(list[Prior])


@dataclass(frozen=True)
class Drawn:
    """One draw.

    Parameters
    ----------
    values
        Number or label of each parameter; nan where its prior does not apply.
    model
        The configuration with the draw put in.
    """

    values: Mapping[str, float | str]
    model: Mapping[str, Any]


def read_priors(entries: Any) -> tuple[Any, ...]:
    """Return the priors of a configuration's list.

    Raises
    ------
    ValueError
        If a parameter has two priors, a ``when`` names no earlier choice, or an entry is refused.
    """
    try:
        priors = tuple(_ADAPTER.validate_python(entries))
    except ValidationError as error:
        raise ValueError(_one_line(error, entries)) from None
    if not priors:
        raise ValueError("an ensemble needs at least one prior")
    seen: dict[str, Any] = {}
    for prior in priors:
        for name, labels in prior.when.items():
            known = getattr(seen.get(name), "options", {})
            missing = [label for label in labels if label not in known]
            if missing:
                raise ValueError(
                    f"when: {name} has no option '{missing[0]}' in an earlier choice; it has {list(known)}"
                )
        for name in prior.parameters:
            if name in seen:
                raise ValueError(f"two priors on {name}; give one")
            seen[name] = prior
    return priors


def _one_line(error: ValidationError, entries: Any) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    where = ".".join(str(part) for part in first["loc"])
    entry = entries[int(first["loc"][0])] if first["loc"] and isinstance(entries, list) else entries
    name = entry.get("parameter", where) if isinstance(entry, dict) else where
    return f"prior on {name}: {where}: {first['msg']}"


def dimensions(priors: Sequence[Any]) -> int:
    """Return the number of dimensions of the unit cube that the priors span."""
    return sum(prior.dimensions for prior in priors)


def columns(priors: Sequence[Any]) -> dict[str, Any]:
    """Return the unit of each parameter, by name; None for a choice."""
    found: dict[str, Any] = {}
    for prior in priors:
        if isinstance(prior, MultiNormal):
            found |= {name: mean.unit for name, mean in zip(prior.parameters, prior.mean, strict=True)}
        else:
            found[prior.parameter] = None if isinstance(prior, Choice) else prior.unit
    return found


def draw(priors: Sequence[Any], model: Mapping[str, Any], point: Any) -> Drawn:
    """Return the draw at a `point` ``(dimensions,)`` of the unit cube, put into a copy of the raw `model`."""
    spec, values, start = copy.deepcopy(dict(model)), dict[str, float | str](), 0
    for prior in priors:
        shares = [float(share) for share in point[start : start + prior.dimensions]]
        start += prior.dimensions
        if any(values[name] not in labels for name, labels in prior.when.items()):
            values |= {name: "" if isinstance(prior, Choice) else math.nan for name in prior.parameters}
            continue
        for name, value, content in _settled(prior, shares):
            values[name] = value
            _put(spec, name, content)
    return Drawn(values, spec)


def _settled(prior: Any, shares: list[float]) -> list[tuple[str, float | str, Any]]:
    """Return name, value for the table and content for the configuration of each parameter of a prior."""
    if isinstance(prior, Choice):
        label = prior.label(shares[0])
        return [(prior.parameter, label, copy.deepcopy(prior.options[label]))]
    numbers = prior.values(shares) if isinstance(prior, MultiNormal) else [prior.value(shares[0])]
    kinds = columns([prior])
    return [(name, number, _content(number, kinds[name])) for name, number in zip(kinds, numbers, strict=True)]


def _content(number: float, unit: Any) -> Any:
    return number if unit == units.dimensionless_unscaled else number * unit


def _put(spec: dict[str, Any], name: str, content: Any) -> None:
    """Put `content` at the dotted place `name`; a mapping on the way is made where there is none."""
    *way, last = name.split(".")
    place: Any = spec
    for step in way:
        place = place[_index(place, step, name)] if isinstance(place, list) else place.setdefault(step, {})
    if isinstance(place, list):
        place[_index(place, last, name)] = content
    elif isinstance(place, dict):
        place[last] = content
    else:
        raise ValueError(f"prior on {name}: '{last}' lies inside {place!r}, which holds no parameters")


def _index(place: list[Any], step: str, name: str) -> int:
    if not (step.isdigit() and int(step) < len(place)):
        raise ValueError(f"prior on {name}: '{step}' is no index of a list of {len(place)}; count from 0")
    return int(step)

"""Which draws are tried before the first: each prior at both ends and each choice at every option.

A prior inside a choice, ``dark_matter.gamma`` after a choice of ``dark_matter``, is tried under every option that it
applies to, so that a scale that could cross zero, or a parameter that one option lacks, is refused at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.runs.many.distributions import Choice
from skymodel.runs.many.priors import dimensions

TAIL = 1e-7  # probability beyond the ends that are tried


class Trial(NamedTuple):
    """What is tried, in words, and its point of the unit cube ``(dimensions,)``."""

    what: str
    point: Floats


def trials(priors: Sequence[Any]) -> Iterator[Trial]:
    """Yield the draws to try before the first."""
    start = 0
    for prior in priors:
        limits = _limits(prior, priors)
        for labels in itertools.product(*limits.values()):
            point = _point(priors, dict(zip(limits, labels, strict=True)))
            for axis, share in itertools.product(range(start, start + prior.dimensions), _ends(prior)):
                tried = point.copy()
                tried[axis] = share
                yield Trial(f"prior on {', '.join(prior.parameters)} at probability {share:g}", tried)
        start += prior.dimensions


def alone(priors: Sequence[Any], point: Floats) -> Iterator[tuple[str, Sequence[Any], Floats]]:
    """Yield each prior in words, with nothing but the choices beside it, and their part of a point of the cube."""
    stops = np.cumsum([prior.dimensions for prior in priors])
    for one in priors:
        some = [other is one or isinstance(other, Choice) for other in priors]
        parts = [point[stop - prior.dimensions : stop] for prior, stop in zip(priors, stops, strict=True)]
        yield (
            f"prior on {', '.join(one.parameters)}",
            list(itertools.compress(priors, some)),
            np.concatenate(list(itertools.compress(parts, some))),
        )


def middle(priors: Sequence[Any]) -> Floats:
    """Return the point of the cube at every prior's median."""
    return _point(priors, {})


def _ends(prior: Any) -> Sequence[float]:
    return list(prior.shares().values()) if isinstance(prior, Choice) else (TAIL, 1 - TAIL)


def _limits(prior: Any, priors: Sequence[Any]) -> dict[str, Sequence[str]]:
    """Return the options of each choice under which a prior is to be tried."""
    found: dict[str, Sequence[str]] = {}
    for other in priors[: priors.index(prior)]:
        inside = any(name.startswith(f"{other.parameters[0]}.") for name in prior.parameters)
        if isinstance(other, Choice) and inside:
            found[other.parameter] = list(other.shares())
    drawn = {other.parameter: other.shares() for other in priors if isinstance(other, Choice)}
    return found | {name: [one for one in labels if one in drawn[name]] for name, labels in prior.when.items()}


def _point(priors: Sequence[Any], labels: Mapping[str, str]) -> Floats:
    """Return the point where the named choices have these labels and all else is in the middle."""
    wanted, point, stop = dict(labels), np.full(dimensions(priors), 0.5), dimensions(priors)
    for prior in reversed(priors):
        stop -= prior.dimensions
        if isinstance(prior, Choice) and prior.parameter in wanted:
            point[stop] = prior.shares()[wanted[prior.parameter]]
            wanted = {name: options[0] for name, options in prior.when.items()} | wanted
    return point

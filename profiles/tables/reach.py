"""How far a grid reaches, and what it leaves out of the lines from the centre."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats

AXES = {"+x": (1, 0, 0), "-x": (-1, 0, 0), "+y": (0, 1, 0), "-y": (0, -1, 0), "+z": (0, 0, 1), "-z": (0, 0, -1)}
Bounds = Sequence[tuple[float, float]]
_STEPS = 2048  # of the integral inside


class Missing(NamedTuple):
    """What a grid leaves out of the line from the centre along one axis.

    Parameters
    ----------
    axis
        "+x", "-x", "+y", "-y", "+z" or "-z".
    reach
        Where the grid ends [kpc].
    share
        Estimated share of the integral of the density from the centre to the asked radius that lies beyond.
    """

    axis: str
    reach: float
    share: float


def left_out(inside: Callable[..., Any], bounds: Bounds, name: str, r_max: float) -> Missing:
    """Return what a grid leaves out of the way from the centre to `r_max` [kpc] along an axis.

    Parameters
    ----------
    inside
        The density within the grid.
    bounds
        First and last point of each axis [kpc].
    name
        One of the axes.
    r_max
        Where the way ends [kpc].
    """
    vector = AXES[name]
    axis = next(i for i, step in enumerate(vector) if step)
    low, high = bounds[axis]
    reach = high if vector[axis] > 0 else -low
    if reach <= 0:
        return Missing(name, 0.0, 1.0)

    def along(s: Floats) -> Floats:
        return np.asarray(inside(*(np.clip(s * step, *ends) for step, ends in zip(vector, bounds, strict=True))))

    middles: Floats = (np.arange(_STEPS) + 0.5) / _STEPS  # not the centre itself: what is inside may be a cusp
    held = min(reach, r_max) * float(np.mean(along(min(reach, r_max) * middles)))
    start = along(np.array([0.75 * reach, reach]))
    slope = max(np.log(start[0] / start[1]) / np.log(1 / 0.75), 1.5) if np.all(start > 0) else 1.5
    out = start[1] * reach / (slope - 1) * (1 - (reach / r_max) ** (slope - 1)) if r_max > reach else 0.0
    return Missing(name, float(reach), float(out / (held + out)) if held + out > 0 else 0.0)


def refusal(missing: Sequence[Missing], file: str, r: float) -> str:
    """Return why a grid that ends before `r` [kpc] is not integrated there, and what to do."""
    worst = max(missing, key=lambda found: found.share)
    return (
        f"the grid{f' of {file}' if file else ''} reaches {worst.reach:g} kpc towards {worst.axis} but "
        f"is asked at {r:.4g} kpc; about {100 * worst.share:.2g} % of the integral along that axis lies beyond. "
        "Declare edge = 'zero' to leave it out, 'power law' to continue it, or shorten the path"
    )


def excess(xp: Any, places: Sequence[Any], bounds: Bounds) -> Any:
    """Return how many times further than the faces places lie; at most 1 inside."""
    ratios = []
    for coordinate, (low, high) in zip(places, bounds, strict=True):
        if high > 0:
            ratios.append(coordinate * (1 / high))
        else:  # the centre lies outside, and no ray from it ends on this face
            ratios.append(xp.where(coordinate > high, xp.full_like(coordinate, np.inf), 0.0))
        if low < 0:
            ratios.append(coordinate * (1 / low))
        else:
            ratios.append(xp.where(coordinate < low, xp.full_like(coordinate, np.inf), 0.0))
    return functools.reduce(xp.maximum, ratios)

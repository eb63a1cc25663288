"""The axes of a grid: lengths that rise, evenly or not."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats
from profiles.tables.cubefiles import settled


def in_kpc(axis: Any) -> Floats:
    """Return the points of an axis [kpc], given as a Quantity or in kpc."""
    given = axis if isinstance(axis, units.Quantity) else units.Quantity(np.asarray(axis), "kpc", dtype=None)
    return settled(given.value) * float(given.unit.to("kpc"))


def rising(name: str, axis: Floats) -> tuple[float, float]:
    """Return the first point and the mean step of an axis; refuse one that does not rise."""
    if axis.ndim != 1 or len(axis) < 2 or not np.all(np.diff(axis) > 0) or not np.isfinite(axis).all():
        raise ValueError(f"the {name} axis of a grid must increase from point to point; sort the points and the values")
    return float(axis[0]), float((axis[-1] - axis[0]) / (len(axis) - 1))


def even(axis: Floats) -> bool:
    """Return whether all steps are equal, but for rounding."""
    steps = np.diff(axis)
    return bool(np.ptp(steps) <= 1e-6 * np.mean(steps))

"""What sight lines through the centre itself add closer to it than numbers go."""

from __future__ import annotations

import numpy as np

from profiles import Density
from profiles.contract.arrays import ROUNDING, Floats
from profiles.contract.beside import each_of, leading_axes
from skymodel.sightlines.ray.geometry import INNERMOST, Rays
from skymodel.sightlines.ray.integrand import from_signal, name


def at_centre(density: Density, lines: Rays) -> tuple[Floats, Floats]:
    """Return what lines through the centre itself add closer to it than numbers go, and bounds of the errors.

    Both are ``(2, ..., N)``: what lies before the centre, and behind. There the density is a power of the radius: its
    slope is read off three radii.

    Raises
    ------
    ValueError
        If a line passes a centre where its integral diverges.
    """
    value, error = np.zeros((2, 2, *leading_axes(density), lines.p.size))
    for line in np.flatnonzero(lines.through_centre):
        for behind, side in enumerate((-1.0, 1.0)):
            if side * (lines.stop if behind else lines.start)[line] > 0:
                there = [_power_law(each, side * lines.direction[:, line]) for each in each_of(density)]
                value[behind, ..., line], error[behind, ..., line] = np.transpose(there).reshape(2, *value.shape[1:-1])
    return value, error


@np.errstate(all="ignore")
def _power_law(density: Density, towards: Floats) -> tuple[float, float]:
    radii = INNERMOST * np.array([1.0, 1e10, 1e20])
    try:
        there = np.asarray(density(*(radii * axis for axis in towards)), dtype=float)
        slope, before = -np.diff(np.log10(there)) / 10
    except Exception as error:
        if from_signal(error):
            raise
        return 0.0, 0.0  # this is no density: the integrand will say so, and where
    if not there.any():
        return 0.0, 0.0
    if not slope < 1 - 1e-9:
        raise ValueError(
            f"the line of sight through the Galactic centre diverges: {name(density)} rises there as 1/r or steeper; "
            "give it a core, look beside the centre, or ask for the mean over a pixel or a region"
        )
    part = float(there[0] * INNERMOST / (1 - slope))
    return part, part * float(ROUNDING + abs(slope - before)) / float(1 - slope)

"""Densities that promise to be all but nothing outside of a body: lines end there, and what they leave out is stated.

Where the body has a sharp edge nothing is left out. Else it is up to 1e-29 of the peak times whatever the other factors
are, which is far below every tolerance but that of a line that passes the body by.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats
from profiles.contract.beside import leading_axes
from profiles.contract.oval import Oval
from skymodel.sightlines.ray.geometry import Rays
from skymodel.sightlines.ray.integrand import checked

SAFETY = 1e3  # other factors, cusps among them, may be larger between the samples
SCALES = np.array([1.0, 1.1, 1.3, 2.0, 4.0])  # of the body, on whose surfaces the samples lie
COUNT = 100  # samples on each
UNSEEN = 1e-3  # share of what faint lines may err by that they state at least


def within(lines: Rays, oval: Oval | None) -> Rays:
    """Return the parts of the lines inside an ellipsoid; all of them if there is none."""
    if oval is None:
        return lines
    found = oval.chords(lines.foot, lines.direction)
    start = np.clip(np.where(found.hit, found.enter, lines.start), lines.start, lines.stop)
    stop = np.clip(np.where(found.hit, found.leave, start), start, lines.stop)
    return replace(lines, start=start, stop=stop, grazing=lines.grazing + found.blur)


def is_soft(density: Density) -> bool:
    """Return whether a density goes on outside of its support, however faintly."""
    return density.support is not None and density.support not in density.hints.ovals


def densest_beyond(density: Density) -> Floats:
    """Return a bound ``(..., 1)`` of a density outside of its support, from samples on and around it [its unit]."""
    if not is_soft(density) or density.support is None:
        return np.zeros((*leading_axes(density), 1))
    index = np.arange(COUNT) + 0.5
    cosine, azimuth = 1 - 2 * index / COUNT, index * np.pi * (3 - np.sqrt(5))
    sine = np.sqrt(1 - cosine**2)
    sphere = np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine])
    surface = np.linalg.solve(np.array(density.support.rows), sphere)
    places = np.array(density.support.centre)[:, None, None] + SCALES[:, None] * surface[:, None]
    with np.errstate(all="ignore"):
        found = checked(density, "__call__", tuple(places))
    return SAFETY * np.asarray(found.max(axis=(-2, -1)))[..., None]


def in_the_dark(value: Floats, error: Floats, allowed: float) -> Floats:
    """Return the errors of lines: of dark ones at least what nodes so few may miss.

    A line that is dark beside what it may err by is left alone after a few nodes. Between two of them it may rise and
    fall by e-folds: through a bar seen from the side one was 45 times as bright as they told. No light is none.
    """
    dark = (value > 0) & (value < UNSEEN * allowed)
    return np.asarray(np.where(dark, np.maximum(error, UNSEEN * allowed), error))

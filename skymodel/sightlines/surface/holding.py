"""What tiles hold: log J where that is smooth and known well enough, J itself elsewhere, and how far it may be off."""

from __future__ import annotations

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sightlines.ray.error_shares import TILES
from skymodel.sightlines.surface import chebyshev
from skymodel.sightlines.surface.batch import Batch

UNSETTLED = 10.0  # tolerances that a tile's own bound may reach: probes must then find it within one
GROWTH = 2.0  # of the nodes' errors between them; up to 8 if they conspired, but neighbours err alike
DECADES = 12.0  # a tile whose values span more holds J, not log J
MOST_DOUBT = 0.1  # relative error of values whose logarithm a tile may hold
DARK = 0.01  # share of what a tile may err by; where J is all below it, a tile holds J however log J bends


def holding(tiles: Batch, tolerance: float, value: Floats, error: Floats, floor: Floats) -> Batch:
    """Return tiles with values, their errors and floors ``(T, N)``; the first n^2 of them are at the nodes."""
    order = tiles.coefficients.shape[-1]
    value, error, floor = (part[:, : order**2].reshape(-1, order, order) for part in (value, error, floor))
    logarithmic = _logarithmic(value, error, floor, tolerance)
    chosen = logarithmic[:, None, None]
    safe = np.where(chosen, value, 1.0)
    counted = np.where(chosen, np.clip(floor / safe, 1.0, 1 / tolerance), np.maximum(value, floor))
    scale = counted.min(axis=(1, 2))
    noise = GROWTH * np.where(chosen, error / safe, error).max(axis=(1, 2))
    made = chebyshev.coefficients(np.where(chosen, np.log(safe), value))
    return Batch(
        tiles.quarter,
        tiles.chart,
        tiles.bounds,
        made,
        *chebyshev.missed(made),
        noise + np.where(logarithmic, 0.0, DARK * tolerance * scale),
        logarithmic,
        scale,
    )


def dusk(held: Batch, tolerance: float, value: Floats, error: Floats, floor: Floats) -> Bools:
    """Return which places ``(T, N)`` of tiles that fail holding J are too dark for what is known of them.

    J itself is steep where it falls from bright to dark, while log J, known there too, may be smooth.
    """
    failing = ~held.logarithmic & (held.error > UNSETTLED * tolerance * held.scale)
    failing &= (value > floor).any(axis=1) & (value > 0).all(axis=1)
    return np.asarray(failing[:, None] & (value < floor) & (error > TILES.lines * tolerance * value))


def _logarithmic(value: Floats, error: Floats, floor: Floats, tolerance: float) -> Bools:
    """Return which tiles ``(T,)`` with values ``(T, n, n)`` at their nodes hold log J.

    Not those with zeros or too many decades, nor those so faint that log J bends anyhow or is nothing but noise.
    """
    low, high = value.min(axis=(1, 2)), value.max(axis=(1, 2))
    bright = (value >= DARK * tolerance * floor).any(axis=(1, 2))
    plain = (low > 0) & (high < low * 10**DECADES) & bright
    safe = np.where(plain[:, None, None], value, 1.0)
    faint = np.maximum(floor / safe, 1.0).min(axis=(1, 2))
    doubt = GROWTH * (error / safe).max(axis=(1, 2))
    return np.asarray(plain & (doubt <= np.minimum(tolerance * faint, MOST_DOUBT)))

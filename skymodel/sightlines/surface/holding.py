"""What tiles hold: log J where that is smooth and known well enough, J itself elsewhere, and how far it may be off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sightlines.ray.error_shares import TILES
from skymodel.sightlines.surface import chebyshev
from skymodel.sightlines.surface.batch import Batch

UNSETTLED = 10.0  # tolerances that a tile's own bound may reach: probes must then find it within one
GROWTH = 2.0  # of the nodes' errors between them; up to 8 if they conspired, but neighbours err alike
DECADES = 12.0  # a tile whose values span more holds J, not log J
MOST_DOUBT = 0.1  # relative error of values whose logarithm a tile may hold
ENDS = [0, -1]  # the outermost rows of nodes
DARK = 0.01  # share of what a tile may err by; where J is all below it, a tile holds J however log J bends


def holding(tiles: Batch, tolerance: float, value: Floats, error: Floats, floor: Floats) -> Batch:
    """Return tiles with values, their errors and floors ``(T, n, n)`` at the nodes."""
    logarithmic, kept, scale, noise = _kept(tolerance, value, error, floor)
    made = chebyshev.coefficients(kept)
    missed_u, missed_v = chebyshev.missed(made)
    return replace(
        tiles,
        coefficients=made,
        missed_u=missed_u,
        missed_v=missed_v,
        noise=noise + np.where(logarithmic, 0.0, DARK * tolerance * scale),
        logarithmic=logarithmic,
        scale=scale,
    )


def foreseen(tiles: Batch, tolerance: float, value: Floats, error: Floats, floor: Floats) -> Batch:
    """Return tiles that hold nothing yet, with what their outermost rows of nodes foretell that they miss.

    Of values, their errors and floors ``(T, n, n)`` only these rows are read. Nothing is foretold of tiles from bright
    to dark, which may hold log J once more is known of it.
    """
    value, error, floor = (
        np.concatenate([np.swapaxes(a[:, :, ENDS], 1, 2), a[:, ENDS]], 1) for a in (value, error, floor)
    )
    logarithmic, kept, scale, _ = _kept(tolerance, value, error, floor)
    missed = chebyshev.missed_along(kept @ chebyshev.points(value.shape[-1]).to_coefficients.T)
    missed[~logarithmic & _falls_into_the_dark(value, floor)] = 0.0
    along_u, along_v = (np.max(pair, axis=1, keepdims=True) for pair in (missed[:, :2], missed[:, 2:]))
    every = np.ones(chebyshev.CELLS)
    return replace(tiles, missed_u=along_u * every, missed_v=along_v * every, scale=scale)


def _outermost(square: Floats) -> Floats:
    """Return the first and last rows ``(T, 4, n)`` of squares ``(T, n, n)``: two along x, two along y."""
    return np.concatenate([np.swapaxes(square[:, :, ENDS], 1, 2), square[:, ENDS]], axis=1)


def _kept(tolerance: float, value: Floats, error: Floats, floor: Floats) -> tuple[Bools, Floats, Floats, Floats]:
    """Return which tiles ``(T,)`` hold log J, what is held, the scale of their errors, and noise of the integrals."""
    logarithmic = _logarithmic(value, error, floor, tolerance)
    chosen = logarithmic[:, None, None]
    safe = np.where(chosen, value, 1.0)
    counted = np.where(chosen, np.clip(floor / safe, 1.0, 1 / tolerance), np.maximum(value, floor))
    noise = GROWTH * np.where(chosen, error / safe, error).max(axis=(1, 2))
    return logarithmic, np.where(chosen, np.log(safe), value), counted.min(axis=(1, 2)), noise


def dusk(held: Batch, tolerance: float, value: Floats, error: Floats, floor: Floats) -> Bools:
    """Return which nodes ``(T, n, n)`` of tiles that fail holding J are too dark for what is known of them.

    J itself is steep where it falls from bright to dark, while log J, known there too, may be smooth.
    """
    failing = ~held.logarithmic & (held.error > UNSETTLED * tolerance * held.scale)
    failing &= _falls_into_the_dark(value, floor)
    return np.asarray(failing[:, None, None] & (value < floor) & (error > TILES.lines * tolerance * value))


def _falls_into_the_dark(value: Floats, floor: Floats) -> Bools:
    return np.asarray((value > floor).any(axis=(1, 2)) & (value > 0).all(axis=(1, 2)))


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

"""Probes: tiles compared with integrals where a polynomial errs most, which settles how large its error is.

The coefficients of a tile bound its error from above, often far. Interpolation errs as T_n does: most at its extrema,
between the nodes and at the edges. Some of these are drawn in every tile and integrated directly. A tile that is worse
than its bound there has failed; the bounds of the others shrink to a few times what their probes saw.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sightlines.surface import chebyshev
from skymodel.sightlines.surface.batch import Batch

EACH = 24  # probes of a tile: with 8 to 16, one tile in a thousand of random skies erred more than it stated
TRUST = 8.0  # the bound stays this many times above the worst probe
TIGHTEST = 0.01  # share of the bound that is always kept: probes may sit near zeros of the error
SEED = 704  # a run can be repeated
ON_EDGES = 0.25  # share of the probes on each pair of opposite edges


class Judgement(NamedTuple):
    """What the probes said: tiles with settled errors, which of them failed; errors seen, values, floors ``(T, P)``."""

    tiles: Batch
    failing: Bools
    gap: Floats
    truth: Floats
    floor: Floats


def places(rng: np.random.Generator, tiles: int, order: int, each: int = EACH) -> tuple[Floats, Floats]:
    """Return places x, y ``(tiles, each)`` among the extrema of T_n, edges preferred."""
    index = rng.integers(0, order + 1, (2, tiles, each))
    edge = rng.uniform(size=index.shape) < ON_EDGES
    index = np.where(edge, order * rng.integers(0, 2, index.shape), index)
    x, y = np.cos(np.pi * index / order)
    return x, y


def judged(tiles: Batch, x: Floats, y: Floats, truth: Floats, doubt: Floats, floor: Floats) -> Judgement:
    """Return the verdict on closed tiles from integrals and their errors ``(T, P)`` at places ``(T, P)``."""
    rows = np.arange(len(x))[:, None]
    held = np.stack([chebyshev.evaluate(*each) for each in zip(tiles.coefficients, x, y, strict=True)])
    logarithmic = tiles.logarithmic[:, None]
    value = np.where(logarithmic, np.exp(np.where(logarithmic, held, 0.0)), held)
    gap = np.abs(value - truth)
    bound = tiles.error_at(rows, x, y) * np.where(logarithmic, truth, 1.0)
    worst = np.max((gap + doubt) / np.where(bound > 0, bound, np.inf), axis=1)
    failing = (gap > bound + doubt).any(axis=1)
    kept = np.clip(TRUST * worst, TIGHTEST, 1.0)
    settled = replace(
        tiles,
        missed_u=tiles.missed_u * kept[:, None],
        missed_v=tiles.missed_v * kept[:, None],
        noise=tiles.noise * kept,
    )
    return Judgement(settled, np.asarray(failing), gap, truth, floor)

"""Sight lines that serve as examples for the others of a tile: what was learnt on one saves evaluations on the next."""

from __future__ import annotations

import functools

import numpy as np

from profiles.contract.arrays import Floats, Ints
from skymodel.sightlines.surface import chebyshev

STEP = 3.5  # nodes, along a side, that share an example


@functools.cache
def _chosen(order: int) -> Ints:
    """Return the nodes along a side that serve as examples."""
    across = round(order / STEP)
    return ((np.arange(across) + 0.5) * order / across).astype(np.intp)


@functools.cache
def of_nodes(order: int) -> Ints:
    """Return the node ``(n * n,)`` that each node of a tile is close to: one of about 16 spread over the tile."""
    chosen = _chosen(order)
    near = chosen[np.arange(order) * chosen.size // order]
    return np.asarray(near[:, None] * order + near).ravel()


def closest(order: int, x: Floats, y: Floats) -> Ints:
    """Return the node that each of the places x, y in [-1, 1] is close to, of the same shape."""
    chosen = _chosen(order)
    node = chebyshev.rule(order).node[chosen]
    across, up = (chosen[np.abs(place[..., None] - node).argmin(axis=-1)] for place in (x, y))
    return np.asarray(across * order + up)

"""Nodes and weights of Gauss-Legendre rules."""

from __future__ import annotations

import functools

import numpy as np

from profiles.contract.arrays import Floats


@functools.cache
def gauss_legendre(count: int) -> tuple[Floats, Floats]:
    """Return the nodes and weights ``(count,)`` of the Gauss-Legendre rule on [0, 1], not to be written to.

    Examples
    --------
    >>> nodes, weights = gauss_legendre(2)
    >>> print(f"{weights @ nodes**3:.12f}")
    0.250000000000
    """
    nodes, weights = np.polynomial.legendre.leggauss(count)
    rule = (nodes + 1) / 2, weights / 2
    for part in rule:
        part.setflags(write=False)
    return rule

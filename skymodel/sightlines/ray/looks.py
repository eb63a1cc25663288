"""Looks: cuts so close along a line that nothing long beside its distance lies between the nodes of its pieces."""

from __future__ import annotations

import math

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sightlines.ray.geometry import Rays

NEAREST, WIDER = 0.04, 1.3  # lines are cut at this distance [kpc], and wherever it has grown by this factor
BLIND_SPOT = 0.1  # what looks may miss, as a share of the distance: nodes are 0.05 of it apart at most
THIN = (1e-4, 1e-3, 1e-2, 1e-1)  # kpc beside announced surfaces: what lies on one may be a layer of any thickness
CLOSER = 16  # pieces of the stretch in which neighbours saw something: its rim has shorter paths than its middle


def nowhere(directions: Floats) -> Floats:
    """Return that nothing hides along unit vectors ``(N, 3)``, as distances between which something does ``(2, N)``."""
    return np.full((2, len(directions)), np.inf)


def looks(lines: Rays, hiding: Floats | None) -> list[Floats]:
    """Return u ``(N,)`` [kpc] at which to cut lines; beyond the end where nothing hides.

    Parameters
    ----------
    lines
        The lines.
    hiding
        Distances ``(2, N)`` [kpc] between which something hides on each; infinite where nothing does. If None, nobody
        knows.
    """
    begin = lines.observer
    if hiding is not None:
        some = np.isfinite(hiding[0])
        if not some.any():
            return []
        begin = np.where(some, begin, np.inf)
    farthest = float(np.max(lines.stop - lines.observer, initial=NEAREST))
    steps = NEAREST * WIDER ** np.arange(math.log(farthest / NEAREST) / math.log(WIDER) + 1)
    found = [begin + step for step in steps]
    if hiding is not None:
        near, far = np.where(some, hiding, 1.0)
        found += [begin + near * (far / near) ** (step / CLOSER) for step in range(CLOSER + 1)]
    return found

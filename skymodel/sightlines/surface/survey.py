"""Looks all over the sky at a density that does not say what it is like, before anything relies on its smoothness.

A line in each of 3072 directions takes looks, and is compared with one that takes none. Where they differ, or the
latter had trouble, something hides between the nodes or may for its neighbours: there all lines take looks. Tiles must
hold what the looks saw, so that a feature as wide as the directions are apart cannot lie between their nodes either.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sightlines.cubature.direct import distinct_pixels
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.ray.meter import Meter
from skymodel.sightlines.ray.promises import Promises
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.quarters import NEAR, Frame

NSIDE = 16  # directions 0.064 rad apart: one of them meets every disc 0.1 rad across
ROUGH = 4.0  # times the usual cost of a line without looks: it met something that its neighbours may just miss
COARSEST = 1e-4  # tolerance of the looks, if no better one is asked for


@dataclass(frozen=True)
class Survey:
    """What looks saw.

    Parameters
    ----------
    directions
        Unit vectors ``(N, 3)``, one of each kind that symmetry leaves distinct.
    value, error
        The integrals there ``(N,)``.
    hiding
        Which pixels of the whole sky (RING) hide something from lines without looks, or have a neighbour that does.
    evaluations
        What the looks took.
    """

    directions: Floats
    value: Floats
    error: Floats
    hiding: Bools
    evaluations: float

    def hidden(self, directions: Floats) -> Bools:
        """Return along which unit vectors ``(N, 3)`` looks are needed."""
        import healpy

        return np.asarray(self.hiding[healpy.vec2pix(NSIDE, *directions.T)])

    def contradicts(self, tiles: Batch, frame: Frame, least: float) -> Bools:
        """Return which tiles ``(T,)`` do not hold what looks saw, by more than `least`."""
        place, found = frame.places(self.directions), np.zeros(len(tiles.bounds), bool)
        low_u, high_u, low_v, high_v = tiles.bounds.T[:, :, None]
        inside = (low_u <= place.u) & (place.u <= high_u) & (low_v <= place.v) & (place.v <= high_v)
        inside &= (tiles.quarter[:, None] == place.quarter) & ((tiles.chart == NEAR)[:, None] == place.near)
        tile, look = np.nonzero(inside)
        if tile.size:
            value, error = tiles.held(tile, place.u[look], place.v[look])
            found[tile[np.abs(value - self.value[look]) > error + self.error[look] + least]] = True
        return found


def survey(lines: SightLines, kept: Promises, rtol: float) -> Survey:
    """Return what looks along lines all over the sky see, at a tolerance of 1e-4 or better."""
    import healpy

    pixels = np.arange(12 * NSIDE**2)
    distinct, place = distinct_pixels(NSIDE, pixels, kept)
    directions, apart = np.stack(healpy.pix2vec(NSIDE, distinct), axis=1), Meter()
    look = functools.partial(SightLines.integrate, directions=directions, rtol=min(rtol, COARSEST), share=FAINT)
    looked = look(replace(lines, meter=apart, hidden=None), best=True)
    plain = look(replace(lines, meter=apart, hidden=lambda n: np.zeros(len(n), bool)), best=True)
    differs = np.abs(looked.value - plain.value) > looked.error + plain.error
    differs |= plain.evaluations > ROUGH * np.median(plain.evaluations)
    differs = differs[place]
    around = healpy.get_all_neighbours(NSIDE, pixels[differs]).ravel()
    hiding = differs.copy()
    hiding[around[around >= 0]] = True
    return Survey(directions, looked.value, looked.error, hiding, apart.spent)

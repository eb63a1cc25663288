"""Where the tolerance of a map or a mean goes: the budget of errors, in one place.

A mean over regions asks its sight lines for a share of the tolerance, and the cells over the sky for what is left. A
map gives a share to its tiles, which give theirs to the lines at their nodes; moments of patches get the rest. Lines
are cheap to sharpen (a digit takes some ten evaluations), cells and tiles are not; but most lines err less than they
were asked to, so that large shares leave enough for those.
"""

from __future__ import annotations

from typing import NamedTuple


class ErrorShares(NamedTuple):
    """Shares of a tolerance.

    Parameters
    ----------
    lines
        What sight lines at nodes may be off by.
    probes
        What lines between the nodes may be off by, which are to tell how good the others are; 0 where there are none.
    """

    lines: float
    probes: float = 0.0


MEANS = ErrorShares(lines=0.75)  # of the mean over a region or a pixel; the rest is for the cells over the sky
CUBES = ErrorShares(lines=0.2)  # the same through voxels; the rest is for the lattices over the sky
OF_MAPS_TO_TILES = 0.76  # the rest is for the patches that are read from them
TILES = ErrorShares(lines=0.5, probes=0.01)  # of what tiles get
OF_TILES_TO_CURVES = 0.01  # where the density is spherical: tiles are then fitted to J as a function of the angle
CURVES = ErrorShares(lines=0.01, probes=1e-4)  # of what such a function gets

"""Where tiles start: about where those of a halo times a thin disk end, so that few are fitted in vain."""

from __future__ import annotations

import itertools
import math

import numpy as np

from skymodel.sightlines.surface import quarters
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.quarters import FAR, NEAR, Frame

Rectangle = tuple[float, float, float, float]
Column = tuple[tuple[float, float], tuple[float, ...]]

_RINGS = tuple(np.log(np.radians([0.1, 2.5])))  # ln sin(theta): inside 0.1 deg a sky is scale free, outside not
_EFOLDS = 9.5  # of theta that one tile covers there
_CAP = 41.810314895778596  # deg: where HEALPix changes from belt to cap, 2/3 of the height: blocks end there
_LEVEL_GRID: tuple[Column, ...] = (  # for an observer in the plane: the tiles that a halo times a thin disk ends with
    ((0.0, 5.0), (6.0, 15.0, _CAP)),
    ((5.0, 27.0), (6.0, 15.0, _CAP)),
    ((6.0, 27.0), (0.0, 6.0)),
    ((27.0, 90.0), (0.0, 12.0, _CAP)),
    ((90.0, 180.0), (0.0, _CAP)),
    ((0.0, 90.0), (_CAP, 90.0)),
    ((90.0, 180.0), (_CAP, 90.0)),
)
_LONS = (6.0, 27.0, 90.0, 180.0)
_OUTER_LAYER, _DECADE = 22.0, 2.0  # deg; steps of log(1 + b / b_0) up to there


def partition(frame: Frame) -> list[Rectangle]:
    """Return rectangles (low and high l, low and high b) [rad] that cover a quarter outside its box."""
    columns = _LEVEL_GRID if frame.tilt == 0 else _tilted_grid(frame)
    degrees = [(*lon, *lat) for lon, lats in columns for lat in itertools.pairwise(lats)]
    return [(math.radians(a), math.radians(b), math.radians(c), math.radians(d)) for a, b, c, d in degrees]


def _tilted_grid(frame: Frame) -> tuple[Column, ...]:
    """Return columns for an observer above the plane, who sees structure as thin as the tilt close to it."""
    box, top = math.degrees(frame.box), frame.from_lat(np.radians(_OUTER_LAYER))
    steps = math.ceil(float(top) / _DECADE)
    lats = (*np.degrees(frame.far_lat(np.linspace(0, top, steps + 1))).tolist(), _CAP)
    above = (box, *(lat for lat in lats if lat > 1.5 * box))
    lons = (box, *(lon for lon in _LONS if lon > box))
    return (((0.0, box), above), *((ends, lats) for ends in itertools.pairwise(lons)), *_LEVEL_GRID[-2:])


def starting(frame: Frame, quarter: int, innermost: float, order: int) -> Batch:
    """Return the first tiles of a quarter: the near ones reach in to `innermost`, ln sin(theta)."""
    rings = _near_rings(innermost, frame.outermost)
    rows = [(NEAR, *ring, 0.0, 1.0) for ring in rings[:-1]]
    rows += [(NEAR, *rings[-1], low, high) for low, high in ((0.0, 0.5), (0.5, 1.0))]
    ends = np.array(partition(frame))
    far = np.concatenate([quarters.from_lon(ends[:, :2]), frame.from_lat(ends[:, 2:])], axis=1)
    table = np.array([*rows, *((FAR, *row) for row in far)])
    count = len(table)
    return Batch.unknown(np.full(count, quarter), table[:, 0].astype(np.intp), table[:, 1:], order)


def _near_rings(innermost: float, outermost: float) -> list[tuple[float, float]]:
    """Return ends of ln sin(theta), from `innermost` or a little inside the box if that is less, to `outermost`."""
    innermost = min(innermost, outermost - 0.5)
    outer = [*(ring for ring in _RINGS if innermost + 0.5 < ring < outermost - 0.5), outermost]
    inner = np.linspace(innermost, outer[0], max(1, int(np.ceil((outer[0] - innermost) / _EFOLDS))) + 1)
    return list(itertools.pairwise([*inner, *outer[1:]]))

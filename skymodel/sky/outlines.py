"""The outline of a region as curves on the sky, whatever it is made of.

Shapes whose edges are circles are outlined exactly: a circle is cut where others cross it, and the pieces are kept on
whose two sides membership differs. Masks, MOCs and other packages' regions have the sides of their pixels for edges;
they are outlined in pixels of nside 128 at most, and in coarser ones where that would be more than a picture can show.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.circles import SmallCircle, crossings, local_axes, lonlat, meridian
from skymodel.sky.healpix import nside_of
from skymodel.sky.masks import HealpixMask
from skymodel.sky.reading.regions import FromFile
from skymodel.sky.region import Combination, Complement, Region

FINEST, MOST = 128, 6000  # nside of drawn pixels, and how many pieces of their sides a picture can show
_STEP = np.radians(1.0)  # of a circle's pieces
_COARSEST_SIDES = 32  # pieces that the sides of base pixels are drawn in, since they bend
_ASIDE = 1e-8  # rad: how far beside an edge membership is asked, far above rounding
_SHORT = 100 * _ASIDE  # an edge between closer crossings is not drawn
_DIGITS = 9  # by which the ends of pieces are told apart


class Curve(NamedTuple):
    """Longitudes, -180 to 180, and latitudes [deg] of a curve; nan where it is interrupted."""

    lon: Floats
    lat: Floats


def outline(region: Region) -> Curve:
    """Return the outline of a region, all its parts one after the other, each with the region on its left from within.

    A part is closed unless it passes longitude 180 deg, where it is interrupted. Empty for the whole sky.

    Examples
    --------
    >>> from skymodel.sky.circles import directions
    >>> from skymodel.sky.regions import Circle
    >>> lon, lat = outline(~Circle(lon=10, lat=20, radius=6))
    >>> away = np.arccos(directions(lon, lat) @ directions(10, 20))
    >>> bool(np.allclose(np.degrees(away), 6, rtol=1e-12)), bool(np.isclose(lon[0], lon[-1]))
    (True, True)
    """
    for nside in (FINEST, FINEST // 2, FINEST // 4, FINEST // 8, FINEST // 16):
        drawn = _drawable(region, nside)
        edges, sides = _pieces(drawn)
        if len(sides) <= MOST:
            break
    return _joined(*_bounding(drawn, np.concatenate([edges, sides])))


def _drawable(region: Region, nside: int) -> Region:
    """Return a region with masks of an nside at most in place of what has no circles for edges."""
    match region:
        case Combination():
            return replace(region, first=_drawable(region.first, nside), second=_drawable(region.second, nside))
        case Complement():
            return ~_drawable(region.region, nside)
        case FromFile():
            return _drawable(region.region, nside)
        case HealpixMask():
            return region if nside_of(region.shares.size) <= nside else HealpixMask(region.coverage(nside))
    return region if region.edges is not None else HealpixMask(_at_centres(region, nside))


def _at_centres(region: Region, nside: int) -> Floats:
    import healpy

    centres = healpy.pix2ang(nside, np.arange(12 * nside**2), lonlat=True)
    return np.asarray(region.contains(*centres), dtype=np.float64)


def _leaves(region: Region) -> Iterator[Region]:
    match region:
        case Combination():
            yield from itertools.chain(_leaves(region.first), _leaves(region.second))
        case Complement():
            yield from _leaves(region.region)
        case _:
            yield region


def _pieces(region: Region) -> tuple[Floats, Floats]:
    """Return all pieces of circles, and of sides of pixels, on which a region's edge can lie: see :func:`_along`."""
    leaves = list(_leaves(region))
    circles = list(dict.fromkeys(edge for leaf in leaves for edge in leaf.edges or ()))
    none = np.empty((0, 3, 3))
    edges = [_along(circle, circles) for circle in circles]
    sides = [_sides(leaf) for leaf in leaves if isinstance(leaf, HealpixMask)]
    return np.concatenate([none, *edges]), np.concatenate([none, *sides])


def _along(circle: SmallCircle, others: list[SmallCircle]) -> Floats:
    """Return the pieces ``(N, 3, 3)`` of a circle between its crossings with others: start, middle and end of each."""
    axes, radius = local_axes(circle.lon, circle.lat), np.radians(circle.radius)
    met = np.concatenate([crossings(circle, other) for other in (*others, meridian(180.0)) if other != circle])
    cuts = np.unique(np.arctan2(met @ axes.north, met @ axes.east))
    cuts = np.append(cuts, (cuts[0] if cuts.size else 0.0) + 2 * np.pi)
    cuts = cuts if cuts.size > 1 else np.array([0.0, 2 * np.pi])
    found = []
    for low, high in itertools.pairwise(cuts):
        if high - low > _SHORT / np.sin(radius):
            nodes = np.linspace(low, high, 2 * int(np.ceil((high - low) / _STEP)) + 1)
            found.append(np.stack([nodes[:-2:2], nodes[1::2], nodes[2::2]], axis=-1))
    angle = np.concatenate(found)[..., None]
    around = np.cos(angle) * axes.east + np.sin(angle) * axes.north
    return np.asarray(np.cos(radius) * axes.centre + np.sin(radius) * around)


def _sides(mask: HealpixMask) -> Floats:
    """Return the sides between pixels inside and outside of a mask, in pieces as :func:`_along` does."""
    import healpy

    nside, inside = nside_of(mask.shares.size), mask.shares >= 0.5
    pixels = np.flatnonzero(inside)
    beside = healpy.get_all_neighbours(nside, pixels)[[2, 0, 6, 4]].T  # NW, SW, SE, NE, as the sides from the north on
    pixel, side = np.nonzero(~inside[beside])
    count = max(1, _COARSEST_SIDES // nside)
    corners = healpy.boundaries(nside, pixels[pixel], step=2 * count).reshape(-1, 3, 8 * count).transpose(0, 2, 1)
    start = 2 * (side[:, None] * count + np.arange(count))
    places = (start[..., None] + np.arange(3)) % (8 * count)
    return np.asarray(corners[np.arange(len(pixel))[:, None, None], places].reshape(-1, 3, 3))


def _bounding(region: Region, pieces: Floats) -> tuple[Floats, Floats]:
    """Return the pieces that bound a region, which lies on their left, and longitudes [deg] just within it."""
    middle = pieces[:, 1]
    across = np.cross(middle, pieces[:, 2] - pieces[:, 0])
    across *= _ASIDE / np.linalg.norm(across, axis=1, keepdims=True)
    left, right = lonlat(middle + across), lonlat(middle - across)
    inside, beyond = region.contains(*left), region.contains(*right)
    turned = np.where(beyond[:, None, None], pieces[:, ::-1], pieces)
    return turned[inside != beyond], np.where(beyond, right[0], left[0])[inside != beyond]


def _joined(pieces: Floats, within: Floats) -> Curve:
    """Return the pieces one after the other, each at the end of the map on whose side the region lies."""
    places, lat = lonlat(pieces[:, ::2])
    pole = np.abs(pieces[:, ::2, 2]) > 1 - 1e-15
    lon = within[:, None] + np.where(pole, 0.0, (places - within[:, None] + 180) % 360 - 180)
    names = [[tuple(end) for end in piece] for piece in np.round(pieces[:, ::2], _DIGITS).tolist()]
    after: dict[tuple[float, ...], list[int]] = {}
    for number, (start, _) in enumerate(names):
        after.setdefault(start, []).append(number)
    ends, left = {end for _, end in names}, set(range(len(names)))
    curve: list[tuple[float, float]] = []
    for first in sorted(left, key=lambda number: names[number][0] in ends):  # what nothing leads to, first
        chain = [first] if first in left else []
        while chain:
            place = chain.pop()
            left.remove(place)
            start, stop = zip(lon[place], lat[place], strict=True)
            if not curve or not np.allclose(curve[-1], start, rtol=0, atol=1e-6):
                curve += [(np.nan, np.nan), start]
            curve.append(stop)
            chain = [one for one in after.get(names[place][1], ()) if one in left][:1]
    return Curve(*np.array(curve[1:]).reshape(-1, 2).T)

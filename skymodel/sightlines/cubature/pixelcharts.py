"""HEALPix pixels as patches: in the coordinates of its base face a pixel's mean is a plain integral over a square.

The face coordinates are taken along the diagonals: `s` grows to the north, `d` to the east, both in units of the
face's side; z and the longitude are closed forms of them (Gorski et al. 2005, section 5). Some pixels are cut into
triangles that start from a vertex, because something happens on a diagonal or in a vertex: the plane b = 0 (disks
have a kink there), the meridian of the rotation axis, the border of the polar caps (a kink of the map from the face
to the sky), a pole, and the Galactic centre, towards which a triangle is graded. So it is towards a vertex on the plane
if the observer is not: of the layer between the plane and the horizon a tip as thin as z_sun lies in such a pixel.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.cubature.cells import Across

_CENTRE_FACE = 4
_FACE_LON = np.array([1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7])  # longitude of the faces' middles in units of 45 deg
_SOUTH, _EAST, _NORTH, _WEST, _MIDDLE = (0, 0), (1, 1), (2, 0), (1, -1), (1, 0)  # (s, d) in units of the pixel's side
_LEVEL = ((_NORTH, _WEST, _EAST), (_SOUTH, _EAST, _WEST))
_FROM_NORTH = ((_NORTH, _WEST, _SOUTH), (_NORTH, _SOUTH, _EAST))
_FROM_SOUTH = ((_SOUTH, _NORTH, _WEST), (_SOUTH, _EAST, _NORTH))
_TO_TIP = 3.0  # power of the grading towards a vertex on the plane
_FROM_MIDDLE = ((_MIDDLE, _EAST, _NORTH), (_MIDDLE, _NORTH, _WEST), (_MIDDLE, _WEST, _SOUTH), (_MIDDLE, _SOUTH, _EAST))


@dataclass(frozen=True)
class PixelChart:
    """Patches of pixels: the point anchor + w along + m across, w = u^exponent, m = v, or w v in a triangle.

    Parameters
    ----------
    nside
        Resolution.
    owner
        The pixel each patch belongs to ``(K,)``, as a place in the list of pixels asked for.
    face
        Base face ``(K,)``.
    anchor, along, across
        Places and edges ``(K, 2)`` as (s, d).
    triangle
        Whether the patch is a triangle with its first vertex at the anchor ``(K,)``.
    exponent
        How strongly it is graded towards the anchor ``(K,)``.
    plane
        Which of the sides u = 1, v = 0 and v = 1 lie in the plane b = 0 ``(K, 3)``; nodes crowd there, because an
        observer a little above the plane sees structure as thin as that height over the distance.
    copies
        How many times each patch counts ``(K,)``: twice where it stands for its mirror image too.
    """

    nside: int
    owner: Ints
    face: Ints
    anchor: Floats
    along: Floats
    across: Floats
    triangle: Bools
    exponent: Floats
    plane: Bools
    copies: Floats

    def strips(self, patch: Ints, u: Floats) -> Across:
        """Return the chart as a function of v ``(N, m)``."""
        return functools.partial(self, patch, u)

    def __call__(self, patch: Ints, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return directions ``(N, n, m, 3)`` and shares of a pixel's area per du dv ``(N, n, m)``."""
        w, along_slope = _outwards(u, self.exponent[patch, None], self.plane[patch, None, 0])
        v, across_slope = _sideways(v, *self.plane[patch, None, 1:].T)
        spread = np.where(self.triangle[patch, None, None], w[:, :, None], 1.0)
        m = spread * v[:, None, :]
        along, across = (edge[patch].T[:, :, None, None] for edge in (self.along, self.across))
        step = w[:, :, None] * along + m * across
        area = np.abs(self.along[:, 0] * self.across[:, 1] - self.along[:, 1] * self.across[:, 0])
        area = area * self.copies * self.nside**2 / 2
        slope = along_slope[:, :, None] * across_slope[:, None, :]
        lon, lat = _sky(self.face[patch], self.anchor[patch], step)
        flat = np.cos(lat)
        directions = np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], axis=-1)
        return directions, spread * slope * area[patch, None, None]


def _outwards(u: Floats, power: Floats, plane: Bools) -> tuple[Floats, Floats]:
    """Return w and dw/du: u^power, or crowded towards u = 1."""
    return np.where(plane, u * (2 - u), u**power), np.where(plane, 2 - 2 * u, power * u ** (power - 1))


def _sideways(v: Floats, low: Bools, high: Bools) -> tuple[Floats, Floats]:
    """Return the place across and its slope: crowded towards v = 0 or v = 1 where that side is marked ``(1, N)``."""
    low, high = low.T, high.T
    place = np.where(low, v * v, np.where(high, v * (2 - v), v))
    return place, np.where(low, 2 * v, np.where(high, 2 - 2 * v, 1.0))


def _sky(face: Ints, anchor: Floats, step: Floats) -> tuple[Floats, Floats]:
    """Return l in (-pi, pi] and b [rad] ``(N, n, m)`` at anchor ``(N, 2)`` + step ``(2, N, n, m)``.

    Distances from the plane, the centre's meridian and the poles are differences of dyadic numbers at the anchor plus
    the step, so that they keep all digits in a patch that starts there.
    """
    s, d = (column[:, None, None] for column in anchor.T)
    row = (face // 4)[:, None, None]
    to_plane = (s - row) + step[0]
    turn = d + step[1]
    lat = np.arcsin(np.clip(to_plane * (2 / 3), -1.0, 1.0))
    to_north, to_south = 2.0 + row - s - step[0], (2.0 - row + s) + step[0]  # in sides of a face from the poles
    cap = np.minimum(to_north, to_south)
    polar = cap < 1
    if polar.any():
        inside = cap[polar]
        lat[polar] = np.sign(to_plane[polar]) * (np.pi / 2 - 2 * np.arcsin(inside / np.sqrt(6)))
        turn[polar] /= np.where(inside > 0, inside, 1.0)
    lon = np.pi / 4 * (_FACE_LON[face][:, None, None] + turn)
    return np.where(lon > np.pi, lon - 2 * np.pi, lon), lat


class _Pixels(NamedTuple):
    """Pixels ``(K,)``: their place in the list asked for, their face, and their place in it in sides of a pixel."""

    owner: Ints
    face: Ints
    x: Ints
    y: Ints

    def where(self, keep: Bools) -> _Pixels:
        return _Pixels(*(column[keep] for column in self))


def whole(nside: int, pixels: Ints) -> PixelChart:
    """Return one square patch for each pixel ``(K,)`` (RING)."""
    return _joined(nside, [_square(nside, _located(nside, pixels))])


def parted(nside: int, pixels: Ints, exponent: float, folded: bool = False) -> PixelChart:
    """Return the pixels ``(K,)`` (RING), cut where something happens inside them.

    Parameters
    ----------
    nside
        Resolution.
    pixels
        Which pixels.
    exponent
        How strongly triangles at the Galactic centre are graded towards it.
    folded
        Whether the sky is the same on both sides of the plane: of pixels on it only the northern half is taken.
    """
    found = _located(nside, pixels)
    level, meridian, north, south = _diagonals(nside, found)
    above, below = _tips(nside, found) & (not folded)
    halved = level & (found.face // 4 == 1) & folded
    groups = [
        (level & meridian & halved, _FROM_MIDDLE[:2]),
        (level & meridian & ~halved, _FROM_MIDDLE),
        (level & ~meridian & halved, _LEVEL[:1]),
        (level & ~meridian & ~halved, _LEVEL),
        ((meridian | north) & ~(level | above | below), _FROM_NORTH),
        (south & ~level, _FROM_SOUTH),
    ]
    tips = [(below, _FROM_NORTH), (above, _FROM_SOUTH)]
    plain = ~(level | meridian | north | south | above | below)
    triangles = [
        _triangle(nside, found.where(keep), corners, exponent, outwards)
        for some, outwards in ((groups, 1.0), (tips, _TO_TIP))
        for keep, shapes in some
        for corners in shapes
    ]
    return _counted(_joined(nside, [_square(nside, found.where(plain)), *triangles]), halved)


def _counted(chart: PixelChart, halved: Bools) -> PixelChart:
    """Return the chart with the patches of halved pixels ``(K,)`` counted twice.

    Where both halves are alike the observer is in the plane: a triangle that ends there holds no thin layer.
    """
    twice = halved[chart.owner]
    plane = chart.plane & ~(twice[:, None] & [True, False, False])
    return replace(chart, copies=np.where(twice, 2.0, 1.0), plane=plane)


def needs_parting(nside: int, pixels: Ints, folded: bool = False) -> Bools:
    """Return which pixels ``(K,)`` (RING) have something happening inside them or in a vertex."""
    found = _located(nside, pixels)
    return np.asarray(np.any([*_diagonals(nside, found), *(_tips(nside, found) & (not folded))], axis=0))


def _located(nside: int, pixels: Ints) -> _Pixels:
    import healpy

    x, y, face = healpy.pix2xyf(nside, pixels)
    return _Pixels(np.arange(len(pixels)), face, x, y)


def _diagonals(nside: int, pixels: _Pixels) -> tuple[Bools, ...]:
    """Return which pixels are cut west to east, which along the centre's meridian, which touch the poles."""
    last, faces = nside - 1, pixels.face // 4
    level = pixels.x + pixels.y == last
    north = (pixels.x == last) & (pixels.y == last) & (faces == 0)
    south = (pixels.x == 0) & (pixels.y == 0) & (faces == 2)
    return level, (pixels.face == _CENTRE_FACE) & (pixels.x == pixels.y), north, south


def _tips(nside: int, pixels: _Pixels) -> Bools:
    """Return which pixels have their southern vertex on the plane, and which their northern one ``(2, K)``."""
    steps = pixels.x + pixels.y + nside * (1 - pixels.face // 4)
    poles = np.any(_diagonals(nside, pixels)[2:], axis=0)
    return np.asarray(np.stack([steps == nside, steps == nside - 2]) & ~poles)


def _square(nside: int, pixels: _Pixels) -> tuple[NDArray[Any], ...]:
    corners = (_corner(pixels, corner) / nside for corner in (_SOUTH, _EAST, _WEST))
    south, east, west = corners
    count = len(pixels.owner)
    flat = np.zeros(count, dtype=bool)
    return (*pixels[:2], south, east - south, west - south, flat, np.ones(count), np.zeros((count, 3), dtype=bool))


def _triangle(
    nside: int, pixels: _Pixels, corners: tuple[tuple[int, int], ...], exponent: float, outwards: float
) -> tuple[NDArray[Any], ...]:
    """Return triangles that start from the first corner, or from the corner that is the Galactic centre.

    They are graded towards it with the power `outwards`, or `exponent` where it is the centre.
    """
    places = np.stack([_corner(pixels, corner) for corner in corners], axis=1)
    centred = (places == [nside, 0]).all(axis=2) & (pixels.face == _CENTRE_FACE)[:, None]
    first = np.argmax(centred, axis=1)
    order = (first[:, None] + np.arange(3)) % 3
    a, b, c = np.moveaxis(np.take_along_axis(places, order[:, :, None], axis=1), 1, 0)
    level_a, level_b, level_c = ((corner[:, 0] == nside) & (pixels.face // 4 == 1) for corner in (a, b, c))
    plane = np.stack([level_b & level_c, level_a & level_b, level_a & level_c], axis=1)
    power = np.where(centred.any(axis=1), exponent, outwards)
    return (*pixels[:2], a / nside, (b - a) / nside, (c - b) / nside, np.ones(len(power), dtype=bool), power, plane)


def _corner(pixels: _Pixels, corner: tuple[int, int]) -> Floats:
    return np.stack([pixels.x + pixels.y + corner[0], pixels.x - pixels.y + corner[1]], axis=1)


def _joined(nside: int, parts: list[tuple[NDArray[Any], ...]]) -> PixelChart:
    columns: list[Any] = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return PixelChart(nside, *columns, *[np.ones(len(columns[0]))])

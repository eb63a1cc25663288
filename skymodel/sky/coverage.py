"""The share of each HEALPix pixel that a region covers.

Pixels are halved from the 12 base pixels down, but only those that an edge may cross; what is left on an edge at the
finest level, about 2 arcmin wide, is cut by the edge as by a straight line (HEALPix face coordinates are equal-area,
so a pixel is a unit square there). The cost grows with the length of the edges, not with the number of pixels.
"""

from __future__ import annotations

import functools
import itertools
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sky.arcs import Edged, known_edges, solid_angle
from skymodel.sky.circles import SmallCircle, lonlat
from skymodel.sky.healpix import pixel_area

_FINEST = 2048  # a straight cut of its pixels, 0.03 deg wide, is good to 1e-3 of one of them for circles above 2 deg
_PER_RADIUS = 100  # finest pixels per radius of the smallest circle
_LARGEST_FINEST = 2**18
_MOST_ON_EDGES = 2e5  # of these on all edges: 3" about a star beside a box of 4 deg would else take a minute
_STRAIGHT = 16  # from this share of the finest nside on, an edge crosses a pixel once
_PARALLEL = 0.1  # sine of the angle below which two edges run side by side
_LARGEST_FACTOR = 1e-2  # by which pixels crossed side by side are scaled at most
_SAMPLES = 16  # per side of a pixel, where edges meet or are not known
_BLOCK = 4096
_KEPT = 256  # the largest nside that is kept, 6 MB a region: a comparison of two maps asks for one of them thirty times


class _Level(NamedTuple):
    """NEST pixels at one nside and, for each edge, which of them it may cross."""

    nside: int
    pixels: Ints
    centres: Floats
    crossed: Bools


def exact(region: Edged, nside: int) -> Floats:
    """Return the covered shares ``(12 nside^2,)``, RING ordered, of a region with known edges."""
    return _kept(region, nside).copy() if nside <= _KEPT else _shares(region, nside)


@functools.lru_cache(maxsize=16)
def _kept(region: Edged, nside: int) -> Floats:
    return _shares(region, nside)


def _shares(region: Edged, nside: int) -> Floats:
    import healpy

    edges = known_edges(region)
    finest = _finest_nside(edges, nside)
    shares = np.zeros(12 * nside**2)
    level = _level(edges, 1, np.arange(12))
    while True:
        on_edge = np.asarray(np.any(level.crossed, axis=0))
        inside = _contains(region, _off_lattice(level.centres[~on_edge], level.nside))
        _add(shares, nside, level.nside, level.pixels[~on_edge][inside], 1.0)
        if not on_edge.any():
            break
        if level.nside == finest:
            found, beside = _cut(region, edges, level, on_edge)
            _add(shares, nside, finest, level.pixels[on_edge], _scaled(region, nside, finest, shares, found, beside))
            break
        children = (4 * level.pixels[on_edge][:, None] + np.arange(4)).ravel()
        level = _level(edges, 2 * level.nside, children)
        if level.nside >= finest // _STRAIGHT:
            level = _where_it_matters(region, edges, level)
    return np.asarray(healpy.reorder(shares, n2r=True), dtype=np.float64)


def sampled(region: Any, nside: int) -> Floats:
    """Return the covered shares ``(12 nside^2,)``, RING ordered, from samples; may miss structure below 0.5 deg."""
    import healpy

    fine = max(nside, 128)
    pixels = np.arange(12 * fine**2)
    inside = _contains(region, _vectors(fine, pixels))
    neighbours = healpy.get_all_neighbours(fine, pixels, nest=True)
    border = np.any((inside[neighbours] != inside) & (neighbours >= 0), axis=0)
    shares = inside.astype(np.float64)
    shares[border] = _samples(region, fine, pixels[border])
    shares = shares.reshape(12 * nside**2, -1).mean(axis=1)
    return np.asarray(healpy.reorder(shares, n2r=True), dtype=np.float64)


def _finest_nside(edges: tuple[SmallCircle, ...], nside: int) -> int:
    narrowest = min([min(edge.radius, 180 - edge.radius) for edge in edges], default=90.0)
    length = sum(2 * np.pi * np.sin(np.radians(edge.radius)) for edge in edges)
    radius = max(np.radians(narrowest), _PER_RADIUS / _LARGEST_FINEST)  # a parallel at the pole has none at all
    wanted = int(min(_PER_RADIUS / radius, _MOST_ON_EDGES / max(length, 1e-300)))
    return max(4 * nside, _FINEST, 1 << wanted.bit_length())


def _level(edges: tuple[SmallCircle, ...], nside: int, pixels: Ints) -> _Level:
    import healpy

    centres = _vectors(nside, pixels)
    reach = healpy.max_pixrad(nside) * (1 + 1e-9)
    crossed = [_within(reach, edge, centres) for edge in edges]
    return _Level(nside, pixels, centres, np.array(crossed, dtype=bool).reshape(len(edges), pixels.size))


def _off_lattice(centres: Floats, nside: int) -> Floats:
    """Return a point of each pixel that stands for it: on the centres edges like to lie, of regions that only touch."""
    import healpy

    return centres + float(0.2 * healpy.max_pixrad(nside)) * np.array([0.48, 0.6, 0.64])  # borders are 0.32 of it away


def _where_it_matters(region: Edged, edges: tuple[SmallCircle, ...], level: _Level) -> _Level:
    """Return the level without the crossings that change nothing: most of a meridian is no side of its box."""
    crossed = level.crossed.copy()
    alone = level.crossed.sum(axis=0) == 1
    for row, edge in zip(crossed, edges, strict=True):
        chosen = np.flatnonzero(row & alone)
        sides = _sides(region, edge, level.nside, level.pixels[chosen])
        row[chosen[(sides.near == sides.far) & (sides.excess.min(axis=1) < 0) & (sides.excess.max(axis=1) > 0)]] = False
    return level._replace(crossed=crossed)


def _within(reach: float, edge: SmallCircle, vectors: Floats) -> Bools:
    """Tell which directions lie within `reach` [rad] of an edge."""
    rho, cosine = np.radians(edge.radius), vectors @ edge.axis
    near, far = np.cos(max(rho - reach, 0.0)), np.cos(min(rho + reach, np.pi))
    return np.asarray((far <= cosine) & (cosine <= near))


def _add(shares: Floats, nside: int, fine: int, pixels: Ints, share: Any) -> None:
    """Add the shares of pixels at another nside to those at `nside`, both NEST."""
    if fine < nside:
        ratio = (nside // fine) ** 2
        shares.reshape(-1, ratio)[pixels] = 1.0
        return
    ratio = (fine // nside) ** 2
    np.add.at(shares, pixels // ratio, np.broadcast_to(share, pixels.shape) / ratio)


def _cut(region: Edged, edges: tuple[SmallCircle, ...], level: _Level, on_edge: Bools) -> tuple[Floats, Bools]:
    """Return the shares of the finest pixels on an edge, and in which of them edges run side by side."""
    shares, thin = np.empty(level.pixels.size), np.zeros(level.pixels.size, bool)
    alone = level.crossed.sum(axis=0) == 1
    for edge, crossed in zip(edges, level.crossed, strict=True):
        chosen = np.flatnonzero(crossed & alone)
        shares[chosen] = _straight_cut(region, edge, level.nside, level.pixels[chosen], level.centres[chosen])
    meeting = np.flatnonzero(on_edge & ~alone)
    beside = _side_by_side(edges, level, meeting)
    shares[meeting[~beside]] = _samples(region, level.nside, level.pixels[meeting[~beside]])
    if beside.any():
        thin[meeting[beside]] = True
        shares[thin] = _several_cuts(region, edges, level, np.flatnonzero(thin))
    return shares[on_edge], thin[on_edge]


def _scaled(region: Edged, nside: int, finest: int, shares: Floats, found: Floats, thin: Bools) -> Floats:
    """Return the shares of pixels that edges cross side by side, scaled so that all make up the exact solid angle.

    Straight cuts leave up to 1e-3 of the width between two edges that bend within a pixel; all else is far better.
    """
    if not found[thin].any():
        return found
    others = shares.sum() * pixel_area(nside) + found[~thin].sum() * pixel_area(finest)
    factor = (solid_angle(region) - others) / (found[thin].sum() * pixel_area(finest))
    return np.where(thin, found * factor, found) if abs(factor - 1) < _LARGEST_FACTOR else found


def _side_by_side(edges: tuple[SmallCircle, ...], level: _Level, some: Ints) -> Bools:
    """Return which pixels ``(N,)`` are crossed by edges that are all but parallel there: their samples may miss all."""
    found, centres = np.zeros(len(some), bool), level.centres[some]
    normals = [edge.axis - (centres @ edge.axis)[:, None] * centres for edge in edges]
    for i, j in itertools.combinations(range(len(edges)), 2):
        across = np.linalg.norm(np.cross(normals[i], normals[j]), axis=1)
        sizes = np.linalg.norm(normals[i], axis=1) * np.linalg.norm(normals[j], axis=1)
        found |= (across < _PARALLEL * sizes) & level.crossed[i, some] & level.crossed[j, some]
    return found


def _several_cuts(region: Edged, edges: tuple[SmallCircle, ...], level: _Level, some: Ints) -> Floats:
    """Return the shares of pixels that several edges cross: the parts between them, each inside or outside as a whole.

    Two edges of a thin box run through the same pixels side by side, closer than any samples.
    """
    import healpy

    corners = healpy.boundaries(level.nside, level.pixels[some], nest=True).transpose(0, 2, 1).reshape(-1, 4, 3)
    owner, parts = np.arange(len(some)), np.broadcast_to(_SQUARE, (len(some), 4, 2))
    for edge, crossed in zip(edges, level.crossed[:, some], strict=True):
        line, cut = _line(edge, corners, level.centres[some])[owner], crossed[owner]
        both = [_clipped(parts[cut], sign * line[cut]) for sign in (1.0, -1.0)]
        whole = np.concatenate([parts[~cut], parts[~cut][:, -1:]], axis=1)  # as many corners
        owner = np.concatenate([owner[~cut], owner[cut], owner[cut]])
        parts = np.concatenate([whole, *both])
        some_area = _area(parts) > 0
        owner, parts = owner[some_area], parts[some_area]
    x, y = parts.mean(axis=1).T + 0.5  # a convex part holds the mean of its corners
    north, west, south, east = corners[owner].transpose(1, 0, 2)
    weights = x * y, (1 - x) * y, (1 - x) * (1 - y), x * (1 - y)
    middles = sum(w[:, None] * corner for w, corner in zip(weights, (north, west, south, east), strict=True))
    area = _area(parts)
    inside = area * _contains(region, np.asarray(middles))
    return np.asarray(np.bincount(owner, inside, len(some)) / np.bincount(owner, area, len(some)))


def _line(edge: SmallCircle, corners: Floats, centres: Floats) -> Floats:
    """Return (mean, slope_x, slope_y) ``(N, 3)`` of an edge over unit squares centred on 0: positive inside of it."""
    excess = edge.excess(corners)
    north, west, south, east = excess.T
    mean = (2 * edge.excess(centres) + excess.mean(axis=1)) / 3  # exact for a parabola over the unit square
    return np.stack([mean, (north + east - south - west) / 2, (north + west - south - east) / 2], axis=1)


_SQUARE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])


def _clipped(polygons: Floats, lines: Floats) -> Floats:
    """Return the parts of convex polygons ``(N, K, 2)`` where line[0] + line[1] x + line[2] y > 0, ``(N, K + 1, 2)``.

    Corners that are not needed repeat the last one, which changes neither shape nor area; nothing has no area.
    """
    height = lines[:, :1] + np.einsum("nki,ni->nk", polygons, lines[:, 1:])
    after, beyond = np.roll(polygons, -1, axis=1), np.roll(height, -1, axis=1)
    crosses = (height > 0) != (beyond > 0)
    share = np.where(crosses, height, 0.0) / np.where(crosses, height - beyond, 1.0)
    found = np.stack([polygons, polygons + share[:, :, None] * (after - polygons)], axis=2)
    counts = np.stack([height > 0, crosses], axis=2).reshape(len(polygons), 2 * polygons.shape[1])
    slots = polygons.shape[1] + 1
    order = np.argsort(~counts, axis=1, kind="stable")[:, :slots]
    last = np.maximum(counts.sum(axis=1, keepdims=True) - 1, 0)
    index = np.take_along_axis(order, np.minimum(np.arange(slots), last), axis=1)
    return np.take_along_axis(found.reshape(len(polygons), 2 * polygons.shape[1], 2), index[:, :, None], axis=1)


def _area(polygons: Floats) -> Floats:
    """Return the areas ``(N,)`` of polygons ``(N, K, 2)``."""
    x, y = polygons[:, :, 0], polygons[:, :, 1]
    return np.asarray(0.5 * np.abs((x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)))


class _Sides(NamedTuple):
    """The corners N, W, S, E of pixels against an edge, and whether the regions hold its near and its far side."""

    corners: Floats
    excess: Floats
    near: Bools
    far: Bools


def _sides(region: Edged, edge: SmallCircle, nside: int, pixels: Ints) -> _Sides:
    import healpy

    if pixels.size == 0:
        return _Sides(np.empty((0, 4, 3)), np.empty((0, 4)), np.empty(0, dtype=bool), np.empty(0, dtype=bool))
    corners = healpy.boundaries(nside, pixels, nest=True).transpose(0, 2, 1).reshape(pixels.size, 4, 3)
    excess, every = edge.excess(corners), np.arange(pixels.size)
    near, far = (_contains(region, corners[every, corner]) for corner in (excess.argmax(axis=1), excess.argmin(axis=1)))
    return _Sides(corners, excess, near, far)


def _straight_cut(region: Edged, edge: SmallCircle, nside: int, pixels: Ints, centres: Floats) -> Floats:
    sides = _sides(region, edge, nside, pixels)
    within = _half_plane(*_line(edge, sides.corners, centres).T)
    return np.asarray(within * sides.near + (1 - within) * sides.far)


def _half_plane(mean: Floats, slope_x: Floats, slope_y: Floats) -> Floats:
    """Return the share of the unit square, centred on 0, where mean + slope_x x + slope_y y > 0."""
    a, b = np.maximum(np.abs(slope_x), np.abs(slope_y)), np.minimum(np.abs(slope_x), np.abs(slope_y))
    b = np.maximum(b, 1e-6 * a)  # an exactly axis-parallel cut would divide by zero; this changes it by 1e-7
    t = mean + (a + b) / 2
    area = sum(sign * np.maximum(t - shift, 0) ** 2 for sign, shift in ((1, 0 * a), (-1, a), (-1, b), (1, a + b)))
    return np.asarray(np.clip(area / (2 * a * b), 0.0, 1.0))


def _samples(region: Any, nside: int, pixels: Ints) -> Floats:
    """Return the share of a grid of points in each NEST pixel that lies in the region."""
    shares = np.empty(pixels.size)
    for first in range(0, pixels.size, _BLOCK):
        block = pixels[first : first + _BLOCK]
        points = (block[:, None] * _SAMPLES**2 + np.arange(_SAMPLES**2)).ravel()
        inside = _contains(region, _vectors(nside * _SAMPLES, points))
        shares[first : first + _BLOCK] = inside.reshape(block.size, -1).mean(axis=1)
    return shares


def _vectors(nside: int, pixels: Ints) -> Floats:
    import healpy

    return np.stack(healpy.pix2vec(nside, pixels, nest=True), axis=-1)


def _contains(region: Any, vectors: Floats) -> Bools:
    return np.asarray(region.contains(*lonlat(vectors)), dtype=bool)

"""Which parts of a circle about a direction lie in a region: all that an integral over the region needs.

An integral over a region about any centre is int sin(theta) dtheta int dphi over :func:`arcs`, piecewise smooth in
theta between :func:`radii_of_change`, with square-root ends there. phi is 0 towards increasing lon, pi/2 towards
increasing lat. Each edge of a region is a :class:`~skymodel.sky.circles.SmallCircle`, which meets a circle about
the centre in at most two points known in closed form (a spherical triangle of three known sides).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, Protocol

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.circles import Axes, SmallCircle, crossings, directions, local_axes, lonlat, separation

_TURN = 2 * np.pi
_SAME_RADIUS = 1e-12  # deg: radii closer than this differ by rounding only
_TOUCHING = 1e-15  # what rounding leaves of a touching pair: one cut too many is harmless, one too few is not
_NODES = 24
_PANEL_ERROR = 1e-14  # sr
_LARGEST_DEPTH = 60


class Edged(Hashable, Protocol):
    """What is needed of a region here."""

    @property
    def edges(self) -> tuple[SmallCircle, ...] | None:
        """The circles on which membership changes."""
        ...

    def contains(self, lon: Any, lat: Any) -> Any:
        """Tell which directions [deg] lie inside."""
        ...


class Arcs(NamedTuple):
    """Intervals of the position angle, each ``(N, M)`` [rad], 0 <= start <= stop < 4 pi; start == stop where empty."""

    start: Floats
    stop: Floats


def arcs(region: Edged, lon: float, lat: float, radius_deg: Any) -> Arcs:
    """Return the parts of circles about a direction that lie in a region.

    Parameters
    ----------
    region
        A region with known edges.
    lon, lat
        Centre of the circles [deg].
    radius_deg
        Angular radii ``(N,)`` [deg].

    Raises
    ------
    ValueError
        If the region does not know its edges.

    Examples
    --------
    >>> from skymodel.sky.regions import Box
    >>> start, stop = arcs(Box(lon=(-30, 30), lat=(-5, 5)), 0, 0, [3.0, 10.0])
    >>> (stop - start).sum(axis=1).round(6).tolist()  # the whole circle, then what the parallels leave of it
    [6.283185, 2.103222]
    >>> round(float(4 * np.arcsin(np.sin(np.radians(5)) / np.sin(np.radians(10)))), 6)
    2.103222
    """
    theta = np.radians(np.atleast_1d(np.asarray(radius_deg, dtype=np.float64)))
    here = local_axes(lon, lat)
    start, stop = _intervals(_cuts(known_edges(region), here, theta))
    inside = region.contains(*_points(here, theta[:, None], (start + stop) / 2))
    return _packed(start, stop, inside & (stop > start))


def radii_of_change(region: Edged, lon: float, lat: float) -> Floats:
    """Return the sorted radii [deg] about a direction, 0 and 180 apart, at which arcs appear, vanish or change edges.

    They are the radii that touch an edge and those through the crossings of two edges.
    """
    edges = known_edges(region)
    centre = local_axes(lon, lat).centre
    touching = [_touching(edge, centre) for edge in edges]
    meeting = [separation(crossings(*pair), centre) for pair in itertools.combinations(edges, 2)]
    radii = np.sort(np.degrees(np.concatenate([*touching, *meeting, np.empty(0)])))
    radii = radii[(radii > _SAME_RADIUS) & (radii < 180 - _SAME_RADIUS)]
    return radii[np.diff(radii, prepend=-1.0) > _SAME_RADIUS]


def solid_angle(region: Edged) -> float:
    """Return the solid angle [sr] of a region with known edges, to about 1e-13 sr."""
    edges = known_edges(region)
    lon, lat = (edges[0].lon, edges[0].lat) if edges else (0.0, 0.0)
    borders = np.radians(np.concatenate([[0.0], radii_of_change(region, lon, lat), [180.0]]))
    return _integral(lambda theta: np.sin(theta) * _length(region, lon, lat, theta), borders[:-1], borders[1:])


def known_edges(region: Edged) -> tuple[SmallCircle, ...]:
    """Return the region's edges, each once.

    Raises
    ------
    ValueError
        If the region does not know them.
    """
    if region.edges is None:
        raise ValueError(f"the edges of {region!r} are not known; use its coverage(nside) instead")
    return tuple(dict.fromkeys(region.edges))


def _cuts(edges: tuple[SmallCircle, ...], here: Axes, theta: Floats) -> Floats:
    """Return the position angles ``(N, 2 E)`` where circles of radius theta meet edges, nan where they do not.

    Half-angle formulae of the spherical triangle centre, axis, cut: accurate also where the circles barely touch.
    """
    if not edges:
        return np.empty((theta.size, 0))
    lon, lat, radius = np.array([(edge.lon, edge.lat, edge.radius) for edge in edges]).T
    axes, rho, theta = directions(lon, lat), np.radians(radius), theta[:, None]
    distance = separation(axes, here.centre)
    towards = np.arctan2(axes @ here.north, axes @ here.east)
    sine2 = np.sin((distance + rho - theta) / 2) * np.sin((theta + rho - distance) / 2)
    cosine2 = np.sin((theta + distance + rho) / 2) * np.sin((theta + distance - rho) / 2)
    meets = np.where(np.minimum(sine2, cosine2) > -_TOUCHING, 1.0, np.nan)
    half = np.arctan2(np.sqrt(np.maximum(sine2, 0.0)), np.sqrt(np.maximum(cosine2, 0.0))) * meets
    return np.asarray(np.stack([towards - 2 * half, towards + 2 * half], axis=2) % _TURN).reshape(len(theta), -1)


def _intervals(cuts: Floats) -> tuple[Floats, Floats]:
    """Return what lies between the cuts ``(N, C)``, in turn around the circle, as ``(N, C + 1)`` intervals."""
    first = np.min(np.where(np.isnan(cuts), np.inf, cuts), axis=1, initial=np.inf, keepdims=True)
    first = np.where(np.isinf(first), 0.0, first)
    start = np.sort(np.concatenate([first, np.where(np.isnan(cuts), first, cuts)], axis=1), axis=1)
    return start, np.concatenate([start[:, 1:], start[:, :1] + _TURN], axis=1)


def _points(here: Axes, theta: Floats, phi: Floats) -> tuple[Floats, Floats]:
    sine = np.sin(theta)
    vectors = [
        np.cos(theta) * c + sine * (np.cos(phi) * e + np.sin(phi) * n)
        for c, e, n in zip(here.centre, here.east, here.north, strict=True)
    ]
    return lonlat(np.stack(vectors, axis=-1))


def _packed(start: Floats, stop: Floats, keep: Any) -> Arcs:
    """Drop the intervals that are not kept, moving the others to the front."""
    order = np.argsort(~keep, axis=1, kind="stable")[:, : max(1, int(keep.sum(axis=1).max(initial=0)))]
    begin = np.take_along_axis(start, order, axis=1)
    end = np.where(np.take_along_axis(keep, order, axis=1), np.take_along_axis(stop, order, axis=1), begin)
    return Arcs(begin, end)


def _touching(edge: SmallCircle, centre: Floats) -> Floats:
    distance, rho = separation(edge.axis, centre), np.radians(edge.radius)
    far = distance + rho
    return np.array([abs(distance - rho), min(far, _TURN - far)])


def _length(region: Edged, lon: float, lat: float, theta: Floats) -> Floats:
    pieces = arcs(region, lon, lat, np.degrees(theta))
    return np.asarray((pieces.stop - pieces.start).sum(axis=1))


def _integral(function: Callable[[Floats], Floats], low: Floats, high: Floats) -> float:
    """Integrate over panels whose ends may be square roots, halving the panels that have not converged."""
    total = 0.0
    for _ in range(_LARGEST_DEPTH):
        middle = (low + high) / 2
        whole, halves = _panels(function, low, high), _panels(function, low, middle) + _panels(function, middle, high)
        open_ = np.abs(whole - halves) > _PANEL_ERROR
        total += float(halves[~open_].sum())
        low, high = np.concatenate([low[open_], middle[open_]]), np.concatenate([middle[open_], high[open_]])
        if low.size == 0:
            return total
    raise ValueError("the edges of the region meet too closely for its solid angle")


def _panels(function: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return the integral over each panel: t^2 at both ends turns a square root into a line."""
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    t = (node + 1) / 2
    place = low[:, None] + (high - low)[:, None] * t**2 * (3 - 2 * t)
    values = function(place.ravel()).reshape(place.shape)
    return np.asarray((high - low) * (values @ (3 * t * (1 - t) * weight)))

"""An independent line-of-sight integrator, the truth that the engine is tested against.

It shares nothing with the engine: the geometry is written out anew in extended precision, the path is parametrised by
the distance s from the observer, and the rule is composite Gauss-Legendre on panels that shrink by halves towards
every special place (the observer, the points closest to the centre, to the rotation axis and to the density's hints,
the crossings of z = 0 and of hinted surfaces). It is slow and needs no tolerance: its error is the difference between
16 and 24 nodes per panel. :func:`mp_line` repeats single lines in 30 digits.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from profiles.contract.hints import surfaces

HALVINGS = 44  # the finest panel is 2^-44 of the path, about 1e-12 kpc
ROUNDS = 40  # of halving towards an edge that no hint announces


class Truth(NamedTuple):
    value: float
    error: float


class Line(NamedTuple):
    """A sight line in extended precision: origin and direction in Galactocentric axes, its two ends [kpc]."""

    origin: np.ndarray
    direction: np.ndarray
    start: np.longdouble
    stop: np.longdouble


def graded(density, lon, lat, *, r_sun=8.2, z_sun=0.0, r_max=None, s_max=None, places=()):
    """Return the integral of `density` towards (lon, lat) [deg], and a bound of its error.

    `places` are further distances [kpc] at which the integrand is not smooth or is concentrated.
    """
    line = sight_line(lon, lat, r_sun=r_sun, z_sun=z_sun, r_max=r_max, s_max=s_max)
    if not line.stop > line.start:
        return Truth(0.0, 0.0)
    cuts = _cuts(line, [*special_places(line, density.hints), *places])
    with np.errstate(all="ignore"):
        return _composite(density, line, cuts)


def sight_line(lon, lat, *, r_sun, z_sun, r_max=None, s_max=None):
    """Return the line: the Sun at (-sqrt(r_sun^2 - z_sun^2), 0, z_sun), the centre at lon = lat = 0."""
    degree = np.longdouble("0.0174532925199432957692369076848861271")
    lon, lat = np.longdouble(lon) * degree, np.longdouble(lat) * degree
    towards, left, up = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    sun = np.array([-np.sqrt(np.longdouble(r_sun) ** 2 - np.longdouble(z_sun) ** 2), 0.0, z_sun], dtype=np.longdouble)
    ahead = -sun / np.longdouble(r_sun)  # the unit vector from the Sun to the centre
    north = np.array([-ahead[2], 0.0, ahead[0]], dtype=np.longdouble)
    direction = towards * ahead + left * np.array([0, 1, 0]) + up * north
    start, stop = np.longdouble(0), np.longdouble(s_max or 0)
    if r_max is not None:
        middle, miss = _nearest(sun, direction, np.zeros(3, dtype=np.longdouble))
        half = np.sqrt(max(np.longdouble(r_max) ** 2 - miss**2, np.longdouble(0)))
        start, stop = max(middle - half, start), middle + half
    return Line(sun, direction, start, stop)


def _nearest(origin, direction, point):
    along = np.dot(point - origin, direction)
    gap = point - origin - along * direction
    return along, np.sqrt(np.dot(gap, gap))


def special_places(line, hints):
    """Return the distances [kpc] at which a density with these hints may have a kink, an edge or a concentration."""
    origin, direction = line.origin, line.direction
    centre, p = _nearest(origin, direction, np.zeros(3))
    flat = np.array([1, 1, 0])
    rate = np.dot(direction * flat, direction * flat)
    axis = -np.dot(origin * flat, direction * flat) / rate if rate > 0 else centre
    d = np.sqrt(np.sum(((origin + axis * direction) * flat) ** 2))
    found = [np.longdouble(0), centre, axis]
    if direction[2] != 0:
        levels = {sign * height for height in (0.0, *surfaces(hints.planes)) for sign in (1, -1)}
        found += [(level - origin[2]) / direction[2] for level in levels]
    for radius in surfaces(hints.spheres):
        half = np.sqrt(max(np.longdouble(radius) ** 2 - p**2, 0))
        found += [centre - half, centre + half]
    for radius in surfaces(hints.cylinders):
        half = np.sqrt(max(np.longdouble(radius) ** 2 - d**2, 0) / rate) if rate > 0 else 0
        found += [axis - half, axis + half]
    return found + [_nearest(origin, direction, np.array(point[:3]))[0] for point in hints.points]


def _cuts(line, places):
    steps = (line.stop - line.start) * np.longdouble(2) ** -np.arange(HALVINGS + 1)
    around = np.concatenate(
        [np.clip([place], line.start, line.stop) + sign * steps for place in places for sign in (-1, 1)]
    )
    inside = np.concatenate([around, np.clip(np.asarray(places, dtype=np.longdouble), line.start, line.stop)])
    return np.unique(np.clip(inside, line.start, line.stop))


def _composite(density, line, cuts):
    """Return the integral and its error; panels on which the two rules differ are halved until the edge is found."""
    value, error, left, right = 0.0, 0.0, cuts[:-1], cuts[1:]
    for _ in range(ROUNDS):
        gauss, clenshaw = (_panels(density, line, left, right, rule) for rule in (_gauss(), _clenshaw_curtis()))
        doubt = np.abs(gauss - clenshaw)
        again = doubt > 1e-17 * (value + gauss.sum())
        value, error = value + gauss[~again].sum(), error + doubt[~again].sum()
        left_out, doubt_out = gauss[again].sum(), doubt[again].sum()
        if not again.any():
            break
        middle = (left + right)[again] / 2
        left, right = np.concatenate([left[again], middle]), np.concatenate([middle, right[again]])
    value += left_out
    return Truth(float(value), float(error + doubt_out + 1e-15 * value + _rounding(density, line, cuts)))


def _rounding(density, line, cuts):
    """Return what one unit in the last place of the coordinates does to the integral, as thin tilted layers show."""
    gap = np.longdouble(np.finfo(float).eps)
    moved = line._replace(origin=line.origin * (1 + gap), direction=line.direction * (1 - gap))
    return abs(
        sum(
            (
                _panels(density, ray, cuts[:-1], cuts[1:], _gauss()).sum() * sign
                for ray, sign in ((line, 1), (moved, -1))
            )
        )
    )


@cache
def _gauss():
    return np.polynomial.legendre.leggauss(24)


@cache
def _clenshaw_curtis():
    """Return the rule of 33 nodes, both ends of the panel among them: no edge can hide beyond the last node."""
    angle = np.pi * np.arange(33) / 32
    even = np.arange(2, 33, 2)
    halved = np.where(even == 32, 1.0, 2.0)
    weights = (1 - (halved / (even**2 - 1) * np.cos(np.outer(angle, even))).sum(axis=1)) * 2 / 32
    weights[[0, -1]] /= 2
    return np.cos(angle), weights


def _panels(density, line, left, right, rule):
    nodes, weights = rule
    half = (right - left) / 2
    s = (left + half)[:, None] + half[:, None] * nodes
    x, y, z = (np.asarray(o + n * s, dtype=float) for o, n in zip(line.origin, line.direction, strict=True))
    values = np.asarray(density(x, y, z))
    values = np.where(np.isfinite(values), values, 0.0)  # a panel may end in a cusp
    return np.asarray(half, dtype=float) * (values @ weights)


def mp_line(function, line, hints):
    """Return the integral over the line of an mpmath `function` of (x, y, z) with kinks where `hints` tell."""
    import mpmath

    number = lambda value: mpmath.mpf(f"{value:.25g}" if isinstance(value, float) else str(value))  # noqa: E731
    with mpmath.workdps(30):
        inside = sorted({float(place) for place in special_places(line, hints) if line.start < place < line.stop})
        around = [place + sign * step for place in inside for sign in (-1, 1) for step in (1e-3, 1e-2, 0.1, 1.0)]
        ends = sorted({number(e) for e in (line.start, line.stop, *inside, *around) if line.start <= e <= line.stop})
        origin, direction = ([number(c) for c in vector] for vector in (line.origin, line.direction))
        place = lambda s: [o + n * s for o, n in zip(origin, direction, strict=True)]  # noqa: E731
        return mpmath.quad(lambda s: function(*place(s)), ends)

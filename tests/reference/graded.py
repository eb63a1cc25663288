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

HALVINGS = 44  # the finest panel is 2^-44 of the path, about 1e-12 kpc


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
    coarse, fine = (_composite(density, line, cuts, order) for order in (16, 24))
    return Truth(fine, abs(fine - coarse) + 1e-15 * abs(fine))


def sight_line(lon, lat, *, r_sun, z_sun, r_max=None, s_max=None):
    """Return the line: the Sun at (-sqrt(r_sun^2 - z_sun^2), 0, z_sun), the centre at lon = lat = 0."""
    degree = np.longdouble("0.0174532925199432957692369076848861271")
    l, b = np.longdouble(lon) * degree, np.longdouble(lat) * degree
    towards, left, up = np.cos(b) * np.cos(l), np.cos(b) * np.sin(l), np.sin(b)
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
        levels = {sign * height for height in (0.0, *hints.planes) for sign in (1, -1)}
        found += [(level - origin[2]) / direction[2] for level in levels]
    for radius in hints.spheres:
        half = np.sqrt(max(np.longdouble(radius) ** 2 - p**2, 0))
        found += [centre - half, centre + half]
    for radius in hints.cylinders:
        half = np.sqrt(max(np.longdouble(radius) ** 2 - d**2, 0) / rate) if rate > 0 else 0
        found += [axis - half, axis + half]
    return found + [_nearest(origin, direction, np.array(point[:3]))[0] for point in hints.points]


def _cuts(line, places):
    steps = (line.stop - line.start) * np.longdouble(2) ** -np.arange(HALVINGS + 1)
    around = np.concatenate([np.clip([place], line.start, line.stop) + sign * steps for place in places for sign in (-1, 1)])
    inside = np.concatenate([around, np.clip(np.asarray(places, dtype=np.longdouble), line.start, line.stop)])
    return np.unique(np.clip(inside, line.start, line.stop))


@cache
def _legendre(order):
    return np.polynomial.legendre.leggauss(order)


def _composite(density, line, cuts, order):
    nodes, weights = _legendre(order)
    half = np.diff(cuts) / 2
    s = (cuts[:-1] + half)[:, None] + half[:, None] * nodes
    x, y, z = (np.asarray(o + n * s, dtype=float) for o, n in zip(line.origin, line.direction, strict=True))
    values = density(x, y, z)
    return float(np.sum(np.asarray(half, dtype=float) * (values @ weights)))


def mp_line(function, line, places=()):
    """Return the integral over the line of an mpmath `function` of (x, y, z), to about 25 digits."""
    import mpmath

    with mpmath.workdps(30):
        ends = [line.start, *sorted(place for place in places if line.start < place < line.stop), line.stop]
        origin, direction = ([mpmath.mpf(repr(float(c))) for c in vector] for vector in (line.origin, line.direction))
        place = lambda s: [o + n * s for o, n in zip(origin, direction, strict=True)]  # noqa: E731
        return mpmath.quad(lambda s: function(*place(s)), [mpmath.mpf(str(end)) for end in ends])

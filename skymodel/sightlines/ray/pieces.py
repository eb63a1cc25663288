"""Sight lines cut where an integrand may have a kink, an edge or a scale, each piece in a chart of its own.

In a chart, place = base + direction * scale * sinh(t). About the foot point, the place closest to the centre, the scale
is its distance p, so that r = p cosh(t) tames every cusp at the centre; about the observer, and about the points that a
density hints at, the chart crowds the places where thin layers and spikes are. Where a line passes much closer to the
rotation axis than to the centre, at a distance d, it is charted about the place closest to the axis, with d as its
scale: exp(-R / R_d) is all but kinked there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles import Density, Hints
from profiles.contract.arrays import Bools, Floats, Ints
from profiles.contract.box import Box
from profiles.contract.hints import surfaces
from profiles.contract.oval import Oval
from skymodel.sightlines.ray.geometry import INNERMOST, SMALLEST_SCALE, Observer, Rays, half_chord
from skymodel.sightlines.ray.voxelfaces import crossings

NARROWEST, BESIDE = 1e-4, 0.3  # d / p between which there is a chart about the axis
CLOSE = 0.5  # p from the axis that the foot may be to need no cut of its own: the integrand is smooth there within p
OFF, WIDE = 0.3, 4.0  # widths of a core off the foot from which it has a chart, which reaches so many of them
NEAR, REACH = 0.3, 4.0  # scale and reach of the observer's chart [kpc]: its first nodes lie 2 and 13 pc away


@dataclass(frozen=True)
class Pieces:
    """Pieces of sight lines, place = base + direction * scale * sinh(t) for t from ``left`` to ``right``; ``(..., M)``.

    Parameters
    ----------
    line
        Index of the sight line.
    left, right
        Ends in the chart's t.
    scale
        Scale of the chart [kpc].
    base, direction
        Galactocentric places of t = 0 [kpc] and unit vectors ``(3, M)``.
    joined
        Whether the next piece follows on the same line, with no edge announced in between.
    """

    line: Ints
    left: Floats
    right: Floats
    scale: Floats
    base: Floats
    direction: Floats
    joined: Bools

    @property
    def middle(self) -> Floats:
        """Distances from the foot points of the places in the middle of each piece ``(M,)`` [kpc]."""
        return self.along(0.5 * (self.left + self.right))

    def along(self, t: Floats) -> Floats:
        """Return the distances from the foot points of places t, one in each piece ``(M,)`` [kpc]."""
        origin: Floats = np.sum(self.base * self.direction, axis=0)
        return origin + self.scale * np.sinh(t)


class _Centre(NamedTuple):
    """A place on each line with a chart of its own, used as far as ``reach``; arrays ``(N,)`` [kpc]."""

    u: Floats
    scale: Floats
    base: Floats
    reach: Floats


@np.errstate(over="ignore")  # a line that all but lies in a plane crosses it beyond all numbers
def cut_lines(
    lines: Rays,
    observer: Observer,
    density: Density,
    places: tuple[Floats, ...] = (),
    beside: tuple[float, ...] = (),
) -> Pieces:
    """Return the pieces of the lines on which `density` should be smooth, line by line.

    They are cut at the foot, at the density's hints, so far `beside` these [kpc] and at `places` u ``(N,)`` each [kpc];
    unless the density is spherical also at the reach of the observer's and the axis' charts, at z = 0 and at the
    closest approach to the rotation axis, which stands for the foot where they are close; well outside of a core its
    closest approach stands for both.
    """
    hints, height, centres = density.hints, observer.position[2], []
    sharp = _round(lines, hints) if density.symmetry == "spherical" else edges(lines, height, hints)
    cuts = [lines.start, lines.stop, *places]
    for away in beside:
        cuts += edges(lines, height, _beside(hints, away))
    everywhere = np.full_like(lines.p, np.inf)
    chart = _Centre(np.zeros_like(lines.p), np.maximum(lines.p, SMALLEST_SCALE), lines.foot, everywhere)
    if density.symmetry == "spherical":
        cuts.append(chart.u)
    else:
        axis, cores = _around_axis(lines), [_around_core(lines, core) for core in hints.cores]
        middle = np.where(np.abs(axis.u) < CLOSE * lines.p, axis.u, 0.0)
        if cores:  # farther out nothing bends at the foot, nor at the axis where that has no chart
            far = lines.p > OFF * cores[0].scale
            middle = np.where(far, cores[0].u, middle)
            axis = axis._replace(u=np.where(far & (axis.reach == 0), cores[0].u, axis.u))
        cuts.append(middle)
        cuts += _planes(lines, height, (0.0,))
        centres = [axis, *cores, _around_observer(lines, observer), *_around_points(lines, hints)]
    if lines.through_centre.any():
        cuts += [np.full_like(lines.p, -INNERMOST), np.full_like(lines.p, INNERMOST)]
    for centre in centres:
        cuts += [centre.u - centre.reach, centre.u, centre.u + centre.reach]
    u = np.clip(np.stack(cuts + sharp, axis=1), lines.start[:, None], lines.stop[:, None])
    order = np.argsort(u, axis=1)
    u = np.take_along_axis(u, order, axis=1)
    line, step = np.nonzero((u[:, :-1] < u[:, 1:]) & ~_innermost(lines, u))
    smooth = order[line, step + 1] < len(cuts)
    return _charted(lines, line, u[line, step], u[line, step + 1], [chart, *centres], smooth)


def _innermost(lines: Rays, u: Floats) -> Bools:
    """Return which pieces between places ``(N, K)`` are closer to the centre than numbers go: ``(N, K - 1)``."""
    within = np.abs(u[:, :-1] + u[:, 1:]) < 1.5 * INNERMOST
    return lines.through_centre[:, None] & within


def edges(lines: Rays, height: float, hints: Hints) -> list[Floats]:
    """Return where lines from an observer at `height` cross what a density announces."""
    faces = [crossing for mesh in hints.meshes for crossing in crossings(lines, mesh).T]
    planes = _planes(lines, height, surfaces(hints.planes))
    cylinders = _cylinders(lines, surfaces(hints.cylinders))
    return [*_round(lines, hints), *planes, *cylinders, *_walls(lines, hints.walls), *faces]


def _beside(hints: Hints, away: float) -> Hints:
    """Return surfaces on both sides of those announced without a thickness, so far `away` [kpc]."""
    both = {}
    for name in ("spheres", "cylinders", "planes"):
        bare = [place for place in getattr(hints, name) if not isinstance(place, tuple)]
        both[name] = tuple(moved for place in bare for moved in (place - away, place + away) if moved > 0)
    return Hints(**both)


def _round(lines: Rays, hints: Hints) -> list[Floats]:
    return [*_spheres(lines, surfaces(hints.spheres)), *_ovals(lines, hints.ovals)]


def _charted(lines: Rays, line: Ints, left: Floats, right: Floats, centres: list[_Centre], smooth: Bools) -> Pieces:
    """Give each piece from u = `left` to `right` the chart of the last centre that reaches it; the first one does."""
    origin, scale = centres[0].u[line], centres[0].scale[line]
    base, direction = centres[0].base.take(line, axis=1), lines.direction.take(line, axis=1)
    middle = 0.5 * (left + right)
    for centre in centres[1:]:
        inside = np.flatnonzero(np.abs(middle - centre.u[line]) < centre.reach[line])
        ray = line[inside]
        scale[inside], origin[inside], base[:, inside] = centre.scale[ray], centre.u[ray], centre.base.take(ray, axis=1)
    start, stop = np.arcsinh((left - origin) / scale), np.arcsinh((right - origin) / scale)
    some = slice(None) if (start < stop).all() else np.flatnonzero(start < stop)  # shorter than rounding is nothing
    line = line[some]
    joined = np.append(line[1:] == line[:-1], False) & smooth[some]
    return Pieces(line, start[some], stop[some], scale[some], base[:, some], direction[:, some], joined)


def _around_axis(lines: Rays) -> _Centre:
    """Return the place closest to the rotation axis, charted where that is close beside the foot's p."""
    axis, distance = _cylinders(lines, (0.0,))[0], about_axis(lines.foot, lines.direction)[0]
    reach = np.where(distance < BESIDE * lines.p, CLOSE * lines.p, 0.0)
    scale = np.maximum(np.maximum(distance, NARROWEST * lines.p), SMALLEST_SCALE)
    return _Centre(axis, scale, lines.foot + axis * lines.direction, reach)


def _around_core(lines: Rays, core: Oval | Box) -> _Centre:
    """Return the place closest to a core, in units of its semi-axes, where what depends on these alone is brightest.

    It has a chart where that is off the foot, on the scale of which the core may be thin.
    """
    nearest, unit, miss = core.approach(lines.foot, lines.direction)
    away, width = np.abs(nearest), unit * np.maximum(miss, 1.0)
    reach = np.where(away < OFF * width, 0.0, np.minimum(WIDE * width, 2 * away))
    return _Centre(nearest, unit, lines.foot + nearest * lines.direction, reach)


def _around_observer(lines: Rays, observer: Observer) -> _Centre:
    one = np.ones_like(lines.p)
    return _Centre(lines.observer, NEAR * one, observer.position[:, None] * one, min(REACH, observer.r_sun / 2) * one)


def _around_points(lines: Rays, hints: Hints) -> list[_Centre]:
    centres = []
    for x, y, z, size in hints.points:
        gap = np.array([x, y, z])[:, None] - lines.foot
        nearest = np.einsum("in,in->n", gap, lines.direction)
        miss = np.linalg.norm(gap - nearest * lines.direction, axis=0)
        width = np.maximum(miss, size)
        away, reach = np.abs(nearest), np.minimum(30 * width, 0.5 * math.hypot(x, y, z))
        # The foot keeps the pieces around it: its own scale may be the smaller one.
        reach = np.where(away < width, np.where(lines.p < width, 0.0, reach), np.minimum(reach, away / 2))
        centres.append(_Centre(nearest, width, lines.foot + nearest * lines.direction, reach))
    return centres


def _spheres(lines: Rays, radii: tuple[float, ...]) -> list[Floats]:
    halves = [half_chord(radius, lines.p) for radius in radii]
    return [sign * half for half in halves for sign in (-1.0, 1.0)]


def _ovals(lines: Rays, ovals: tuple[Oval | Box, ...]) -> list[Floats]:
    """Return where lines enter and leave bodies; of those that miss one the start, which cuts nothing."""
    found = []
    for oval in ovals:
        chord = oval.chords(lines.foot, lines.direction)
        found += [np.where(chord.hit, end, lines.start) for end in (chord.enter, chord.leave)]
    return found


def _planes(lines: Rays, height: float, heights: tuple[float, ...]) -> list[Floats]:
    """Return the crossings of z = +-`heights`, reckoned from the nearer of the foot and the observer at `height`."""
    slope = np.where(lines.direction[2] == 0, np.inf, lines.direction[2])  # a line in a plane never crosses one
    found = []
    for level in dict.fromkeys(sign * level for level in heights for sign in (1.0, -1.0)):
        ahead, u = (level - height) / slope, (level - lines.foot[2]) / slope
        found.append(np.where(np.abs(ahead) < np.abs(u), lines.observer + ahead, u))
    return found


def _cylinders(lines: Rays, radii: tuple[float, ...]) -> list[Floats]:
    """Return the crossings of the cylinders; of one that is not reached, the closest approach to the axis."""
    distance, offset, slope = about_axis(lines.foot, lines.direction)
    slope = np.where(slope == 0, np.inf, slope)
    sides = [sign * half_chord(radius, distance) for radius in radii for sign in (-1.0, 1.0)]
    return [(side - offset) / slope for side in sides]


def _walls(lines: Rays, azimuths: tuple[float, ...]) -> list[Floats]:
    """Return the crossings of upright planes through the rotation axis."""
    found = []
    for azimuth in np.radians(azimuths):
        normal = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
        slope = normal @ lines.direction
        found.append(-(normal @ lines.foot) / np.where(slope == 0, np.inf, slope))
    return found


def about_axis(base: Floats, direction: Floats) -> tuple[Floats, Floats, Floats]:
    """Return (d, a, m) with which the cylindrical radius at base + u * direction is R(u) = hypot(d, a + m u).

    d is the closest approach to the rotation axis [kpc], taken without cancellation.
    """
    (x, y, _), (nx, ny, _) = base, direction
    slope = np.sqrt(nx * nx + ny * ny)
    safe = np.where(slope == 0, 1.0, slope)
    distance = np.where(slope == 0, np.sqrt(x * x + y * y), np.abs(x * ny - y * nx) / safe)
    return distance, (x * nx + y * ny) / safe, slope

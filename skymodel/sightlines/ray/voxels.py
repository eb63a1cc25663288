"""Sight lines through cubes at the price they need: cut at every face, a few Gauss-Legendre nodes a piece.

Between faces a trilinear density is a cubic along the line, which two nodes integrate exactly; what is left is the
smooth factor beside it, which varies with the distance r from the centre. So lines are also cut at the foot and around
it, and those that pass very close to the centre are integrated adaptively. How good a rule is, is measured on a sample
of the lines by a rule of twice as many nodes.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Ints
from profiles.contract.mesh import Mesh
from skymodel.sightlines.ray.geometry import Rays, rays
from skymodel.sightlines.ray.integrand import checked
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.pieces import about_axis, edges
from skymodel.sightlines.ray.voxelfaces import bounds, crossings
from skymodel.workers import evenly, helpers

ABOUT_FOOT = 0.4 * 2.5 ** np.arange(8)  # cuts on both sides of the foot, in units of its distance from the centre,
WIDEST = 1.0  # as far as this many steps of the cube: farther out the faces are close enough
CLOSE = 1e-3  # kpc from the centre: lines that pass closer are integrated adaptively
LONG, DEEP = 0.8, 0.35  # steps of the cube, and distances from the centre, from which on a piece takes one node more
BEYOND = 2.0 ** np.arange(-3, 6)  # kpc from the observer, where the density goes on outside of every cube
RULES = 2, 3, 4, 6, 8, 12, 16  # nodes a piece
_BLOCK = 100_000  # crossings in memory at once: with twice as many the system takes the memory back after each


class Through(NamedTuple):
    """Line integrals ``(N,)`` and the evaluations that they took."""

    value: Floats
    evaluations: int


@dataclass(frozen=True)
class VoxelLines:
    """Sight lines through a density that holds cubes, by a rule of some nodes a piece.

    Parameters
    ----------
    lines
        The sight lines.
    nodes
        Gauss-Legendre nodes a piece.
    rtol
        Tolerance of the lines that pass close to the centre.
    doubt
        Relative error of the rule, root mean square over a sample.
    """

    lines: SightLines
    nodes: int
    rtol: float
    doubt: float = 0.0

    def __call__(self, directions: Floats) -> Through:
        """Return the integrals along Galactic unit vectors ``(N, 3)``."""
        value, evaluations = np.empty(len(directions)), 0
        close = np.hypot(directions[:, 1], directions[:, 2]) * self.lines.observer.r_sun < CLOSE
        if close.any():
            found = self.lines.integrate(directions[close], rtol=self.rtol, best=True)
            value[close], evaluations = found.value, int(found.evaluations.sum())
        others = np.flatnonzero(~close)
        size = max(1, _BLOCK // (8 + sum(map(len, (a for mesh in self._meshes for a in mesh.axes)))))
        parts = [others[part] for part in evenly(len(others), size)]
        how: dict[str, Any] = {"by": helpers(self.lines.density), "tally": self.lines.meter}
        blocks = self.lines.crew.each(self._block, [directions[part] for part in parts], **how)
        for part, done in zip(parts, blocks, strict=True):
            value[part] = done.value
            evaluations += done.evaluations
        return Through(value, evaluations)

    @property
    def _meshes(self) -> tuple[Mesh, ...]:
        return self.lines.density.hints.meshes

    def _block(self, directions: Floats) -> Through:
        seen = rays(self.lines.observer, self.lines.end, directions)
        line, low, high = self._pieces(seen)
        from_centre = np.hypot(seen.p[line], 0.5 * (high + low))
        long = high - low > np.minimum(LONG * self._step, DEEP * from_centre)
        parts = [
            self._summed(seen, line[some], low[some], high[some], nodes)
            for some, nodes in ((~long, self.nodes), (long, self.nodes + 1))
        ]
        return Through(parts[0].value + parts[1].value, parts[0].evaluations + parts[1].evaluations)

    def _summed(self, seen: Rays, line: Ints, low: Floats, high: Floats, nodes: int) -> Through:
        """Return the sums over pieces, line by line ``(N,)``."""
        node, weight = np.polynomial.legendre.leggauss(nodes)
        half = 0.5 * (high - low)
        u = half[:, None] * node + 0.5 * (high + low)[:, None]
        where = tuple(u * along[line, None] for along in seen.direction)
        for place, foot in zip(where, seen.foot, strict=True):
            place += foot[line, None]
        self.lines.meter.spend(self.lines.weight * u.size)
        with np.errstate(all="ignore"):
            values = checked(self.lines.density, "__call__", where)
        sums = np.bincount(line, (values @ weight) * half, len(seen.p)).astype(float)
        return Through(sums, values.size)

    @functools.cached_property
    def _step(self) -> float:
        """The typical distance of faces along the coarsest axis [kpc]."""
        return max(float(np.median(np.diff(axis))) for mesh in self._meshes for axis in mesh.axes)

    def _pieces(self, seen: Rays) -> tuple[Ints, Floats, Floats]:
        """Return the pieces of the lines: the line each belongs to and where it starts and ends, all ``(P,)``."""
        density, height = self.lines.density, self.lines.observer.position[2]
        start, stop, hollow = seen.start, seen.stop, bounds(density)
        for mesh in hollow:
            enter, leave = crossings(seen, mesh)[:, :2].T
            start, stop = np.maximum(start, enter), np.minimum(stop, leave)
        stop = np.maximum(stop, start)
        _, offset, slope = about_axis(seen.foot, seen.direction)
        steep = np.where(seen.direction[2] == 0, np.inf, seen.direction[2])
        cuts = [start, stop, -offset / np.where(slope == 0, np.inf, slope), -seen.foot[2] / steep]
        around = [np.where(share * seen.p < WIDEST * self._step, share * seen.p, np.inf) for share in ABOUT_FOOT]
        cuts += [0 * start, *around, *(-u for u in around)]
        cuts += edges(seen, height, density.hints)
        if not hollow:
            cuts += [seen.observer + distance for distance in BEYOND]
        u = np.sort(np.clip(np.stack(cuts, axis=1), start[:, None], stop[:, None]), axis=1)
        line, step = np.nonzero(np.diff(u, axis=1) > 1e-12 * self.lines.observer.r_sun)
        return line, u[line, step], u[line, step + 1]


def voxel_lines(lines: SightLines, rtol: float, sample: Floats) -> VoxelLines:
    """Return the lines with the fewest nodes a piece that keep a sample ``(M, 3)`` of them within `rtol`.

    The second half of the sample is to stand for all lines, the first for the worst.
    """
    last: Floats | None = None
    for nodes, finer in zip(RULES, (*RULES[1:], 2 * RULES[-1]), strict=True):
        value = VoxelLines(lines, nodes, rtol)(sample).value if last is None else last
        last = VoxelLines(lines, finer, rtol)(sample).value
        gap = np.abs(value - last) / np.where(last > 0, last, 1.0)
        if gap.max(initial=0.0) <= rtol:
            break
    usual = gap[len(gap) // 2 :]
    return VoxelLines(lines, nodes, rtol, float(np.sqrt(np.mean(usual**2))))

"""Pixel means of lumpy skies, those of cubes, whose errors are limits that 99.9 % of the pixels keep.

No bound can be had from a few lines through lumps. So the limit is measured: every pixel gets a doubt of its own (how
the lines in it and around it bend), and a random sample of pixels is done again with four times the lines and a better
rule along them; the largest of the ratios of what that changes to the doubt makes limits of the doubts. If the sample
holds 1000 pixels, chance alone puts at most one in 1000 of the others beyond it, whatever the sky looks like. Pixels
whose limit is too large take the four times as many lines, and so on. Those at the Galactic centre, which are like no
others, are integrated by shifted lattices crowded towards it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Bools, Floats, Ints
from skymodel.sightlines.cubature.cells import Cells, gauss, nodes_of
from skymodel.sightlines.cubature.direct import aimed
from skymodel.sightlines.cubature.fibonacci import scattered
from skymodel.sightlines.cubature.pixelcharts import parted, whole
from skymodel.sightlines.cubature.refine import Shares
from skymodel.sightlines.ray.error_shares import CUBES
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.ray.meter import OutOfBudget
from skymodel.sightlines.ray.promises import Promises
from skymodel.sightlines.ray.voxels import RULES, VoxelLines, voxel_lines

Progress = Callable[[int, int], None]

COARSEST = 8  # nside from which a pixel's neighbours tell what its lines bend like; coarser maps are means of such
SAMPLE, FEWEST = 1200, 80  # pixels that are done again, of all and of the few that need more lines
RARE = 999  # pixels of which the largest ratio is a 99.9 % limit
MARGIN = 1.5  # of that, because which pixels are in the sample is chance, too
TAIL = 1 / 3  # power by which the largest of fewer pixels is raised: heavy tails, Student's with three degrees
GRAZING = 2.0  # radii of a pixel from the great circle along a face
DEEPEST = 7  # rounds: 4^7 times the first four lines in a pixel
LINES = 256  # that choose the rule
_BLOCK = 2048  # pixels whose lines are in memory at once
_SEED = 20161


class Confident(NamedTuple):
    """Values ``(K,)`` of pixels, 99.9 % limits of their errors, and what they cost."""

    value: Floats
    error: Floats
    sightlines: int
    evaluations: int


@dataclass
class _Cost:
    """Lines and evaluations so far."""

    sightlines: int = 0
    evaluations: int = 0


def over_lumpy_pixels(
    lines: SightLines,
    nside: int,
    pixels: Ints,
    kept: Promises,
    *,
    rtol: float,
    budget: float = np.inf,
    progress: Progress | None = None,
) -> Confident:
    """Return the means over pixels ``(K,)`` (RING), refined until their limits meet the tolerance or the budget ends.

    Parameters
    ----------
    lines
        The sight lines, through a density that holds cubes.
    nside, pixels
        Which pixels.
    kept
        What the density promises.
    rtol
        Tolerance: each error is to be at most rtol * max(value, 1e-9 * the largest value).
    budget
        Evaluations within which pixels are refined.
    progress
        Called with (pixels settled, all of them).

    Raises
    ------
    OutOfBudget
        If the budget is too small for any answer.
    """
    import healpy

    ratio = (max(nside, COARSEST) // nside) ** 2
    fine = max(nside, COARSEST)
    nested = healpy.ring2nest(nside, pixels)[:, None] * ratio + np.arange(ratio)
    children = healpy.nest2ring(fine, nested.ravel())
    state = _Pixels.started(lines, fine, children, rtol)
    state.refine(kept, budget, progress)
    value, error = (column.reshape(-1, ratio).mean(axis=1) for column in (state.value, state.error))
    return Confident(value, error, state.cost.sightlines, state.cost.evaluations)


@dataclass
class _Pixels:
    """Pixels under work: their means so far, the doubt of each, the limit of its error; all ``(K,)``."""

    nside: int
    pixels: Ints
    rule: VoxelLines
    rtol: float
    cost: _Cost
    value: Floats
    doubt: Floats
    error: Floats

    @classmethod
    def started(cls, lines: SightLines, nside: int, pixels: Ints, rtol: float) -> _Pixels:
        """Return the pixels with nothing known about them but the rule along their lines."""
        import healpy

        rng, count = np.random.default_rng(_SEED), len(pixels)
        near = np.argsort(-healpy.pix2vec(nside, pixels)[0], kind="stable")[: max(1, count // 16)]
        chosen = np.concatenate([rng.choice(near, LINES // 2), rng.integers(0, count, LINES // 2)])
        sample = np.stack(healpy.pix2vec(nside, pixels[chosen]), axis=1)
        rule = voxel_lines(lines, CUBES.lines * rtol, sample)
        nothing = np.zeros(count)
        return cls(nside, pixels, rule, rtol, _Cost(), nothing, nothing.copy(), np.full(count, np.inf))

    def refine(self, kept: Promises, budget: float, progress: Progress | None) -> None:
        """Bring every pixel within its tolerance, or as far as the budget reaches."""
        rng = np.random.default_rng(_SEED)
        nodes = self._values(np.arange(len(self.pixels)), 0, self.rule, progress)
        self.value[:] = nodes.mean(axis=(1, 2))
        self.doubt[:] = bends(self.nside, self.pixels, nodes)
        special, grazing = self._special(), self._grazing()
        for group in (grazing & ~special, ~grazing & ~special):
            self._refine(np.flatnonzero(group), rng, budget, progress)
        self._at_centre(np.flatnonzero(special), kept, budget)
        if not np.isfinite(self.error).all():
            spent = f"{self.cost.evaluations:.3g} evaluations go to the first four lines in every pixel"
            raise OutOfBudget(f"{spent}; nothing of the budget is left to judge them by")

    def _refine(self, waiting: Ints, rng: np.random.Generator, budget: float, progress: Progress | None) -> None:
        """Bring pixels that are alike within their tolerance."""
        size = SAMPLE
        for level in range(DEEPEST):
            size = min(size, len(waiting))
            if size > self._affordable(budget, level + 1) // 2:
                return
            again = np.sort(rng.choice(waiting, size, replace=False))
            deeper = self._values(again, level + 1, self._finer).mean(axis=(1, 2))
            self._limit(waiting, again, deeper)
            failing = waiting[self.error[waiting] > self.rtol * self._scale(waiting)]
            if progress:
                progress(len(self.pixels) - len(failing), len(self.pixels))
            late = np.setdiff1d(failing, again)
            if (afford := self._affordable(budget, level + 1)) < len(late):
                excess = self.error[late] / self._scale(late)
                late = np.sort(late[np.argsort(-excess)[:afford]])
                failing = np.union1d(np.intersect1d(failing, again), late)
            if not len(failing):
                return
            value = self.value.copy()
            value[again], value[late] = deeper, self._values(late, level + 1, self.rule).mean(axis=(1, 2))
            self._doubt_again(failing, value)
            waiting, size = failing, FEWEST

    def _affordable(self, budget: float, level: int) -> int:
        """Return how many pixels may take the lines of a level."""
        each = self.cost.evaluations / self.cost.sightlines * 4 ** (level + 1)
        return int(np.clip((budget - self.cost.evaluations) / each, 0, 2 * len(self.pixels)))

    @property
    def _finer(self) -> VoxelLines:
        """A rule of more nodes, to judge the other by."""
        later = [nodes for nodes in RULES if nodes > self.rule.nodes]
        return replace(self.rule, nodes=later[0] if later else 2 * self.rule.nodes)

    def _scale(self, some: Ints) -> Floats:
        return np.maximum(self.value[some], FAINT * float(self.value.max(initial=0.0)))

    def _limit(self, waiting: Ints, again: Ints, deeper: Floats) -> None:
        """Set the limits of the waiting pixels from what a sample of them changes by."""
        doubt = np.hypot(self.doubt[waiting], self.rule.doubt * self.value[waiting])
        place = np.searchsorted(waiting, again)
        change = np.abs(deeper - self.value[again])
        largest = float(np.max(change / np.maximum(doubt[place], np.finfo(float).tiny), initial=0.0))
        few = max(1.0, RARE / max(len(again), 1)) ** TAIL
        self.error[waiting] = MARGIN * few * largest * doubt + ROUNDING * self.value[waiting]

    def _doubt_again(self, failing: Ints, value: Floats) -> None:
        """Take new values of failing pixels, and as their doubt what changed, there and typically."""
        change, before = np.abs(value - self.value)[failing], self.doubt[failing]
        usual = float(np.median(change / np.maximum(before, np.finfo(float).tiny)))
        self.doubt[failing] = np.sqrt((change**2 + (usual * before) ** 2) / 2)
        self.value[failing] = value[failing]

    def _values(self, some: Ints, level: int, rule: VoxelLines, progress: Progress | None = None) -> Floats:
        """Return the integrals along lines in pixels ``(S, n, n)``, n = 2^(level + 1), in the order of the faces."""
        import healpy

        fine, parts = self.nside << level, []
        for begin in range(0, len(some), max(1, _BLOCK >> 2 * level)):
            nested = healpy.ring2nest(self.nside, self.pixels[some[begin : begin + max(1, _BLOCK >> 2 * level)]])
            children = (nested[:, None] * 4**level + np.arange(4**level)).ravel()
            chart = whole(fine, healpy.nest2ring(fine, children))
            nodes = nodes_of(Cells.whole(len(children)), chart, (gauss(2), gauss(2)))
            found = rule(nodes.directions.reshape(-1, 3))
            self.cost.sightlines += len(found.value)
            self.cost.evaluations += found.evaluations
            parts.append(found.value.reshape(len(nested), 2, -1))
            if progress:
                progress(min(begin + _BLOCK, len(some)), len(some))
        return np.concatenate(parts) if parts else np.zeros((0, 2, 2))

    def _special(self) -> Bools:
        """Return which pixels touch the Galactic centre, or a place where the density says that it is concentrated."""
        import healpy

        aside, none = np.array([1.0, -1.0]) * 1e-3 / self.nside, np.zeros(2)
        lon, lat = np.concatenate([aside, none]), np.concatenate([none, aside])
        centre = healpy.ang2pix(self.nside, lon, lat, lonlat=True)
        return np.asarray(np.isin(self.pixels, centre) | aimed(self.rule.lines, self.nside, self.pixels))

    def _grazing(self) -> Bools:
        """Return which pixels are seen along the faces of a cube, where what lies near the observer bends sharply."""
        import healpy

        towards = np.stack(healpy.pix2vec(self.nside, self.pixels)) / healpy.max_pixrad(self.nside)
        turn = self.rule.lines.observer.rotation
        normals = np.concatenate([mesh.turn for mesh in self.rule.lines.density.hints.meshes])
        return np.asarray((np.abs(normals @ turn @ towards) < GRAZING).any(axis=0))

    def _at_centre(self, some: Ints, kept: Promises, budget: float) -> None:
        """Integrate the pixels that are like no others by shifted lattices."""
        if not len(some):
            return
        chart = parted(self.nside, self.pixels[some], kept.exponent)
        patches = len(chart.owner)
        shares = Shares(np.arange(patches), chart.owner, np.ones(patches), patches, len(some))
        left = max(budget - self.cost.evaluations, 0.0)
        found = scattered(chart, shares, self._finer, rtol=self.rtol, budget=left, seed=_SEED)
        self.value[some], self.error[some] = found.value, found.error + self.rule.doubt * found.value
        self.cost.sightlines += found.sightlines
        self.cost.evaluations += found.evaluations


def bends(nside: int, pixels: Ints, nodes: Floats) -> Floats:
    """Return how integrals at the nodes of pixels ``(K, 2, 2)`` bend, as errors of their means ``(K,)``.

    The mean over a pixel of the polynomial through the six nodes in it and in both neighbours in its face is compared
    with that of its own two, along both axes, and averaged over the eight pixels around. Where a neighbour lies in
    another face or is not among the pixels, the one next to it stands for it.
    """
    import healpy
    from scipy.ndimage import uniform_filter

    x, y, face = healpy.pix2xyf(nside, pixels)
    table = np.full((12, 2 * nside, 2 * nside), np.nan)
    for i, j in np.ndindex(2, 2):
        table[face, 2 * x + i, 2 * y + j] = nodes[:, i, j]
    bend = np.hypot(_bent(table), _bent(table.swapaxes(1, 2)).swapaxes(1, 2))
    bad = ~np.isfinite(bend)
    own = np.zeros_like(bend)
    own[face, x, y] = np.ptp(nodes.reshape(len(nodes), -1), axis=1)
    square = np.where(bad, own, bend) ** 2
    around = np.maximum(uniform_filter(square, size=(1, 3, 3), mode="nearest"), square / 9)  # its running sums round
    return np.asarray(np.sqrt(around[face, x, y]))


def _bent(table: Floats) -> Floats:
    """Return how much the means over pixels ``(12, n, n)`` change along x by what lies on both sides of them."""
    count = table.shape[1] // 2
    rows = table.reshape(12, count, 2, count, 2).mean(axis=4)
    six = np.concatenate([rows[:, :-2], rows[:, 1:-1], rows[:, 2:]], axis=2)
    inner = np.einsum("k,fnkm->fnm", _SIX, six)
    return np.concatenate([inner[:, :1], inner, inner[:, -1:]], axis=1)


def _six() -> Floats:
    """Return the weights of six nodes: the mean over the middle pixel of their polynomial, less that of its own two."""
    places = np.array([2.0 * k + side / np.sqrt(3) for k in (-1, 0, 1) for side in (-1, 1)])
    powers = np.vander(places, increasing=True).T
    moments = np.array([1, 0, 1 / 3, 0, 1 / 5, 0])
    return np.asarray(np.linalg.solve(powers, moments) - [0, 0, 0.5, 0.5, 0, 0])


_SIX = _six()

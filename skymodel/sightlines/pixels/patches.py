"""Patches: J as polynomials on rectangles of the lattice, read from the tiles; what no patch holds is left hard.

A patch is halved where it misses too much, and where it is coarser than the tiles under it: these know where a sky
is thin, and nodes that miss a layer would not. Where pixels are so few that a patch does not pay they are *hard*.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.pixels.lattice import BELT, CAPS, Lattice
from skymodel.sightlines.ray.integrate import FAINT
from skymodel.sightlines.surface import chebyshev, probing
from skymodel.sightlines.surface.beneath import Beneath
from skymodel.sightlines.surface.tiles import TiledSky

ORDER = 14  # nodes along each side of a patch
PROBES = 16  # of a patch
SHARE = 0.25  # of the tolerance: what a patch may miss
MOST_STEPS = 1  # from tile to tile that a row of nodes may make
LEAST_SHARE = 0.02  # of the tolerance of the faintest is stated at least
LEAST = 2  # pixels that a patch must hold: fewer are cheaper one by one
_COARSE = (0, 1, 4, 16, 32, 64)  # edges of the first patches of the belt along x, in units of nside / 16
_HIGH = (0, 1, 4, 16)  # and along y


class Rectangles(NamedTuple):
    """Rectangles of the lattice: quarter and zone ``(P,)``, low and high x, low and high y ``(P, 4)``."""

    quarter: Ints
    zone: Ints
    ends: Ints

    def where(self, keep: Bools) -> Rectangles:
        """Return some of them."""
        return Rectangles(*(column[keep] for column in self))

    def joined(self, other: Rectangles) -> Rectangles:
        """Return both."""
        return Rectangles(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))

    def places(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return places of the lattice ``(P, N)`` of places in [-1, 1], ``(N,)`` or ``(P, N)``."""
        low_x, high_x, low_y, high_y = self.ends.T[:, :, None]
        return low_x + (x + 1) / 2 * (high_x - low_x), low_y + (y + 1) / 2 * (high_y - low_y)

    @property
    def wide(self) -> Bools:
        """Which are wider along x than along y."""
        return np.asarray(self.ends[:, 1] - self.ends[:, 0] >= self.ends[:, 3] - self.ends[:, 2])

    @property
    def pixels(self) -> Floats:
        """About how many pixels lie in each."""
        area = (self.ends[:, 1] - self.ends[:, 0]) * (self.ends[:, 3] - self.ends[:, 2])
        return np.asarray(area / np.where(self.zone == BELT, 2, 1))

    def halves(self, along_x: Bools, nside: int) -> Rectangles:
        """Return both halves of each, along the other axis where one is too short, less what lies beyond a cap."""
        sides = self.ends[:, 1::2] - self.ends[:, ::2]
        along_x = (along_x & (sides[:, 0] > 1)) | (sides[:, 1] < 2)
        low, high = self.ends.copy(), self.ends.copy()
        for cut, (a, b) in ((along_x, (0, 1)), (~along_x, (2, 3))):
            middle = self.ends[cut][:, [a, b]].sum(axis=1) // 2
            low[cut, b], high[cut, a] = middle, middle
        both = Rectangles(np.tile(self.quarter, 2), np.tile(self.zone, 2), np.concatenate([low, high]))
        return both.where((both.zone == BELT) | (both.ends[:, 0] + both.ends[:, 2] < nside))


@dataclass(frozen=True)
class Patches:
    """Polynomials of J on rectangles.

    Parameters
    ----------
    rectangles
        Where they lie.
    coefficients
        ``(P, n, n)``, the first index along x.
    missed_x, missed_y
        What they miss along x by cells of y, and reversed ``(P, CELLS)``.
    relative
        Error of the sky they were read from, relative to their value ``(P,)``.
    """

    rectangles: Rectangles
    coefficients: Floats
    missed_x: Floats
    missed_y: Floats
    relative: Floats

    @classmethod
    def none(cls) -> Patches:
        """Return no patches."""
        index, cells = np.zeros(0, np.intp), np.zeros((0, chebyshev.CELLS))
        nowhere = Rectangles(index, index, np.zeros((0, 4), np.intp))
        return cls(nowhere, np.zeros((0, ORDER, ORDER)), cells, cells, np.zeros(0))

    @classmethod
    def joined(cls, parts: list[Patches]) -> Patches:
        """Return the patches of all parts."""
        columns = zip(*((p.coefficients, p.missed_x, p.missed_y, p.relative) for p in parts), strict=True)
        rectangles = functools.reduce(Rectangles.joined, (part.rectangles for part in parts))
        return cls(rectangles, *(np.concatenate(column) for column in columns))


class _Attempt(NamedTuple):
    """The patches that are good, which of the rectangles these are, and along which axis to halve the others."""

    patches: Patches
    good: Bools
    along_x: Bools


@dataclass(frozen=True)
class Found:
    """Patches, the rectangles whose pixels are hard, and a value that the brightest pixel at least has."""

    lattice: Lattice
    patches: Patches
    hard: Rectangles
    brightest: float

    @property
    def hard_pixels(self) -> tuple[Ints, Ints, Ints]:
        """Northern rings, columns and quarters ``(K,)`` of the pixels that have a part in a hard rectangle."""
        none = (np.zeros(0, np.intp),) * 3
        parts = [none] + [
            (*(place := self.lattice.within(int(zone), *ends.tolist())), np.full(place[0].shape, quarter))
            for quarter, zone, ends in zip(*self.hard, strict=True)
        ]
        ring, column, quarter = (np.concatenate(column) for column in zip(*parts, strict=True))
        return ring, column, quarter


def first(lattice: Lattice, quarters: int) -> Rectangles:
    """Return the rectangles that patches start from: they cover all quarters that differ."""
    half = lattice.nside // 2
    x, y = ([lattice.nside * edge // 16 for edge in edges] for edges in (_COARSE, _HIGH))
    rows = [(BELT, *across, *up) for across in itertools.pairwise(x) for up in itertools.pairwise(y)]
    corners = [(0, 0), (half, 0), (0, half)]
    rows += [(cap, a, a + half, b, b + half) for cap in CAPS for a, b in corners]
    table = np.array([(quarter, *row) for quarter in range(quarters) for row in rows], dtype=np.intp)
    return Rectangles(table[:, 0], table[:, 1], table[:, 2:])


@dataclass
class Maker:
    """Makes patches of a sky for a lattice, to a tolerance; relative to what shines beneath where that is brighter.

    `brightest` is a value that the brightest pixel at least has; with `learns` it grows with what patches hold.
    """

    sky: TiledSky
    lattice: Lattice
    rtol: float
    beneath: Beneath | None = None
    brightest: float = 0.0
    learns: bool = True
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(probing.SEED))

    def made(self) -> Found:
        """Return patches and hard rectangles that cover the quarters that differ."""
        waiting, done = first(self.lattice, len(self.sky.folds.quarters)), [Patches.none()]
        hard = done[0].rectangles
        while len(waiting.zone):
            made = self._attempted(waiting)
            done.append(made.patches)
            rest, along_x = waiting.where(~made.good), made.along_x[~made.good]
            worth = rest.pixels >= 2 * LEAST
            hard = hard.joined(rest.where(~worth))
            waiting = rest.where(worth).halves(along_x[worth], self.lattice.nside)
        return Found(self.lattice, Patches.joined(done), hard, self.brightest)

    def _attempted(self, waiting: Rectangles) -> _Attempt:
        """Return what becomes of rectangles: only those that lie on few enough tiles, all closed, are read."""
        count, node = len(waiting.zone), chebyshev.points(ORDER).node
        px, py = probing.places(self.rng, count, ORDER, PROBES)
        x = np.concatenate([np.tile(np.repeat(node, ORDER), (count, 1)), px], axis=1)
        y = np.concatenate([np.tile(node, (count, ORDER)), py], axis=1)
        lon, lat = self.lattice.angles(waiting.zone, *waiting.places(x, y))
        signs = np.array(self.sky.folds.quarters)[waiting.quarter].T[:, :, None]
        place = self.sky.located(signs[0] * lon, signs[1] * lat)
        tile = place.tile[:, : ORDER**2].reshape(-1, ORDER, ORDER)
        steps = np.stack([(np.diff(tile, axis=axis) != 0).sum(axis=axis).max(axis=1) for axis in (1, 2)])
        fine = steps.max(axis=0) <= MOST_STEPS
        good, along_x = np.zeros(count, bool), np.where(fine, waiting.wide, steps[0] >= steps[1])
        rows = np.flatnonzero(fine & place.closed.all(axis=1))
        floor = self._floor((signs[0] * lon)[rows, : ORDER**2], (signs[1] * lat)[rows, : ORDER**2])
        made, good[rows], along_x[rows] = self._fitted(*self.sky.held(place, rows), x[rows], y[rows], floor)
        kept = [column[good[rows]] for column in made]
        return _Attempt(Patches(waiting.where(good), *kept), good, along_x)

    def _floor(self, lon: Floats, lat: Floats) -> Floats:
        """Return the brightness below which no error counts towards l, b [rad], arrays of one shape."""
        faint = np.full(lon.shape, FAINT * self.brightest)
        if self.beneath is None:
            return faint
        flat = np.cos(lat)
        towards = np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], axis=-1)
        return np.asarray(np.maximum(self.beneath(towards.reshape(-1, 3)).reshape(lon.shape), faint))

    def _fitted(
        self, value: Floats, error: Floats, x: Floats, y: Floats, floor: Floats
    ) -> tuple[list[Floats], Bools, Bools]:
        """Return columns of patches from values at nodes and probes, which are good, and which miss more along x.

        The errors are settled by the probes; where tiles meet these may see a step as large as the errors of both.
        The error of the tiles is taken relative to the value where that is good enough, else as it is.
        """
        nodes, probes = value[:, : ORDER**2], (slice(None), slice(ORDER**2, None))
        low = nodes.min(axis=1)
        if self.learns:
            self.brightest = max(self.brightest, float(low.max(initial=0.0)))
        made = chebyshev.coefficients(nodes.reshape(-1, ORDER, ORDER))
        missed_x, missed_y = chebyshev.missed(made)
        worst_x, worst_y = missed_x.max(axis=1), missed_y.max(axis=1)
        basis = chebyshev.basis(ORDER, x[probes]), chebyshev.basis(ORDER, y[probes])
        gap = np.abs(np.einsum("pkl,kpn,lpn->pn", made, *basis, optimize=True) - value[probes])
        rows = np.arange(len(x))[:, None]
        bound = missed_x[rows, chebyshev.cell(y[probes])] + missed_y[rows, chebyshev.cell(x[probes])]
        doubt = error.max(axis=1)
        relative = np.where(low > 0, (error / np.where(value > 0, value, 1.0)).max(axis=1), 0.0)
        faint = FAINT * self.brightest
        floor = np.maximum(floor, faint)
        scale = np.maximum(nodes, floor).min(axis=1)
        slack = 0.0 if self.beneath is None else LEAST_SHARE * self.rtol * scale
        left = (1 - SHARE) * self.rtol
        with np.errstate(over="ignore"):  # of places as dark as the least of all numbers
            spare = np.maximum(floor / np.where(nodes > 0, nodes, 1.0), 1.0).min(axis=1)
        held = (low > 0) & (relative <= left * spare)
        good = (gap <= (bound + 2 * doubt[:, None]) + np.reshape(slack, (-1, 1))).all(axis=1)
        good &= (worst_x + worst_y <= SHARE * self.rtol * scale) & (held | (doubt <= left * scale))
        relative = np.where(held, relative, 0.0)
        kept = np.clip(probing.TRUST * np.max(gap / np.where(bound > 0, bound, np.inf), axis=1), probing.TIGHTEST, 1.0)
        least = slack + np.where(held, LEAST_SHARE * self.rtol * faint, doubt)
        missed = [kept[:, None] * missed_x + least[:, None], kept[:, None] * missed_y]
        return [made, *missed, relative], good, np.asarray(worst_x >= worst_y)

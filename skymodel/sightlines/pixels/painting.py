"""Painting a map: patches to means over pixels, or to values at their centres, a run of rings at a time.

In the belt every other ring shares its longitudes, so a patch is one matrix product for each parity; in a cap its
pixels form a grid along the edges of a face. Means are exact (:mod:`skymodel.sightlines.pixels.moments`); the values
at centres are the same with the identity in their place, and parts of pixels count as their share of the area.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiles.contract.arrays import Floats, Ints
from skymodel.sightlines.pixels import moments
from skymodel.sightlines.pixels.canvas import Canvas
from skymodel.sightlines.pixels.lattice import BELT, CAPS
from skymodel.sightlines.pixels.patches import Patches
from skymodel.sightlines.surface import chebyshev
from skymodel.sightlines.surface.quarters import Folds

STRIP = 1 << 15  # pixels painted at once: they stay in the cache
RINGS, ROWS = 256, 64  # of a cap at once, and rows of a face: a sheet of them takes 12 MiB at nside 2048
_SIDES = (-1, 1)


@dataclass(frozen=True)
class Paint:
    """What patches say of pixels.

    Parameters
    ----------
    patches
        The patches.
    whole
        Values of whole pixels, by their centres ``(P, n, n)``.
    along_x, along_y
        What parts of pixels on the edges y = -1 and 1, and x = -1 and 1, of patches of the belt add ``(2, P, n)``.
    corners
        What parts at their corners add, by side of x and of y ``(2, 2, P)``.
    halves
        What the halves of pixels on the border of a cap add, by `anchor` inside the pixel ``(P, n, n)``.
    anchor
        Share of a pixel's side.
    """

    patches: Patches
    whole: Floats
    along_x: Floats
    along_y: Floats
    corners: Floats
    halves: Floats
    anchor: float

    @classmethod
    def of_means(cls, patches: Patches) -> Paint:
        """Return the means over pixels."""
        held, belt = patches.coefficients, patches.rectangles.zone == BELT
        sides = np.diff(patches.rectangles.ends[:, :2]), np.diff(patches.rectangles.ends[:, 2:])
        x, y = (2.0 / side[:, 0] for side in sides)
        turned = np.swapaxes(held, 1, 2)
        whole = np.empty_like(held)
        whole[belt] = moments.whole(held[belt], x[belt], y[belt])
        whole[~belt] = moments.square(held[~belt], x[~belt], y[~belt])
        return cls(
            patches,
            whole,
            np.stack([moments.edge(held, x, y, side) for side in _SIDES]),
            np.stack([moments.edge(turned, y, x, side) for side in _SIDES]),
            np.array([[moments.corner(held, x, y, a, b) for b in _SIDES] for a in _SIDES]),
            moments.triangle(held, x, y),
            0.0,
        )

    @classmethod
    def of_centres(cls, patches: Patches) -> Paint:
        """Return the values at the centres of pixels."""
        held = patches.coefficients
        ends = np.array([float(side) ** np.arange(held.shape[-1]) for side in _SIDES])
        along_x, along_y = (np.einsum(how, held, ends) / 2 for how in ("pkl,sl->spk", "pkl,sk->spl"))
        return cls(patches, held, along_x, along_y, np.einsum("spk,tk->tsp", along_x, ends) / 2, held / 2, 0.5)

    def on(self, canvas: Canvas, folds: Folds) -> None:
        """Add all patches to a canvas."""
        for quarter, signs in enumerate(folds.quarters):
            copies = folds.copies(signs)
            here = self.patches.rectangles.quarter == quarter
            for k in np.flatnonzero(here & (self.patches.rectangles.zone == BELT)).tolist():
                for x, y, both in self._belt(k, [canvas.belt(north) for _, north in copies]):
                    for east, north in copies:
                        canvas.add_belt(both, x, y, east, north)
            for cap in CAPS:
                self._cap(canvas, cap, np.flatnonzero(here & (self.patches.rectangles.zone == cap)), copies)

    def _belt(self, k: int, runs: list[tuple[Floats, int]]) -> Iterator[tuple[int, int, Floats]]:
        """Yield places x, y, and values and errors from there on ``(2, R, C)``, of a patch of the belt."""
        low_x, high_x, low_y, high_y = self.patches.rectangles.ends[k].tolist()
        lowest, highest = min(y for _, y in runs), max(y + rings.shape[1] for rings, y in runs)
        for parity in (0, 1):
            x = np.arange(low_x + (low_x + low_y + parity + 1) % 2, high_x + 1, 2)
            first = low_y + parity
            first += max(0, (lowest - first + 1) // 2 * 2)
            rows = np.arange(first, min(high_y + 1, highest), 2)
            step = max(1, STRIP // max(x.size, 1))
            along = chebyshev.basis(self.whole.shape[-1], _scaled(x, low_x, high_x))
            for y in np.split(rows, range(step, rows.size, step)):
                if x.size and y.size:
                    yield int(x[0]), int(y[0]), self._diamonds(k, x, y, along)

    def _diamonds(self, k: int, x: Ints, y: Ints, along_x: Floats) -> Floats:
        """Return values and errors ``(2, R, C)`` of every other pixel x ``(C,)`` of rings y ``(R,)``."""
        low_x, high_x, low_y, high_y = self.patches.rectangles.ends[k].tolist()
        across, up = _scaled(x, low_x, high_x), _scaled(y, low_y, high_y)
        along = along_x, chebyshev.basis(self.whole.shape[-1], up)
        value, error = both = np.empty((2, y.size, x.size))
        np.matmul(along[1].T @ self.whole[k].T, along[0], out=value)
        np.add(*self._missed(k, across, up[:, None]), out=error)
        at_x, at_y = _outermost(x, low_x, high_x), _outermost(y, low_y, high_y)
        for side in (0, 1):
            value[at_y[side]] = self.along_x[side, k] @ along[0]
            value[:, at_x[side]] = (self.along_y[side, k] @ along[1])[:, None]
            error[at_y[side]] /= 2
            error[:, at_x[side]] /= 2
        for a, b in itertools.product((0, 1), (0, 1)):
            value[at_y[b], at_x[a]] = self.corners[a, b, k]
        error += self.patches.relative[k] * value
        return both

    def _missed(self, k: int, across: Floats, up: Floats) -> tuple[Floats, Floats]:
        """Return what a patch misses by x and by y, which add."""
        return self.patches.missed_y[k, chebyshev.cell(across)], self.patches.missed_x[k, chebyshev.cell(up)]

    def _cap(self, canvas: Canvas, cap: int, chosen: Ints, copies: tuple[tuple[float, float], ...]) -> None:
        """Add patches of one face of a cap to a canvas, some rings at a time."""
        runs = [canvas.cap_rings(north) for _, north in copies]
        first, stop = min(low for low, _ in runs), max(high for _, high in runs)
        for low in range(first, stop, RINGS):
            sheet = self._sheet(chosen, low, min(low + RINGS, stop), canvas.lattice.nside)
            for (east, north), (begin, end) in zip(copies, runs, strict=True):
                for ring in range(max(low, begin), min(low + RINGS, end)):
                    canvas.add_cap(cap - 1, ring, sheet[:, ring - low + ROWS, :ring], east, north)
            del sheet  # before the next is made

    def _sheet(self, chosen: Ints, first: int, stop: int, n: int) -> Floats:
        """Return what patches of a face add to some rings ``(2, R, n)``, by x; from ROWS rings before the first on."""
        sheet = np.zeros((2, stop - first + 2 * ROWS, min(stop + ROWS, n)))
        for k in chosen.tolist():
            for x, ring, both in self._squares(k, first, stop, n):
                begin = ring - first + ROWS
                sheet[:, begin : begin + both.shape[1], x : x + both.shape[2]] += both
        return sheet

    def _squares(self, k: int, first: int, stop: int, n: int) -> Iterator[tuple[int, int, Floats]]:
        """Yield places x and rings, and values and errors ``(2, R, X)`` from there on, of a patch of a cap."""
        low_x, high_x, low_y, high_y = self.patches.rectangles.ends[k].tolist()
        order = self.whole.shape[-1]
        for begin in range(low_x, min(high_x, stop - low_y), ROWS):
            x = np.arange(begin, min(begin + ROWS, high_x))
            y = np.arange(max(low_y, first - begin - x.size), min(high_y, stop - 1 - begin))
            if not y.size:
                continue
            across, up = _scaled(x + 0.5, low_x, high_x), _scaled(y + 0.5, low_y, high_y)
            slanted, (value, error) = _slanted(x.size, y.size)
            np.matmul(chebyshev.basis(order, across).T @ self.whole[k], chebyshev.basis(order, up), out=value)
            np.add(*self._missed(k, across[:, None], up), out=error)
            self._halve(k, x, y, n, value, error)
            error += self.patches.relative[k] * value
            yield begin, begin + int(y[0]) + 1, slanted.swapaxes(1, 2)

    def _halve(self, k: int, x: Ints, y: Ints, n: int, value: Floats, error: Floats) -> None:
        """Leave only one half of the pixels on the border of the cap."""
        row = np.flatnonzero((n - 1 - x >= y[0]) & (n - 1 - x <= y[-1]))
        if row.size:
            ends, column = self.patches.rectangles.ends[k].tolist(), n - 1 - x[row] - y[0]
            places = _scaled(x[row] + self.anchor, *ends[:2]), _scaled(y[column] + self.anchor, *ends[2:])
            value[row, column] = chebyshev.evaluate(self.halves[k], *places)
            error[row, column] /= 2


def _outermost(places: Ints, low: int, high: int) -> tuple[slice, slice]:
    """Return where rising places are at the lower and at the upper end: the first, the last or none."""
    return slice(0, int(places[0] == low)), slice(places.size - int(places[-1] == high), places.size)


def _scaled(place: NDArray[Any], low: int, high: int) -> Floats:
    return np.asarray((2.0 * place - low - high) / (high - low))


def _slanted(columns: int, rows: int) -> tuple[Floats, Floats]:
    """Return zeros ``(2, X, R)`` by x and ring, and the parallelogram ``(2, X, Y)`` in it that a face fills."""
    slanted = np.zeros((2, columns, columns + rows - 1))
    page, row, one = slanted.strides
    return slanted, np.lib.stride_tricks.as_strided(slanted, (2, columns, rows), (page, row + one, one))

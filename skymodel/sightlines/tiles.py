"""Chebyshev tiles: what they hold, and the sky they make together.

A :class:`Batch` is a set of tiles, each a polynomial of log J (or of J itself) in the coordinates of a quarter's
chart (:mod:`skymodel.sightlines.quarters`). A :class:`TiledSky` evaluates them anywhere; where a tile is open, or
so near the centre that no tile is there, it integrates directly.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from profiles import Density
from skymodel.sightlines import chebyshev, quarters
from skymodel.sightlines.geometry import Observer
from skymodel.sightlines.integrate import LineIntegrals
from skymodel.sightlines.quarters import FAR, NEAR, Folds, Frame, Place

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]

ROUNDING = 64 * float(np.finfo(float).eps)  # relative floor below every stated error
BLOCK = 2048  # points evaluated at once: their basis stays in the cache


@dataclass(frozen=True)
class Batch:
    """Tiles: where they lie and what they hold.

    Parameters
    ----------
    quarter, chart
        Index of the quarter and chart each lies in ``(T,)``.
    bounds
        Low and high of u, low and high of v ``(T, 4)``.
    coefficients
        ``(T, n, n)``; nan while unknown.
    missed_u, missed_v
        Errors along u by cells of v, and reversed, ``(T, CELLS)``; of log J where logarithmic.
    noise
        Error that comes from the integrals at the nodes ``(T,)``, likewise.
    logarithmic
        Whether the polynomial is log J ``(T,)``.
    brightness
        The largest value at the nodes where logarithmic, else the smallest ``(T,)``: where the error counts most.
    """

    quarter: Integers
    chart: Integers
    bounds: Floats
    coefficients: Floats
    missed_u: Floats
    missed_v: Floats
    noise: Floats
    logarithmic: NDArray[np.bool_]
    brightness: Floats

    @classmethod
    def unknown(cls, quarter: Integers, chart: Integers, bounds: Floats, order: int) -> Batch:
        """Return tiles that hold nothing yet."""
        count = len(bounds)
        return cls(
            quarter,
            chart,
            bounds,
            np.full((count, order, order), np.nan),
            np.full((count, chebyshev.CELLS), np.inf),
            np.full((count, chebyshev.CELLS), np.inf),
            np.zeros(count),
            np.zeros(count, bool),
            np.zeros(count),
        )

    def __getitem__(self, keep: NDArray[np.bool_]) -> Batch:
        columns: Any = (column[keep] for column in self._columns())
        return Batch(*columns)

    def joined(self, other: Batch) -> Batch:
        """Return the tiles of both."""
        columns: Any = (np.concatenate(pair) for pair in zip(self._columns(), other._columns(), strict=True))
        return Batch(*columns)

    def _columns(self) -> tuple[NDArray[np.generic], ...]:
        return (
            self.quarter,
            self.chart,
            self.bounds,
            self.coefficients,
            self.missed_u,
            self.missed_v,
            self.noise,
            self.logarithmic,
            self.brightness,
        )

    @property
    def error(self) -> Floats:
        """Bound ``(T,)`` of the error of what the polynomial holds."""
        return np.asarray(self.missed_u.max(axis=1) + self.missed_v.max(axis=1) + self.noise)

    @property
    def worse_along_u(self) -> Bools:
        """Which tiles ``(T,)`` miss more along u than along v."""
        return np.asarray(self.missed_u.max(axis=1) >= self.missed_v.max(axis=1))

    def error_at(self, index: Any, x: Floats, y: Floats) -> Floats:
        """Return bounds of the error of what tiles hold at places x, y in [-1, 1]; all of one shape."""
        across, up = chebyshev.cell(x), chebyshev.cell(y)
        return np.asarray(self.missed_u[index, up] + self.missed_v[index, across] + self.noise[index])

    def places(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return coordinates u, v of the places x, y, each ``(T, N)`` or ``(N,)`` and within [-1, 1]."""
        low_u, high_u, low_v, high_v = self.bounds.T[:, :, None]
        return (
            0.5 * (low_u + high_u) + 0.5 * (high_u - low_u) * x,
            0.5 * (low_v + high_v) + 0.5 * (high_v - low_v) * y,
        )

    def nodes(self, order: int) -> tuple[Floats, Floats]:
        """Return coordinates u, v of the nodes, ``(T, n * n)`` each."""
        node = chebyshev.rule(order).node
        return self.places(np.repeat(node, order), np.tile(node, order))

    def halves(self, along_u: NDArray[np.bool_]) -> Batch:
        """Return both halves of each tile, cut along u or v."""
        low, high = self.bounds.copy(), self.bounds.copy()
        for cut, (a, b) in ((along_u, (0, 1)), (~along_u, (2, 3))):
            middle = self.bounds[cut][:, [a, b]].mean(axis=1)
            low[cut, b], high[cut, a] = middle, middle
        quarter, chart = np.tile(self.quarter, 2), np.tile(self.chart, 2)
        return Batch.unknown(quarter, chart, np.concatenate([low, high]), self.coefficients.shape[1])

    @functools.cached_property
    def _doubts(self) -> Floats:
        """Errors by tile, cell of v and cell of u ``(T * CELLS * CELLS,)``; relative ones where logarithmic."""
        table = self.missed_u[:, :, None] + self.missed_v[:, None, :] + self.noise[:, None, None]
        np.expm1(table, out=table, where=self.logarithmic[:, None, None])
        return np.asarray(table.ravel())

    def held(self, index: Integers, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return values and errors ``(N,)`` at places of closed tiles `index`, in rising order."""
        ends = [0, *(np.flatnonzero(np.diff(index)) + 1).tolist(), len(index)]
        parts = [(index[first], slice(first, last)) for first, last in itertools.pairwise(ends)]
        x, y = np.empty(len(index)), np.empty(len(index))
        for tile, part in parts:
            low_u, high_u, low_v, high_v = self.bounds[tile].tolist()
            x[part] = (2 * u[part] - (low_u + high_u)) / (high_u - low_u)
            y[part] = (2 * v[part] - (low_v + high_v)) / (high_v - low_v)
        order = self.coefficients.shape[1]
        across, up = chebyshev.basis(order, x), chebyshev.basis(order, y)
        cell = (chebyshev.CELLS * index + chebyshev.cell(y)) * chebyshev.CELLS + chebyshev.cell(x)
        value, error = np.empty(len(index)), self._doubts[cell]
        for tile, part in parts:
            np.einsum("kn,kn->n", self.coefficients[tile].T @ across[:, part], up[:, part], out=value[part])
            if self.logarithmic[tile]:
                np.exp(value[part], out=value[part])
                error[part] *= value[part]
            else:
                np.maximum(value[part], 0.0, out=value[part])
        error += ROUNDING * np.abs(value)
        return value, error

    def rectangles(self, frame: Frame) -> Floats:
        """Return low and high l, low and high b [rad] of far tiles ``(T, 4)``; nan for near ones."""
        u, v = quarters.far_lon(self.bounds[:, :2]), frame.far_lat(self.bounds[:, 2:])
        ends = np.concatenate([u, v], axis=1)
        return np.where((self.chart == FAR)[:, None], ends, np.nan)

    def solid_angle(self, frame: Frame) -> Floats:
        """Return the solid angle [sr] of each tile, ``(T,)``."""
        u, v = self.bounds[:, :2], self.bounds[:, 2:]
        polar = 0.5 * np.diff(np.exp(2 * u), axis=1) * quarters.QUARTER_TURN * np.diff(v * v, axis=1)
        level = np.diff(quarters.far_lon(u), axis=1) * np.diff(np.sin(frame.far_lat(v)), axis=1)
        # A tile of no height at the pole may come out at minus the rounding of a sine.
        return np.maximum(np.where(self.chart == NEAR, polar[:, 0], level[:, 0]), 0.0)


class Source(Protocol):
    """What integrates along directions: sight lines, or something that stands for them."""

    @property
    def density(self) -> Density:
        """What is integrated."""
        ...

    @property
    def observer(self) -> Observer:
        """Where the lines start."""
        ...

    @property
    def unit(self) -> Any:
        """Unit of the integrals."""
        ...

    def integrate(
        self,
        directions: Floats,
        *,
        rtol: float,
        floor: float = 0.0,
        share: float = 0.0,
        example: Integers | None = None,
    ) -> LineIntegrals:
        """Return the integrals along unit vectors ``(N, 3)``."""
        ...


class Reading(NamedTuple):
    """Integrals, their errors, evaluations spent on them, and the tiles they come from (-1: none); ``(N,)`` each."""

    value: Floats
    error: Floats
    evaluations: Integers
    tile: Integers


@dataclass(frozen=True)
class TiledSky:
    """A sky made of tiles; integrates like :class:`~skymodel.sightlines.integrate.SightLines`.

    Parameters
    ----------
    tiles
        The tiles of all quarters that differ.
    frame
        Their charts.
    lines
        What they stand for, integrated directly where no closed tile is.
    """

    tiles: Batch
    frame: Frame
    lines: Source

    @property
    def folds(self) -> Folds:
        """The reflections that leave the sky unchanged."""
        return self.frame.folds

    @property
    def density(self) -> Density:
        """What is integrated."""
        return self.lines.density

    @property
    def observer(self) -> Observer:
        """Where the lines start."""
        return self.lines.observer

    @property
    def unit(self) -> Any:
        """Unit of the integrals."""
        return self.lines.unit

    @functools.cached_property
    def _finders(self) -> dict[tuple[int, int], _Finder]:
        keys = [(quarter, chart) for quarter in range(len(self.folds.quarters)) for chart in (NEAR, FAR)]
        return {key: _Finder.of(self.tiles, *key) for key in keys}

    def integrate(self, directions: Floats, *, rtol: float, floor: float = 0.0, share: float = 0.0) -> LineIntegrals:
        """Return the integrals along unit vectors ``(N, 3)``: their errors are those of the tiles.

        `rtol`, `floor` and `share` hold where it integrates directly.
        """
        found = self.read(directions, rtol=rtol, floor=floor, share=share)
        return LineIntegrals(found.value, found.error, found.evaluations, self.unit)

    def read(self, directions: Floats, *, rtol: float, floor: float = 0.0, share: float = 0.0) -> Reading:
        """Return the integrals along unit vectors ``(N, 3)`` together with the tiles they were read from."""
        place = self.frame.places(directions)
        return self._read(place, lambda bare: directions[bare], rtol, floor, share)

    def read_level(self, lon: Floats, lat: Floats, signs: Floats, *, rtol: float, floor: float) -> Reading:
        """Return the integrals towards |l|, |b| [rad] ``(N,)`` of quarters with signs ``(N, 2)``."""

        def directions(rows: Integers) -> Floats:
            flat, s = np.cos(lat[rows]), signs[rows]
            return np.stack(
                [flat * np.cos(lon[rows]), s[:, 0] * flat * np.sin(lon[rows]), s[:, 1] * np.sin(lat[rows])], axis=-1
            )

        if self.frame.tilt > 0:
            return self.read(directions(np.arange(len(lon))), rtol=rtol, floor=floor)
        return self._read(self.frame.level_places(lon, lat, signs), directions, rtol, floor, 0.0)

    def _read(
        self, place: Place, directions: Callable[[Integers], Floats], rtol: float, floor: float, share: float
    ) -> Reading:
        tile = self._tile(place)
        value, error = self._tiled(tile, place.u, place.v)
        evaluations = np.zeros(len(tile), dtype=np.intp)
        bare = np.flatnonzero(np.isnan(value))
        if bare.size:
            found = self.lines.integrate(directions(bare), rtol=rtol, floor=floor, share=share)
            value[bare], error[bare], evaluations[bare] = found.value, found.error, found.evaluations
        return Reading(value, error, evaluations, tile)

    def _tile(self, place: Place) -> Integers:
        tile = np.empty(len(place.u), dtype=np.intp)
        for (quarter, chart), finder in self._finders.items():
            rows = (place.quarter == quarter) & (place.near == (chart == NEAR))
            tile[rows] = finder(place.u[rows], place.v[rows])
        return tile

    @functools.cached_property
    def _closed(self) -> Bools:
        """Which tiles hold something; the last entry, -1, is no tile."""
        return np.append(~np.isnan(self.tiles.coefficients[:, 0, 0]), False)

    def _tiled(self, tile: Integers, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return values and errors of places ``(N,)`` in their tiles; nan where no closed tile is."""
        value, error = np.full(len(tile), np.nan), np.full(len(tile), np.nan)
        order = np.argsort(tile, kind="stable")
        order = order[self._closed[tile[order]]]
        for first in range(0, len(order), BLOCK):
            rows = order[first : first + BLOCK]
            value[rows], error[rows] = self.tiles.held(tile[rows], u[rows], v[rows])
        return value, error


@dataclass(frozen=True)
class _Finder:
    """Which tile of a quarter's chart covers a place: a table over all different edges."""

    u: Floats
    v: Floats
    table: Integers

    @classmethod
    def of(cls, tiles: Batch, quarter: int, chart: int) -> _Finder:
        chosen = np.flatnonzero((tiles.quarter == quarter) & (tiles.chart == chart))
        bounds = tiles.bounds[chosen]
        u, v = np.unique(bounds[:, :2]), np.unique(bounds[:, 2:])
        table = np.full((max(len(u) - 1, 1), max(len(v) - 1, 1)), -1, dtype=np.intp)
        for index, (low_u, high_u, low_v, high_v) in zip(chosen, bounds, strict=True):
            across = slice(*np.searchsorted(u, [low_u, high_u]))
            table[across, slice(*np.searchsorted(v, [low_v, high_v]))] = index
        return cls(u, v, table)

    def __call__(self, u: Floats, v: Floats) -> Integers:
        """Return indices ``(N,)`` of tiles, -1 below the innermost; beyond the outer edges the nearest tile."""
        if not self.u.size:
            return np.full(len(u), -1, dtype=np.intp)
        i = np.clip(np.searchsorted(self.u, u, side="right") - 1, 0, self.table.shape[0] - 1)
        j = np.clip(np.searchsorted(self.v, v, side="right") - 1, 0, self.table.shape[1] - 1)
        return np.where(u < self.u[0], -1, self.table[i, j])

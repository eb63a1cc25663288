"""Batches of Chebyshev tiles: where they lie, what they hold, and how far it is off.

A tile is a polynomial of log J (or of J itself) in the coordinates of a quarter's chart
(:mod:`skymodel.sightlines.surface.quarters`).
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from profiles.contract.arrays import ROUNDING, Bools, Floats, Ints
from skymodel.sightlines.cubature.refine import Target
from skymodel.sightlines.ray.rules import product
from skymodel.sightlines.surface import chebyshev, quarters
from skymodel.sightlines.surface.quarters import FAR, NEAR, Frame

SPOT_REACH, SPOT_SIDE = 3.0, 4.0  # sizes of a declared spot: how far it reaches, how large a tile may be there
_CROSS = np.concatenate([np.zeros((1, 3)), np.eye(3), -np.eye(3)])


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
    scale
        What the error is to be compared with ``(T,)``, where it counts most: of log J at least 1, else a brightness.
    """

    quarter: Ints
    chart: Ints
    bounds: Floats
    coefficients: Floats
    missed_u: Floats
    missed_v: Floats
    noise: Floats
    logarithmic: Bools
    scale: Floats

    @classmethod
    def unknown(cls, quarter: Ints, chart: Ints, bounds: Floats, order: int) -> Batch:
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

    def __getitem__(self, keep: Bools) -> Batch:
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
            self.scale,
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
        node = chebyshev.points(order).node
        return self.places(np.repeat(node, order), np.tile(node, order))

    def directions(self, frame: Frame, u: Floats, v: Floats) -> Floats:
        """Return unit vectors ``(*u.shape, 3)`` of places in tiles; the first axis runs over the tiles."""
        vectors = np.empty((*u.shape, 3))
        for chart in (NEAR, FAR):
            rows = self.chart == chart
            vectors[rows] = frame.directions(self.quarter[rows], chart, u[rows], v[rows])
        return vectors

    def halves(self, along_u: Bools) -> Batch:
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

    def held(self, index: Ints, u: Floats, v: Floats) -> tuple[Floats, Floats]:
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
            np.einsum("kn,kn->n", product(self.coefficients[tile].T, across[:, part]), up[:, part], out=value[part])
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

    def wide(self, frame: Frame) -> Bools:
        """Return which tiles ``(T,)`` are wider along u than along v, about."""
        (low_u, high_u), (low_v, high_v) = self.bounds[:, :2].T, self.bounds[:, 2:].T
        out = 0.5 * (np.exp(low_u) + np.exp(high_u)), quarters.QUARTER_TURN * (high_v**2 - low_v**2)
        flat = np.cos(0.5 * (frame.far_lat(low_v) + frame.far_lat(high_v)))
        across = flat * (quarters.far_lon(high_u) - quarters.far_lon(low_u))
        level = across >= frame.far_lat(high_v) - frame.far_lat(low_v)
        return np.where(self.chart == NEAR, np.exp(high_u) - np.exp(low_u) >= out[0] * out[1], level)

    def spotted(self, frame: Frame, aims: list[Target]) -> Bools:
        """Return which tiles ``(T,)`` hold a spot that the density declares and that is small for their nodes."""
        found = np.zeros(len(self.bounds), bool)
        side = np.sqrt(np.maximum(self.solid_angle(frame), 0.0))
        for aim in aims:
            around = aim.direction + SPOT_REACH * aim.size * _CROSS
            place = frame.places(around / np.linalg.norm(around, axis=1, keepdims=True))
            low_u, high_u, low_v, high_v = self.bounds.T[:, :, None]
            inside = (low_u <= place.u) & (place.u <= high_u) & (low_v <= place.v) & (place.v <= high_v)
            same = (self.quarter[:, None] == place.quarter) & ((self.chart == NEAR)[:, None] == place.near)
            found |= (inside & same).any(axis=1) & (side > SPOT_SIDE * aim.size)
        return found

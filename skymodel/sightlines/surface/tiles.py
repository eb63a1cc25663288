"""The sky that tiles make together.

A :class:`TiledSky` reads tiles (:mod:`skymodel.sightlines.surface.batch`) anywhere; where a tile is open, or so near
the centre that no tile is there, it integrates directly.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from profiles import Density
from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sightlines.ray.integrate import LineIntegrals
from skymodel.sightlines.surface import quarters
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.quarters import FAR, NEAR, Folds, Frame, Place

BLOCK = 2048  # points evaluated at once: their basis stays in the cache


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
        rtol: float | Floats,
        floor: float | Floats = 0.0,
        share: float = 0.0,
        example: Ints | None = None,
        checked: bool | Bools = False,
        best: bool = False,
    ) -> LineIntegrals:
        """Return the integrals along unit vectors ``(N, 3)``."""
        ...


class Reading(NamedTuple):
    """Integrals, their errors, evaluations spent on them, and the tiles they come from (-1: none); ``(N,)`` each."""

    value: Floats
    error: Floats
    evaluations: Ints
    tile: Ints


class Grid(NamedTuple):
    """Integrals and their errors by latitude and longitude ``(R, C)``."""

    value: Floats
    error: Floats

    def part(self, rows: slice, columns: slice) -> Grid:
        """Return a view of a part."""
        return Grid(self.value[rows, columns], self.error[rows, columns])

    def put(self, value: Floats, error: Floats) -> None:
        """Write values and errors."""
        self.value[:], self.error[:] = value, error


@dataclass(frozen=True)
class TiledSky:
    """A sky made of tiles; integrates like :class:`~skymodel.sightlines.ray.integrate.SightLines`.

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

    def read(self, directions: Floats, *, rtol: float, floor: float | Floats = 0.0, share: float = 0.0) -> Reading:
        """Return the integrals along unit vectors ``(N, 3)`` together with the tiles they were read from."""
        place = self.frame.places(directions)
        return self._read(place, lambda bare: directions[bare], rtol, floor, share)

    def known(self, directions: Floats) -> Floats:
        """Return what the tiles hold towards unit vectors ``(N, 3)``, and nothing where they are open."""
        place = self.frame.places(directions)
        return np.nan_to_num(self._tiled(self._tile(place), place.u, place.v)[0])

    def read_level(self, lon: Floats, lat: Floats, *, rtol: float, floor: float | Floats) -> Reading:
        """Return the integrals towards l in (-pi, pi], b [rad] ``(N,)``."""

        def directions(rows: Any) -> Floats:
            flat = np.cos(lat[rows])
            return np.stack([flat * np.cos(lon[rows]), flat * np.sin(lon[rows]), np.sin(lat[rows])], axis=-1)

        if self.frame.tilt > 0:
            return self.read(directions(slice(None)), rtol=rtol, floor=floor)
        return self._read(self.frame.level_places(lon, lat), directions, rtol, floor, 0.0)

    def read_grid(self, lon: Floats, lat: Floats, *, rtol: float, floor: float) -> Grid:
        """Return what lies towards l ``(C,)`` times b ``(R,)`` [rad], without a tilt.

        Both rise, l between -2 pi and 2 pi. On open tiles, which are not integrated, values are nan.
        """
        grid = Grid(*(np.full((len(lat), len(lon)), np.nan) for _ in range(2)))
        at_lon = [0, *np.searchsorted(lon, [-np.pi, 0.0, np.pi]).tolist(), len(lon)]
        at_lat = [0, int(np.searchsorted(lat, 0.0)), len(lat)]
        sides = ((False, 2 * np.pi), (True, 0.0), (False, 0.0), (True, 2 * np.pi))
        for (begin, end), (west, turn) in zip(itertools.pairwise(at_lon), sides, strict=True):
            for (bottom, top), south in zip(itertools.pairwise(at_lat), (True, False), strict=True):
                if begin < end and bottom < top:
                    columns, rows = slice(begin, end), slice(bottom, top)
                    rise = slice(None, None, -1 if west else 1), slice(None, None, -1 if south else 1)
                    around, away = (turn + (-1 if west else 1) * lon[columns])[rise[0]], np.abs(lat[rows])[rise[1]]
                    part = grid.part(rows, columns).part(rise[1], rise[0])
                    self._fill(part, west, south, around, away, rtol, floor)
        return grid

    def _fill(self, grid: Grid, west: bool, south: bool, lon: Floats, lat: Floats, rtol: float, floor: float) -> None:
        """Fill the part of a grid that lies in one quarter, from |l| ``(C,)`` and |b| ``(R,)`` in rising order."""
        finder = self._finders[int(self.folds.quarter(np.asarray(west), np.asarray(south))), FAR]
        u, v = quarters.from_lon(lon), self.frame.from_lat(lat)
        for tile, across, up in finder.parts(u, v):
            if self._closed[tile]:
                grid.part(up, across).put(*self.tiles.grid(tile, u[across], v[up]))
        box = slice(int(np.searchsorted(lat, self.frame.box))), slice(int(np.searchsorted(lon, self.frame.box)))
        near = grid.part(*box)
        if near.value.size:
            b, a = (places.ravel() for places in np.meshgrid(lat[box[0]], lon[box[1]], indexing="ij"))
            found = self.read_level(-a if west else a, -b if south else b, rtol=rtol, floor=floor)
            near.put(found.value.reshape(near.value.shape), found.error.reshape(near.value.shape))

    def _read(
        self, place: Place, directions: Callable[[Ints], Floats], rtol: float, floor: float | Floats, share: float
    ) -> Reading:
        tile = self._tile(place)
        value, error = self._tiled(tile, place.u, place.v)
        evaluations = np.zeros(len(tile), dtype=np.intp)
        bare = np.flatnonzero(np.isnan(value))
        if bare.size:
            least = np.broadcast_to(floor, len(tile))[bare]
            found = self.lines.integrate(directions(bare), rtol=rtol, floor=least, share=share)
            value[bare], error[bare], evaluations[bare] = found.value, found.error, found.evaluations
        return Reading(value, error, evaluations, tile)

    def _tile(self, place: Place) -> Ints:
        tile = np.empty(len(place.u), dtype=np.intp)
        for quarter, chart in self._finders:
            here = place.near if chart == NEAR else ~place.near
            if len(self.folds.quarters) > 1:
                here = here & (place.quarter == quarter)
            finder = self._finders[quarter, chart]
            if here.all():
                return finder(place.u, place.v)
            rows = np.flatnonzero(here)
            if rows.size:
                tile[rows] = finder(place.u[rows], place.v[rows])
        return tile

    @functools.cached_property
    def _closed(self) -> Bools:
        """Which tiles hold something; the last entry, -1, is no tile."""
        return np.append(~np.isnan(self.tiles.coefficients[:, 0, 0]), False)

    def _tiled(self, tile: Ints, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return values and errors of places ``(N,)`` in their tiles; nan where no closed tile is."""
        value, error = np.full(len(tile), np.nan), np.full(len(tile), np.nan)
        order = np.argsort(tile.astype(np.int16) if len(self.tiles.bounds) < 2**15 else tile, kind="stable")
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
    table: Ints

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

    def __call__(self, u: Floats, v: Floats) -> Ints:
        """Return indices ``(N,)`` of tiles, -1 below the innermost; beyond the outer edges the nearest tile."""
        if not self.u.size:
            return np.full(len(u), -1, dtype=np.intp)
        i, j = (np.searchsorted(edges[1:-1], place, side="right") for edges, place in ((self.u, u), (self.v, v)))
        found = self.table[i, j]
        found[u < self.u[0]] = -1
        return found

    @functools.cached_property
    def _rectangles(self) -> tuple[list[int], Floats, Floats]:
        """The tiles and their ends (low, high) along u and v, ``(T, 2)``; the outermost reach to infinity."""
        tiles = [int(tile) for tile in np.unique(self.table) if tile >= 0]
        edges = [np.concatenate([[-np.inf], ends[1:-1], [np.inf]]) for ends in (self.u, self.v)]
        places = [[np.flatnonzero((self.table == tile).any(axis=1 - axis)) for tile in tiles] for axis in (0, 1)]
        u, v = (np.array([[e[i[0]], e[i[-1] + 1]] for i in p]) for e, p in zip(edges, places, strict=True))
        return tiles, u, v

    def parts(self, u: Floats, v: Floats) -> Iterator[tuple[int, slice, slice]]:
        """Yield the tiles that cover a grid of u times v, both rising, and which u and which v each covers."""
        if not self.u.size:
            return
        tiles, across, up = self._rectangles
        columns, rows = np.searchsorted(u, across).tolist(), np.searchsorted(v, up).tolist()
        for tile, (a, b), (c, d) in zip(tiles, columns, rows, strict=True):
            if a < b and c < d:
                yield tile, slice(a, b), slice(c, d)

"""The sky that tiles make together.

A :class:`TiledSky` reads tiles (:mod:`skymodel.sightlines.surface.batch`) anywhere; where a tile is open, or so near
the centre that no tile is there, it integrates directly.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from profiles import Density
from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sightlines.ray.integrate import LineIntegrals
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


class Located(NamedTuple):
    """Tiles that hold places, whether these are closed, and the coordinates in their charts; all of one shape."""

    tile: Ints
    closed: Bools
    u: Floats
    v: Floats


def _towards(lon: Floats, lat: Floats) -> Floats:
    flat = np.cos(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], axis=-1)


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

    @property
    def hidden(self) -> Any:
        """Where something hides along directions, if anybody looked."""
        return getattr(self.lines, "hidden", None)

    @functools.cached_property
    def _finders(self) -> dict[tuple[int, int], _Finder]:
        keys = [(quarter, chart) for quarter in range(len(self.folds.quarters)) for chart in (NEAR, FAR)]
        return {key: _Finder.of(self.tiles, *key) for key in keys}

    def integrate(
        self, directions: Floats, *, rtol: float, floor: float | Floats = 0.0, share: float = 0.0, best: bool = False
    ) -> LineIntegrals:
        """Return the integrals along unit vectors ``(N, 3)``: their errors are those of the tiles.

        `rtol`, `floor`, `share` and `best` hold where it integrates directly.
        """
        found = self.read(directions, rtol=rtol, floor=floor, share=share, best=best)
        return LineIntegrals(found.value, found.error, found.evaluations, self.unit)

    def read(
        self,
        directions: Floats,
        *,
        rtol: float,
        floor: float | Floats = 0.0,
        share: float = 0.0,
        best: bool = False,
    ) -> Reading:
        """Return the integrals along unit vectors ``(N, 3)`` together with the tiles they were read from."""
        place = self.frame.places(directions)
        tile = self._tile(place)
        value, error = self._tiled(tile, place.u, place.v)
        evaluations = np.zeros(len(tile), dtype=np.intp)
        bare = np.flatnonzero(np.isnan(value))
        if bare.size:
            least = np.broadcast_to(floor, len(tile))[bare]
            found = self.lines.integrate(directions[bare], rtol=rtol, floor=least, share=share, best=best)
            value[bare], error[bare], evaluations[bare] = found.value, found.error, found.evaluations
        return Reading(value, error, evaluations, tile)

    def known(self, directions: Floats) -> Floats:
        """Return what the tiles hold towards unit vectors ``(N, 3)``, and nothing where they are open."""
        place = self.frame.places(directions)
        return np.nan_to_num(self._tiled(self._tile(place), place.u, place.v)[0])

    def located(self, lon: Floats, lat: Floats) -> Located:
        """Return which tiles hold the directions l in (-pi, pi], b [rad], arrays of one shape."""
        flat_lon, flat_lat = lon.ravel(), lat.ravel()
        if self.frame.tilt > 0:
            place = self.frame.places(_towards(flat_lon, flat_lat))
        else:
            place = self.frame.level_places(flat_lon, flat_lat)
        tile, shape = self._tile(place), lon.shape
        closed = self._closed[tile]
        return Located(tile.reshape(shape), closed.reshape(shape), place.u.reshape(shape), place.v.reshape(shape))

    def held(self, place: Located, rows: Ints) -> tuple[Floats, Floats]:
        """Return values and errors of some rows of places, all of them on closed tiles."""
        value, error = self._tiled(place.tile[rows].ravel(), place.u[rows].ravel(), place.v[rows].ravel())
        return value.reshape(-1, place.u.shape[1]), error.reshape(-1, place.u.shape[1])

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

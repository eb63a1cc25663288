"""Painting a map: blocks and loose pixels to rings of values and errors, a few rings at a time.

In the belt all rings of one parity share their longitudes, so a block is one matrix product. In the caps the rings of
a strip are evaluated together, padded to the longest. Each quarter is painted into all the quarters it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Ints
from skymodel.sightlines.pixels.blocks import Block
from skymodel.sightlines.pixels.rings import Rings
from skymodel.sightlines.surface import chebyshev, quarters
from skymodel.sightlines.surface.quarters import Folds

STRIP = 1 << 16  # pixels of a quarter painted at once: they stay in the cache


class Loose(NamedTuple):
    """Pixels of a quarter that are given one by one, sorted by ring; all ``(K,)``."""

    ring: Ints
    column: Ints
    value: Floats
    error: Floats


class Strip(NamedTuple):
    """Values and errors ``(2, R, columns)`` of rings ``first`` to ``first + R`` of a quarter; padded in the caps."""

    first: int
    both: Floats

    @property
    def value(self) -> Floats:
        """Values ``(R, columns)``."""
        return np.asarray(self.both[0])

    @property
    def error(self) -> Floats:
        """Errors ``(R, columns)``."""
        return np.asarray(self.both[1])


def strips(rings: Rings, first: int, stop: int) -> Iterator[tuple[int, int]]:
    """Return runs of northern rings, none of which crosses from a cap into the belt."""
    while first < stop:
        end = rings.nside if first < rings.nside else stop
        height = max(1, STRIP // (2 * min(first, rings.nside)))
        last = min(first + min(height, max(8, first)), end, stop)
        yield first, last
        first = last


def painted(rings: Rings, first: int, stop: int, blocks: list[Block], loose: Loose) -> Strip:
    """Return the values of northern rings of one quarter; the rings lie all in a cap or all in the belt."""
    width = int(rings.columns(np.array([first, stop - 1])).max()) + (first >= rings.nside)
    strip = Strip(first, np.zeros((2, stop - first, width)))
    paint = _paint_belt if first >= rings.nside else _paint_cap
    for block in blocks:
        low, high = max(first, block.window.first), min(stop, block.window.stop)
        if low < high:
            paint(rings, block, low, high, strip)
    low, high = np.searchsorted(loose.ring, [first, stop])
    place = loose.ring[low:high] - first, loose.column[low:high]
    strip.value[place], strip.error[place] = loose.value[low:high], loose.error[low:high]
    return strip


def _rows(rings: Rings, block: Block, ring: Ints) -> tuple[Floats, Floats]:
    """Return the coefficients along u ``(R, n)`` and the errors ``(R, 1)`` on rings."""
    y = _scaled(block.frame.from_lat(rings.lat[ring]), *block.ends[2:])
    along = chebyshev.basis(len(block.coefficients), y).T @ block.coefficients.T
    return along, (block.missed_v + block.inherited)[chebyshev.cell(y)][:, None]


def _scaled(place: Floats, low: float, high: float) -> Floats:
    return np.clip((2 * place - low - high) / (high - low), -1.0, 1.0) if high > low else 0 * place


def _reveal(block: Block, held: Floats, relative: Floats) -> tuple[Floats, Floats]:
    if not block.logarithmic:
        return np.maximum(held, 0.0, out=held), relative
    np.exp(held, out=held)
    relative *= held
    return held, relative


def _paint_belt(rings: Rings, block: Block, low: int, high: int, strip: Strip) -> None:
    window = block.window
    for parity in (low, low + 1):
        ring = np.arange(parity, high, 2)
        if not ring.size:
            continue
        one = ring[:1]
        begin, end = (int(rings.first_column(one, lon)[0]) for lon in (window.low, window.high))
        lon = (np.arange(begin, end) + rings.offset(one)) * rings.step(one)
        x = _scaled(quarters.from_lon(lon), *block.ends[:2])
        along, row_error = _rows(rings, block, ring)
        held = along @ chebyshev.basis(along.shape[1], x)
        value, error = _reveal(block, held, row_error + block.missed_u[chebyshev.cell(x)])
        rows = slice(parity - strip.first, high - strip.first, 2)
        strip.value[rows, begin:end], strip.error[rows, begin:end] = value, error


def _paint_cap(rings: Rings, block: Block, low: int, high: int, strip: Strip) -> None:
    ring = np.arange(low, high)
    begin, end = (rings.first_column(ring, lon) for lon in (block.window.low, block.window.high))
    count = int((end - begin).max())
    lon = (begin[:, None] + np.arange(count) + 0.5) * rings.step(ring)[:, None]
    x = _scaled(quarters.from_lon(lon), *block.ends[:2])
    along, row_error = _rows(rings, block, ring)
    value, error = _reveal(block, _clenshaw(along, x), row_error + block.missed_u[chebyshev.cell(x)])
    for row, (start, stop) in enumerate(zip(begin, end, strict=True)):
        strip.value[low - strip.first + row, start:stop] = value[row, : stop - start]
        strip.error[low - strip.first + row, start:stop] = error[row, : stop - start]


def _clenshaw(coefficients: Floats, x: Floats) -> Floats:
    """Return sums of T_k(x) with coefficients ``(R, n)`` at places ``(R, N)``."""
    twice = 2 * x
    now, before = np.zeros_like(x), np.zeros_like(x)
    for column in coefficients.T[:0:-1]:
        before *= -1
        before += column[:, None]
        np.multiply(twice, now, out=(spare := np.empty_like(x)))
        before += spare
        now, before = before, now
    return np.asarray(x * now - before + coefficients[:, :1])


@dataclass(frozen=True)
class Canvas:
    """A run of pixels of a map, from ``first_pixel`` on.

    Parameters
    ----------
    rings
        The map's rings.
    both
        Values and errors of the pixels ``(2, N)``, filled by :meth:`put`.
    first_pixel
        RING index of the first.
    """

    rings: Rings
    both: Floats
    first_pixel: int = 0

    def put(self, strip: Strip, folds: Folds, quarter: int, sides: tuple[float, ...] = (1.0, -1.0)) -> None:
        """Write a quarter's strip into every quarter it stands for, on the given sides of the plane."""
        lon, lat = folds.quarters[quarter]
        easts = (1.0, -1.0) if folds.left_right else (lon,)
        norths = [side for side in sides if folds.up_down or side == lat]
        for north in norths:
            for east in easts:
                self._write(strip.first, strip.both, north, east)

    def _write(self, first: int, found: Floats, north: float, east: float) -> None:
        n, out = self.rings.nside, self.both
        if first >= n:
            self._write_belt(first, found, north, east)
            return
        rings = np.arange(first, first + found.shape[1])
        begins = self.rings.first_pixel(rings if north > 0 else 4 * n - rings) - self.first_pixel
        for row, (ring, begin) in enumerate(zip(rings.tolist(), begins.tolist(), strict=True)):
            if east > 0:
                out[:, begin : begin + 2 * ring] = found[:, row, : 2 * ring]
            else:
                out[:, begin + 2 * ring : begin + 4 * ring] = found[:, row, 2 * ring - 1 :: -1]

    def _write_belt(self, first: int, found: Floats, north: float, east: float) -> None:
        n, count = self.rings.nside, found.shape[1]
        top = first if north > 0 else 4 * n - first - count + 1
        begin = int(self.rings.first_pixel(np.array(top))) - self.first_pixel
        rows = self.both[:, begin : begin + 4 * n * count].reshape(2, count, 4 * n)
        rows = rows if north > 0 else rows[:, ::-1]
        for parity in (0, 1):
            halfway = (first + parity - n) % 2 == 0
            source, target = found[:, parity::2], rows[:, parity::2]
            if halfway and east > 0:
                target[..., : 2 * n] = source[..., : 2 * n]
            elif halfway:
                target[..., 2 * n :] = source[..., 2 * n - 1 :: -1]
            elif east > 0:
                target[..., : 2 * n + 1] = source[..., : 2 * n + 1]
            else:
                target[..., 2 * n :] = source[..., 2 * n : 0 : -1]
                target[..., 0] = source[..., 0]

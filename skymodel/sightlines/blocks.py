"""Blocks: the pixels of a tiled sky that a polynomial in longitude and latitude gives, ring by ring.

A block is a run of rings between two longitudes of one quarter. The mean over a pixel-sized diamond (or the value at
its centre) is a function as smooth as the sky; a block holds its logarithm at Chebyshev nodes, computed on the tiles.
A block that misses too much is halved; one that would hold fewer pixels than it costs is *loose*: its pixels are
taken one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skymodel.sightlines import chebyshev, quarters
from skymodel.sightlines.fitting import partition
from skymodel.sightlines.quarters import Frame
from skymodel.sightlines.rings import Rings, around, diamond
from skymodel.sightlines.tiles import TiledSky

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

ORDER = 12  # nodes along each side of a block
WORTH = 2  # a block must hold this many times more pixels than nodes
TAIL_SHARE, RULE_SHARE = 0.1, 0.05  # of the tolerance: what a block's polynomial and its pixels' quadrature may miss
RULES = (2, 4)  # orders of the quadrature over a pixel that are tried; each is checked with the next higher


class Window(NamedTuple):
    """A run of rings, first to stop, between two longitudes [rad] of a quarter."""

    quarter: int
    first: int
    stop: int
    low: float
    high: float


@dataclass(frozen=True)
class Block:
    """A window and what its polynomial gives.

    Parameters
    ----------
    window
        The pixels.
    frame
        The chart of the polynomial.
    ends
        Low and high of its coordinates u, v ``(4,)`` between which it holds.
    coefficients
        ``(n, n)``, the first index along u.
    logarithmic
        Whether it is the logarithm of the map.
    error_u, error_v
        Errors by cells of u and of v ``(CELLS,)``, which add; relative where logarithmic.
    """

    window: Window
    frame: Frame
    ends: Floats
    coefficients: Floats
    logarithmic: bool
    error_u: Floats
    error_v: Floats


class Blocks(NamedTuple):
    """Blocks of a map, and the windows whose pixels are loose."""

    blocks: tuple[Block, ...]
    loose: tuple[Window, ...]


@dataclass(frozen=True)
class Maker:
    """Makes blocks of a sky.

    Parameters
    ----------
    sky
        Gives the integrals in any direction.
    rings
        The rings of the map.
    mean
        Whether pixels are means; otherwise the values at their centres.
    rtol
        Tolerance of the map.
    floor
        Values below it are measured against it.
    """

    sky: TiledSky
    rings: Rings
    mean: bool
    rtol: float
    floor: float

    def made(self) -> Blocks:
        """Return blocks and loose windows that cover the quarters that differ."""
        waiting = [part for window in self._windows() for part in self._unbroken(window)]
        blocks: list[Block] = []
        loose: list[Window] = []
        while waiting:
            fitting = [window for window in waiting if self._worth(window)]
            loose += [window for window in waiting if not self._worth(window)]
            waiting = []
            for window, found in zip(fitting, self._fitted(fitting), strict=True):
                if isinstance(found, Block):
                    blocks.append(found)
                else:
                    waiting += self._halves(window, found)
        return Blocks(tuple(blocks), tuple(loose))

    def _windows(self) -> list[Window]:
        """Return where blocks start: the far tiles, and the box at the centre in pieces that shrink towards it."""
        frame = self.sky.frame
        if frame.tilt == 0:
            ends = self.sky.tiles.rectangles(frame)
            pieces = [(int(q), *row) for q, row in zip(self.sky.tiles.quarter, ends, strict=True) if np.isfinite(row).all()]
        else:
            pieces = [(q, *row) for q in range(len(frame.folds.quarters)) for row in partition(frame)]
        side = frame.box
        while side * side > 4 * np.pi / (12 * self.rings.nside**2) * WORTH * ORDER**2:
            for quarter in range(len(self.sky.folds.quarters)):
                pieces += [(quarter, 0.0, side, side / 2, side), (quarter, side / 2, side, 0.0, side / 2)]
            side /= 2
        pieces += [(quarter, 0.0, side, 0.0, side) for quarter in range(len(self.sky.folds.quarters))]
        first = self.rings.first_ring
        return [
            Window(quarter, first(high_lat), 2 * self.rings.nside + 1 if low_lat <= 0 else first(low_lat), low, high)
            for quarter, low, high, low_lat, high_lat in pieces
        ]

    def _unbroken(self, window: Window) -> list[Window]:
        """Cut a window at the rings between belt and caps and on the plane, whose pixels are broken there."""
        cuts = [ring for ring in (self.rings.nside, 2 * self.rings.nside) for ring in (ring, ring + 1)]
        edges = [window.first, *(cut for cut in cuts if window.first < cut < window.stop), window.stop]
        return [window._replace(first=a, stop=b) for a, b in zip(edges[:-1], edges[1:], strict=True) if a < b]

    def _worth(self, window: Window) -> bool:
        single = window.stop - window.first < 4
        return not single and self.count(window) > WORTH * ORDER**2

    def count(self, window: Window) -> int:
        """Return how many pixels a window holds."""
        ring = np.arange(window.first, window.stop)
        return int(np.sum(self.rings.first_column(ring, window.high) - self.rings.first_column(ring, window.low)))

    def _ends(self, window: Window) -> Floats:
        """Return the coordinates (u, u, v, v) of the outermost pixel centres of a window."""
        ring = np.arange(window.first, window.stop)
        low = self.rings.first_column(ring, window.low) + self.rings.offset(ring)
        high = self.rings.first_column(ring, window.high) - 1 + self.rings.offset(ring)
        lon = np.array([np.min(low * self.rings.step(ring)), np.max(high * self.rings.step(ring))])
        lat = self.rings.lat[[window.stop - 1, window.first]]
        return np.concatenate([quarters.from_lon(lon), self.sky.frame.from_lat(lat)])

    def _halves(self, window: Window, along_u: bool) -> list[Window]:
        u0, u1, v0, v1 = self._ends(window)
        if along_u:
            middle = float(quarters.far_lon(0.5 * (u0 + u1)))
            return [window._replace(high=middle), window._replace(low=middle)]
        ring = self.rings.first_ring(float(self.sky.frame.far_lat(0.5 * (v0 + v1))))
        ring = min(max(ring, window.first + 1), window.stop - 1)
        return [window._replace(stop=ring), window._replace(first=ring)]

    def _fitted(self, windows: list[Window]) -> list[Block | bool]:
        """Return a block for each window, or whether to halve it along u."""
        found: list[Block | bool] = [True] * len(windows)
        todo = np.arange(len(windows))
        ends = np.array([self._ends(window) for window in windows]).reshape(-1, 4)
        for order in RULES if self.mean else (0,):
            if not todo.size:
                break
            measured = self._measured([windows[k] for k in todo], ends[todo], order)
            coarse = []
            for k, (value, error, gap) in zip(todo, measured, strict=True):
                limit = RULE_SHARE * self.rtol * np.maximum(value, self.floor)
                if (gap > limit).any():
                    found[k] = bool(ends[k, 1] > ends[k, 0])
                    coarse.append(k)
                else:
                    found[k] = self._block(windows[k], ends[k], value, error, gap)
            todo = np.array(coarse, dtype=np.intp)
        return found

    def _measured(self, windows: list[Window], ends: Floats, order: int) -> list[tuple[Floats, Floats, Floats]]:
        """Return values, errors and quadrature errors ``(n, n)`` at the nodes of each window."""
        node = chebyshev.rule(ORDER).node
        u = 0.5 * (ends[:, [0]] + ends[:, [1]]) + 0.5 * (ends[:, [1]] - ends[:, [0]]) * node
        v = 0.5 * (ends[:, [2]] + ends[:, [3]]) + 0.5 * (ends[:, [3]] - ends[:, [2]]) * node
        shape = (len(windows), ORDER, ORDER)
        lon = np.broadcast_to(quarters.far_lon(u)[:, :, None], shape)
        lat = np.broadcast_to(self.sky.frame.far_lat(v)[:, None, :], shape)
        signs = np.array([self.sky.folds.quarters[window.quarter] for window in windows])
        value, error = self._over(lon, lat, signs, order + 1 if order else 0)
        gap = np.abs(value - self._over(lon, lat, signs, order)[0]) if order else np.zeros(shape)
        return list(zip(value, error, gap, strict=True))

    def _over(self, lon: Floats, lat: Floats, signs: Floats, order: int) -> tuple[Floats, Floats]:
        vectors = around(self.rings.nside, lon, lat, order)
        vectors[..., 1:] *= signs[:, None, None, None, :]
        found = self.sky.integrate(vectors.reshape(-1, 3), rtol=self.rtol, floor=self.floor)
        weight = diamond(order).weight
        return tuple(part.reshape(*lon.shape, -1) @ weight for part in (found.value, found.error))  # type: ignore[return-value]

    def _block(self, window: Window, ends: Floats, value: Floats, error: Floats, gap: Floats) -> Block | bool:
        low = float(value.min())
        logarithmic = low > 0 and float(value.max()) < 1e12 * low
        scale = value if logarithmic else np.ones_like(value)
        made = chebyshev.coefficients(np.log(value) if logarithmic else value)
        along_u, along_v = (part[0] for part in chebyshev.missed(made[None]))
        allowed = TAIL_SHARE * self.rtol * max(1.0, self.floor / low) if logarithmic else TAIL_SHARE * self.rtol * max(low, self.floor)
        if along_u.max() + along_v.max() > allowed:
            return bool(along_u.max() >= along_v.max())
        nodes = ((error + gap) / scale).max(axis=0)
        return Block(window, self.sky.frame, ends, made, logarithmic, along_v, along_u + _by_cell(nodes))


def _by_cell(at_nodes: Floats) -> Floats:
    """Return the largest of what nodes ``(n,)`` see, by cells and their neighbours."""
    cell = chebyshev.cell(chebyshev.rule(len(at_nodes)).node)
    return np.array([at_nodes[np.abs(cell - k) <= 1].max() for k in range(chebyshev.CELLS)])

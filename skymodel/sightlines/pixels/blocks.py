"""Blocks: the pixels of a tiled sky that a polynomial in longitude and latitude gives, ring by ring.

A block is a run of rings between two longitudes of one quarter. The mean over a pixel-sized diamond (or the value at
its centre) is a function as smooth as the sky; a block holds its logarithm at Chebyshev nodes, computed on the tiles.
A block that misses too much is halved; one that would hold fewer pixels than it costs is *loose*: its pixels are
taken one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Ints
from skymodel.sightlines.pixels import rings
from skymodel.sightlines.pixels.rings import Rings, diamond, spread
from skymodel.sightlines.pixels.windows import Window, Windows
from skymodel.sightlines.surface import chebyshev, probing, quarters
from skymodel.sightlines.surface.quarters import FAR, Frame
from skymodel.sightlines.surface.tiles import TiledSky

ORDER = 12  # nodes along each side of a block
PROBES = 16  # of a block
MOST_DOUBT = 0.1  # relative error of values whose logarithm a block may hold
TAIL_SHARE, RULE_SHARE = 0.1, 0.1  # of the tolerance: what a block's polynomial and its pixels' quadrature may miss
_SOME = np.array([0, 2, 4, 7, 9, 11])  # of the nodes along a side
_NEAR = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])  # the closest of them
_SPARSE = (_SOME[:, None] * ORDER + _SOME).ravel()
_REST = np.setdiff1d(np.arange(ORDER**2), _SPARSE)
_NEAREST = (_NEAR[:, None] * _SOME.size + _NEAR).ravel()
RULES = (2, 3)  # orders of the quadrature over a pixel that are tried; each is checked with the next higher


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
    missed_u, missed_v
        What the polynomial misses, by cells of u and of v ``(CELLS,)``; relative where logarithmic.
    inherited
        Errors of the tiles and of the quadrature over pixels, by cells of v ``(CELLS,)``, likewise. All three add.
    brightest
        The largest value at the nodes.
    """

    window: Window
    frame: Frame
    ends: Floats
    coefficients: Floats
    logarithmic: bool
    missed_u: Floats
    missed_v: Floats
    inherited: Floats
    brightest: float

    def probed(self, x: Floats, y: Floats, truth: Floats) -> Block | bool:
        """Return the block, settled by values ``(P,)`` at places x, y; or whether to halve it along u."""
        held = chebyshev.evaluate(self.coefficients, x, y)
        if self.logarithmic and not truth.min() > 0:
            return bool(self.missed_v.max() >= self.missed_u.max())
        gap = np.abs(np.exp(held) / truth - 1) if self.logarithmic else np.abs(held - truth)
        bound = self.missed_u[chebyshev.cell(x)] + self.missed_v[chebyshev.cell(y)]
        worst = float(np.max(gap / np.where(bound > 0, bound, np.inf)))
        if worst > 1:
            return bool(self.missed_v.max() >= self.missed_u.max())
        kept = max(probing.TIGHTEST, min(1.0, probing.TRUST * worst))
        return replace(self, missed_u=kept * self.missed_u, missed_v=kept * self.missed_v)


class _Outcome(NamedTuple):
    """A block, or whether to halve its window along u; and whether the rule over pixels was too coarse."""

    result: Block | bool
    coarse: bool


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
        if self.mean or self.sky.frame.tilt > 0:
            return self._made(self.windows.first(self.sky), [], [])
        return self._made(self.windows.near(), *self._tiles())

    def _tiles(self) -> tuple[list[Block], list[Window]]:
        """Return far tiles as blocks of values at centres, and the windows of those that are open."""
        tiles, blocks, loose = self.sky.tiles, [], []
        for k in np.flatnonzero(tiles.chart == FAR).tolist():
            for window in self.windows.of_tile(self.sky, k):
                if np.isnan(tiles.coefficients[k, 0, 0]):
                    loose.append(window)
                    continue
                held = tiles.coefficients[k], bool(tiles.logarithmic[k]), tiles.missed_v[k], tiles.missed_u[k]
                noise = np.full(chebyshev.CELLS, tiles.noise[k])
                bright = float(np.exp(tiles.coefficients[k, 0, 0])) if tiles.logarithmic[k] else 0.0
                blocks.append(Block(window, self.sky.frame, tiles.bounds[k], *held, noise, bright))
        return blocks, loose

    def _made(self, windows: list[Window], blocks: list[Block], loose: list[Window]) -> Blocks:
        """Return what there is already, and windows made blocks or left loose."""
        waiting = self._apart(windows)
        while waiting:
            fitting = [window for window in waiting if self.windows.worth(window)]
            loose += [window for window in waiting if not self.windows.worth(window)]
            waiting = []
            for window, found in zip(fitting, self._fitted(fitting), strict=True):
                if isinstance(found, Block):
                    blocks.append(found)
                else:
                    waiting += self.windows.halves(window, found)
        return Blocks(tuple(blocks), tuple(loose))

    def _apart(self, windows: list[Window]) -> list[Window]:
        """Return the windows, those with declared spots halved until they are not worth a block."""
        done: list[Window] = []
        while windows:
            spotted = [w for w in windows if self.windows.worth(w) and self.windows.spotted(self.sky, w)]
            done += [w for w in windows if w not in spotted]
            windows = [half for w in spotted for half in self.windows.halves(w, self.windows.wide(w))]
        return done

    @property
    def windows(self) -> Windows:
        """Where blocks may lie."""
        return Windows(self.rings, self.sky.frame)

    def _fitted(self, windows: list[Window]) -> list[Block | bool]:
        """Return a block for each window, or whether to halve it along u."""
        found: list[Block | bool] = [True] * len(windows)
        todo = np.arange(len(windows))
        for order in RULES if self.mean else (0,):
            if not todo.size:
                break
            outcomes = self._attempted([windows[k] for k in todo], order)
            for k, outcome in zip(todo, outcomes, strict=True):
                found[k] = outcome.result
            todo = todo[[outcome.coarse for outcome in outcomes]]
        return found

    def _attempted(self, windows: list[Window], order: int) -> list[_Outcome]:
        """Return what becomes of windows with one rule over pixels.

        What the rule misses varies slowly: it is seen at every other node, before the rest is computed.
        """
        node = chebyshev.rule(ORDER).node
        ends = np.array([self.windows.ends(window) for window in windows])
        quarter = np.array([window.quarter for window in windows])
        lon, lat, signs = self._places(quarter, ends, np.repeat(node, ORDER), np.tile(node, ORDER))
        values, errors = np.zeros_like(lon), np.zeros_like(lon)
        fine = order + 1 if order else 0
        values[:, _SPARSE], errors[:, _SPARSE] = self._mean(lon[:, _SPARSE], lat[:, _SPARSE], signs, fine)
        rough = self._mean(lon[:, _SPARSE], lat[:, _SPARSE], signs, order)[0] if order else values[:, _SPARSE]
        grid = len(windows), _SOME.size, _SOME.size
        gap = rings.missed(values[:, _SPARSE].reshape(grid), rough.reshape(grid), (1, 3, 3)).reshape(rough.shape)
        excess = gap / (RULE_SHARE * self.rtol * np.maximum(values[:, _SPARSE], self.floor))
        good = np.flatnonzero(excess.max(axis=1) <= 1)
        rest = np.ix_(good, _REST)
        values[rest], errors[rest] = self._mean(lon[rest], lat[rest], signs[good], fine)
        errors += gap[:, _NEAREST]
        outcomes = [_Outcome(_varies_along_u(each.reshape(_SOME.size, -1)), True) for each in excess]
        for k in good:
            value, error = values[k].reshape(ORDER, ORDER), errors[k].reshape(ORDER, ORDER)
            outcomes[k] = _Outcome(self._block(windows[k], ends[k], value, error), False)
        return self._settled(outcomes, quarter, ends, order)

    def _places(self, quarter: Ints, ends: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Return |l| and |b| [rad] ``(B, P)`` of places x, y in [-1, 1] of windows, and the signs ``(B, 1, 1, 2)``."""
        low_u, high_u, low_v, high_v = ends.T[:, :, None]
        lon = quarters.far_lon(0.5 * (low_u + high_u) + 0.5 * (high_u - low_u) * x)
        lat = self.sky.frame.far_lat(0.5 * (low_v + high_v) + 0.5 * (high_v - low_v) * y)
        return lon, lat, np.array(self.sky.folds.quarters)[quarter][:, None, None, :]

    def _mean(self, lon: Floats, lat: Floats, signs: Floats, order: int) -> tuple[Floats, Floats]:
        nodes = diamond(order)
        lon, lat = spread(self.rings.nside, lon, lat, nodes.across, nodes.up)
        lon, lat = lon * signs[..., 0], lat * signs[..., 1]
        found = self.sky.read_level(lon.ravel(), lat.ravel(), rtol=self.rtol, floor=self.floor)
        return found.value.reshape(lon.shape) @ nodes.weight, found.error.reshape(lon.shape) @ nodes.weight

    def _block(self, window: Window, ends: Floats, value: Floats, error: Floats) -> Block | bool:
        low, high = float(value.min()), float(value.max())
        logarithmic = is_logarithmic(value, error)
        scale = value if logarithmic else np.ones_like(value)
        made = chebyshev.coefficients(np.log(value) if logarithmic else value)
        along_u, along_v = (part[0] for part in chebyshev.missed(made[None]))
        allowed = TAIL_SHARE * self.rtol * (max(high, self.floor) / high if logarithmic else max(low, self.floor))
        if along_u.max() + along_v.max() > allowed:
            return bool(along_u.max() >= along_v.max())
        nodes = _by_cell((error / scale).max(axis=0))
        return Block(window, self.sky.frame, ends, made, logarithmic, along_v, along_u, nodes, high)

    def _settled(self, outcomes: list[_Outcome], quarter: Ints, ends: Floats, order: int) -> list[_Outcome]:
        """Return the outcomes with what blocks miss settled by probes; a block that fails one is halved."""
        made = [k for k, outcome in enumerate(outcomes) if isinstance(outcome.result, Block)]
        if not made:
            return outcomes
        x, y = probing.places(np.random.default_rng(probing.SEED), len(made), ORDER, PROBES)
        truth = self._mean(*self._places(quarter[made], ends[made], x, y), order + 1 if order else 0)[0]
        for row, k in enumerate(made):
            block = outcomes[k].result
            assert isinstance(block, Block)
            outcomes[k] = _Outcome(block.probed(x[row], y[row], truth[row]), False)
        return outcomes


def is_logarithmic(value: Floats, error: Floats) -> bool:
    """Return whether a polynomial through values holds their logarithm: not if some are zero, or little but error."""
    return bool(value.min() > 0 and value.max() < 1e12 * value.min() and (error < MOST_DOUBT * value).all())


def _by_cell(at_nodes: Floats) -> Floats:
    """Return the largest of what nodes ``(n,)`` see, by cells and their neighbours."""
    cell = chebyshev.cell(chebyshev.rule(len(at_nodes)).node)
    return np.array([at_nodes[np.abs(cell - k) <= 1].max() for k in range(chebyshev.CELLS)])


def _varies_along_u(excess: Floats) -> bool:
    """Return whether the two halves of a square ``(n, n)`` differ more along the first index than along the second."""
    half = len(excess) // 2
    along_u = excess[:half].max(), excess[half:].max()
    along_v = excess[:, :half].max(), excess[:, half:].max()
    return bool(max(along_u) * min(along_v) > max(along_v) * min(along_u))

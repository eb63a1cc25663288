"""Filling tiles: the integrals at their nodes, the outermost first, and the probes between them.

Most tiles that are too large tell so by their outermost rows of nodes; nothing more is integrated in these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.progress import in_rounds
from skymodel.sightlines.ray.error_shares import TILES
from skymodel.sightlines.ray.integrate import LineIntegrals
from skymodel.sightlines.surface import probing
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.beneath import Beneath
from skymodel.sightlines.surface.holding import ENDS, UNSETTLED, dusk, foreseen, holding
from skymodel.sightlines.surface.quarters import FAR, Frame
from skymodel.sightlines.surface.tiles import Source

FINEST = 2e-13  # what the integrals at the nodes can reach
BATCH = 32768  # integrals between two reports of progress: blocks for as many workers as there may be
FAINT = 1e-9  # share of the brightest below which errors are measured against that
SHADE = 0.1  # share of that to which lines are good: log J is not to be rough where a tile gets dark
DARKEST = 1e-17  # share of the brightest to which they are in tiles that are bright elsewhere and need it


class Request(NamedTuple):
    """What tiles must give.

    Parameters
    ----------
    tolerance
        Relative error of a tile.
    order
        Nodes along each side of a tile.
    innermost
        ln sin(theta) inside which points are integrated directly.
    grain
        Solid angle [sr] that one evaluated point stands for: tiles that hold fewer points than nodes stay open.
    budget
        Integrals that tiles may take before they are given up.
    """

    tolerance: float
    order: int
    innermost: float
    grain: float
    budget: int


class NotWorthTiles(Exception):
    """A sky with so much fine structure that its pixels are cheaper one by one."""


@dataclass
class Filler:
    """What fills tiles with the `source`, how bright the brightest place is, and what it cost.

    The first five are what :func:`~skymodel.sightlines.surface.fitting.fit` is called with.
    """

    source: Source
    frame: Frame
    request: Request
    progress: Callable[[int, int], None] | None = None
    beneath: Beneath | None = None
    brightest: float = 0.0
    sightlines: int = 0
    evaluations: int = 0
    probes: int = 0
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(probing.SEED))

    def floor(self, directions: Floats) -> Floats:
        """Return the brightness ``(M,)`` below which errors do not count less."""
        faint = FAINT * self.brightest
        if self.beneath is None:
            return np.full(len(directions), faint)
        return np.maximum(self.beneath(directions), faint)

    def lines(self, directions: Floats, share: float, floor: Floats) -> LineIntegrals:
        """Return integrals along unit vectors ``(M, 3)`` to a share of the tolerance."""
        if self.sightlines + len(directions) > self.request.budget:
            raise NotWorthTiles
        heard = in_rounds(self.progress, self.sightlines, len(directions))
        rtol = max(share * self.request.tolerance, FINEST)
        parts, done = [], 0
        for begin in range(0, len(directions), BATCH):
            heard(done)
            part = slice(begin, begin + BATCH)
            found = self.source.integrate(directions[part], rtol=rtol, floor=floor[part], best=True)
            parts.append((found.value, found.error, found.evaluations))
            done += len(found.value)
        heard(done)
        self.sightlines += done
        value, error, evaluations = (np.concatenate(column) for column in zip(*parts, strict=True))
        self.evaluations += int(evaluations.sum())
        return LineIntegrals(value, error, evaluations, self.source.unit)

    def filled(self, tiles: Batch) -> tuple[Batch, Bools]:
        """Return the tiles with what they hold, in another order, and which of them are known in the dark.

        Those whose outermost nodes foretell that it would not be enough hold nothing.
        """
        order = self.request.order
        seen, inner = np.zeros((3, len(tiles.bounds), order, order)), np.ones((order, order), bool)
        inner[ENDS] = inner[:, ENDS] = False
        seen[2] = self.floor(self._towards(tiles).reshape(-1, 3)).reshape(seen.shape[1:])
        self._see(tiles, ~inner, seen)
        rough = foreseen(tiles, self.request.tolerance, *seen)
        fit = self.promising(rough)
        held, deep = self._held(tiles[fit], inner, seen[:, fit])
        return held.joined(rough[~fit]), np.append(deep, np.zeros(len(tiles.bounds) - len(deep), bool))

    def _held(self, tiles: Batch, missing: Bools, seen: Floats) -> tuple[Batch, Bools]:
        """Return tiles with what they hold, and which are known in the dark; nodes ``(n, n)`` are still `missing`."""
        self._see(tiles, missing, seen)
        value, error, floor = seen[0], seen[1], seen[2].copy()
        held = holding(tiles, self.request.tolerance, value, error, floor)
        if self.beneath is not None:
            return held, np.zeros(len(tiles.bounds), bool)
        dark = dusk(held, self.request.tolerance, value, error, floor)
        if dark.any():
            self._see(tiles, dark, seen, DARKEST * self.brightest)
            held = holding(tiles, self.request.tolerance, value, error, floor)
        return held, np.asarray(dark.any(axis=(1, 2)))

    def _see(self, tiles: Batch, chosen: Bools, seen: Floats, faintest: float | None = None) -> None:
        """Write values and errors at `chosen` nodes ``(T, n, n)`` into `seen` ``(3, T, n, n)``, which has the floors.

        Errors at all nodes are to be small beside the lowest floor of a tile, as they spread to where that is.
        """
        chosen = np.broadcast_to(chosen, seen.shape[1:])
        if not chosen.any():
            return
        least = seen[2].min(axis=(1, 2), keepdims=True) if faintest is None else faintest
        asked = np.broadcast_to(SHADE * least, chosen.shape)[chosen]
        found = self.lines(self._towards(tiles)[chosen], TILES.lines, asked)
        seen[:2, chosen] = found.value, found.error
        outside = (tiles.chart == FAR) | (np.exp(2 * tiles.bounds[:, 0]) > self.request.grain)
        self.brighten(seen[0, outside])
        seen[2] = np.maximum(seen[2], FAINT * self.brightest)

    def _towards(self, tiles: Batch) -> Floats:
        """Return unit vectors ``(T, n, n, 3)`` of the nodes."""
        order = self.request.order
        return tiles.directions(self.frame, *tiles.nodes(order)).reshape(-1, order, order, 3)

    def promising(self, tiles: Batch) -> Bools:
        """Return which tiles ``(T,)`` have bounds not far above the tolerance: probes may find it met."""
        return np.asarray(tiles.error <= UNSETTLED * self.request.tolerance * tiles.scale)

    def probed(self, tiles: Batch, deep: Bools) -> probing.Judgement:
        """Return what probes say of tiles; those in `deep` are to hold in the dark, too."""
        x, y = probing.places(self.rng, len(tiles.bounds), self.request.order)
        towards = tiles.directions(self.frame, *tiles.places(x, y)).reshape(-1, 3)
        floor = self.floor(towards).reshape(x.shape)
        least = np.where(deep, DARKEST * self.brightest, floor.min(axis=1))
        found = self.lines(towards, TILES.probes, np.repeat(SHADE * least, x.shape[1]))
        self.probes += x.size
        return probing.judged(tiles, x, y, found.value.reshape(x.shape), found.error.reshape(x.shape), floor)

    def brighten(self, value: Floats) -> None:
        """Remember the brightest value that a pixel may have: not that at the tip of a cusp."""
        self.brightest = max(self.brightest, float(value.max(initial=0.0)))

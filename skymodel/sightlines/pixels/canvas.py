"""A run of rings of a map: where parts of pixels add up, seen from any quarter.

What a patch says of a quarter is added to every quarter it stands for. Parts of pixels on the edges of patches, on the
border of the caps, on the plane and on the meridians meet there, each with its share of the area.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sightlines.pixels.lattice import Lattice


@dataclass(frozen=True)
class Canvas:
    """Values and errors ``(2, N)`` of the pixels of rings `first` to `stop`, from 1 to 4 nside - 1, from the north."""

    lattice: Lattice
    first: int
    stop: int
    both: Floats

    @classmethod
    def blank(cls, lattice: Lattice, first: int, stop: int) -> Canvas:
        """Return a run of rings in which nothing is painted yet."""
        return cls(lattice, first, stop, np.zeros((2, lattice.start(stop) - lattice.start(first))))

    @functools.cached_property
    def begin(self) -> int:
        """RING index of the first pixel."""
        return self.lattice.start(self.first)

    def belt(self, north: float) -> tuple[Floats, int]:
        """Return the rings of the belt ``(2, R, 4 nside)`` as they follow northwards or southwards, and y of the first.

        Of the plane itself y is 0.
        """
        n = self.lattice.nside
        low, high = max(self.first, n), max(min(self.stop, 3 * n + 1), self.first, n)
        start = self.lattice.start(low) - self.begin if low < high else 0
        rings = self.both[:, start : start + 4 * n * (high - low)].reshape(2, high - low, 4 * n)
        return (rings[:, ::-1], 2 * n - high + 1) if north > 0 else (rings, low - 2 * n)

    def add_belt(self, both: Floats, x: int, y: int, east: float, north: float) -> None:
        """Add to every other pixel of every other ring ``(2, R, C)`` from the place x, y of the belt on."""
        rings, lowest = self.belt(north)
        begin = y - lowest
        both = both[:, max(0, (1 - begin) // 2) :]
        begin = begin if begin >= 0 else begin % 2
        target = rings[:, begin::2][:, : both.shape[1]]
        both = both[:, : target.shape[1]]
        column = x // 2
        if east < 0:
            target = target[..., ::-1]
            column -= 1 - x % 2
            if column < 0:  # the meridian's own pixel
                target[..., -1] += both[..., 0]
                both, column = both[..., 1:], 0
        target[..., column : column + both.shape[2]] += both

    def cap_rings(self, north: float) -> tuple[int, int]:
        """Return which rings of a cap, counted from its pole, are here, the one on its border included."""
        n = self.lattice.nside
        low, high = (self.first, self.stop) if north > 0 else (4 * n - self.stop + 1, 4 * n - self.first + 1)
        return max(low, 1), min(high, n + 1)

    def add_cap(self, face: int, ring: int, both: Floats, east: float, north: float) -> None:
        """Add to the pixels ``(2, ring)`` of a cap's ring, counted from the pole, in one of a quarter's two faces."""
        n = self.lattice.nside
        start = self.lattice.start(ring if north > 0 else 4 * n - ring) - self.begin
        if east > 0:
            self.both[:, start + face * ring : start + (face + 1) * ring] += both
        else:
            self.both[:, start + (3 - face) * ring : start + (4 - face) * ring] += both[:, ::-1]

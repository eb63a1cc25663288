"""The lattice of HEALPix: places in which all pixels are alike, by quarters of the sky.

In the *belt* a pixel is a diamond |dx| + |dy| < 1 about whole numbers x + y odd: x = l 4 nside / pi and
y = sin b 3 nside / 2. A *cap* has two faces in a quarter; a pixel is a square of side 1 in x and y, counted from the
pole along the two edges of the face. Both are maps that keep areas, so a mean over a pixel is a mean in x and y
(Gorski et al. 2005, section 5). The cap ends at x + y = nside, where the belt begins at y = nside; pixels there have
one half in each, as pixels on the plane and on the meridians x = 0 and x = 4 nside have theirs in two quarters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from profiles.contract.arrays import Floats, Ints

BELT, CAPS = 0, (1, 2)  # zones: the belt, and the cap from 0 to 90 and from 90 to 180 deg


@dataclass(frozen=True)
class Lattice:
    """The lattice of a resolution ``nside``, a power of two from 2 on."""

    nside: int

    def angles(self, zone: Ints, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return l in [0, pi] and b [rad] of places ``(P, N)`` in zones ``(P,)``.

        Beyond its end at x + y = nside a cap is continued as it is inside.
        """
        belt = (zone == BELT)[:, None]
        reach = np.where(belt, 1.0, np.maximum(x + y, 1e-300))
        lon = np.where(belt, x * (np.pi / 4 / self.nside), np.pi / 2 * (zone[:, None] - 1 + x / reach))
        lat = np.arcsin(np.where(belt, y * (2 / 3 / self.nside), 0.0))
        return lon, np.where(belt, lat, np.pi / 2 - 2 * np.arcsin(np.minimum(reach / self.nside / np.sqrt(6), 1.0)))

    def within(self, zone: int, low_x: int, high_x: int, low_y: int, high_y: int) -> tuple[Ints, Ints]:
        """Return northern rings and columns ``(K,)`` of the pixels that have a part in a rectangle of a zone."""
        if zone == BELT:
            x, y = (a.ravel() for a in np.mgrid[low_x : high_x + 1, low_y : high_y + 1])
            odd = (x + y) % 2 == 1
            return 2 * self.nside - y[odd], x[odd] // 2
        x, y = (a.ravel() for a in np.mgrid[low_x:high_x, low_y:high_y])
        ring = x + y + 1
        here = ring <= self.nside
        return ring[here], ((zone - 1) * ring + x)[here]

    def start(self, ring: int) -> int:
        """Return the RING index of the first pixel of any ring."""
        n, south = self.nside, 4 * self.nside - ring
        if ring < n:
            return 2 * ring * (ring - 1)
        return 2 * n * (n - 1) + (ring - n) * 4 * n if ring <= 3 * n else 12 * n * n - 2 * south * (south + 1)

    def starts(self, ring: Ints) -> Ints:
        """Return the RING indices of the first pixels of any rings."""
        n = self.nside
        belt, south = 2 * n * (n - 1) + (ring - n) * 4 * n, 4 * n - ring
        return np.where(
            ring < n, 2 * ring * (ring - 1), np.where(ring <= 3 * n, belt, 12 * n * n - 2 * south * (south + 1))
        )

    def pixels(self, ring: Ints, column: Ints, signs: tuple[float, float]) -> Ints:
        """Return RING indices of columns ``(K,)`` of northern rings, mirrored to a quarter with signs (lon, lat)."""
        count = 4 * np.minimum(ring, self.nside)
        level = (ring >= self.nside) & ((ring - self.nside) % 2 == 1)  # column 0 lies at l = 0
        mirrored = np.where(level, -column, -1 - column) % count
        first = self.starts(ring if signs[1] > 0 else 4 * self.nside - ring)
        return np.asarray(first + (column if signs[0] > 0 else mirrored))

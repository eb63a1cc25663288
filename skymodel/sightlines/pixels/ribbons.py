"""Ribbons: pixels along one ring whose inside is broken, as one polynomial in longitude.

On the plane and on the border of the caps something happens inside every pixel of a ring, and means over diamonds at
other latitudes have nothing to do with theirs. Along the ring they are as smooth as the sky: a *ribbon* holds the
logarithm of the mean over a pixel about any longitude of the ring at Chebyshev nodes, each integrated in adaptive
cells like a loose pixel. It is a block one ring high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats, Ints
from skymodel.sightlines.cubature.faces import PixelChart, about
from skymodel.sightlines.pixels.blocks import PROBES, TAIL_SHARE, Block, is_logarithmic
from skymodel.sightlines.pixels.loose import Found, over_patches
from skymodel.sightlines.pixels.rings import Rings
from skymodel.sightlines.pixels.windows import Window, Windows
from skymodel.sightlines.surface import chebyshev, probing, quarters
from skymodel.sightlines.surface.tiles import TiledSky

ORDER = 12  # nodes of a ribbon
WORTH = 12 * ORDER  # pixels that a ribbon must hold: nodes and probes, and attempts that fail, cost as much as theirs


class _Mirrored(NamedTuple):
    """A chart seen from quarters with signs ``(K, 2)`` of lon and lat, by patch."""

    chart: PixelChart
    signs: Floats

    @property
    def owner(self) -> Ints:
        """The pixel each patch belongs to."""
        return self.chart.owner

    @property
    def centred(self) -> Bools:
        """Which patches start from the Galactic centre."""
        return self.chart.centred

    def __call__(self, patch: Ints, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return directions and areas, as :class:`~skymodel.sightlines.cubature.faces.PixelChart` does."""
        directions, density = self.chart(patch, u, v)
        directions[..., 1:] *= self.signs[patch, None, None, :]
        return directions, density

    def angles(self, patch: Ints, u: Floats, v: Floats) -> tuple[tuple[Floats, Floats], Floats]:
        """Return angles and areas, as :class:`~skymodel.sightlines.cubature.faces.PixelChart` does."""
        (lon, lat), density = self.chart.angles(patch, u, v)
        east, north = self.signs[patch].T[:, :, None, None]
        return (lon * east, lat * north), density


@dataclass(frozen=True)
class Ribbons:
    """Makes ribbons of a sky.

    Parameters
    ----------
    sky
        Gives the integrals in any direction.
    rings
        The rings of the map.
    windows
        Where they may lie.
    rtol
        Tolerance of the map.
    floor
        Values below it are measured against it.
    """

    sky: TiledSky
    rings: Rings
    windows: Windows
    rtol: float
    floor: float

    def made(self, windows: list[Window]) -> tuple[list[Block], list[Window]]:
        """Return ribbons, and the windows that are left over."""
        left = [window for window in windows if not self._worth(window)]
        waiting = [
            window._replace(first=ring, stop=ring + 1)
            for window in windows
            if self._worth(window)
            for ring in range(window.first, window.stop)
        ]
        blocks: list[Block] = []
        while waiting:
            fitting = [window for window in waiting if self._worth(window)]
            left += [window for window in waiting if not self._worth(window)]
            waiting = []
            for window, ribbon in zip(fitting, self._fitted(fitting), strict=True):
                if ribbon is None:
                    waiting += self.windows.halves(window, True)
                else:
                    blocks.append(ribbon)
        return blocks, left

    def _worth(self, window: Window) -> bool:
        broken = not self.windows.alike(window)
        many = self.windows.count(window) > WORTH * (window.stop - window.first)
        return broken and many and not self.windows.spotted(self.sky, window)

    def _fitted(self, windows: list[Window]) -> list[Block | None]:
        """Return a ribbon for each window of one ring; or none, where it is to be halved."""
        if not windows:
            return []
        ends = np.array([self.windows.ends(window) for window in windows])
        found = self._means(windows, ends, np.broadcast_to(chebyshev.rule(ORDER).node, (len(windows), ORDER)))
        value, error = (part.reshape(-1, ORDER) for part in found)
        ribbons: list[Block | None] = [self._ribbon(*row) for row in zip(windows, ends, value, error, strict=True)]
        chosen = [k for k, ribbon in enumerate(ribbons) if ribbon is not None]
        if chosen:
            x = probing.places(np.random.default_rng(probing.SEED), len(chosen), ORDER, PROBES)[0]
            truth = self._means([windows[k] for k in chosen], ends[chosen], x).value.reshape(x.shape)
            for k, place, seen in zip(chosen, x, truth, strict=True):
                ribbon = ribbons[k]
                assert ribbon is not None
                probed = ribbon.probed(place, 0 * place, seen)
                ribbons[k] = probed if isinstance(probed, Block) else None
        return ribbons

    def _means(self, windows: list[Window], ends: Floats, x: Floats) -> Found:
        """Return means over pixels ``(W * N,)`` about places x ``(W, N)`` in [-1, 1] of windows of one ring."""
        low, high = ends[:, [0]], ends[:, [1]]
        lon = quarters.far_lon(0.5 * (low + high) + 0.5 * (high - low) * x)
        ring, quarter = (
            np.repeat(column, x.shape[1]) for column in np.array([(w.first, w.quarter) for w in windows]).T
        )
        folded = self.sky.folds.up_down
        chart = about(self.rings.nside, ring, lon.ravel(), folded)
        signs = np.array(self.sky.folds.quarters)[quarter]
        lat = self.rings.lat[ring]
        flat = np.cos(lat)
        towards = np.stack([flat * np.cos(lon.ravel()), flat * np.sin(lon.ravel()), np.sin(lat)], axis=-1)
        towards[:, 1:] *= signs
        level = np.maximum(self.sky.integrate(towards, rtol=self.rtol, floor=self.floor).value, self.floor)
        return over_patches(self.sky, _Mirrored(chart, signs[chart.owner]), level, self.rtol, self.floor)

    def _ribbon(self, window: Window, ends: Floats, value: Floats, error: Floats) -> Block | None:
        if not np.isfinite(error).all():
            return None
        low, high = float(value.min()), float(value.max())
        logarithmic = is_logarithmic(value, error)
        made = chebyshev.rule(ORDER).to_coefficients @ (np.log(value) if logarithmic else value)
        missed = float(chebyshev.missed_along(made))
        allowed = TAIL_SHARE * self.rtol * (max(high, self.floor) / high if logarithmic else max(low, self.floor))
        if missed > allowed:
            return None
        inherited = float(np.max(error / value if logarithmic else error))
        coefficients = np.zeros((ORDER, ORDER))
        coefficients[:, 0] = made
        cells = np.ones(chebyshev.CELLS)
        parts = 0 * cells, missed * cells, inherited * cells
        return Block(window, self.sky.frame, ends, coefficients, logarithmic, *parts, high)

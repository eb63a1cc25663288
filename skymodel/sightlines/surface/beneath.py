"""What is known of a sum so far: the brightness of the terms fitted before, below which no error counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sightlines.surface.tiles import TiledSky


@dataclass(frozen=True)
class Beneath:
    """The terms that are fitted already, as the scale of the errors of the next.

    Parameters
    ----------
    skies
        The terms.
    share
        What the next term may err by relative to them, over what it may err by relative to itself.
    brightest
        A value that the brightest of them has.
    """

    skies: tuple[TiledSky, ...]
    share: float
    brightest: float = 0.0

    def __call__(self, directions: Floats) -> Floats:
        """Return the brightness ``(N,)`` towards unit vectors ``(N, 3)`` that an error may be measured against."""
        return self.share * sum((sky.known(directions) for sky in self.skies), np.zeros(len(directions)))

    def also(self, sky: TiledSky, brightest: float) -> Beneath:
        """Return this with one more term."""
        return Beneath((*self.skies, sky), self.share, max(self.brightest, brightest))

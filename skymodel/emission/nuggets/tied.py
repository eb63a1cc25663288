"""A rival spectrum as a spectral model: so many of its events for each photon of the 511 keV line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.event.bands import Band
from skymodel.emission.event.inputs import fraction, not_negative
from skymodel.emission.event.origins import BandPhotons, with_positronium
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, WithPositronium
from skymodel.emission.nuggets.rivals import Box, Line, RivalShape


@dataclass(frozen=True)
class TiedToLine(WithPositronium):
    """A rival's spectrum and the positronium of the line that it follows, per 511 keV photon.

    Parameters
    ----------
    shape
        The rival; what it counts per unit is in its own docstring.
    per_line_photon
        Units of the shape per 511 keV photon, at least 0.
    positronium_fraction
        Positronium fraction f of the positrons that make the line, 0 to 1.

    Examples
    --------
    >>> from skymodel.emission.event.bands import CONTINUUM_1_20
    >>> from skymodel.emission.nuggets.rivals import PowerLaw
    >>> round(TiedToLine.by_band(PowerLaw(1.5), CONTINUUM_1_20, 0.56).band_factor(CONTINUUM_1_20), 12)
    0.56
    """

    shape: RivalShape
    per_line_photon: float
    positronium_fraction: float = 1.0

    def __post_init__(self) -> None:
        """Check the numbers."""
        object.__setattr__(self, "per_line_photon", float(not_negative(self.per_line_photon, "per_line_photon")))
        share = fraction(self.positronium_fraction, "positronium_fraction")
        object.__setattr__(self, "positronium_fraction", float(share))

    @classmethod
    def by_band(
        cls, shape: RivalShape, band: Band, photons_per_line_photon: float, positronium_fraction: float = 1.0
    ) -> TiedToLine:
        """Return the model with so many of the rival's photons in a band per 511 keV photon.

        Raises
        ------
        ValueError
            If the rival has no photon in the band.
        """
        held = shape.photons(band)
        if not held > 0:
            raise ValueError(f"{shape} has no photons in {band.name}; tie it to the line in a band where it shines")
        return cls(shape, photons_per_line_photon / held, positronium_fraction)

    def direct_spectrum(self, k: ArrayLike, line_intensity: ArrayLike = PAPER_LINE_INTENSITY) -> Floats:
        """Return the part of :meth:`spectrum` that is the rival's.

        Parameters
        ----------
        k, line_intensity
            As for :meth:`spectrum`.
        """
        scale = self.per_line_photon * not_negative(line_intensity, "line_intensity", "cm-2 s-1 sr-1")
        return np.asarray(scale * self.shape.density(k))[()]

    def photons(self, band: Band) -> BandPhotons:
        """Return the photons in `band` per 511 keV photon, by origin: line, ortho-positronium, the rival."""
        return with_positronium(band, self.positronium_fraction, self.per_line_photon * self.shape.photons(band))

    def log_mean(self, band: Band, line_intensity: float = PAPER_LINE_INTENSITY) -> float:
        """Return the mean over ln k of k^2 times the rival's spectrum in a band [MeV cm-2 s-1 sr-1]."""
        from scipy.integrate import quad

        borders = [band.low, *(k for k in _corners(self.shape) if band.low < k < band.high), band.high]
        pieces = [
            quad(lambda k: k * float(self.direct_spectrum(k, line_intensity)), *ends)[0] for ends in pairwise(borders)
        ]
        return float(sum(pieces) / np.log(band.high / band.low))


def _corners(shape: RivalShape) -> tuple[float, ...]:
    """Return the energies [MeV] where a shape bends, which a quadrature would overlook."""
    match shape:
        case Line(energy, sigma):
            return tuple(energy + width * sigma for width in (-8, -2, 0, 2, 8))
        case Box(low, high):
            return low, high
    return ()

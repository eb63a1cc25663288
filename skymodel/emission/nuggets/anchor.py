"""The anchor: a measured 511 keV intensity in a region, which turns J into the intensity of the line.

``map of J * scale = 511 keV map``, with scale = measured intensity / mean of J over the same region: the unknown
number of nuggets, their size and their speed drop out. Published anchors go by name, :func:`published_anchor`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.spelling import options
from skymodel.emission.event.inputs import not_negative, positive
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY
from skymodel.sky.line_skies import LINE_SKIES
from skymodel.sky.regions import INTEGRAL_CIRCLE

UNIT = "cm-2 s-1 sr-1"
# The paper's 0.025 has no error. It is a bulge flux of 1.05e-3 +- 0.06e-3 cm-2 s-1 (Knoedlseder et al. 2005) in a
# Gaussian of 8 deg, rounded up from 0.0241: the flux's 5.7 % are its error.
PAPER_LINE_INTENSITY_ERROR = 0.0014  # cm-2 s-1 sr-1


@dataclass(frozen=True)
class Scale:
    """Line intensity per unit of J [cm-2 s-1 sr-1 per unit of J] and its error, one standard deviation."""

    value: float
    error: float


@dataclass(frozen=True)
class Anchor:
    """A measured mean intensity of the 511 keV line over a region.

    Parameters
    ----------
    line_intensity
        Mean intensity [cm-2 s-1 sr-1], above 0; a Quantity or a float.
    line_intensity_error
        Its standard deviation [cm-2 s-1 sr-1], at least 0.
    reference
        Where it comes from.

    Examples
    --------
    >>> scale = Anchor(0.025, 0.002).scale(100.0)
    >>> print(f"{scale.value:.2e} +- {scale.error:.2e}")
    2.50e-04 +- 2.00e-05
    """

    line_intensity: float
    line_intensity_error: float = 0.0
    reference: str = ""

    def __post_init__(self) -> None:
        """Turn Quantities into floats, check the ranges."""
        object.__setattr__(self, "line_intensity", float(positive(self.line_intensity, "line_intensity", UNIT)))
        error = float(not_negative(self.line_intensity_error, "line_intensity_error", UNIT))
        object.__setattr__(self, "line_intensity_error", error)

    def scale(self, mean_j: float, mean_j_error: float = 0.0) -> Scale:
        """Return what a map of J is to be multiplied by to become the map of the line.

        Parameters
        ----------
        mean_j
            Mean of J over the anchor's region, in the unit of the map.
        mean_j_error
            Its error, in the same unit.

        Raises
        ------
        ValueError
            If the mean is not above 0: the region sees nothing of the product of densities.
        """
        if not (np.isfinite(mean_j) and mean_j > 0):
            raise ValueError(
                f"the mean of J over the anchor's region is {mean_j}: no line to scale; choose a region that sees both "
                "densities, or a longer path"
            )
        value = self.line_intensity / mean_j
        relative = np.hypot(self.line_intensity_error / self.line_intensity, mean_j_error / mean_j)
        return Scale(value, float(value * relative))


def published_anchor(name: str, region: Any = INTEGRAL_CIRCLE) -> Anchor:
    """Return a published anchor: the mean line intensity over `region`.

    Parameters
    ----------
    name
        "paper" (0.025 in the circle of 6 deg, for that region only), "knoedlseder2005" or "siegert2016".
    region
        The region over which J will be averaged.

    Examples
    --------
    >>> published_anchor("paper").line_intensity
    0.025
    >>> siegert = published_anchor("siegert2016")
    >>> print(f"{siegert.line_intensity:.4f} +- {siegert.line_intensity_error:.4f}")
    0.0158 +- 0.0011
    """
    if name == "paper":
        if region != INTEGRAL_CIRCLE:
            raise ValueError("the anchor 'paper' is a mean over the circle of 6 deg; for other regions use a model sky")
        return Anchor(
            PAPER_LINE_INTENSITY,
            PAPER_LINE_INTENSITY_ERROR,
            "Lawson & Zhitnitsky 2007, section 4.1, 6 deg circle; the error is that of the flux it rests on",
        )
    if name not in LINE_SKIES:
        known = ["paper", *LINE_SKIES]
        raise ValueError(f"no anchor {name!r}{options(name, known)}")
    sky = LINE_SKIES[name]()
    return Anchor(*sky.mean_intensity(region), reference=sky.reference)

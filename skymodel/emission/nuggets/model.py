"""The spectral model: photons of every band per 511 keV photon.

The framework maps J, the line-of-sight integral of a product of densities. An
:class:`~skymodel.emission.nuggets.anchor.Anchor` turns J into the intensity of the 511 keV line, and
:class:`NuggetEmission` turns that into any band or spectrum: ``band map = model.band_factor(band) * line map``. Two
ways of counting are named in every output:

"paper"
    Eq. (6) as printed: 4 positronium atoms per line photon (one line photon per para-positronium decay), and the
    leading logarithm (5) as the normalisation of (4).
"consistent"
    Photons counted: two per para-positronium decay, so f / (2 - 3f/2) atoms per line photon; (4) normalised by the
    exact rate, so exactly two photons per direct annihilation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.event.annihilation import event_rate, event_rate_leading_log, photon_rate
from skymodel.emission.event.bands import Band, band_photon_rate
from skymodel.emission.event.inputs import above_mass, fraction, not_negative, photon_energy
from skymodel.emission.event.origins import BandPhotons, ortho_intensity, with_positronium
from skymodel.emission.event.positronium import positronium_per_line_photon

Convention = Literal["paper", "consistent"]
CONVENTIONS: tuple[Convention, ...] = get_args(Convention)
PAPER_LINE_INTENSITY = 0.025  # cm-2 s-1 sr-1, section 4.1: the mean over a circle of 6 deg


def continuum_intensity(
    k: ArrayLike,
    *,
    mu: ArrayLike,
    chi: ArrayLike,
    line_intensity: ArrayLike = PAPER_LINE_INTENSITY,
    convention: Convention = "paper",
    positronium_fraction: ArrayLike = 1.0,
) -> Floats:
    """Return the intensity dPhi/(dOmega dk) of direct annihilation [cm-2 s-1 sr-1 MeV-1], eq. (6).

    Everything broadcasts. Zero outside the kinematic range of eq. (4).

    Parameters
    ----------
    k
        Photon energy [MeV].
    mu
        Chemical potential of the positrons [MeV], above the electron mass.
    chi
        Direct annihilations per positronium formed, at least 0.
    line_intensity
        Intensity of the 511 keV line [cm-2 s-1 sr-1], at least 0.
    convention
        How photons are counted, "paper" or "consistent"; see the module's docstring.
    positronium_fraction
        Positronium fraction f, 0 to 1; the paper has 1. For other f its count of positronium stays twice the
        consistent one.

    Examples
    --------
    >>> print(f"{5.0**2 * continuum_intensity(5.0, mu=20.0, chi=0.1):.5e}")
    1.70579e-02
    """
    k, mu = photon_energy(k), above_mass(mu)
    per_line = direct_per_line_photon(chi, positronium_fraction, convention)
    return (
        not_negative(line_intensity, "line_intensity") * per_line * photon_rate(k, mu) / _normalisation(mu, convention)
    )


def direct_per_line_photon(chi: ArrayLike, positronium_fraction: ArrayLike, convention: Convention) -> Floats:
    """Return the number of direct annihilations per 511 keV photon: 4 chi ("paper"), 2 chi ("consistent") for f = 1.

    Parameters
    ----------
    chi
        Direct annihilations per positronium formed, at least 0.
    positronium_fraction
        Positronium fraction f, 0 to 1.
    convention
        "paper" or "consistent".
    """
    overcount = {"paper": 2, "consistent": 1}[known_convention(convention)]
    return overcount * not_negative(chi, "chi") * positronium_per_line_photon(positronium_fraction)


def _normalisation(mu: Floats, convention: Convention) -> Floats:
    """Return the event rate by which `convention` divides the photon rate (4)."""
    return event_rate_leading_log(mu) if convention == "paper" else event_rate(mu)


def known_convention(convention: str) -> Convention:
    """Return `convention` if it is one; otherwise raise a ValueError that lists them."""
    for known in CONVENTIONS:
        if convention == known:
            return known
    raise ValueError(f"convention = {convention!r}; allowed: {', '.join(map(repr, CONVENTIONS))}")


def band_photons(
    band: Band,
    *,
    mu: ArrayLike,
    chi: ArrayLike,
    convention: Convention = "paper",
    positronium_fraction: ArrayLike = 1.0,
) -> BandPhotons:
    """Return the photons in `band` per 511 keV photon, by origin; the parameters broadcast.

    :data:`~skymodel.emission.event.bands.LINE_511` stands for the line itself: exactly one photon and nothing else. The
    continuum of ortho-positronium follows the physical count, 9f / (8 - 6f) per line photon, in both conventions: the
    paper does not compute it.

    Parameters
    ----------
    band
        The energy band.
    mu, chi, convention, positronium_fraction
        As for :func:`continuum_intensity`.
    """
    mu = above_mass(mu)
    direct = direct_per_line_photon(chi, positronium_fraction, convention)
    rate = band_photon_rate(band.low, band.high, mu) / _normalisation(mu, convention)
    return with_positronium(band, positronium_fraction, direct * rate)


class WithPositronium(ABC):
    """A spectral model of what shines beside the line: implement the direct part, ortho-positronium is added here."""

    @property
    @abstractmethod
    def positronium_fraction(self) -> float:
        """Positronium fraction f, 0 to 1, of the positrons that make the line."""

    @abstractmethod
    def direct_spectrum(self, k: ArrayLike, line_intensity: ArrayLike = PAPER_LINE_INTENSITY) -> Floats:
        """Return the part of :meth:`spectrum` that is not positronium's."""

    @abstractmethod
    def photons(self, band: Band) -> BandPhotons:
        """Return the photons in `band` per 511 keV photon, by origin: line, ortho-positronium, direct."""

    def spectrum(self, k: ArrayLike, line_intensity: ArrayLike = PAPER_LINE_INTENSITY) -> Floats:
        """Return the continuum dPhi/(dOmega dk) [cm-2 s-1 sr-1 MeV-1]: the direct part plus ortho-positronium.

        Parameters
        ----------
        k
            Photon energy [MeV].
        line_intensity
            Intensity of the 511 keV line [cm-2 s-1 sr-1]; broadcasts with `k`.
        """
        ortho = ortho_intensity(k, self.positronium_fraction, line_intensity)
        return ortho + self.direct_spectrum(k, line_intensity)

    def band_factor(self, band: Band) -> float:
        """Return the photons in `band` per 511 keV photon: band map = factor * line map.

        Parameters
        ----------
        band
            The energy band; LINE_511 stands for the line alone, so its factor is 1.
        """
        return float(sum(self.photons(band)))


@dataclass(frozen=True)
class NuggetEmission(WithPositronium):
    """What nuggets of one positron chemical potential radiate, per 511 keV photon.

    Parameters
    ----------
    mu
        Chemical potential of the positrons [MeV], above the electron mass.
    chi
        Direct annihilations per positronium formed, at least 0. The text also calls it a survival fraction; the two
        differ by chi itself (20 % at 0.2).
    convention
        How photons are counted, "paper" or "consistent"; see the module's docstring.
    positronium_fraction
        Positronium fraction f, 0 to 1.

    Examples
    --------
    >>> model = NuggetEmission(mu=20.0, chi=0.1)
    >>> from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511
    >>> print(f"{model.band_factor(CONTINUUM_1_20):.4f} {model.band_factor(LINE_511):.4f}")
    0.5583 1.0000
    """

    mu: float = 20.0
    chi: float = 0.1
    convention: Convention = "paper"
    positronium_fraction: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters; energies may be Quantities."""
        object.__setattr__(self, "mu", float(above_mass(self.mu)))
        object.__setattr__(self, "chi", float(not_negative(self.chi, "chi")))
        known_convention(self.convention)
        object.__setattr__(
            self, "positronium_fraction", float(fraction(self.positronium_fraction, "positronium_fraction"))
        )

    def direct_spectrum(self, k: ArrayLike, line_intensity: ArrayLike = PAPER_LINE_INTENSITY) -> Floats:
        """Return the part of :meth:`spectrum` that comes from direct annihilation, eq. (6).

        Parameters
        ----------
        k, line_intensity
            As for :meth:`spectrum`.
        """
        return continuum_intensity(k, line_intensity=line_intensity, **self._parameters())

    def photons(self, band: Band) -> BandPhotons:
        """Return the photons in `band` per 511 keV photon, by origin: line, ortho-positronium, direct.

        Parameters
        ----------
        band
            The energy band; LINE_511 stands for the line alone.
        """
        return band_photons(band, **self._parameters())

    def log_mean(self, band: Band, line_intensity: float = PAPER_LINE_INTENSITY) -> float:
        """Return the mean over ln k of k^2 times the direct spectrum in a band [MeV cm-2 s-1 sr-1].

        Parameters
        ----------
        band
            The energy band.
        line_intensity
            Intensity of the 511 keV line [cm-2 s-1 sr-1].
        """
        per_line = direct_per_line_photon(self.chi, self.positronium_fraction, self.convention)
        rate = band_photon_rate(band.low, band.high, self.mu, energy_power=1)
        photons = per_line * rate / _normalisation(np.asarray(self.mu), self.convention)
        return float(line_intensity * photons / np.log(band.high / band.low))

    def _parameters(self) -> _Parameters:
        return {
            "mu": self.mu,
            "chi": self.chi,
            "convention": self.convention,
            "positronium_fraction": self.positronium_fraction,
        }


class _Parameters(TypedDict):
    mu: float
    chi: float
    convention: Convention
    positronium_fraction: float

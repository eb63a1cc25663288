"""Claims about the spectrum of one encounter, eqs. (2)-(6)."""

from __future__ import annotations

import numpy as np

from skymodel.datafiles import data_path
from skymodel.emission.claims.claim import INFINITY, Claim, half_decade, near
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.event.annihilation import (
    differential_cross_section,
    event_rate,
    event_rate_leading_log,
    photon_range,
    photon_rate,
    photon_rate_integral,
    total_cross_section,
)
from skymodel.emission.event.bands import CONTINUUM_1_20, band_photon_rate
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, NuggetEmission

COMPTEL_FLUX = 1e-2  # MeV cm-2 s-1 sr-1, section 4.2


def spectrum_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about eqs. (2) to (4)."""
    from scipy.integrate import quad

    mu = scenario.mu
    low, high = (float(edge) for edge in photon_range(mu))
    k = (low + high) / 2  # inside the range for any mu
    integral = quad(lambda k: float(differential_cross_section(k, mu)), low, high, epsrel=1e-9, limit=200)[0]
    exact = "rounding and quadrature only"
    return [
        Claim(
            "cross_section",
            "eq. (2)",
            "the cross-section of e+ e- -> 2 gamma per photon energy",
            f"its integral over twice Dirac's cross-section, at E = {mu:g} MeV",
            integral / (2 * float(total_cross_section(mu))),
            *near(1.0, 1e-6),
            exact,
            "Eq. (2) counts both photons of an event.",
        ),
        Claim(
            "photon_rate",
            "eqs. (3), (4)",
            "the rate per photon energy in closed form",
            f"eq. (4) over the Fermi-gas integral of eq. (2), k = {k:.4g} MeV",
            float(photon_rate(k, mu) / photon_rate_integral(k, mu)),
            *near(1.0, 1e-6),
            exact,
            f"Eq. (3) prints (2 pi)^2 for (2 pi)^3, which (1) and (4) have. Only for {low:.4g} < k < {high:.4g} MeV: "
            "outside, the printed formula is negative or undefined.",
        ),
        Claim(
            "maximum_energy",
            "sections 3, 4",
            "photons have a maximum energy up to about mu",
            f"k_max / mu at mu = {mu:g} MeV",
            high / mu,
            *near(1.0, 0.05),
            "5 %: the paper writes 'approximately'",
            "k_max tends to mu + m/2.",
            chosen=True,
        ),
        Claim(
            "maximum_exact",
            "section 3",
            "the maximum photon energy 'exactly coincides with the lepton chemical potential'",
            f"k_max / mu at mu = {mu:g} MeV",
            high / mu,
            *near(1.0, 1e-3),
            "exactly means to a part in a thousand",
            chosen=True,
        ),
        Claim(
            "peaked",
            "appendix A",
            "for a given mu the flux times k^2 is strongly peaked at the maximum possible momenta k <= mu",
            f"k of the largest k^2 Phi over mu, at mu = {mu:g} MeV",
            _peak(mu) / mu,
            0.5,
            1.03,
            "the upper half of the energies",
            chosen=True,
        ),
        _leading_log(mu),
    ]


def _peak(mu: float) -> float:
    """Return the photon energy [MeV] at which k^2 times eq. (4) is largest."""
    low, high = (float(edge) for edge in photon_range(mu))
    k = np.linspace(low, high, 4001)[1:-1]
    return float(k[np.argmax(k**2 * photon_rate(k, mu))])


def _leading_log(mu: float) -> Claim:
    events, printed = float(event_rate(mu)), float(event_rate_leading_log(mu))
    return Claim(
        "leading_log",
        "eq. (5)",
        "is the integral of (4) over k, 'fully adequate for our present purposes'",
        f"integral of (4) over (5) at mu = {mu:g} MeV",
        float(band_photon_rate(0, INFINITY, mu)) / printed,
        *near(1.0, 0.1),
        "10 %: the spectrum is normalised by it, COMPTEL's errors are 20 %",
        "Tends to 2: (5) is the leading logarithm of the number of events, and each has two photons. Read as the rate "
        f"of events, the exact one over it is {events / printed:.3f}.",
        chosen=True,
    )


def flux_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about the size of eq. (6) and the meaning of chi."""
    per_chi = NuggetEmission(mu=scenario.mu, chi=1.0).log_mean(CONTINUUM_1_20, PAPER_LINE_INTENSITY)
    mean = scenario.chi * per_chi
    return [
        _measured_flux(),
        Claim(
            "flux",
            "section 4.2",
            f"k^2 Phi ~ 1e-2 MeV cm-2 s-1 sr-1 with chi ~ 0.1 (here {scenario.chi:g})",
            f"mean over ln k, 1-20 MeV, mu = {scenario.mu:g} MeV, W = 1",
            mean,
            *half_decade(COMPTEL_FLUX),
            "half a decade: the paper gives the order of magnitude",
            f"chi = {COMPTEL_FLUX / per_chi:.2g} gives 1e-2 with W = 1." if per_chi > 0 else "No photon reaches 1 MeV.",
            condition=f"the window factor is counted, W = {scenario.window_factor:.3g}",
            under_condition=mean * scenario.window_factor,
            chosen=True,
        ),
        Claim(
            "survival_fraction",
            "section 4.1",
            "chi, direct per positronium, is also 'the survival rate of electrons'",
            f"survival rate chi / (1 + chi) over chi = {scenario.chi:g}",
            1 / (1 + scenario.chi),
            *near(1.0, 0.1),
            "10 %: a second meaning should not move the flux by more",
            chosen=True,
        ),
    ]


def _measured_flux() -> Claim:
    from astropy.table import Table

    points = Table.read(data_path("comptel_strong1999_fig3_l30_b5.ecsv"), format="ascii.ecsv")["E2I_mid"]
    return Claim(
        "measured_flux",
        "section 4.2",
        "COMPTEL observes k^2 Phi ~ 1e-2 MeV cm-2 s-1 sr-1 in the tens of MeV",
        "mean of the three points of Strong et al. 1999, 1-30 MeV, all of it and not the excess alone",
        float(np.mean(points)),
        *half_decade(COMPTEL_FLUX),
        "half a decade: the paper gives the order of magnitude",
    )

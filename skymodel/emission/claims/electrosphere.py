"""Claims about the electrosphere, appendix A and figure 1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skymodel.emission.claims.claim import INFINITY, Claim, near
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.claims.shape import DECADE, flatness, flattest_speed, speed_of_flatness
from skymodel.emission.electrosphere.extinction import exact_extinction, leading_log_depth, printed_extinction
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.speed import thermal_speed
from skymodel.emission.event.bands import Band
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.nuggets.model import NuggetEmission

GALACTIC_SPEED = 1e-3  # c, of electrons bound in the Galaxy
HOT_PLASMA = 8.0  # keV, the paper's introduction


def survival_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about the electrons left at a height, (A.1) to (A.3)."""
    sphere = scenario.sphere()
    lowest, v_e = sphere.lowest_mu, scenario.v_e
    printed = float(printed_extinction(lowest, scenario.mu_0, v_e).depth(np.asarray(scenario.mu_0)))
    depth = float(exact_extinction(lowest, scenario.mu_0, v_e).depth(np.asarray(scenario.mu_0)))
    everything = Band("ALL", 1e-3, 10 * scenario.mu_0)
    return [
        Claim(
            "edge",
            "appendix A",
            "z_max is chosen such that mu(z_max) >> m",
            f"mu(z_max) / m for mu_0 = {scenario.mu_0:g} MeV, z_max = {scenario.z_max:g} z_0",
            lowest / ELECTRON_MASS,
            10.0,
            INFINITY,
            "much larger means ten times",
            chosen=True,
        ),
        Claim(
            "extinction_sign",
            "eq. (A.2)",
            "dN/dt = N dI/dt describes the extinction of electrons flying in",
            f"electrons at the surface per electron at z_max, by (A.2) as printed, v_e = {v_e:g} c",
            float(np.exp(printed)),
            0.0,
            1.0,
            "an extinction leaves at most all of them",
            "The sign is wrong; (A.3) has it right.",
        ),
        Claim(
            "survival_printed",
            "eq. (A.3)",
            "follows from (A.1), (A.2) and (5) with a fixed logarithm",
            "its optical depth at the surface over the integral of (A.2)",
            printed / leading_log_depth(lowest, scenario.mu_0, v_e),
            *near(1.0, 1e-6),
            "rounding and quadrature only",
        ),
        Claim(
            "survival_exact",
            "eq. (A.3)",
            "the electrons left, 'approximately'",
            "its optical depth at the surface over that of the exact rate",
            printed / depth,
            *near(1.0, 0.2),
            "20 %: COMPTEL's error",
            chosen=True,
        ),
        Claim(
            "conservation",
            "eqs. (A.3), (A.4)",
            "the spectrum of the electrons that are used up",
            f"photons radiated per two for each electron used up, v_e = {v_e:g} c",
            sphere.band_photons_per_electron(everything, exact=False) / (2 * -np.expm1(-printed)),
            *near(1.0, 0.1),
            "10 %: half of COMPTEL's error",
            "With the exact rate the two are equal: photons_per_electron.",
            chosen=True,
        ),
    ]


def shape_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about the height-averaged spectrum, (A.4) and figure 1."""
    flat_speed = speed_of_flatness(scenario.electrosphere())
    return [_flat(scenario, flat_speed), _flatter(scenario), _conserved(scenario), _speed(flat_speed)]


def _flat(scenario: Scenario, flat_speed: float) -> Claim:
    vertical = float(thermal_speed(HOT_PLASMA)) / 3**0.5
    reached = flatness(scenario.electrosphere(flat_speed)) if flat_speed <= 1 else float("nan")
    looser = speed_of_flatness(scenario.electrosphere(), 2.5)
    return Claim(
        "flat",
        "appendix A",
        "E^2 Phi varies by only a factor of two over an order of magnitude in energy",
        f"largest over smallest, 2-20 MeV, v_e = {GALACTIC_SPEED:g} c: electrons bound in the Galaxy",
        flatness(scenario.electrosphere(GALACTIC_SPEED)),
        1.0,
        2.0,
        "the factor as printed",
        f"v_e in (A.3) is the vertical component: {vertical:.3f} c rms in the {HOT_PLASMA:g} keV plasma of the "
        f"introduction, which gives {flatness(scenario.electrosphere(vertical)):.2f}. A factor of 2.5 needs "
        f"v_e >= {looser:.3f} c.",
        condition=f"v_e >= {flat_speed:.3f} c",
        under_condition=reached,
    )


def _flatter(scenario: Scenario) -> Claim:
    single = NuggetEmission(mu=scenario.mu, chi=scenario.sphere_chi)
    return Claim(
        "flatter",
        "appendix A",
        "the distribution of mu gives an E^2 I curve considerably flatter than that of a single mu",
        f"flatness of eq. (6) at mu = {scenario.mu:g} MeV over that of (A.4), 2-{_top(scenario):.3g} MeV, "
        f"v_e = {scenario.v_e:.3g} c",
        _spread(single, _top(scenario)) / _spread(scenario.electrosphere(), _top(scenario)),
        2.0,
        INFINITY,
        "considerably means a factor of two",
        chosen=True,
    )


def _top(scenario: Scenario) -> float:
    return min(DECADE[1], 0.999 * scenario.mu)


def _spread(model: NuggetEmission | ElectrosphereEmission, top: float) -> float:
    k = np.geomspace(min(DECADE[0], top / 2), top, 201)
    values = np.asarray(k**2 * model.direct_spectrum(k))
    return float(values.max() / values.min()) if values.min() > 0 else float("inf")


def _conserved(scenario: Scenario) -> Claim:
    closed = replace(scenario.electrosphere(), convention="consistent")
    speed, least = flattest_speed(closed)
    return Claim(
        "flat_conserved",
        "appendix A",
        "'the generic features of the spectrum will remain the same' in a complete calculation: almost flat",
        f"the least of largest over smallest, 2-20 MeV, for any v_e (it is {speed:.3g} c), photons conserved",
        least,
        1.0,
        2.0,
        "the factor as printed",
        "(A.4) averages normalised spectra over height; weighted with the rate at which photons are made, the dense "
        "layers dominate and the spectrum rises.",
        chosen=True,
    )


def _speed(flat_speed: float) -> Claim:
    return Claim(
        "speed",
        "section 3",
        "v_e is well below the speed of the positrons, so that eq. (1) has v_e = 0",
        "least v_e [c] for which E^2 Phi is flat within two",
        flat_speed,
        0.0,
        0.1,
        "well below means a tenth",
        "The paper gives no v_e, and it decides the shape.",
        chosen=True,
    )

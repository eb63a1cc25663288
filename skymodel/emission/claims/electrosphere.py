"""Claims about the electrosphere, appendix A and figure 1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skymodel.emission.claims.claim import INFINITY, Claim, half_decade, near
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.claims.shape import DECADE, flatness, speed_of_flatness
from skymodel.emission.claims.spectrum import COMPTEL_FLUX
from skymodel.emission.electrosphere.extinction import exact_extinction, leading_log_depth, printed_extinction
from skymodel.emission.event.bands import Band
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.nuggets.local import thermal_speed

GALACTIC_SPEED = 1e-3  # c, of electrons bound in the Galaxy
HOT_PLASMA = 8.0  # keV, the paper's introduction
_SPEEDS = {
    "given": "as given",
    "galactic": "electrons bound in the Galaxy",
    "hot_plasma": f"the plasma of {HOT_PLASMA:g} keV of the introduction",
    "flat": "the least that is flat within two",
}


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
        ),
    ]


def shape_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about the height-averaged spectrum, (A.4) and figure 1."""
    speeds = {
        "given": scenario.v_e,
        "galactic": GALACTIC_SPEED,
        "hot_plasma": float(thermal_speed(HOT_PLASMA)),
    }
    flat = [
        Claim(
            f"flat_{name}",
            "appendix A",
            "E^2 Phi varies by only a factor of two over an order of magnitude in energy",
            f"largest over smallest, 2-20 MeV, v_e = {speed:.3g} c ({_SPEEDS[name]})",
            flatness(scenario.electrosphere(speed)),
            1.0,
            2.0,
            "the factor as printed",
        )
        for name, speed in speeds.items()
    ]
    flat_speed = speed_of_flatness(scenario.electrosphere())
    vanishing = {"given": scenario.v_e, "galactic": GALACTIC_SPEED, "flat": flat_speed}
    return [
        *flat,
        _conserved(scenario),
        _speed(flat_speed),
        *(_vanishing(scenario, name, speed) for name, speed in vanishing.items() if speed <= 1),
        _sphere_flux(scenario),
    ]


def _conserved(scenario: Scenario) -> Claim:
    closed = replace(scenario.electrosphere(), convention="consistent")
    speeds = np.geomspace(1e-3, 1.0, 61)
    shapes = [flatness(replace(closed, sphere=scenario.sphere(float(speed)))) for speed in speeds]
    best = int(np.argmin(shapes))
    return Claim(
        "flat_conserved",
        "appendix A",
        "the features 'will remain the same': E^2 Phi is almost flat whatever the details",
        f"the least of largest over smallest, 2-20 MeV, for any v_e (it is {speeds[best]:.2g} c), photons conserved",
        shapes[best],
        1.0,
        2.0,
        "the factor as printed",
        "(A.4) averages normalised spectra over height; weighted with the rate at which photons are made, the dense "
        "layers dominate and the spectrum rises.",
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
    )


def _vanishing(scenario: Scenario, name: str, speed: float) -> Claim:
    model = scenario.electrosphere(speed)
    high, below = model.log_mean(Band("high", 20.0, 30.0)), model.log_mean(Band("decade", *DECADE))
    return Claim(
        f"vanishing_{name}",
        "appendix A",
        "the excess almost vanishes at 20-30 MeV, as a generic consequence of the suppression (A.3)",
        f"mean E^2 Phi at 20-30 MeV over that at 2-20 MeV, v_e = {speed:.3g} c ({_SPEEDS[name]})",
        high / below,
        0.0,
        0.1,
        "almost vanishes means a tenth",
    )


def _sphere_flux(scenario: Scenario) -> Claim:
    mean = scenario.electrosphere().log_mean(Band("decade", *DECADE))
    return Claim(
        "sphere_flux",
        "figure 1",
        f"chi = 0.2 (here {scenario.sphere_chi:g}) is representative of COMPTEL's excess, ~1e-2 MeV cm-2 s-1 sr-1",
        f"mean over ln k of k^2 Phi, 2-20 MeV, W = {scenario.window_factor:.3g}, v_e = {scenario.v_e:g} c",
        mean * scenario.window_factor,
        *half_decade(COMPTEL_FLUX),
        "half a decade: the paper gives the order of magnitude",
    )

"""What is derived here and not said by the paper, and what judges our stand-in densities: shown, not counted."""

from __future__ import annotations

from skymodel.emission.claims.claim import INFINITY, Claim, near
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.sky.line_skies import LINE_SKIES
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

HOT_ELECTRON = 0.012  # MeV: 3/2 kT of the paper's 8 keV plasma
BOUND_ELECTRON = ELECTRON_MASS * 1e-6 / 2  # MeV: at 1e-3 c


def derived_claims(scenario: Scenario) -> list[Claim]:
    """Return the barrier and the energy budget: consequences of (A.1) that the paper does not consider."""
    edge = scenario.sphere().lowest_mu
    return [
        Claim(
            "barrier",
            "eq. (A.1)",
            "Galactic electrons reach z_max, from where they annihilate directly",
            "energy that an electron of the 8 keV plasma brings over what the positrons' potential takes to z_max, "
            f"mu(z_max) - m = {edge - ELECTRON_MASS:.3g} MeV",
            HOT_ELECTRON / (edge - ELECTRON_MASS),
            1.0,
            INFINITY,
            "less than 1 turns it back",
            f"To the surface it takes {scenario.mu_0 - ELECTRON_MASS:.3g} MeV; bound electrons (1e-3 c) bring "
            f"{1e6 * BOUND_ELECTRON:.2g} eV. The field that holds the positrons repels electrons. Derived here; "
            "Flambaum & Samsonov (arXiv:2108.00652, abstract) find annihilation reduced by nearly five orders of "
            "magnitude.",
        ),
        Claim(
            "energy_budget",
            "section 3",
            f"photons of up to mu = {scenario.mu:g} MeV come from a slow electron and a positron of the gas",
            "largest photon energy over the total energy of the pair, at most 2 m + T, T of the 8 keV plasma",
            scenario.mu / (2 * ELECTRON_MASS + HOT_ELECTRON),
            0.0,
            1.0,
            "energy conservation",
            "A positron of the gas in equilibrium with the vacuum has total energy, potential included, of at most m. "
            "Brighter photons take energy from the nugget. Derived here.",
        ),
    ]


def stand_in_claims(scenario: Scenario) -> list[Claim]:
    """Return how our densities compare with the line's sky: they are ours, not the paper's."""
    claims = [
        Claim(
            "containment_model",
            "section 1",
            "80 % of the 511 keV photons come from a circle of half-angle 6 deg",
            "share in our stand-in densities",
            scenario.containment,
            0.7,
            0.9,
            "+- 0.1 of the sky",
        )
    ]
    for name, make in LINE_SKIES.items():
        sky = make()
        published = sky.mean_intensity(COMPTEL_WINDOW)[0] / sky.mean_intensity(INTEGRAL_CIRCLE)[0]
        claims.append(
            Claim(
                f"morphology_{name}",
                "sections 1, 5",
                "the line has the morphology of dark times visible matter",
                f"W of our densities over that of the published line sky {name}, {published:.3g}",
                scenario.window_factor / published,
                *near(1.0, 0.2),
                "20 %: COMPTEL's error, and about that of the published skies",
                chosen=True,
            )
        )
    return claims

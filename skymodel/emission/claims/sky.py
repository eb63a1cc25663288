"""Claims about the sky: the line in the circle, the two windows, the number of positronium atoms."""

from __future__ import annotations

from skymodel.emission.claims.claim import Claim, near
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.event.positronium import photons_per_annihilation
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY
from skymodel.sky.line_skies import FWHM, LINE_SKIES, Gaussian
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE


def line_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about the 511 keV line in the circle of 6 deg."""
    gaussian = Gaussian(1.0, 0.0, 0.0, 0.0, 8 / FWHM, 8 / FWHM, "8 deg FWHM")
    siegert = LINE_SKIES["siegert2016"]()
    flux = sum(component.flux for component in siegert.components)
    inside = siegert.mean_intensity(INTEGRAL_CIRCLE)[0] * INTEGRAL_CIRCLE.solid_angle
    eighty = "80 % of the 511 keV photons come from a circle of half-angle 6 deg"
    shares = {
        "containment_gaussian": ("a Gaussian of 8 deg FWHM", gaussian.share(INTEGRAL_CIRCLE), 0.02),
        "containment_siegert2016": ("the sky of Siegert et al. 2016", inside / flux, 0.1),
        "containment_model": ("the model's own densities", scenario.containment, 0.1),
    }
    claims = [
        Claim(
            f"line_{name}",
            "section 4.1",
            f"mean line intensity of {PAPER_LINE_INTENSITY} cm-2 s-1 sr-1 in the circle of 6 deg",
            f"mean of the published sky {name}",
            LINE_SKIES[name]().mean_intensity(INTEGRAL_CIRCLE)[0],
            *near(PAPER_LINE_INTENSITY, 0.1),
            "10 %: twice the error of the flux",
        )
        for name in LINE_SKIES
    ]
    claims += [
        Claim(
            name, "section 1", eighty, f"share in {what}", share, 0.8 - width, 0.8 + width, f"+- {width:g} of the sky"
        )
        for name, (what, share, width) in shares.items()
    ]
    return [*claims, _positronium_per_photon()]


def _positronium_per_photon() -> Claim:
    return Claim(
        "positronium_per_photon",
        "eq. (6)",
        "four positronium atoms per line photon",
        "positronium atoms per line photon, two photons from each para decay",
        1 / float(photons_per_annihilation(1.0).line),
        *near(4.0, 1e-6),
        "a count",
        "Eq. (6) has one photon per para decay: the convention 'consistent' counts two.",
    )


def window_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about the two windows; about independence if several pairs are known."""
    claims = [
        Claim(
            "window",
            "section 4.1",
            "differences between the lines of sight of INTEGRAL and COMPTEL are negligible",
            "W, mean of J in COMPTEL's window over that in the circle",
            scenario.window_factor,
            *near(1.0, 0.1),
            "10 %: half of COMPTEL's error",
            f"The chi that fits COMPTEL is 1/W = {1 / scenario.window_factor:.2g} times larger.",
        ),
    ]
    claims += [_morphology(scenario, name) for name in LINE_SKIES]
    factors = scenario.all_window_factors
    if len(factors) == 1:
        return claims
    return [
        *claims,
        Claim(
            "independence",
            "section 4.1",
            "the ratio does not depend on the distributions of dark and visible matter",
            f"largest over smallest W of {len(factors)} pairs of densities",
            max(factors) / min(factors),
            1.0,
            1.1,
            "10 %: half of COMPTEL's error",
            "Within one and the same window the ratio is a number of the spectrum, whatever the densities.",
        ),
    ]


def _morphology(scenario: Scenario, name: str) -> Claim:
    sky = LINE_SKIES[name]()
    published = sky.mean_intensity(COMPTEL_WINDOW)[0] / sky.mean_intensity(INTEGRAL_CIRCLE)[0]
    return Claim(
        f"morphology_{name}",
        "sections 1, 5",
        "the line has the morphology of dark times visible matter",
        f"W of the densities over that of the published line sky {name}, {published:.3g}",
        scenario.window_factor / published,
        *near(1.0, 0.2),
        "20 %: COMPTEL's error, and about that of the published skies",
    )

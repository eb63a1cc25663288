"""Claims about the sky: the line in the circle, the two windows, the number of positronium atoms."""

from __future__ import annotations

from skymodel.emission.claims.claim import Claim, near, untestable
from skymodel.emission.claims.scenario import Scenario
from skymodel.emission.event.positronium import photons_per_annihilation
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY
from skymodel.sky.line_skies import FWHM, LINE_SKIES, Gaussian
from skymodel.sky.regions import INTEGRAL_CIRCLE

MEASURED_FRACTIONS = ((0.92, 0.09), (1.080, 0.029))  # Weidenspointner 2006, Siegert 2016 (line511.yaml, read)


def line_claims(scenario: Scenario) -> list[Claim]:
    """Return the claims about the 511 keV line in the circle of 6 deg."""
    gaussian = Gaussian(1.0, 0.0, 0.0, 0.0, 8 / FWHM, 8 / FWHM, "8 deg FWHM")
    siegert = LINE_SKIES["siegert2016"]()
    flux = sum(component.flux for component in siegert.components)
    mean = siegert.mean_intensity(INTEGRAL_CIRCLE)[0]
    one = "the sky is the single Gaussian of 8 deg of Knoedlseder et al. 2005"
    return [
        Claim(
            "line_intensity",
            "section 4.1",
            f"the mean line intensity in the circle of 6 deg is {PAPER_LINE_INTENSITY} cm-2 s-1 sr-1, 'well measured'",
            "mean of the sky of Siegert et al. 2016",
            mean,
            *near(PAPER_LINE_INTENSITY, 0.1),
            "10 %: twice the error of the flux",
            condition=one,
            under_condition=LINE_SKIES["knoedlseder2005"]().mean_intensity(INTEGRAL_CIRCLE)[0],
            chosen=True,
        ),
        Claim(
            "containment",
            "section 1",
            "80 % of the 511 keV photons come from a circle of half-angle 6 deg",
            "share in the sky of Siegert et al. 2016",
            mean * INTEGRAL_CIRCLE.solid_angle / flux,
            0.78,
            0.82,
            "+- 0.02 of the sky",
            condition=one,
            under_condition=gaussian.share(INTEGRAL_CIRCLE),
            chosen=True,
        ),
        _positronium_fraction(),
        _positronium_per_photon(),
    ]


def _positronium_fraction() -> Claim:
    (early, error), (late, late_error) = MEASURED_FRACTIONS
    return Claim(
        "positronium_fraction",
        "section 4",
        "almost all electrons form positronium: f = 1",
        f"departure of 1 from the measured f = {early} +- {error} (Weidenspointner 2006), in standard deviations",
        (1 - early) / error,
        -2.0,
        2.0,
        "two standard deviations",
        f"Siegert 2016 has {late:g} +- {late_error:g}, {(1 - late) / late_error:.1f}: above what is physical.",
        chosen=True,
    )


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
    factors = scenario.all_window_factors
    nearest = min(factors, key=lambda factor: abs(factor - 1))
    window = Claim(
        "window",
        "section 4.1",
        "differences between the lines of sight of INTEGRAL and COMPTEL are negligible",
        "W, mean of J in COMPTEL's window over that in the circle",
        scenario.window_factor,
        *near(1.0, 0.1),
        "10 %: half of COMPTEL's error",
        f"The chi that fits COMPTEL is 1/W = {1 / scenario.window_factor:.2g} times larger.",
        condition="the halo is the most cored of those tried" if len(factors) > 1 else "",
        under_condition=nearest,
        chosen=True,
    )
    correlation = untestable(
        "correlation",
        "sections 1, 5",
        "line and MeV excess must be spatially correlated",
        "No map of the MeV excess is published. Its nested windows, and Knoedlseder et al. 2025's bulge at MeV "
        "energies, which in-flight annihilation explains as well, are all there is.",
    )
    if len(factors) == 1:
        return [window, correlation]
    independence = Claim(
        "independence",
        "section 4.1",
        "the ratio does not depend on the distributions of dark and visible matter",
        f"largest over smallest W of {len(factors)} pairs of densities",
        max(factors) / min(factors),
        1.0,
        1.1,
        "10 %: half of COMPTEL's error",
        "In one and the same window the ratio is a number of the spectrum, whatever the densities.",
        condition="both bands are taken in one window",
        under_condition=1.0,
        chosen=True,
    )
    return [window, independence, correlation]

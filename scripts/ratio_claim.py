"""The ratio claim under fire: shares of the light, matched windows, all of COMPTEL's windows, and how to break it.

``python scripts/ratio_claim.py`` prints the verdict and six tables over the default pairs; a minute on one free core.
"""

from __future__ import annotations

import argparse

import numpy as np
from astropy.table import Table

from skymodel.cli.terminal import progress
from skymodel.comparison.comptel.backgrounds import background_names
from skymodel.comparison.ratio.blurring import beam_effects
from skymodel.comparison.ratio.breaking import (
    break_claim,
    direct_follows,
    falling,
    growing,
    positrons_travel,
    varying_chi,
    varying_rate,
)
from skymodel.comparison.ratio.candidates import default_electrons, default_halos
from skymodel.comparison.ratio.falsify import window_test
from skymodel.comparison.ratio.verdict import verdict
from skymodel.comparison.ratio.windows import boxes, circles, matching, share
from skymodel.galaxy import SkyModel
from skymodel.progress import Steps
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

RADII = (3.0, 4.5, 6.0, 8.0, 12.0, 20.0)
HALF_WIDTHS = (5.0, 5.5, 6.0, 6.5, 7.0, 10.0, 20.0, 30.0)
SIDES = (4.5, 5.0, 5.2, 5.4, 6.0)
BEAMS = {"line_beam": GaussianBeam(2.5), "continuum_beam": GaussianBeam(3.0)}  # SPI; COMPTEL: 1 to 4 deg are quoted


_STEPS = {  # and their shares of the time
    "density pairs": 14,
    "shares of the light": 8,
    "windows of other sizes": 20,
    "COMPTEL's windows": 6,
    "what breaks the claim": 12,
}


def show(title: str, rows: list[dict[str, object]]) -> None:
    """Print a table."""
    print(f"\n{title}")
    table = Table(rows)
    for name in table.colnames:
        if table[name].dtype.kind == "f":
            table[name].format = ".4g"
    table.pprint_all()


def shares(models: dict[tuple[str, str], SkyModel]) -> None:
    """Print the share of all light inside each region; the paper: 80 % within 6 deg."""
    rows = []
    for (halo, electrons), model in models.items():
        circle, box = share(model, INTEGRAL_CIRCLE), share(model, COMPTEL_WINDOW)
        rows.append({"dark_matter": halo, "electrons": electrons, "circle": circle.value, "window": box.value})
    show("Share of all light in the INTEGRAL circle (the paper: 0.8) and in COMPTEL's window", rows)


def matched(models: dict[tuple[str, str], SkyModel]) -> None:
    """Print the range of W over windows of several sizes."""
    families = {
        "circle of radius": (RADII, circles(RADII)),
        "|b| < 5, |l| <": (HALF_WIDTHS, boxes(HALF_WIDTHS)),
        "square, |l| and |b| <": (SIDES, boxes(SIDES, SIDES)),
    }
    for name, (sizes, windows) in families.items():
        found = matching(list(models.values()), windows)
        rows = [
            {name: size, "W_low": low, "W_high": high, "departure": gap}
            for size, low, high, gap in zip(sizes, found.low, found.high, found.departure, strict=True)
        ]
        inside = [size for size, gap in zip(sizes, found.departure, strict=True) if gap <= 0.1]
        show(f"W over all pairs; within 10 % of 1 for sizes {inside} deg", rows)


def falsified(models: dict[tuple[str, str], SkyModel]) -> None:
    """Print how each pair fits COMPTEL's three windows together."""
    rows = []
    for (halo, electrons), model in models.items():
        for background in background_names():
            found = window_test(model, background=background)
            rows.append(
                {
                    "dark_matter": halo,
                    "electrons": electrons,
                    "background": background,
                    "chi": found.one_chi.chi,
                    "chi_square": found.one_chi.chi_square,
                    "p": found.one_chi.p_value,
                    "any_spectrum": found.any_spectrum.chi_square,
                    "p_any": found.any_spectrum.p_value,
                    "pair": "falsified" if found.pair_falsified else "",
                }
            )
    show("One chi for three windows (8 degrees of freedom), and one amplitude per energy bin (6)", rows)


def broken(models: dict[tuple[str, str], SkyModel]) -> None:
    """Print what each change does to the ratio across the windows."""
    changes = {
        "direct follows hot gas": direct_follows(default_electrons()["miller_bregman2013"]),
        "chi x (1 + r / 1 kpc)": varying_chi(growing(1.0)),
        "rate / (1 + r / 3 kpc)": varying_rate(falling(3.0)),
        "positrons travel 150 pc": positrons_travel(0.15),
    }
    rows = []
    for (halo, electrons), model in models.items():
        for found in break_claim(model, changes):
            rows.append(
                {
                    "dark_matter": halo,
                    "electrons": electrons,
                    "change": found.name,
                    "factor": found.factor,
                    "across / same": found.window_factor,
                }
            )
        for seen in beam_effects(model, rtol=1e-3, **BEAMS)[1:]:
            rows.append(
                {
                    "dark_matter": halo,
                    "electrons": electrons,
                    "change": f"beam, {seen.name}",
                    "factor": seen.factor,
                    "across / same": np.nan,
                }
            )
    show(
        "What breaks the claim: factor on the ratio across the windows, and that ratio over the one in the circle", rows
    )


def main() -> None:
    """Print everything, one step after the other, a bar at the terminal meanwhile."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    models = {
        (halo, electrons): SkyModel(default_halos()[halo], default_electrons()[electrons])
        for halo in default_halos()
        for electrons in default_electrons()
    }
    few = {pair: model for pair, model in models.items() if pair[0] in ("pppc4dmid_nfw", "pppc4dmid_burkert")}
    some = {pair: model for pair, model in few.items() if pair[1] in ("mcmillan2017_baryons", "mcmillan2017_gas")}
    with progress() as report:
        steps = Steps(report, _STEPS)
        with steps("density pairs") as counted:
            found = verdict(progress=counted)
        print(found.statement)
        for name, step, chosen in (
            ("shares of the light", shares, models),
            ("windows of other sizes", matched, models),
            ("COMPTEL's windows", falsified, few),
            ("what breaks the claim", broken, some),
        ):
            with steps(name):
                step(chosen)


if __name__ == "__main__":
    main()

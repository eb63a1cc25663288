"""Lawson & Zhitnitsky (2007) computed anew: figure 1, the figure of the electrons' speed, and the table of claims.

``python scripts/reproduce_paper.py --out reproduced`` writes two figures (PNG), two tables (ECSV) and the claims as
text. The densities are those of a configuration, by default the preset ``paper``, a stand-in since the paper fixes
none. The paper gives no speed of the electrons; by default the least one that makes the spectrum as flat as printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from skymodel.comparison.comptel.confrontation import (
    Background,
    confrontation_table,
    galprop_backgrounds,
    own_background,
)
from skymodel.emission.claims import (
    FAILS,
    Claim,
    Scenario,
    claims_table,
    claims_text,
    paper_claims,
    tally_text,
)
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.event.spectrum_table import read_spectrum
from skymodel.output.figures.electrosphere import electrosphere_figure
from skymodel.output.figures.paper import figure_one, speed_figure
from skymodel.output.figures.style import style
from skymodel.runs.config.model import RunConfig, load_config
from skymodel.runs.fits.evidence import evidence
from skymodel.runs.one.run import run

COARSE = {"map": {"nside": 8, "rtol": 1e-2}, "compare": None, "cube": None}  # no map is shown
NOT_REPRODUCED = """
What could not be reproduced
----------------------------
The background of figure 1, the "optimized model" of the paper's reference [24], was not found in numbers. Four
published GALPROP models stand in; they differ by a factor of three, more than COMPTEL's errors. The steps in their
tables are smoothed in what is drawn, and z04LMS, published for |b| < 15, is scaled to the window.
With W = 1 and the paper's own eq. (6), (A.4) and chi = 0.2 the sum overshoots COMPTEL two to three times and fits worse
than any background alone: what the paper drew must have been 2.2 to 4.7 times lower than its own formulae. With the
window factor counted it looks as described.
The densities are not given in the paper, nor is v_e. (A.4) has no normalisation ("~"): its weights are divided by
their integral. COMPTEL's errors are systematic, so a chi-square of three bins compares models and is no probability.
"""


class Seen(NamedTuple):
    """What figures and tables are made from."""

    emission: ElectrosphereEmission
    window: float
    backgrounds: tuple[Background, ...]
    label: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Compute and write everything."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        _reproduce(options)
    except (ValueError, FileNotFoundError) as error:
        parser.error(str(error))


def _reproduce(options: argparse.Namespace) -> None:
    config = load_config(options.config)
    backgrounds = (*galprop_backgrounds(), *(own_background(read_spectrum(path)) for path in options.background))
    if options.v_e is not None:
        Scenario(options.v_e, 1.0, 0.0)  # refuses an impossible speed before the densities are integrated
    scenario = _scenario(config, options.v_e)
    emission = scenario.electrosphere()
    claims = paper_claims(scenario, evidence(scenario))
    origin = "least for a flatness of 2" if options.v_e is None else "given"
    label = (
        f"{config.label or f'densities of {options.config}'}; chi = {emission.chi:g}, mu_0 = {emission.sphere.mu_0:g} "
        f"MeV, z_max = {emission.sphere.z_max:g} z_0, v_e = {emission.sphere.v_e:.3g} c ({origin}); "
        f"W = {scenario.window_factor:.4f}, of interstellar electrons; "
        f"convention '{emission.convention}'; not reproduced: the background of figure 1, and "
        "its normalisation, which must have been 2.2 to 4.7 times below eq. (6) and (A.4)"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    seen = Seen(emission, scenario.window_factor, backgrounds, label)
    _write_figures(options.out, seen)
    _write_tables(options.out, seen, claims)
    _report(claims, options.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("reproduced"), help="folder to write to")
    parser.add_argument("--config", default="paper", help="configuration file or preset with the densities")
    parser.add_argument("--v-e", type=float, help="speed of the electrons [c]")
    parser.add_argument(
        "--background", type=Path, action="append", default=[], help="an ECSV spectrum of the window, besides GALPROP's"
    )
    return parser


def _scenario(config: RunConfig, v_e: float | None) -> Scenario:
    """Return what a run of the densities is checked for, with another speed of the electrons if one is given."""
    found = run(RunConfig(**(config.resolved() | COARSE))).claims.scenario
    return found if v_e is None else replace(found, v_e=v_e)


def _write_figures(folder: Path, seen: Seen) -> None:
    with style():
        made = figure_one(seen.emission, seen.window, seen.backgrounds, label=seen.label)
        made.savefig(folder / "figure_1.png")
        speed_figure(seen.emission, label=seen.label).savefig(folder / "electron_speed.png")
        small = (
            "mu_0 = 20 MeV, T = 1 keV, electrons of 0.22 c; conditional on the cross-sections stated in "
            "emission.electrosphere.capture"
        )
        electrosphere_figure(label=small).savefig(folder / "electrosphere.png")


def _write_tables(folder: Path, seen: Seen, claims: Sequence[Claim]) -> None:
    tables: dict[str, Any] = {
        "claims.ecsv": claims_table(claims),
        "figure_1.ecsv": confrontation_table(seen.emission, seen.backgrounds, (1.0, seen.window)),
    }
    for name, table in tables.items():
        table.meta["model"] = seen.label
        table.write(folder / name, overwrite=True)
    (folder / "claims.txt").write_text(f"{seen.label}\n\n{claims_text(claims)}{NOT_REPRODUCED}", encoding="utf-8")


def _report(claims: Sequence[Claim], folder: Path) -> None:
    failing = [claim.name for claim in claims if claim.verdict == FAILS and claim.counted]
    print(f"{tally_text(claims)}; failing: {', '.join(failing)}")
    print(f"written to {folder}")


if __name__ == "__main__":
    main()

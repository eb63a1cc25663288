"""The claims of a run are checked for its own densities and emission."""

import numpy as np
import pytest

from profiles import NFW
from profiles.shelf.tracers import INTERSTELLAR
from skymodel.bounded import Bounded
from skymodel.comparison.comptel.backgrounds import background
from skymodel.comparison.comptel.points import template
from skymodel.comparison.comptel.spectra import comptel
from skymodel.comparison.ratio.candidates import default_electrons, default_halos
from skymodel.comparison.ratio.verdict import verdict
from skymodel.emission.claims import Scenario
from skymodel.runs.config.model import RunConfig
from skymodel.runs.fits.evidence import evidence
from skymodel.runs.one.claims import check_claims
from skymodel.runs.one.fluxes import Part

CONFIG = {"dark_matter": {"type": "nfw"}, "electrons": {"type": "exponential_disk"}}
CIRCLE = Part("integral_circle", 0.0344, (Bounded(500.0, 0.0),), (Bounded(1.0, 0.0),))


def verdicts(*, window_factor=0.27, containment=0.5, others=(0.2, 1.0), **emission):
    config = RunConfig(**CONFIG, emission=emission)
    report = check_claims(
        config.emission.build(), CIRCLE, window_factor=window_factor, containment=containment, others=others
    )
    return {claim.name: claim.verdict for claim in report.claims}


def test_verdicts_follow_the_densities_and_the_emission():
    assert verdicts(others=(0.2, 0.5))["window"] == "fails"
    assert verdicts(others=(0.2, 1.0))["window"] == "holds only if"
    assert verdicts(window_factor=1.02)["window"] == "holds"
    assert verdicts(window_factor=1.0, others=(1.01, 0.98))["independence"] == "holds"
    assert verdicts()["independence"] == "holds only if"
    assert verdicts(containment=0.8)["containment_model"] == "holds"
    assert verdicts(containment=0.5)["containment_model"] == "fails"
    assert verdicts(chi=0.1)["flux"] == "holds only if"
    assert verdicts(chi=0.024)["flux"] == "holds"


def test_the_text_says_for_what_it_was_checked_and_counts_what_holds():
    report = check_claims(RunConfig(**CONFIG).emission.build(), CIRCLE, window_factor=0.27, containment=0.5, others=())
    # PHYSICS: the printed flatness needs v_e of about 0.3 c
    assert report.scenario.v_e == pytest.approx(0.3, abs=0.05)
    assert f"v_e = {report.scenario.v_e:.4g} c" in report.text
    holding = sum(claim.verdict == "holds" for claim in report.claims if claim.counted)
    counted = sum(claim.counted for claim in report.claims)
    assert report.summary.startswith(f"Of {counted} statements of the paper {holding} hold, ")
    assert len(report.table) == len(report.claims)


def test_the_evidence_has_the_numbers_that_were_recomputed_independently():
    for name, window, expected in (("paper", 1.0, -2.4), ("counted", 0.27, 0.7)):
        scenario = Scenario(v_e=0.315, window_factor=window, containment=0.5)
        points = np.array(comptel().intensity), np.array(comptel().error)
        nuggets = window * template(scenario.electrosphere(), comptel())
        pulls = {
            background_name: ((points[0] - background(background_name, comptel()) - nuggets) / points[1])[-1]
            for background_name in ("Ackermann", "Orlando_DRE", "Orlando_DRELowV")
        }
        table = {"paper": (-3.0, -4.8, -2.4), "counted": (0.7, -1.1, 1.2)}[name]
        assert tuple(pulls.values()) == pytest.approx(table, abs=0.1)
        assert expected in table
    found = evidence(Scenario(v_e=0.315, window_factor=0.27, containment=0.5))
    assert found.chi_ratio == pytest.approx(4.5, abs=0.5)
    assert found.best_mu == pytest.approx(13.7, abs=0.05)
    assert found.chi_square_with_window < 3 < 45 < found.chi_square
    assert abs(found.pull_high_with_window) < 1


def test_the_statements_rest_on_interstellar_electrons_and_name_those_as_printed():
    halos = {"pppc4dmid_nfw": default_halos()["pppc4dmid_nfw"]}
    own = verdict({"this run": NFW(rho_s=0.3, r_s=20)}, {"this run": default_electrons()["mcmillan2017_baryons"]})
    gas = verdict(halos, {"hot": default_electrons()["miller_bregman2013"]}, tracer=INTERSTELLAR)
    report = check_claims(
        RunConfig(**CONFIG).emission.build(), CIRCLE, window_factor=0.27, containment=0.5, others=(), judged=own + gas
    )
    pair = gas.pairs[0]
    assert report.scenario.window_factor == pair.window.value
    assert report.scenario.mean_j == pair.window.denominator.value
    assert report.scenario.printed_mean_j == own.pairs[0].window.denominator.value


def test_the_claims_of_a_run_are_a_sequence():
    report = check_claims(RunConfig(**CONFIG).emission.build(), CIRCLE, window_factor=0.27, containment=0.5, others=())
    assert report[:3] == report.claims[:3]
    assert list(report) == list(report.claims)

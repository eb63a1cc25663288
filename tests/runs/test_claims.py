"""The claims of a run are checked for its own densities and emission."""

import dataclasses

import pytest

from skymodel.bounded import Bounded
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.claims import check_claims
from skymodel.runs.one.fluxes import Part

CONFIG = {"dark_matter": {"type": "nfw"}, "electrons": {"type": "exponential_disk"}}
CIRCLE = Part("integral_circle", 0.0344, Bounded(500.0, 0.0), Bounded(1.0, 0.0))


def verdicts(*, window_factor=0.27, containment=0.5, others=(0.2, 1.0), **emission):
    config = RunConfig(**CONFIG, emission=emission)
    report = check_claims(
        config.emission.build(), CIRCLE, window_factor=window_factor, containment=containment, others=others
    )
    return {claim.name: claim.verdict for claim in report.claims}


def test_verdicts_follow_the_densities_and_the_emission():
    assert verdicts()["window"] == "fails"
    assert verdicts(window_factor=1.02)["window"] == "holds"
    assert verdicts(window_factor=1.0, others=(1.01, 0.98))["independence"] == "holds"
    assert verdicts()["independence"] == "fails"
    assert verdicts(containment=0.8)["containment_model"] == "holds"
    assert verdicts(containment=0.5)["containment_model"] == "fails"
    assert verdicts(chi=0.1)["flux"] == "fails"
    assert verdicts(chi=0.024)["flux"] == "holds"


def test_the_text_says_for_what_it_was_checked_and_counts_what_holds():
    report = check_claims(RunConfig(**CONFIG).emission.build(), CIRCLE, window_factor=0.27, containment=0.5, others=())
    # PHYSICS: the printed flatness needs v_e of about 0.3 c
    assert report.scenario.v_e == pytest.approx(0.3, abs=0.05)
    assert f"v_e = {report.scenario.v_e:.4g} c" in report.text
    holding = sum(claim.verdict == "holds" for claim in report.claims)
    assert report.summary == (
        f"Of {len(report.claims)} quantitative statements of the paper {holding} hold and "
        f"{len(report.claims) - holding} fail"
    )
    assert len(report.table) == len(report.claims)
    assert dataclasses.replace(report, claims=report.claims[:1]).summary.startswith("Of 1 ")

"""The claims table: verdicts follow from values, values from the physics, and each can go either way."""

from dataclasses import replace

import pytest

from skymodel.emission.claims import CONDITIONAL, FAILS, HOLDS, UNTESTABLE, paper_claims, tally
from tests.emission.claims.conftest import EVIDENCE, SCENARIO


def verdict(name, **changes):
    given = {key: value for key, value in changes.items() if hasattr(EVIDENCE, key)}
    scenario = {key: value for key, value in changes.items() if key not in given}
    found = paper_claims(replace(SCENARIO, **scenario), replace(EVIDENCE, **given))
    return next(claim for claim in found if claim.name == name).verdict


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("maximum_energy", {"mu": 2.0}),
        ("flux", {"chi": 0.03}),
        ("flux", {"window_factor": 1.0}),
        ("survival_fraction", {"chi": 0.2}),
        ("window", {"window_factor": 1.05}),
        ("window", {"window_factors": (0.2, 0.5)}),
        ("independence", {"window_factor": 0.38, "window_factors": (0.385, 0.39)}),
        ("containment_model", {"containment": 0.79}),
        ("morphology_siegert2016", {"window_factor": 0.34}),
        ("edge", {"z_max": 10.0}),
        ("conservation", {"mu_0": 3.0, "z_max": 1.0}),
        ("survival_exact", {"mu_0": 3.0, "z_max": 1.0}),
        ("baryon_number", {"mean_j": 5000.0}),
        ("baryon_number", {"printed_mean_j": None}),
        ("excess", {"background_alone": 7.0}),
        ("excess_inside", {"outside_significance": 2.5}),
        ("consistent", {"chi_square": 5.0}),
        ("consistent", {"chi_square_with_window": 9.0}),
        ("highest_energy", {"pull_high_with_window": 2.0}),
        ("chi_unchanged", {"chi_ratio": 1.5}),
        ("chi_small", {"chi_needed": 0.5}),
        ("mu_of_the_fit", {"best_mu": 5.0}),
        ("energy_budget", {"mu": 0.9}),
    ],
)
def test_a_verdict_flips_when_the_parameters_do(by_name, name, change):
    assert by_name[name].verdict != verdict(name, **change)


def test_statements_are_distinct_and_their_kinds_are_as_derived(by_name):
    assert len({claim.statement for claim in by_name.values() if claim.counted}) == sum(
        claim.counted for claim in by_name.values()
    )
    for name in ("cross_section", "photon_rate", "survival_printed", "peaked", "flatter", "maximum_energy"):
        assert by_name[name].verdict == HOLDS, name
    for name in ("maximum_exact", "leading_log", "positronium_per_photon", "extinction_sign", "speed", "chi_unchanged"):
        assert by_name[name].verdict == FAILS, name
    for name in ("line_intensity", "containment", "flat", "baryon_number", "independence", "consistent", "in_flight"):
        assert by_name[name].verdict == CONDITIONAL, name
    for name in ("correlation", "early_universe", "xrays"):
        assert by_name[name].verdict == UNTESTABLE, name


def test_what_judges_our_densities_or_is_derived_here_is_shown_and_not_counted(by_name):
    aside = {name for name, claim in by_name.items() if not claim.counted}
    assert aside == {
        *("barrier", "energy_budget", "containment_model", "morphology_knoedlseder2005", "morphology_siegert2016")
    }
    counted = tally(list(by_name.values()))
    assert sum(counted.values()) == len(by_name) - len(aside)


def test_without_evidence_statements_about_the_data_are_not_testable():
    found = {claim.name: claim.verdict for claim in paper_claims(SCENARIO)}
    for name in ("excess", "excess_inside", "consistent", "highest_energy", "chi_unchanged", "chi_small"):
        assert found[name] == UNTESTABLE


def test_the_barrier_is_what_the_potential_takes_and_thermal_electrons_do_not_have(by_name):
    # PHYSICS of (A.1): mu(30 z_0) = 60/31 MeV, less the mass, 1.42 MeV; 3/2 kT at 8 keV is 12 keV
    assert by_name["barrier"].value == pytest.approx(0.012 / (60 / 31 - 0.511), rel=1e-3)
    assert "1.42 MeV" in by_name["barrier"].quantity
    assert "59.5 MeV" in by_name["barrier"].note


def test_the_in_flight_bound_rests_on_the_windows_being_one(by_name):
    claim = by_name["in_flight"]
    assert claim.under_condition * 1.9e-2 == pytest.approx(2.9e-2, rel=0.02)
    assert claim.value * 1.9e-2 == pytest.approx(5.9e-3, rel=0.02)


def test_the_document_lists_every_statement(by_name):
    from pathlib import Path

    document = (Path(__file__).parents[3] / "docs" / "claims.md").read_text(encoding="utf-8")
    assert [name for name in by_name if f"`{name}`" not in document] == []
    # what the preset `paper` gives: NFW with interstellar electrons, and the least speed that is flat enough
    scenario = replace(SCENARIO, v_e=0.3148, window_factor=0.379, window_factors=(0.26, 1.001), printed_mean_j=1693.0)
    rows = {row[1].strip(" `"): row[-2].strip() for line in document.splitlines() if (row := line.split("|"))[2:]}
    counted = [claim for claim in paper_claims(scenario, EVIDENCE) if claim.counted]
    assert [claim.name for claim in counted if not rows[claim.name].startswith(claim.verdict)] == []
    assert sum(said.startswith((HOLDS, FAILS, UNTESTABLE)) for said in rows.values()) == len(counted)


def test_without_other_pairs_or_a_mean_nothing_is_said_about_them():
    names = {claim.name for claim in paper_claims(replace(SCENARIO, window_factors=(), mean_j=None))}
    assert not names & {"independence", "baryon_number"}
    assert "window" in names

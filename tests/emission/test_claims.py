"""The claims table: verdicts follow from values, values from the physics, and each can go either way."""

from dataclasses import fields, replace

import numpy as np
import pytest

from skymodel.emission.claims import FAILS, HOLDS, Claim, Scenario, claims_table, claims_text, flatness, paper_claims
from skymodel.emission.electrosphere.structure import Electrosphere

SCENARIO = Scenario(v_e=0.1, window_factor=0.38, containment=0.3, window_factors=(0.2, 1.05), mean_j=500.0)


@pytest.fixture(scope="module")
def by_name():
    return {claim.name: claim for claim in paper_claims(SCENARIO)}


def verdict(name, **changes):
    return next(claim for claim in paper_claims(replace(SCENARIO, **changes)) if claim.name == name).verdict


def test_a_verdict_is_derived_from_value_and_range_and_cannot_be_stored():
    assert "verdict" not in {field.name for field in fields(Claim)}
    claim = Claim("x", "eq. (0)", "one", "one", 1.0, 0.9, 1.1, "10 %")
    assert claim.verdict == HOLDS
    assert replace(claim, value=1.2).verdict == FAILS
    assert replace(claim, high=0.95).verdict == FAILS
    assert replace(claim, value=np.nan).verdict == FAILS


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("maximum_energy", {"mu": 2.0}),
        ("leading_log_events", {"mu": 5.0}),
        ("flux", {"chi": 0.03}),
        ("flux_in_window", {"chi": 0.005}),
        ("flux_in_window", {"window_factor": 1.0}),
        ("flux_in_window", {"mu": 1.5}),
        ("survival_fraction", {"chi": 0.2}),
        ("window", {"window_factor": 1.05}),
        ("morphology_siegert2016", {"window_factor": 0.32}),
        ("morphology_knoedlseder2005", {"window_factor": 0.2}),
        ("independence", {"window_factors": (0.385, 0.39)}),
        ("containment_model", {"containment": 0.79}),
        ("flat_given", {"v_e": 0.35}),
        ("vanishing_given", {"v_e": 0.01}),
        ("sphere_flux", {"sphere_chi": 0.01}),
        ("sphere_flux", {"v_e": 1e-4}),
        ("sphere_flux", {"window_factor": 3.0}),
        ("edge", {"z_max": 10.0}),
        ("conservation", {"mu_0": 3.0, "z_max": 1.0}),
        ("survival_exact", {"mu_0": 3.0, "z_max": 1.0}),
        ("baryon_number", {"mean_j": 5000.0}),
    ],
)
def test_a_verdict_flips_when_the_parameters_do(by_name, name, change):
    assert by_name[name].verdict != verdict(name, **change)


def test_the_printed_slips_fail_and_the_derived_formulas_hold(by_name):
    for name in ("phase_space", "leading_log_integral", "positronium_per_photon"):
        assert by_name[name].verdict == FAILS
    for name in ("cross_section", "photon_rate", "survival_printed"):
        assert by_name[name].verdict == HOLDS
    assert by_name["phase_space"].value == pytest.approx(1 / (2 * np.pi), rel=1e-9)


def test_the_paper_gives_both_of_its_windows_numbers_from_one_published_sky(by_name):
    assert by_name["line_knoedlseder2005"].verdict == by_name["containment_gaussian"].verdict == HOLDS
    assert by_name["line_siegert2016"].verdict == by_name["containment_siegert2016"].verdict == FAILS


def test_no_speed_makes_the_spectrum_both_flat_and_vanishing(by_name):
    assert by_name["speed"].value == pytest.approx(0.3, abs=0.03)  # the checked value: v_e >~ 0.3 c
    assert by_name["vanishing_flat"].verdict == FAILS
    assert flatness(SCENARIO.electrosphere(by_name["speed"].value)) == pytest.approx(2, rel=1e-4)


def test_flatness_is_the_largest_over_the_smallest():
    model = SCENARIO.electrosphere(0.3)
    k = np.linspace(2, 20, 3001)
    values = k**2 * model.sphere.continuum_intensity(k, chi=0.2)
    assert flatness(model) == pytest.approx(values.max() / values.min(), rel=1e-3)  # the peak is broad
    assert flatness(replace(model, sphere=Electrosphere(15, 20, 0.3))) == np.inf  # nothing at 20 MeV


def test_with_photons_conserved_no_speed_makes_the_spectrum_flat(by_name):
    assert by_name["flat_conserved"].verdict == FAILS
    closed = replace(SCENARIO.electrosphere(), convention="consistent")
    best = min(flatness(replace(closed, sphere=SCENARIO.sphere(v))) for v in (0.003, 0.005, 0.01, 0.02, 0.1))
    assert by_name["flat_conserved"].value <= best


def test_an_electrosphere_too_thin_for_twenty_mev_is_flat_at_no_speed():
    claims = {claim.name: claim for claim in paper_claims(replace(SCENARIO, mu_0=15.0, z_max=20.0))}
    assert claims["speed"].value == np.inf
    assert claims["speed"].verdict == FAILS
    assert "vanishing_flat" not in claims


def test_table_and_text_hold_every_claim_with_its_verdict(by_name):
    claims = tuple(by_name.values())
    table, text = claims_table(claims), claims_text(claims)
    assert list(table["name"]) == list(by_name)
    assert [str(entry) for entry in table["verdict"]] == [claim.verdict for claim in claims]
    failing = sum(claim.verdict == FAILS for claim in claims)
    assert text.startswith(f"{len(claims)} statements")
    assert text.count("[fails]") == failing
    assert text.count("[holds]") == len(claims) - failing
    assert max(map(len, text.splitlines())) <= 110


def test_without_other_pairs_or_a_mean_nothing_is_said_about_them():
    names = {claim.name for claim in paper_claims(replace(SCENARIO, window_factors=(), mean_j=None))}
    assert not names & {"independence", "baryon_number"}
    assert "window" in names


@pytest.mark.parametrize(
    ("change", "message"),
    [({"window_factor": 0.0}, "window_factor"), ({"containment": 1.2}, "containment"), ({"v_e": 2.0}, "v_e = 2.0")],
)
def test_impossible_scenarios_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(SCENARIO, **change)

"""A verdict follows from value and range."""

from dataclasses import fields, replace

import numpy as np

from skymodel.emission.claims import CONDITIONAL, FAILS, HOLDS, UNTESTABLE, Claim, claims_table, claims_text, tally


def test_a_verdict_is_derived_from_value_and_range_and_cannot_be_stored():
    assert "verdict" not in {field.name for field in fields(Claim)}
    claim = Claim("x", "eq. (0)", "one", "one", 1.0, 0.9, 1.1, "10 %")
    assert claim.verdict == HOLDS
    assert replace(claim, value=1.2).verdict == FAILS
    assert replace(claim, high=0.95).verdict == FAILS
    assert replace(claim, value=np.nan).verdict == FAILS


def test_a_condition_is_named_only_where_it_helps():
    claim = Claim("x", "eq. (0)", "one", "one", 2.0, 0.9, 1.1, "10 %", condition="W = 1", under_condition=1.0)
    assert claim.verdict == CONDITIONAL
    assert replace(claim, under_condition=3.0).verdict == FAILS
    assert replace(claim, value=1.0).verdict == HOLDS
    assert replace(claim, untestable="no data").verdict == UNTESTABLE


def test_a_verdict_that_hinges_on_our_limit_says_where_it_flips():
    claim = Claim("x", "eq. (0)", "small", "one", 0.315, 0.0, 0.25, "a quarter", chosen=True)
    assert claim.flips_at == 0.315
    moved = replace(claim, high=claim.flips_at * (1 + 1e-12))
    assert claim.verdict != moved.verdict
    assert np.isnan(replace(claim, chosen=False).flips_at)
    assert np.isnan(replace(claim, value=30.0).flips_at)  # no reading of the words reaches that


def test_table_and_text_hold_every_claim_with_its_verdict(by_name):
    claims = tuple(by_name.values())
    table, text = claims_table(claims), claims_text(claims)
    assert list(table["name"]) == list(by_name)
    assert [str(entry) for entry in table["verdict"]] == [claim.verdict for claim in claims]
    for kind in (HOLDS, FAILS, CONDITIONAL, UNTESTABLE):
        ends = (" ",) if kind == CONDITIONAL else ("]", ",")
        assert sum(text.count(f"\n[{kind}{end}") for end in ends) == sum(claim.verdict == kind for claim in claims)
    assert max(map(len, text.splitlines())) <= 110
    found = tally(claims)
    last = " ".join(text.split("\n\n")[-1].split())
    assert f"{found[HOLDS]} hold, {found[FAILS]} fail, {found[CONDITIONAL]} hold only under a condition" in last
    assert not text.startswith("Of ")  # the tally is not the headline

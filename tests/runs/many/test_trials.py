"""Before the first draw every prior is tried at its ends, and every choice at each of its options."""

import pytest

from skymodel.runs.many.priors import draw, read_priors
from skymodel.runs.many.trials import TAIL, trials
from tests.runs.many.test_ensemble import MODEL, R_D, config

HALO = {
    "parameter": "dark_matter",
    "distribution": "choice",
    "options": {"nfw": {"type": "nfw"}, "einasto": {"type": "einasto"}, "burkert": {"type": "burkert"}},
}
ALPHA = {
    "parameter": "dark_matter.alpha",
    "distribution": "uniform",
    "low": 0.1,
    "high": 0.3,
    "when": {"dark_matter": ["einasto"]},
}


def drawn(entries):
    priors = read_priors(entries)
    return [draw(priors, MODEL, trial.point).values for trial in trials(priors)]


def test_both_ends_of_a_range_are_tried():
    found = [values["electrons.R_d"] for values in drawn([R_D])]
    assert found == pytest.approx([2 + TAIL, 3 - TAIL], rel=1e-12)


def test_every_option_is_tried_and_a_limited_prior_under_its_own():
    found = drawn([HALO, ALPHA])
    assert [values["dark_matter"] for values in found] == ["nfw", "einasto", "burkert", "einasto", "einasto"]
    assert [values["dark_matter.alpha"] for values in found[3:]] == pytest.approx([0.1, 0.3], abs=1e-6)


def test_an_option_without_weight_is_not_tried():
    found = drawn([{**HALO, "weights": {"nfw": 1, "burkert": 2}}])
    assert [values["dark_matter"] for values in found] == ["nfw", "burkert"]


@pytest.mark.parametrize(
    ("priors", "words"),
    [
        ([HALO, {**ALPHA, "low": -0.1}], r"prior on dark_matter.alpha at probability 1e-07: .*alpha = -0.09"),
        ([HALO, {**ALPHA, "when": {}}], "prior on dark_matter.alpha: .*nfw has no 'alpha'"),
        (
            [R_D, {**R_D, "parameter": "electrons.z_d", "low": "-2 kpc", "high": "-1 kpc"}],
            "prior on electrons.z_d: .*z_d = -1.5",
        ),
        (
            [{**HALO, "options": {"nfw": {"type": "nfw"}, "typo": {"type": "nwf"}, "burkert": {"type": "burkert"}}}],
            "prior on dark_matter at probability 0.5: .*nwf",
        ),
    ],
)
def test_what_one_option_alone_does_not_allow_is_refused_at_once(priors, words):
    with pytest.raises(ValueError, match=words):
        config(priors=priors)

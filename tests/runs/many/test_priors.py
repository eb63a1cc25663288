"""Priors: a point of the unit cube becomes the right numbers in the right places."""

import re

import numpy as np
import pytest
from scipy import stats

from skymodel.runs.many.priors import draw, read_priors

MODEL = {"dark_matter": {"type": "nfw"}, "electrons": [{"type": "exponential_disk"}]}


def values(entry, share):
    return draw(read_priors([entry]), MODEL, [share]).values[entry["parameter"]]


@pytest.mark.parametrize("share", [1e-6, 0.1, 0.5, 0.9, 1 - 1e-6])
@pytest.mark.parametrize(
    ("entry", "reference"),
    [
        ({"distribution": "normal", "mean": "20 kpc", "sd": "4 kpc"}, stats.norm(20, 4)),
        (
            {"distribution": "normal", "mean": "20 kpc", "sd": "4 kpc", "low": "22 kpc", "high": "40 kpc"},
            stats.truncnorm(0.5, 5, 20, 4),
        ),
        (
            {"distribution": "normal", "mean": "20 kpc", "sd": "4 kpc", "low": "8 kpc", "high": "16 kpc"},
            stats.truncnorm(-3, -1, 20, 4),
        ),
        ({"distribution": "lognormal", "median": "20 kpc", "sigma": 0.3}, stats.lognorm(0.3, scale=20)),
        ({"distribution": "uniform", "low": "10 kpc", "high": "30 kpc"}, stats.uniform(10, 20)),
        ({"distribution": "loguniform", "low": "1 kpc", "high": "100 kpc"}, stats.loguniform(1, 100)),
    ],
)
def test_a_share_becomes_the_quantile_that_scipy_gives(entry, reference, share):
    found = values({"parameter": "dark_matter.r_s", **entry}, share)
    assert found == pytest.approx(reference.ppf(share), rel=1e-7)  # scipy's truncated normal is good to 1e-8


def test_a_quantity_reaches_its_place_with_its_unit_and_the_model_stays_as_it_was():
    drawn = draw(
        read_priors([{"parameter": "electrons.0.R_d", "distribution": "uniform", "low": "1000 pc", "high": "3000 pc"}]),
        MODEL,
        [0.25],
    )
    assert drawn.model["electrons"][0]["R_d"].to_value("kpc") == pytest.approx(1.5)
    assert "R_d" not in MODEL["electrons"][0]


def test_a_choice_follows_its_weights_and_limits_later_priors():
    priors = read_priors(
        [
            {
                "parameter": "dark_matter",
                "distribution": "choice",
                "options": {"cusp": {"type": "nfw"}, "core": {"type": "burkert"}},
                "weights": {"cusp": 3, "core": 1},
            },
            {
                "parameter": "dark_matter.r_s",
                "distribution": "uniform",
                "low": "5 kpc",
                "high": "9 kpc",
                "when": {"dark_matter": ["core"]},
            },
        ]
    )
    cusp, core = draw(priors, MODEL, [0.74, 0.5]), draw(priors, MODEL, [0.76, 0.5])
    assert (cusp.values["dark_matter"], core.values["dark_matter"]) == ("cusp", "core")
    assert np.isnan(cusp.values["dark_matter.r_s"])
    assert core.values["dark_matter.r_s"] == pytest.approx(7.0)
    assert cusp.model["dark_matter"] == {"type": "nfw"}


def test_correlated_normals_have_the_moments_that_were_asked_for():
    entry = {
        "parameters": ["observer.r_sun", "dark_matter.r_s"],
        "distribution": "multinormal",
        "mean": ["8.2 kpc", "20 kpc"],
        "sd": ["0.1 kpc", "4000 pc"],
        "correlation": [[1, -0.6], [-0.6, 1]],
    }
    priors = read_priors([entry])
    cube = stats.qmc.Sobol(2, seed=np.random.default_rng(1)).random(4096)
    drawn = np.array([list(draw(priors, MODEL, point).values.values()) for point in cube])
    # 4096 scrambled Sobol points integrate these smooth moments far better than the 1/sqrt(n) = 1.6 % of random ones
    assert drawn.mean(axis=0) == pytest.approx([8.2, 20.0], rel=1e-3)
    assert drawn.std(axis=0) == pytest.approx([0.1, 4.0], rel=1e-2)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(-0.6, abs=1e-2)


R_S = {"parameter": "dark_matter.r_s"}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "at least one prior"),
        ([{**R_S, "distribution": "uniform", "low": "3 kpc", "high": "2 kpc"}], "low = 3.0 kpc is not below"),
        ([{**R_S, "distribution": "uniform", "low": "3 kpc", "high": "2 deg"}], "dark_matter.r_s"),
        ([{**R_S, "distribution": "normal", "mean": "3 kpc", "sd": "0 kpc"}], "sd = 0.0 kpc; allowed: > 0"),
        ([{**R_S, "distribution": "normal", "mean": "3 kpc", "sd": "1 kpc", "low": "900 kpc"}], "no probability"),
        ([{**R_S, "distribution": "loguniform", "low": "0 kpc", "high": "1 kpc"}], "needs low > 0"),
        ([{**R_S, "distribution": "lognormal", "median": "-2 kpc", "sigma": 0.1}], "median > 0"),
        (
            [{**R_S, "distribution": "unifrom", "low": "2 kpc"}],
            "prior on dark_matter.r_s: distribution 'unifrom'; did you mean 'uniform'? allowed: normal, ",
        ),
        ([{**R_S, "low": "2 kpc"}], "prior on dark_matter.r_s: distribution 'None'; allowed: normal, "),
        ([{**R_S, "distribution": "uniform", "low": "2 kpc"}], "prior on dark_matter.r_s: high is missing"),
        ([{**R_S, "distribution": "uniform", "hihg": "2 kpc"}], "unknown key 'hihg'; did you mean 'high'? allowed: "),
        ([{**R_S, "distribution": "uniform", "low": "near", "high": "2 kpc"}], "dark_matter.r_s: low: 'near' is not a"),
        ({**R_S}, "is no list; each prior is an entry"),
        (
            [
                {**R_S, "distribution": "uniform", "low": "1 kpc", "high": "2 kpc"},
                {"parameter": "dark_matter", "distribution": "choice", "options": {"a": {"type": "nfw"}}},
            ],
            "the prior on dark_matter would undo the earlier one on dark_matter.r_s; put it first",
        ),
        ([{**R_S, "distribution": "uniform", "low": "1 kpc", "high": "2 kpc"}] * 2, "two priors on dark_matter.r_s"),
        (
            [{**R_S, "distribution": "uniform", "low": "1 kpc", "high": "2 kpc", "when": {"dark_matter": ["nfw"]}}],
            "no option 'nfw' in an earlier choice",
        ),
        (
            [{"parameter": "dark_matter", "distribution": "choice", "options": {"a": 1}, "weights": {"b": 1}}],
            "weights name b; options: a",
        ),
    ],
)
def test_contradictory_priors_are_refused_by_name(entries, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read_priors(entries)

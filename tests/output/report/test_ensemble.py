"""The page of an ensemble: the verdict, the distribution of W as drawn, each failure with its reason."""

import numpy as np
import pytest

from skymodel.output.report.ensemble import Summary, report, sentences
from skymodel.runs.many import sensitivity
from skymodel.runs.many.ensemble import compute
from tests.runs.many.test_ensemble import config

FILES = {"draws.fits": "0f" * 32}


@pytest.fixture(scope="module")
def summary():
    plain = config(draws=6)
    rows = compute(plain, 0, 6).rows
    rows["failure"][5] = "ValueError: <b>steep</b>"
    told = "Over 5 galaxies W = 0.3. The claim fails."
    return plain, Summary(rows, sensitivity.quantile_table(rows), sensitivity.causes(plain, rows), told, b"PNG")


def test_the_page_holds_verdict_quantiles_causes_failures_and_settings(summary):
    page = report(*summary, FILES)
    body = page.rpartition("</head>")[2]
    median = np.median(summary[1].draws["W"][:5])
    for part in ("Over 5 galaxies W = 0.3.", f"{median:.6g}", "electrons.R_d", "draws: 6", "0f0f"):
        assert part in body
    assert "<b>steep</b>" not in body
    assert "&lt;b&gt;steep&lt;/b&gt;" in body
    assert page == report(*summary, FILES)


def test_a_point_within_a_number_ends_no_sentence():
    assert sentences("W = 0.27 (95 %: 0.2 to 0.3) here. It fails.") == (
        "W = 0.27 (95 %: 0.2 to 0.3) here.",
        "It fails.",
    )

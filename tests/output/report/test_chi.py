"""The page of a fit: its sentences have the numbers of its table, and a dark spectrum is said to be dark."""

import numpy as np
import pytest

from profiles import NFW, ExponentialDisk
from skymodel.output.report.chi import report, verdict
from skymodel.output.report.text import fit_rows
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.chi import PAPERS, FitResult, chi_table, own_factor
from skymodel.sightlines.means import Ratio

LABEL = "<b>a label</b>"


def result(**changes):
    config = RunConfig(label=LABEL, dark_matter=NFW(), electrons=ExponentialDisk(), **changes)
    window = Ratio(0.4, 1e-6, numerator=None, denominator=None)
    return FitResult(config, window, chi_table(config, {PAPERS: 1.0, own_factor(config): 0.4}))


@pytest.fixture(scope="module")
def found():
    return result()


def test_the_verdict_has_three_sentences_with_the_numbers_of_the_table(found):
    window, own, allowed = verdict(found)
    assert "W = 0.400000 ± 1e-06" in window
    assert "2.5 times" in window
    assert "χ = 0.072 ± 0.012 (no background: chi-square 32.5 for 2, p = 8.9e-08)" in own  # 0.0289 / 0.4
    assert "(z04LMS, free norm: chi-square 3.8 for 1" in own
    rows = found.table[(found.table["W_of"] == found.own) & (found.table["counting"] == "consistent")]
    kept = rows[rows["p"] > 0.05]
    assert allowed.startswith(f"{len(kept)} of {len(rows)} pairs")
    assert f"{max(kept['chi']):.3f}" in allowed


def test_a_spectrum_that_does_not_reach_comptels_bins_is_said_to_be_dark():
    line = {"type": "decaying_particle", "mass": "1.2 MeV", "sigma": "1 keV", "photons_per_line_photon": 0.1}
    window, own, allowed = verdict(result(emission=line | {"band": ["0.55 MeV", "0.7 MeV"]}))
    assert "nothing shines" in own
    assert "nan" not in window + own + allowed


def test_the_page_shows_figure_table_settings_and_digests_and_obeys_no_label(found):
    page = report(found, b"PNG", {"fits.ecsv": "0f" * 32})
    assert page == report(found, b"PNG", {"fits.ecsv": "0f" * 32})
    for part in (
        "data:image/png;base64,UE5H",
        f"All {len(found.table)} fits",
        "0f0f",
        "line_intensity: 0.025",
        "Zhitnitsky",
    ):
        assert part in page
    assert LABEL not in page
    assert np.isfinite(found.table["chi"]).all()


def test_the_table_of_a_page_has_no_more_digits_than_the_errors_leave(found):
    rows = fit_rows(found.table)
    first = dict(zip([(column.name, column.unit) for column in rows.columns], rows.rows[2], strict=True))
    said = {"spectrum": "eq. (6), mu = 20 MeV", "counting": "paper", "background": "none", "W of": "this run"}
    numbers = {"W": "0.4", "χ": "0.0723", "χ²": "32.5", "dof": "2", "p": "8.9e-08", "norm": "1"}
    assert {name: first[name, ""] for name in (*said, *numbers)} == said | numbers
    assert (first["±", "points"], first["±", "points, anchor"]) == ("0.011", "0.012")

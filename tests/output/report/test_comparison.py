"""The page of a comparison: its numbers are the table's, names from files are shown and not obeyed."""

import numpy as np
import pytest

import skymodel as sm
from skymodel.output.report.comparison import report, verdict

pytestmark = pytest.mark.slow  # all statistics of a pair take 2 s
NAME = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def comparison():
    nside = 4
    theta = np.degrees(np.arccos(sm.SkyMap(np.zeros(12 * nside**2), 0.0, "").coordinates.cartesian.x.value))
    unit = "cm-2 s-1 sr-1"
    first, second = (np.exp(-((theta / width) ** 2)) + 0.05 for width in (20, 35))
    return sm.compare(sm.SkyMap(first, 0.0, unit, name="LINE_511"), sm.SkyMap(second, 0.0, unit, name=NAME))


def test_the_verdict_has_three_sentences_with_the_numbers_of_the_table(comparison):
    said = verdict(comparison)
    assert len(said) == 3
    found = {str(row["statistic"]): float(row["value"]) for row in comparison.likeness}
    assert f"{found['pearson']:.4}" in said[0]
    assert f"{found['amplitude']:.4}" in said[1]


def test_the_page_shows_both_maps_the_residual_and_each_statistic(comparison):
    page = report(comparison, {"residual.fits": "0f" * 32})
    body = page.rpartition("</head>")[2]
    assert len(page) < 5e6
    for part in ("511 keV line", "residual: second less the scaled first", "0f0f", "blind to"):
        assert part in body
    for row in comparison.likeness:
        assert str(row["statistic"]).replace("_", " ") in body
    assert NAME not in body
    assert page == report(comparison, {"residual.fits": "0f" * 32})


def test_a_residual_is_coloured_from_its_least_value(comparison):
    from skymodel.output.report.skyview import sky_chart

    chart = sky_chart({"R": comparison.fit.residual}, {"R": "residual"}, {}, {}).chart
    assert chart.tags[0]["bands"]["R"]["floor"] == comparison.fit.residual.values.min() < 0

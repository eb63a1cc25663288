"""The anchor: what it multiplies J by, with which error, and what it refuses."""

import numpy as np
import pytest
from astropy import units as u

from skymodel.emission.nuggets.anchor import Anchor, published_anchor
from skymodel.sky.regions import COMPTEL_WINDOW


def test_the_scaled_mean_of_j_is_the_measured_intensity():
    anchor = Anchor(0.025)
    assert anchor.scale(123.4).value * 123.4 == pytest.approx(0.025, rel=1e-15)
    assert anchor.scale(123.4).error == 0


def test_the_error_combines_anchor_and_integral_as_a_monte_carlo_does():
    anchor, mean_j, mean_j_error = Anchor(0.025, 0.0005), 100.0, 1.5
    draw = np.random.default_rng(1)
    sample = draw.normal(0.025, 0.0005, 200_000) / draw.normal(mean_j, mean_j_error, 200_000)
    # 200 000 draws know a spread to 0.16 %; the ratio's own curvature adds 2e-4
    assert anchor.scale(mean_j, mean_j_error).error == pytest.approx(sample.std(), rel=0.01)


def test_an_anchor_takes_quantities():
    assert Anchor(250 * u.Unit("m-2 s-1 sr-1")).line_intensity == pytest.approx(0.025)


@pytest.mark.parametrize("mean_j", [0.0, -1.0, np.nan, np.inf])
def test_an_anchor_region_without_flux_is_refused(mean_j):
    with pytest.raises(ValueError, match="no line to scale"):
        Anchor(0.025).scale(mean_j)


@pytest.mark.parametrize(("value", "error"), [(0, 0), (-1, 0), (np.nan, 0), (0.02, -0.1), (0.02, np.inf)])
def test_impossible_intensities_are_refused(value, error):
    with pytest.raises(ValueError, match="line_intensity"):
        Anchor(value, error)


def test_published_anchors_go_by_name_and_carry_reference_and_error():
    knoedlseder = published_anchor("knoedlseder2005")
    assert knoedlseder.line_intensity == pytest.approx(0.0241, abs=5e-5)
    assert knoedlseder.line_intensity_error / knoedlseder.line_intensity == pytest.approx(0.06 / 1.05)
    assert "Siegert" in published_anchor("siegert2016", COMPTEL_WINDOW).reference
    assert published_anchor("paper").line_intensity_error == 0.0014  # 5.7 % of 0.025: that of the flux it rests on


def test_a_misspelt_anchor_names_the_nearest_and_the_papers_holds_for_its_circle_only():
    with pytest.raises(ValueError, match="did you mean 'siegert2016'"):
        published_anchor("siegert")
    with pytest.raises(ValueError, match="circle of 6 deg"):
        published_anchor("paper", COMPTEL_WINDOW)


def test_the_papers_anchor_has_the_relative_error_of_the_flux_it_rests_on():
    paper, source = published_anchor("paper"), published_anchor("knoedlseder2005")
    relative = source.line_intensity_error / source.line_intensity
    assert relative == pytest.approx(0.06 / 1.05, rel=1e-6)  # A&A 441, 513: 1.05e-3 +- 0.06e-3
    assert paper.line_intensity_error == pytest.approx(0.025 * relative, abs=5e-5)  # two digits

"""Figure 1 and the speed figure: what they are drawn from is computed right, and all of it is drawn."""

import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.comparison.comptel.confrontation import confront, confrontation_table, galprop_backgrounds, own_background
from skymodel.comparison.comptel.spectra import comptel
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.spectrum_table import SpectrumTable
from skymodel.output.figures.paper import SPEEDS, figure_one, speed_figure

MODEL = ElectrosphereEmission(Electrosphere(60, 30, 0.3), chi=0.2)
FLAT = SpectrumTable(np.array([0.5, 50.0]), np.array([5e-3, 5e-3]), "flat")


def test_a_confrontation_is_point_minus_background_minus_nuggets_over_error():
    (found,) = confront(MODEL, [own_background(FLAT)], window=0.5)
    (low, high), point, error = comptel().bins[0], comptel().intensity[0], comptel().error[0]
    mean = quad(lambda k: k * MODEL.direct_spectrum(k), low, high, points=[2.19], epsrel=1e-6)[0] / np.log(high / low)
    assert found.pulls(with_nuggets=False)[0] == pytest.approx((point - 5e-3) / error, rel=1e-12)
    assert found.pulls(with_nuggets=True)[0] == pytest.approx((point - 5e-3 - 0.5 * mean) / error, rel=1e-5)
    assert found.chi_square(True) == pytest.approx(np.sum(found.pulls(True) ** 2))


def test_the_papers_own_parameters_overshoot_with_w_one_and_fit_with_the_window_factor():
    entry = galprop_backgrounds()[0]
    (neglected,), (counted,) = confront(MODEL, [entry], 1.0), confront(MODEL, [entry], 0.381)
    assert neglected.chi_square(True) > neglected.chi_square(False)
    assert counted.chi_square(True) < 3 < counted.chi_square(False)


def test_the_table_has_a_row_for_every_window_background_and_bin():
    table = confrontation_table(MODEL, galprop_backgrounds(), [1.0, 0.381])
    assert len(table) == 2 * 4 * 3  # windows, backgrounds, bins
    assert table["point"].unit == table["nuggets"].unit == "MeV cm-2 s-1 sr-1"
    row = table[0]
    pull = (row["point"] - row["background_mean"] - row["nuggets"]) / row["error"]
    assert float(pull) == pytest.approx(row["pull_with"], rel=1e-12)


def test_a_background_that_does_not_reach_over_the_bins_is_refused():
    with pytest.raises(ValueError, match="lies beyond it"):
        own_background(SpectrumTable(np.array([1.0, 20.0]), np.array([1e-2, 1e-2]), "short"))


def test_figure_one_shows_both_windows_with_residuals_and_every_background():
    made = figure_one(MODEL, 0.381, [*galprop_backgrounds(), own_background(FLAT)], "small print")
    titles = [axes.get_title() for axes in made.axes]
    assert sum("W = 1" in title for title in titles) == sum("0.381" in title for title in titles) == 1
    legend = [text.get_text() for text in made.legends[0].get_texts()]
    for name in ("Ackermann", "Orlando DRE:", "Orlando DRELowV", "flat", "COMPTEL", "EGRET", "nuggets alone"):
        assert any(name in entry for entry in legend), name
    residuals = [text.get_text() for axes in made.axes[2:] for text in axes.get_legend().get_texts()]
    assert len(residuals) == 2 * 5


def test_the_speed_figure_draws_every_speed_both_ways_and_the_crossing():
    made = speed_figure(MODEL)
    left, right = made.axes
    solid = [line for line in left.lines if line.get_linestyle() == "-" and len(line.get_xdata()) > 1]
    dotted = [line for line in left.lines if line.get_linestyle() == ":" and len(line.get_xdata()) > 1]
    assert len(solid) == len(dotted) == len(SPEEDS)
    assert any("0.31 c" in text.get_text() for text in right.get_legend().get_texts())

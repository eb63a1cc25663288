"""The figure of the ratio: each pair, with and without a background, an open chi."""

import numpy as np

from skymodel.output.figures.ratio import ratio_figure
from skymodel.output.figures.style import style
from tests.output.figures.drawing import LABEL, RATIO, drawn, texts


def test_the_ratio_is_drawn_for_each_pair_and_without_a_background(saved):
    with style():
        made = ratio_figure(RATIO, LABEL)
    assert saved(made)
    left, right = (drawn(axes) for axes in made.axes)
    assert sorted(left["gas"][0]) == [0.2, 0.6]
    assert sorted(left["stars"][0]) == [0.4, 1.05]
    assert sorted(right["gas"][0]) == [0.05, 0.15]
    assert [tick.get_text() for tick in made.axes[0].get_yticklabels()] == ["cusp", "core"]
    shown = texts(made)
    for part in ("gas", "stars", "window factor", "10^{-6}", r"$\chi$", LABEL):
        assert part in shown


def test_a_ratio_figure_of_an_open_chi_is_drawn(saved):
    open_chi = RATIO.copy()
    open_chi["chi"] = open_chi["chi_with_window"] = np.nan
    with style():
        assert saved(ratio_figure(open_chi))

"""Figures of an ensemble: contours hold the draws that they say they hold, bars stand beside what chance gives."""

import numpy as np
import pytest
from astropy.table import QTable
from matplotlib.path import Path

from skymodel.output.figures.ensemble import corner, sensitivity_bars
from skymodel.runs.many import sensitivity
from skymodel.runs.many.ensemble import compute
from tests.runs.many.test_ensemble import R_D, config

COUNT = 160
NAMES = ("W", "chi_with_window_none", "electrons.R_d", "observer.r_sun")


@pytest.fixture(scope="module")
def figure():
    """Return the corner figure of draws of which chi is all but a number over W."""
    rng = np.random.default_rng(5)
    rows = np.zeros(COUNT, dtype=[("failure", "U9"), *((name, float) for name in NAMES)])
    rows["electrons.R_d"], rows["observer.r_sun"] = rng.uniform(2, 3, COUNT), rng.normal(8.2, 0.1, COUNT)
    rows["W"] = 0.1 * rows["electrons.R_d"] + 0.01 * rng.normal(size=COUNT)
    rows["chi_with_window_none"] = 0.0289 / rows["W"]
    return corner(config(), rows)


def within(panel, x, y):
    """Return which points lie within each contour of a panel, the wide one first."""
    (contours,) = [each for each in panel.collections if type(each).__name__ == "QuadContourSet"]
    points = np.stack([x, y], axis=1)
    parts = [[Path(part).contains_points(points) for part in path.to_polygons()] for path in contours.get_paths()]
    return [np.sum(inside, axis=0) % 2 == 1 for inside in parts]


@pytest.mark.parametrize("place", [(1, 0), (2, 0), (3, 0), (3, 2)])
def test_contours_hold_68_and_95_percent_of_the_draws_also_where_these_lie_on_a_curve(figure, place):
    panel = np.reshape(figure.axes, (4, 4))[place]
    x, y = panel.lines[0].get_data()
    wide, narrow = within(panel, x, y)
    assert wide.mean() == pytest.approx(0.95, abs=0.03)
    assert narrow.mean() == pytest.approx(0.68, abs=0.05)


def test_where_the_draws_lie_on_a_curve_contours_have_next_to_no_area(figure):
    panel = np.reshape(figure.axes, (4, 4))[1, 0]
    x, y = (
        places.ravel()
        for places in np.meshgrid(*(np.linspace(*ends, 50) for ends in (panel.get_xlim(), panel.get_ylim())))
    )
    wide, _ = within(panel, x, y)
    assert 0 < wide.mean() < 0.2


def test_a_rank_correlation_stands_beside_what_chance_gives():
    causes = QTable({"parameter": ["electrons.0.R_d", "observer.r_sun"], "rank_correlation": [0.9, -0.05]})
    made = sensitivity_bars(causes, 101)
    band = next(patch for patch in made.axes[0].patches if patch.get_label().startswith("what chance"))
    assert band.get_extents().transformed(made.axes[0].transData.inverted()).width / 2 == pytest.approx(0.196)
    assert [tick.get_text() for tick in made.axes[0].get_yticklabels()] == [
        "electrons 1\n$R_{d}$",
        "observer\n$r_{\\mathrm{sun}}$",
    ]


def test_the_legend_of_the_bars_covers_none_of_them():
    numbers = {name: [0.8, 0.1] for name in ("first", "first_error", "total", "total_error")}
    made = sensitivity_bars(QTable({"parameter": ["electrons.0.R_d", "observer.r_sun"], **numbers}), 160)
    assert made.axes[0].get_legend() is None
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["first order", "total"]


def test_the_corner_figure_draws_each_variable_over_one_range():
    made = config(draws=12)
    figure = corner(made, compute(made, 0, 12).rows)
    panels = [axis for axis in figure.axes if axis.get_visible()]
    assert len(panels) == 10  # W, chi, R_d, r_sun: four columns, the lower triangle
    for column in {axis.get_subplotspec().colspan.start for axis in panels}:
        ranges = {axis.get_xlim() for axis in panels if axis.get_subplotspec().colspan.start == column}
        assert len(ranges) == 1


def test_the_corner_figure_says_which_option_of_a_choice_a_draw_took():
    options = {"cusp": {"type": "nfw"}, "core": {"type": "burkert"}}
    halo = {"parameter": "dark_matter", "distribution": "choice", "options": options}
    scale = {"parameter": "dark_matter.r_s", "distribution": "uniform", "low": "15 kpc", "high": "25 kpc"}
    made = config(priors=[halo, {**scale, "when": {"dark_matter": ["cusp"]}}, R_D], draws=16)
    rows = compute(made, 0, 16).rows
    figure = corner(made, rows)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["cusp", "core"]
    panel = next(axis for axis in figure.axes if axis.get_subplotspec().rowspan.start == 2 and axis.patches)
    # r_s is drawn for cusps alone: of the two stacked histograms the one of cores adds nothing
    cusp, core = (patch.get_xy()[:, 1].max() for patch in panel.patches)
    assert cusp > 0
    assert core == cusp


def test_bars_show_sobol_indices_where_there_are_some_and_rank_correlations_elsewhere():
    plain, design = config(draws=8), config(sampling="saltelli", draws=8)
    ranks = sensitivity_bars(sensitivity.causes(plain, compute(plain, 0, 8).rows), 8)
    indices = sensitivity_bars(sensitivity.causes(design, compute(design, 0, 8).rows), 8)
    assert "rank correlation" in ranks.axes[0].get_xlabel()
    assert "Sobol" in indices.axes[0].get_xlabel()

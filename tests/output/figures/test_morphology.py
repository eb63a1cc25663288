"""Figures of morphology: what is drawn is what the tables hold."""

import numpy as np
import pytest
from astropy.table import QTable

from skymodel.comparison.likeness.morphology import compare
from skymodel.comparison.rivals.skies import Blob
from skymodel.output.figures.morphology import comparison_figure, confrontation_figure, forecast_figure, matrix_figure
from skymodel.output.folders.comparison import write
from skymodel.sky.line_skies import Gaussian
from skymodel.sky.regions import COMPTEL_WINDOW, Circle
from skymodel.sky.skymap import SkyMap


def sky(sigma, name):
    made = Blob(Gaussian(1.0, 0.0, 0.0, 0.0, sigma, sigma, "")).sky(16)
    return SkyMap(made.values, made.error, made.unit, name=name)


@pytest.fixture(scope="module")
def compared():
    return compare(sky(8.0, "A"), sky(12.0, "B"), region=Circle(lon=0, lat=0, radius=180))


def texts(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_the_comparison_shows_both_maps_the_residual_and_three_measurements(compared):
    panels = comparison_figure(compared).axes
    titles = [axes.get_title() for axes in panels]
    assert titles[:2] == ["A", "B"] or {"A", "B", "second minus scaled first"} <= set(titles)
    labels = {axes.get_ylabel() for axes in panels}
    assert {"share of flux", "intensity / its largest", r"correlation $r_\ell$"} <= labels


def test_the_whole_sky_is_an_ellipse_and_a_window_a_zoom_on_it(compared):
    window = compare(sky(8.0, "A"), sky(12.0, "B"), region=COMPTEL_WINDOW)
    assert comparison_figure(compared).axes[0].name == "mollweide"
    zoom = comparison_figure(window).axes[0]
    assert zoom.name == "rectilinear"
    left, right = zoom.get_xlim()
    assert left > 30 > -30 > right  # longitude grows to the left, the window is whole
    assert left < 45


def test_the_concentration_that_is_drawn_is_the_measured_one(compared):
    axes = next(axes for axes in comparison_figure(compared).axes if axes.get_ylabel() == "share of flux")
    drawn = axes.get_lines()[0].get_xydata()
    at = np.interp(8.0, *drawn.T)
    assert at == pytest.approx(1 - np.exp(-0.5), abs=0.01)  # of a Gaussian within one sigma, on the plane


def test_the_matrix_writes_each_pair_below_the_diagonal_and_above_it_with_backgrounds_known():
    rows = [("old stars", "LINE_511", "ORTHO_PS", 0.0, 1.0), ("old stars", "LINE_511", "XRAY_8_KEV", 123.0, 2.0)]
    rows += [("old stars", "ORTHO_PS", "XRAY_8_KEV", 4.25, 9.0)]
    table = QTable(rows=rows, names=("rival", "band_a", "band_b", "significance", "significance_known"))
    table.meta["inputs"] = "inputs partly from memory, unverified: spi"
    figure = matrix_figure(table, "SPI")
    assert figure.get_supxlabel() == "SPI; inputs partly from memory, unverified: spi"
    axes = figure.axes[0]
    assert axes.get_title() == "old stars"
    assert texts(axes) == ["1.0", "2.0", "0.0", "9.0", ">99", "4.2"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["511 keV", "ortho-Ps", "8 keV"]


def test_the_forecast_draws_every_statistic_and_marks_what_was_extrapolated():
    columns = ("exposure", "significance", "extrapolated")
    curves = {
        "pearson": QTable(rows=[(1.0, 2.0, False), (4.0, 4.0, True)], names=columns),
        "likelihood ratio": QTable(rows=[(1.0, 3.0, False), (4.0, 6.0, False)], names=columns),
    }
    figure = forecast_figure(curves)
    axes = figure.axes[0]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(curves)
    open_markers = [line for line in axes.get_lines() if line.get_markerfacecolor() == "w"]
    assert [list(line.get_xdata()) for line in open_markers] == [[4.0], []]


def test_the_confrontation_writes_the_pulls_and_sets_compatible_pairs_in_bold():
    names = ("dark_matter", "electrons", "pull_line_disk", "pull_bulge_sigma", "compatible")
    table = QTable(rows=[("a_halo", "gas", 0.24, -1.96, True), ("other", "gas", -13.0, 4.6, False)], names=names)
    axes = confrontation_figure(table).axes[0]
    assert texts(axes) == ["+0.2", "-2.0", "-13.0", "+4.6"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a halo x gas", "other x gas"]
    assert [label.get_fontweight() for label in axes.get_yticklabels()] == ["bold", "normal"]


def test_a_folder_that_fails_leaves_nothing(compared, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("skymodel.output.figures.run.save", fail)
    with pytest.raises(OSError, match="disk full"):
        write(compared, tmp_path / "cmp")
    assert list(tmp_path.iterdir()) == []

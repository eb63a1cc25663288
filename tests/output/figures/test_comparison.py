"""The figure of a comparison: what is drawn is what was measured."""

import numpy as np
import pytest

from skymodel.comparison.likeness.morphology import compare
from skymodel.comparison.rivals.skies import Blob
from skymodel.output.figures.comparison import comparison_figure
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


def test_the_comparison_shows_both_maps_the_residual_and_three_measurements(compared):
    panels = comparison_figure(compared).axes
    titles = [axes.get_title() for axes in panels]
    assert titles[1] == "B"
    assert titles[0].startswith("A, times")
    assert {"B", "second less the scaled first"} <= set(titles)
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


def test_both_maps_share_a_scale_and_the_residual_is_not_cut(compared):
    first, second, left = (axes.collections[0] for axes in comparison_figure(compared).axes[:3])
    assert first.norm is second.norm
    largest = np.abs(compared.fit.residual.values).max()
    assert (left.norm.vmin, left.norm.vmax) == (-largest, largest)


def test_a_folder_that_fails_leaves_nothing(compared, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("skymodel.output.figures.run.save", fail)
    with pytest.raises(OSError, match="disk full"):
        write(compared, tmp_path / "cmp")
    assert list(tmp_path.iterdir()) == []

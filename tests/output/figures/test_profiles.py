"""Figures of densities: what is drawn is what the density says."""

import numpy as np
import pytest

from profiles import NFW, Burkert, DwekBar, Einasto, ExponentialDisk, HoledDisk, enclosed_mass
from skymodel.output.figures.profiles import density_figure, families_figure, lines_figure, mass_figure, slice_figure


def test_a_line_shows_the_densitys_values():
    axes = lines_figure({"NFW": NFW(), "Burkert": Burkert()}, extent=(0.1, 10.0))
    r, drawn = axes.get_lines()[1].get_data()
    np.testing.assert_allclose(drawn, Burkert().radial(r), rtol=1e-14)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["NFW", "Burkert"]
    assert "GeV" in axes.get_ylabel()


def test_the_axis_reaches_no_deeper_than_eight_decades():
    low, high = lines_figure({"disk": ExponentialDisk()}, along="z", extent=(0.01, 60.0)).get_ylim()
    assert high / low <= 3.1e8


def test_a_density_that_vanishes_on_the_line_is_no_error():
    lines_figure({"gas": HoledDisk()}, along="z")
    with pytest.raises(ValueError, match="vanishes in this plane within 0.001 kpc"):
        slice_figure(HoledDisk(), extent=0.001)


def test_a_slice_shows_the_bar_with_its_near_side_at_positive_longitude():
    axes = slice_figure(DwekBar(bar_angle=25.0), "xy", extent=4.0)
    image = axes.collections[0]
    values = np.ma.filled(image.get_array(), 0.0).reshape(400, 400)  # rows are y, columns x
    near, mirrored = values[250, 100], values[149, 100]  # x = -2, y = +-1
    assert near > 2 * mirrored
    assert "l = 90" in axes.get_ylabel()


def test_the_mass_axis_shows_the_enclosed_mass():
    axes = mass_figure({"NFW": NFW()}, extent=(1.0, 30.0))
    r, drawn = axes.get_lines()[0].get_data()
    np.testing.assert_allclose(drawn, enclosed_mass(NFW(), r).value, rtol=2e-3)


def test_different_units_do_not_share_an_axis():
    with pytest.raises(ValueError, match="cannot share an axis"):
        lines_figure({"NFW": NFW(), "disk": ExponentialDisk()})
    with pytest.raises(ValueError, match="cannot share an axis"):
        mass_figure({"NFW": NFW(), "disk": ExponentialDisk()})
    with pytest.raises(ValueError, match="no densities to draw"):
        lines_figure({})


def test_a_page_about_one_density_has_its_four_panels():
    page = density_figure(ExponentialDisk(), extent=5.0, label="disk")
    assert len([axes for axes in page.axes if axes.get_xlabel()]) == 4


def test_a_product_has_a_page_without_a_mass():
    page = density_figure(NFW() * ExponentialDisk(), extent=5.0)
    assert len([axes for axes in page.axes if axes.get_xlabel()]) == 3


def test_families_draw_each_density_once_in_colour():
    shelf = {"a": NFW(), "b": NFW(r_s=10), "c": Burkert(), "d": Burkert(r_s=5), "e": Einasto()}
    made = families_figure(shelf)
    assert [axes.get_title() for axes in made.axes if axes.get_title()] == ["NFW", "Burkert", "other forms"]
    named = [text.get_text() for axes in made.axes if axes.get_legend() for text in axes.get_legend().get_texts()]
    assert named == list(shelf)

"""The sky to hover over: shared pixels, limits of colours, and nothing that a browser paints goes back to a server."""

import numpy as np
import pytest

from skymodel.output.report.skyview import FINEST, mollweide, sky_chart
from skymodel.sky.outlines import outline
from skymodel.sky.region import as_region
from skymodel.sky.regions import INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

LINE = SkyMap(np.linspace(1e-6, 1, 12 * 4**2), 0.0, "cm-2 s-1 sr-1", name="LINE_511")


def chart(**maps):
    return sky_chart(maps, {key: key for key in maps}, {"circle": INTEGRAL_CIRCLE}, {})


def test_a_multiple_shares_the_pixels_of_its_map_and_another_has_its_own():
    made = chart(A=LINE, B=LINE * 3.0, C=LINE * LINE)
    bands = made.chart.tags[0]["bands"]
    assert bands["B"]["shape"] == bands["A"]["shape"] != bands["C"]["shape"]
    assert bands["B"]["scale"] == pytest.approx(3.0, rel=1e-14)
    assert set(made.pixels.data) == {"shape0", "shape0_error", "shape1", "shape1_error"}


def test_colours_span_five_decades_at_most():
    band = chart(A=LINE).chart.tags[0]["bands"]["A"]
    assert (band["low"], band["high"], band["floor"]) == (1e-5, 1.0, 0.0)


def test_a_finer_map_is_averaged_and_says_so():
    fine = SkyMap(np.ones(12 * (2 * FINEST) ** 2), 0.0, "")
    made = chart(A=fine)
    assert made.note == f"mean over pixels of nside {FINEST}; the file has nside {2 * FINEST}"
    assert made.pixels.data["shape0"].size == 12 * FINEST**2


def test_what_the_browser_paints_is_not_sent_back():
    made = chart(A=LINE)
    (picture,) = [each.data_source for each in made.chart.renderers if type(each.glyph).__name__ == "Image"]
    assert not picture.syncable
    assert not made.chart.syncable
    assert made.pixels.syncable


def test_a_mask_is_outlined_on_the_page_as_a_circle_is():
    mask = as_region(LINE.values > 0.5)
    made = sky_chart({"A": LINE}, {"A": "A"}, {"mask": mask, "circle": INTEGRAL_CIRCLE}, {})
    shown = {item.label.value: item.renderers[0].data_source.data for item in made.chart.legend[0].items}
    for name, part in {"mask": mask, "circle": INTEGRAL_CIRCLE}.items():
        np.testing.assert_array_equal((shown[name]["x"], shown[name]["y"]), mollweide(*outline(part)))


def test_longitude_grows_to_the_left_and_the_pole_is_on_top():
    x, y = mollweide([0, 90, -90, 0], [0, 0, 0, 90])
    assert x[1] < x[0] < x[2]
    assert y[3] == pytest.approx(np.sqrt(2), abs=1e-6)

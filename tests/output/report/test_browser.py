"""The page of a run in a real browser: no request, no error, values of the file under the mouse, a phone, paper."""

import re

import healpy
import numpy as np
import pytest
from browser import Watched, chromium

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def opened(browser, page):
    watched = Watched(browser)
    watched.page.goto(page.as_uri())
    watched.page.wait_for_function("window.skymodel && skymodel.skies.sky && skymodel.skies.sky.picture.data.dw[0] > 0")
    yield watched
    watched.page.close()


def test_it_asks_the_network_for_nothing_and_reports_no_error(opened):
    opened.page.wait_for_timeout(500)
    assert opened.outside == []
    assert opened.errors == []


def test_a_label_with_markup_is_shown_and_not_obeyed(opened, result):
    assert opened.page.locator("h1").inner_text() == " ".join(result.config.label.split())
    assert opened.page.evaluate("window.obeyed") is None


@pytest.mark.parametrize("nside", [1, 2, 16, 64])
def test_pixels_in_the_browser_are_those_of_healpy(opened, nside):
    lon, lat = np.random.default_rng(7).uniform([[-180], [-90]], [[180], [90]], (2, 4000))
    lat[:4] = [90, -90, 41.8103, -41.8104]
    told = opened.page.evaluate(
        "([nside, lon, lat]) => lon.map((l, i) => skymodel.pixel(nside, l, lat[i]))",
        [nside, lon.tolist(), lat.tolist()],
    )
    np.testing.assert_array_equal(told, healpy.ang2pix(nside, lon, lat, lonlat=True))


def test_the_projection_leads_back_to_where_python_put_a_direction(opened):
    from skymodel.output.report.skyview import mollweide

    lon, lat = np.array([0.0, 33.0, -170.0, 100.0]), np.array([0.0, 80.0, -45.0, 5.0])
    x, y = mollweide(lon, lat)
    back = opened.page.evaluate("([x, y]) => x.map((a, i) => skymodel.place(a, y[i]))", [x.tolist(), y.tolist()])
    np.testing.assert_allclose(back, np.stack([lon, lat], axis=1), atol=1e-9)


@pytest.mark.parametrize(
    ("band", "lon", "lat"), [("LINE_511", 3.0, 2.0), ("CONTINUUM_1_20", 200.0, -40.0), ("J", 93.0, 60.5)]
)
def test_hovering_tells_the_value_of_the_file_at_that_pixel(opened, result, band, lon, lat):
    from skymodel.output.report.skyview import mollweide

    opened.page.select_option("select[name=band]", band)
    opened.page.locator("#sky .chart").scroll_into_view_if_needed()
    x, y = (float(part) for part in mollweide(lon if lon <= 180 else lon - 360, lat))
    at = opened.page.evaluate(
        """([x, y]) => {
          const sky = skymodel.skies.sky, view = Bokeh.index.find_one(sky.figure);
          const box = view.canvas_view.el.getBoundingClientRect(), frame = view.frame;
          return [box.left + frame.x_scale.compute(x), box.top + frame.y_scale.compute(y)];
        }""",
        [x, y],
    )
    opened.page.mouse.move(at[0] - 30, at[1])
    opened.page.mouse.move(*at)
    tip = opened.page.locator(".bk-Tooltip", has_text="l, b").first
    tip.wait_for(timeout=5000)
    told = tip.evaluate("tip => tip.shadowRoot.textContent")
    pixel = healpy.ang2pix(result.maps[band].nside, lon, lat, lonlat=True)
    shown = float(re.search(r"°, .*?°\s*([\d.e+-]+) ", told).group(1))
    assert shown == pytest.approx(result.maps[band].values[pixel], rel=1e-5)


def test_the_form_tells_a_value_without_a_mouse(opened, result):
    opened.page.select_option("select[name=band]", "LINE_511")
    opened.page.fill("input[name=lon]", "10")
    opened.page.fill("input[name=lat]", "-3")
    pixel = healpy.ang2pix(16, 10, -3, lonlat=True)
    told = opened.page.locator("output[name=value]").inner_text()
    assert float(told.split()[0]) == pytest.approx(result.maps["LINE_511"].values[pixel], rel=1e-5)
    assert "numerical" in told


@pytest.mark.parametrize(("chart", "ratio"), [("sky", 2.0), ("centre", 80 / 30)])
@pytest.mark.parametrize("width", [360, 1200])
def test_a_circle_on_the_sky_is_drawn_as_a_circle(browser, page, chart, ratio, width):
    watched = Watched(browser, width=width)
    watched.page.goto(page.as_uri())
    watched.page.wait_for_timeout(1500)
    inside = "Bokeh.documents[0].get_model_by_name(name)"
    wide, high = watched.page.evaluate(f"(name) => [{inside}.inner_width, {inside}.inner_height]", chart)
    assert wide / high == pytest.approx(ratio, rel=0.02)  # whole pixels
    watched.page.close()


def test_scale_and_buttons_redraw_the_sky(opened):
    before = opened.page.evaluate("skymodel.skies.sky.picture.data.dw[0]")
    opened.page.click("button[name=inner]")
    opened.page.wait_for_function(f"skymodel.skies.sky.picture.data.dw[0] < {before / 2}")
    opened.page.select_option("select[name=scale]", "linear")
    assert opened.page.evaluate("skymodel.skies.sky.glyph.color_mapper.type") == "LinearColorMapper"


def test_claims_are_filtered_by_their_verdict(opened, result):
    verdicts = [str(verdict) for verdict in result.claims.table["verdict"]]
    opened.page.select_option("select[data-filter=claims-table]", verdicts[0])
    shown = opened.page.locator("#claims-table tbody tr:visible").count()
    assert shown == verdicts.count(verdicts[0]) < len(verdicts)


def test_a_table_is_copied_as_csv(opened, result):
    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.page.click("button[data-copy=fluxes-table]")
    opened.page.wait_for_function("document.querySelector('#fluxes [role=status]').textContent !== ''")
    assert f"{len(result.fluxes)} rows copied" in opened.page.locator("#fluxes [role=status]").inner_text()


@pytest.mark.parametrize("width", [360, 1200])
def test_no_part_is_wider_than_the_screen(browser, page, width):
    watched = Watched(browser, width=width)
    watched.page.goto(page.as_uri())
    watched.page.wait_for_timeout(1500)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    watched.page.close()

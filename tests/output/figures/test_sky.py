"""Figures of the sky show what the files hold, with units, names and the instruments' regions."""

import healpy
import numpy as np
import pytest

from skymodel.output.figures.sky import all_sky_figure, centre_figure, multiple, panels, region_figure
from skymodel.output.figures.style import style
from skymodel.sky.outlines import outline
from skymodel.sky.polygon import Polygon
from skymodel.sky.region import as_region
from skymodel.sky.regions import Box, Circle
from skymodel.sky.skymap import SkyMap
from tests.output.figures.drawing import LABEL, MAPS, drawn, texts


@pytest.mark.parametrize("make", [all_sky_figure, centre_figure])
def test_sky_figures_name_bands_units_regions_and_the_model(make, saved):
    with style():
        made = make(panels(MAPS), LABEL)
    assert saved(made)
    shown = texts(made)
    for part in (
        "511 keV line",
        "continuum, 1–20 MeV: 1 times this",  # noqa: RUF001
        "cm$^{-2}$ s$^{-1}$ sr$^{-1}$",
        "INTEGRAL",
        "COMPTEL",
        "longitude",
        LABEL,
    ):
        assert part in shown


def test_the_zoom_draws_the_two_regions_where_they_are():
    axes = centre_figure(panels(MAPS[:1])).axes[0]
    circle, window = drawn(axes).values()
    np.testing.assert_allclose(circle.min(axis=1), [-6, -6], rtol=1e-9)
    np.testing.assert_allclose(circle.max(axis=1), [6, 6], rtol=1e-9)
    np.testing.assert_allclose(window.min(axis=1), [-30, -5], rtol=1e-12)
    np.testing.assert_allclose(window.max(axis=1), [30, 5], rtol=1e-12)


def test_longitude_grows_to_the_left():
    low, high = centre_figure(panels(MAPS[:1])).axes[0].get_xlim()
    assert low > high
    axes = all_sky_figure(panels(MAPS[:1]), "", {"east": Circle(50, 0, 6)}).axes[0]
    x, y = np.degrees(drawn(axes)["east"])
    np.testing.assert_allclose([x.min(), x.max(), y.min(), y.max()], [-56, -44, -6, 6], rtol=1e-3)


def test_parts_of_the_sky_of_any_kind_are_outlined_each_with_a_look_of_its_own():
    mask = as_region(MAPS[0].values > 0.005)
    parts = {"poles": ~Box((-180, 180), (-4, 4)), "three": Polygon(((-9, 0), (9, 0), (0, 9))), "mask": mask}
    parts |= {f"circle {radius}": Circle(0, 0, radius) for radius in (2, 5)}
    axes = centre_figure(panels(MAPS[:1]), "", parts).axes[0]
    curves = drawn(axes)
    for name, part in parts.items():
        np.testing.assert_array_equal(curves[name], outline(part))
    assert len({(line.get_color(), line.get_linestyle()) for line in axes.get_lines()}) == len(parts)


@pytest.mark.parametrize("make", [all_sky_figure, centre_figure])
def test_a_point_shows_the_pixel_it_falls_into(make):
    sky = SkyMap(np.arange(1.0, 12 * 16**2 + 1), 0.0, "cm-2 s-1 sr-1", name="LINE_511")
    axes = make({"a sky": sky}).axes[0]
    mesh = axes.collections[0]
    edges = mesh.get_coordinates()
    middle = (edges[:-1, :-1] + edges[1:, 1:]) / 2
    lon, lat = middle[..., 0], middle[..., 1]
    if axes.name == "mollweide":
        lon, lat = -np.degrees(lon), np.degrees(lat)
    expected = sky.values[healpy.ang2pix(16, lon, lat, lonlat=True)]
    agree = np.mean(np.asarray(mesh.get_array()).reshape(expected.shape) == expected)
    assert agree > 0.999  # but for middles that lie on a pixel's edge to rounding


def test_a_map_that_is_zero_everywhere_is_drawn(saved):
    dark = SkyMap(np.zeros(12 * 16**2), 0.0, "cm-2 s-1 sr-1", name="CONTINUUM_50_100")
    with style():
        assert saved(all_sky_figure({"line": MAPS[0], "dark": dark}))


def test_maps_that_are_multiples_share_a_panel_and_others_do_not():
    line = MAPS[0]
    other = SkyMap(line.values**2, 0.0, line.unit, name="CONTINUUM_0.5_3")
    found = panels([line, line * 3.0, other])
    assert [sky.name for sky in found.values()] == ["LINE_511", "CONTINUUM_0.5_3"]
    assert next(iter(found)).endswith(": 3 times this")
    assert multiple(line.cut("circle 0 0 30"), line) is None


@pytest.mark.parametrize("name", ["circle 0 0 6", "box -30 30 -5 5", "circle 180 0 20"])
def test_a_region_is_drawn_as_much_as_it_covers(name):
    from skymodel.sky.region import as_region

    region = as_region(name)
    mesh = region_figure(region).axes[0].collections[0]
    weight = np.cos(np.radians(np.arange(-89.5, 90)))[:, None] * np.radians(1) ** 2
    drawn_area = float((np.asarray(mesh.get_array()).reshape(180, 360) * weight).sum())
    assert drawn_area == pytest.approx(region.solid_angle, rel=0.05)  # cells of a degree


@pytest.mark.parametrize("make", [all_sky_figure, centre_figure])
def test_a_picture_drawn_once_is_what_matplotlib_saves_and_keeps_its_resolution(make, tmp_path):
    with style():
        twice, once = (make(panels(MAPS), LABEL) for _ in range(2))
        twice.savefig(tmp_path / "twice.png", dpi=90, metadata={"Software": None})
        assert once.png(90) == (tmp_path / "twice.png").read_bytes()
    assert once.dpi == twice.dpi != 90

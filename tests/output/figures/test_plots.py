"""Figures show what the files hold, with units, names and the instruments' regions; same run, same bytes."""

from types import SimpleNamespace

import healpy
import numpy as np
import pytest
from astropy.table import QTable

from skymodel.bounded import Bounded
from skymodel.emission.event.bands import CONTINUUM_1_20
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.emission.nuggets.rivals import PowerLaw
from skymodel.emission.nuggets.tied import TiedToLine
from skymodel.output.figures import run as plots
from skymodel.output.figures.ratio import ratio_figure
from skymodel.output.figures.sky import all_sky_figure, centre_figure, multiple, panels, region_figure
from skymodel.output.figures.spectrum import spectrum_figure
from skymodel.output.figures.style import figure, style
from skymodel.runs.config.regions import NamedRegion
from skymodel.runs.one.spectrum import spectrum_table
from skymodel.sky.outlines import outline
from skymodel.sky.polygon import Polygon
from skymodel.sky.region import as_region
from skymodel.sky.regions import Box, Circle
from skymodel.sky.skymap import SkyMap

LABEL = "a model for the tests"


def bright_centre(name, nside=16):
    lon, lat = healpy.pix2ang(nside, np.arange(12 * nside**2), lonlat=True)
    distance = np.hypot((lon + 180) % 360 - 180, 2 * lat)
    return SkyMap(0.1 / (1 + distance), 0.0, "cm-2 s-1 sr-1", name=name)


MAPS = [bright_centre("LINE_511"), bright_centre("CONTINUUM_1_20")]
RATIO = QTable(
    {
        "dark_matter": ["cusp", "cusp", "core", "core"] * 2,
        "electrons": ["gas", "stars"] * 4,
        "W": [0.2, 0.4, 0.6, 1.05] * 2,
        "W_error": [1e-7] * 8,
        "chi": [0.03] * 4 + [0.01] * 4,
        "chi_with_window": [0.15, 0.075, 0.05, 0.0286, 0.05, 0.025, 0.016, 0.0095],
        "background": ["none"] * 4 + ["Ackermann"] * 4,
    }
)
SPECTRUM = spectrum_table(NuggetEmission(mu=20.0, chi=0.1), 0.025, Bounded(0.27, 1e-8))


def texts(made):
    """Return all text that a figure shows, in one string."""
    import matplotlib.text

    return " ".join(text.get_text() for text in made.findobj(matplotlib.text.Text))


def drawn(axes):
    """Return the curves of Axes by label."""
    return {line.get_label(): np.array(line.get_data(), dtype=float) for line in axes.get_lines()}


@pytest.fixture
def saved(tmp_path):
    """Return a function that saves a figure, which must raise no warning, and returns its bytes."""

    def save(made, name="figure.png"):
        plots.save(made, tmp_path / name)
        return (tmp_path / name).read_bytes()

    return save


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


def test_the_spectrum_names_both_conventions_with_and_without_the_window_factor(saved):
    with style():
        made = spectrum_figure(SPECTRUM, LABEL)
    assert saved(made)
    shown = texts(made)
    for part in ("'paper'", "'consistent'", "$W = 1$", "with $W$", "COMPTEL", "GALPROP", "MeV cm$^{-2}$", LABEL):
        assert part in shown


def test_the_spectrum_draws_the_tables_curves():
    curves = drawn(spectrum_figure(SPECTRUM).axes[0])
    plain, windowed = (curves[f"nuggets, {meaning}, 'paper' counting"] for meaning in ("$W = 1$", "with $W$"))
    np.testing.assert_array_equal(plain[0], SPECTRUM["E"].value)
    kept = SPECTRUM["E2I_paper"].value > 0
    np.testing.assert_array_equal(plain[1][kept], SPECTRUM["E2I_paper"].value[kept])
    np.testing.assert_allclose(windowed[1][kept] / plain[1][kept], 0.27, rtol=1e-14)


def test_comptels_bands_are_drawn_slanted_as_published():
    axes = spectrum_figure(SPECTRUM).axes[0]
    corners = [band.get_paths()[0].vertices for band in axes.collections]
    assert len(corners) == 3 + 4  # and the measured errors of four curves
    first = {(round(float(x), 6), round(float(y), 4)) for x, y in corners[0]}
    # the 1-3 MeV band of Strong et al. 1999, figure 3, read off to four decimals
    assert {(1.0, 0.0108), (3.0, 0.0126), (1.0, 0.0161), (3.0, 0.0189)} <= first


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


def test_a_run_has_four_figures_and_they_are_the_same_bytes_twice(saved):
    result = SimpleNamespace(
        maps={"J": MAPS[0], "LINE_511": MAPS[0], "CONTINUUM_1_20": MAPS[1]},
        config=SimpleNamespace(
            label=LABEL,
            anchor=SimpleNamespace(line_intensity=0.025),
            regions=(NamedRegion("my_bulge", Circle(0, 0, 9)),),
        ),
        spectrum=SPECTRUM,
        ratio=RATIO,
        centre=MAPS[0],
    )
    first, second = (plots.figures(result) for _ in range(2))
    assert list(first) == ["sky", "centre", "spectrum", "ratio"]
    for name in ("sky", "centre"):
        assert "my bulge" in texts(first[name])
    assert saved(first["ratio"], "one.png") == saved(second["ratio"], "two.png")


def test_figures_leave_matplotlibs_global_state_alone():
    import matplotlib
    from matplotlib import pyplot

    before = dict(matplotlib.rcParams)
    with style():
        centre_figure(panels(MAPS[:1]))
    assert dict(matplotlib.rcParams) == before
    assert pyplot.get_fignums() == []


def test_a_long_label_is_wrapped_into_the_figure():
    made = figure(3.4, 2.0, "word " * 60)
    assert max(map(len, made.get_supxlabel().splitlines())) <= 3.4 * 26


def test_the_spectrum_of_a_rival_is_drawn_once_since_it_is_counted_in_one_way():
    model = TiedToLine.by_band(PowerLaw(1.6), CONTINUUM_1_20, 0.5)
    made = spectrum_figure(spectrum_table(model, 0.0158, Bounded(0.6, 0.01)))
    labels = [line.get_label() for line in made.axes[0].get_lines()]
    assert [label for label in labels if label.startswith("rival")] == ["rival, $W = 1$", "rival, with $W$"]
    assert not any(label.startswith("nuggets") for label in labels)


@pytest.mark.parametrize("ending", plots.FORMATS)
def test_every_format_gives_the_same_bytes_twice_and_no_date(saved, ending):
    first, second = (saved(spectrum_figure(SPECTRUM, LABEL), f"{number}.{ending}") for number in range(2))
    assert first == second
    assert b"Date" not in first

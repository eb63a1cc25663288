"""Plain pixels: their means are true to the errors they state, and where no small rule is good there is no number."""

import functools
from dataclasses import replace

import healpy
import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk, from_function
from skymodel.sightlines.cubature.cells import gauss
from skymodel.sightlines.cubature.faces import cut, is_cut, parted, whole
from skymodel.sightlines.pixels import plain
from skymodel.sightlines.pixels.tiling import Tiling
from skymodel.sightlines.pixels.windows import Windows
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.surface.quarters import FAR
from tests.reference.sky_truth import centre_pixels, pixel_mean

DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
CLUMP = from_function(
    lambda x, y, z: np.exp(-(((x - 1) / 4) ** 2) - ((y + 2) / 3) ** 2 - ((z - 0.4) / 2) ** 2), unit="cm-3"
)
SKIES = {  # density, z_sun, r_max, nside, rtol
    "disk": (DISK, 0.0, 60.0, 32, 1e-5),
    "large disk": (DISK, 0.0, 60.0, 256, 1e-5),
    "disk from above": (DISK, 0.0208, 60.0, 32, 1e-5),
    "clump": (CLUMP, 0.0, 60.0, 16, 1e-5),
}
QUARTERS = [
    ("disk", 0),
    ("large disk", 0),
    *(("disk from above", q) for q in range(2)),
    *(("clump", q) for q in range(4)),
]


@functools.cache
def made(name):
    density, z_sun, r_max, nside, rtol = SKIES[name]
    lines = SightLines(density, sm.Observer(8.2, z_sun), PathEnd(r_max=r_max))
    return Tiling(lines, promises.check(density, lines.observer), nside, rtol, "mean")


@functools.cache
def windows(name, quarter):
    """Return the plain windows of a quarter; of a large map those of the box at the centre."""
    tiling = made(name)
    sky, all_ = tiling.fitted.sky, Windows(tiling.rings, tiling.fitted.sky.frame)
    mine = [w for w in all_.first(sky) if w.quarter == quarter and (all_.alike(w) or all_.halved(w))]
    return [w for w in mine if tiling.nside < 256 or w.high < 0.11]


def over(name, quarter, *, sky=None, some=None, rtol=None):
    tiling = made(name)
    sky, some = sky or tiling.fitted.sky, some or windows(name, quarter)
    return plain.over_windows(sky, tiling.rings, some, rtol or tiling.rtol, FAINT * tiling.fitted.brightest)


def numbers(name, quarter, found):
    tiling = made(name)
    return tiling.rings.pixels(found.ring, found.column, tiling.folds.quarters[quarter])


def by_many_nodes(name, pixels, order=10):
    """Return means over pixels on a tiled sky by Gauss rules over both of their triangles."""
    tiling = made(name)
    chart, node = parted(tiling.nside, pixels, np.zeros(len(pixels), bool), 3.0), gauss(order).node
    places = np.tile(node, (len(chart.owner), 1))
    (lon, lat), area = chart.angles(np.arange(len(chart.owner)), places, places)
    read = tiling.fitted.sky.read_level(lon.ravel(), lat.ravel(), rtol=tiling.rtol, floor=0.0)
    value = read.value.reshape(area.shape) * area
    return np.bincount(chart.owner, np.einsum("kij,i,j", value, gauss(order).weight, gauss(order).weight))


@pytest.mark.parametrize(("name", "quarter"), QUARTERS)
def test_every_pixel_of_the_windows_comes_once(name, quarter):
    rings = made(name).rings
    found = over(name, quarter)
    wanted = np.concatenate([np.stack(rings.within(*w[1:])) for w in windows(name, quarter)], axis=1)
    assert found.ring.size > 500
    assert np.array_equal(np.sort(rings.nside * 4 * found.ring + found.column), np.sort([4 * rings.nside, 1] @ wanted))
    assert len(set(numbers(name, quarter, found))) == found.ring.size
    assert found.value.shape == found.error.shape == found.ring.shape


@pytest.mark.parametrize(("name", "quarter"), QUARTERS)
def test_most_means_are_those_of_many_more_nodes_to_the_tolerance(name, quarter):
    found = over(name, quarter)
    good = np.isfinite(found.error)
    means = by_many_nodes(name, numbers(name, quarter, found)[good])
    floor = FAINT * made(name).fitted.brightest
    assert good.mean() > 0.8
    assert np.all(np.abs(found.value[good] - means) <= found.error[good])
    assert np.all(found.error[good] <= made(name).rtol * np.maximum(found.value[good], floor))


def tile_borders(name, quarter):
    """Return longitudes between far tiles of a quarter that cross the belt at 20 deg."""
    sky = made(name).fitted.sky
    rows = sky.tiles.rectangles(sky.frame)[(sky.tiles.chart == FAR) & (sky.tiles.quarter == quarter)]
    low = rows[(rows[:, 2] < np.radians(20)) & (rows[:, 3] > np.radians(20)), 0]
    return np.degrees(low[low > 0.2])


PLACES = {
    "grid": (41.0, 26.0),
    "box": (4.5, 4.0),
    "across l = 180": (180.0, 12.0),
    "cap": (68.0, 58.0),
    "high in the cap": (30.0, 84.0),
    "border of the cap": (50.0, float(np.degrees(np.arcsin(2 / 3)))),
    "plane": (33.0, 0.0),
}
COMPARED = [
    *(("disk", 0, place) for place in PLACES if place != "box"),
    ("large disk", 0, "box"),
    *(("disk from above", q, place) for q in (0, 1) for place in ("grid", "cap", "border of the cap")),
    ("clump", 0, "grid"),
    ("clump", 1, "across l = 180"),
    ("clump", 1, "plane"),
    ("clump", 2, "border of the cap"),
    ("clump", 3, "grid"),
    ("clump", 3, "cap"),
]


def compare(name, quarter, lon, lat):
    density, z_sun, r_max, nside, rtol = SKIES[name]
    east, north = made(name).folds.quarters[quarter]
    pixel = healpy.ang2pix(nside, east * lon, north * lat, lonlat=True)
    found = over(name, quarter)
    (row,) = np.flatnonzero(numbers(name, quarter, found) == pixel)
    truth, doubt = pixel_mean(density, nside, pixel, z_sun=z_sun, r_max=r_max, orders=(6, 4))
    assert abs(found.value[row] - truth) <= found.error[row] + doubt
    assert found.error[row] < rtol * truth
    assert doubt < rtol * truth
    return found.ring[row], found.column[row]


@pytest.mark.parametrize(("name", "quarter", "place"), COMPARED)
def test_means_are_true(name, quarter, place):
    nside = SKIES[name][3]
    ring, _ = compare(name, quarter, *PLACES[place])
    kinds = {"cap": ring < nside, "border of the cap": ring == nside, "plane": ring == 2 * nside}
    assert kinds.get(place, True)


def test_a_mean_across_the_border_of_tiles_is_true():
    border = tile_borders("disk", 0)[0]
    rings = made("disk").rings
    ring, column = compare("disk", 0, border, 20.0)
    middle = np.degrees((column + rings.offset(ring)) * rings.step(ring))
    assert abs(middle - border) < 45 / 32


@pytest.mark.parametrize("name", ["disk", "clump"])
def test_pixels_at_the_pole_and_on_the_meridian_of_the_axis_have_no_number(name):
    """Whatever the tolerance: two rules may agree by chance on what neither can do."""
    rings, quarters = made(name).rings, len(made(name).folds.quarters)
    for quarter in range(quarters):
        found = over(name, quarter, rtol=0.5)
        lon = (found.column + rings.offset(found.ring)) * rings.step(found.ring)
        broken = (found.ring == 1) | (lon == 0)
        assert broken.sum() == 2 + rings.nside // 2
        assert np.all(np.isinf(found.error[broken]))


@pytest.mark.parametrize(("name", "quarter"), [("disk", 0), ("large disk", 0)])
def test_pixels_at_a_cusp_have_no_number(name, quarter):
    found = over(name, quarter)
    at_centre = np.isin(numbers(name, quarter, found), centre_pixels(SKIES[name][3]))
    assert at_centre.sum() == 2  # the one on the plane and the one above the centre, on its meridian
    assert np.all(np.isinf(found.error[at_centre]))


def opened(name, lon, lat):
    """Return the sky without what the far tile towards a place [deg] of the first quarter holds, and its rectangle."""
    sky = made(name).fitted.sky
    low, high, south, north = np.radians(sky.tiles.rectangles(sky.frame).T * 180 / np.pi)
    inside = (sky.tiles.quarter == 0) & (low < np.radians(lon)) & (np.radians(lon) < high)
    (tile,) = np.flatnonzero(inside & (south < np.radians(lat)) & (np.radians(lat) < north))
    coefficients = sky.tiles.coefficients.copy()
    coefficients[tile] = np.nan
    return replace(sky, tiles=replace(sky.tiles, coefficients=coefficients)), (
        low[tile],
        high[tile],
        south[tile],
        north[tile],
    )


def test_pixels_on_an_open_tile_have_no_number_and_others_keep_theirs():
    rings = made("disk").rings
    sky, (low, high, south, north) = opened("disk", 100.0, 20.0)
    belt = [w for w in windows("disk", 0) if rings.nside < w.first < 2 * rings.nside]
    before, found = over("disk", 0, some=belt), over("disk", 0, sky=sky, some=belt)
    lon, lat = (found.column + rings.offset(found.ring)) * rings.step(found.ring), rings.lat[found.ring]
    inside = (low < lon) & (lon < high) & (south < lat) & (lat < north)
    away = (lon < low - 0.2) | (lon > high + 0.2) | (lat > north + 0.2) | (lat < south - 0.2)
    assert min(inside.sum(), away.sum()) > 100
    assert np.isinf(found.error[inside]).all()
    # not bit by bit: larger rules are tried on other rectangles
    sure = away & np.isfinite(before.error)
    assert np.isfinite(found.error[sure]).all()
    assert np.all(np.abs(found.value - before.value)[sure] <= (found.error + before.error)[sure])


@pytest.mark.parametrize(
    ("name", "lon", "lat"),
    [
        ("disk", (-6.2, 6.2), (-1.5, 1.5)),
        ("clump", (-6.2, 6.2), (-1.5, 1.5)),
        ("clump", (-0.12, 0.12), (-0.12, 0.12)),
        ("clump", (2.9, 3.4), (-0.2, -0.1)),
        ("disk", (-3.4, -2.9), (0.1, 0.2)),
        ("disk", (0.3, 0.4), (-0.3, 0.3)),
    ],
)
def test_a_grid_is_read_as_its_points_are(name, lon, lat):
    sky, rng = made(name).fitted.sky, np.random.default_rng(5)
    lon, lat = (np.sort(np.append(rng.uniform(*ends, 60), ends)) for ends in (lon, lat))
    grid = sky.read_grid(lon, lat, rtol=1e-6, floor=0.0)
    turned = np.where(np.abs(lon) > np.pi, lon - 2 * np.pi * np.sign(lon), lon)
    along, up = (part.ravel() for part in np.meshgrid(turned, lat))
    points = sky.read_level(along, up, rtol=1e-6, floor=0.0)
    assert grid.value.shape == grid.error.shape == (lat.size, lon.size)
    assert np.allclose(grid.value.ravel(), points.value, rtol=1e-12, atol=0)
    assert np.allclose(grid.error.ravel(), points.error, rtol=1e-9, atol=1e-12 * points.value)


def test_a_grid_leaves_open_tiles_out():
    sky, (low, high, south, north) = opened("disk", 100.0, 20.0)
    lon, lat = np.linspace(0.2, 3.1, 80), np.linspace(0.15, 0.7, 30)
    grid = sky.read_grid(lon, lat, rtol=1e-6, floor=0.0)
    inside = ((south < lat) & (lat < north))[:, None] & ((low < lon) & (lon < high))
    assert inside.any()
    assert np.array_equal(np.isnan(grid.value), inside)
    assert np.array_equal(np.isnan(grid.error), inside)


@pytest.mark.parametrize("nside", [1, 2, 8])
@pytest.mark.parametrize("folded", [False, True])
def test_the_parts_of_broken_and_other_pixels_make_up_their_areas(nside, folded):
    pixels = np.random.default_rng(1).permutation(12 * nside**2)
    broken = is_cut(nside, pixels)
    chart, rule = parted(nside, pixels, broken, 3.0, folded), gauss(8)
    places = np.tile(rule.node, (len(chart.owner), 1))
    directions, area = chart(np.arange(len(chart.owner)), places, places)
    share = np.bincount(chart.owner, np.einsum("kij,i,j", area, rule.weight, rule.weight), len(pixels))
    assert np.allclose(share, 1.0, rtol=0, atol=1e-13)
    owner = np.broadcast_to(pixels[chart.owner][:, None, None], area.shape)
    apart = np.linalg.norm(directions[..., 1:], axis=-1) > 1e-12
    assert np.array_equal(healpy.vec2pix(nside, *directions[apart].T), owner[apart])
    assert np.array_equal(np.bincount(chart.owner, minlength=len(pixels))[~broken], np.full((~broken).sum(), 2))
    assert chart.triangle[~broken[chart.owner]].all()


def test_pixels_may_be_all_broken_or_all_whole():
    pixels = np.arange(48)
    for broken, alone in ((np.ones(48, bool), cut(2, pixels, 3.0)), (is_cut(2, pixels), cut(2, pixels, 3.0))):
        chart = parted(2, pixels, broken, 3.0)
        mine = broken[chart.owner]
        theirs = broken[alone.owner]
        for field in ("owner", "face", "anchor", "along", "across", "triangle", "exponent", "plane", "copies"):
            assert np.array_equal(getattr(chart, field)[mine], getattr(alone, field)[theirs])
    none = parted(2, pixels, np.zeros(48, bool), 3.0)
    assert np.array_equal(np.bincount(none.owner), np.full(48, 2))
    assert not (none.copies != 1).any()


@pytest.mark.parametrize("nside", [1, 2, 16])
def test_patches_that_start_from_the_centre_are_marked_and_no_others(nside):
    pixels = np.arange(12 * nside**2)
    for chart in (whole(nside, pixels), cut(nside, pixels, 3.0), parted(nside, pixels, is_cut(nside, pixels), 3.0)):
        start = np.full((len(chart.owner), 1), 1e-9)
        directions, _ = chart(np.arange(len(chart.owner)), start, start)
        assert np.array_equal(chart.centred, np.linalg.norm(directions[:, 0, 0] - [1, 0, 0], axis=-1) < 1e-7)
    patches = {1: 4, 2: 8, 16: 8}[nside]  # in one pixel about the centre, or two in each of four
    assert cut(nside, pixels, 3.0).centred.sum() == patches

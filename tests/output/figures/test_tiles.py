"""Figures of tiles and of honesty: every tile's edges where it is read, every error compared where it belongs."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk
from skymodel.output.figures import tiles as tile_figures
from skymodel.output.figures.style import style
from skymodel.sightlines.pixels.tiling import Tiling
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines

PAIR = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)


@pytest.fixture(scope="module")
def fitted():
    lines = SightLines(PAIR, sm.Observer(8.2), PathEnd(r_max=60.0))
    return Tiling(lines, promises.check(PAIR, lines.observer), 16, 1e-3, "centre").fitted


def test_tiles_are_drawn_in_all_quarters_and_only_where_they_are_read(fitted):
    edges = tile_figures._edges(fitted.sky)
    assert len(edges) == 4 * 4 * len(fitted.sky.tiles.bounds)  # four sides, four quarters
    lon, lat = (np.concatenate(part) for part in zip(*edges, strict=True))
    seen = np.isfinite(lon)
    side = np.degrees(fitted.sky.frame.box)
    far = seen & ((np.abs(lon) > 1.5 * side) | (np.abs(lat) > 1.5 * side))
    near = seen & (np.abs(lon) < 0.99 * side) & (np.abs(lat) < 0.99 * side)
    assert near.any()
    signs = {(int(np.sign(x)), int(np.sign(y))) for x, y in zip(lon[far], lat[far], strict=True)}
    assert signs >= {(1, 1), (1, -1), (-1, 1), (-1, -1)}
    rim = np.abs(np.hypot(lon, lat) / (np.sqrt(2) * side) - 1) < 0.01  # where near tiles end, outside the box
    corners = (np.abs(lon) > 1.1 * side) & (np.abs(lat) > 0.2 * side)
    assert (seen & rim & corners).sum() < 10  # a far edge may cross, but no circle is drawn


def test_the_figure_says_how_many_tiles_and_lines_there_are(fitted):
    with style():
        made = tile_figures.tile_figure(fitted, "a label")
    whole, centre = made.axes[:2]
    assert whole.get_title() == f"{len(fitted.sky.tiles.bounds)} tiles from {fitted.sightlines} sight lines"
    assert centre.get_xlim()[0] > centre.get_xlim()[1]  # longitude grows to the left


def test_the_honesty_figure_shows_every_error_and_where_true_equals_stated():
    stated, true = np.array([1e-6, 1e-4]), np.array([0.0, 2e-5])
    with style():
        axes = tile_figures.honesty_figure(stated, true).axes[0]
    points, diagonal = axes.lines[:2]
    assert np.array_equal(points.get_xdata(), stated)
    assert points.get_ydata()[1] == 2e-5
    assert np.array_equal(diagonal.get_xdata(), diagonal.get_ydata())

"""Rings, quarters and diamonds: every pixel once, where healpy has it, with the mean that healpy's pixel has."""

import itertools

import healpy
import numpy as np
import pytest

from skymodel.sightlines.cubature.cells import Cells, gauss, grid
from skymodel.sightlines.cubature.faces import whole
from skymodel.sightlines.pixels.rings import Rings, diamond, spread
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sightlines.surface.quarters import FAR, NEAR, Folds, Frame

SIGNS = [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)]


def vectors(lon, lat):
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def quarter(nside):
    rings = Rings(nside)
    ring = np.concatenate([np.full(rings.columns(np.array(i)), i) for i in range(1, 2 * nside + 1)])
    column = np.concatenate([np.arange(rings.columns(np.array(i))) for i in range(1, 2 * nside + 1)])
    return rings, ring, column


@pytest.mark.parametrize("nside", [1, 2, 8, 64])
def test_four_quarters_hold_every_pixel_where_healpy_has_it(nside):
    rings, ring, column = quarter(nside)
    lon, lat = (column + rings.offset(ring)) * rings.step(ring), rings.lat[ring]
    seen = np.zeros(12 * nside**2, dtype=bool)
    for east, north in SIGNS:
        pixels = rings.pixels(ring, column, (east, north))
        seen[pixels] = True
        ours = [np.cos(lat) * np.cos(lon), east * np.cos(lat) * np.sin(lon), north * np.sin(lat)]
        assert np.allclose(ours, healpy.pix2vec(nside, pixels), atol=1e-14)
    assert seen.all()


@pytest.mark.parametrize("nside", [4, 16])
def test_a_diamond_about_a_pixels_centre_is_the_pixel(nside):
    rings, ring, column = quarter(nside)
    unbroken = (ring != nside) & (ring != 2 * nside)
    ring, column = ring[unbroken], column[unbroken]
    pixels = rings.pixels(ring, column, (1.0, 1.0))
    rules = gauss(5), gauss(5)
    nodes = grid(Cells.whole(len(pixels)), whole(nside, pixels), rules)
    weights = np.outer(rules[0].weight, rules[1].weight)

    def function(n):
        return np.exp(n @ np.array([0.3, -0.2, 0.5])) + n[..., 1] ** 3

    theirs = np.sum(function(nodes.directions) * nodes.density * weights, axis=(1, 2))
    lon = (column + rings.offset(ring)) * rings.step(ring)
    ours = function(vectors(*spread(nside, lon, rings.lat[ring], diamond(5).across, diamond(5).up))) @ diamond(5).weight
    assert np.allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("edges", [(0.0, 0.7, np.pi), (0.0, np.pi / 2, 2.0, np.pi)])
def test_windows_between_longitudes_neither_overlap_nor_leave_gaps(edges):
    rings = Rings(32)
    ring = np.arange(1, 65)
    counts = [rings.first_column(ring, b) - rings.first_column(ring, a) for a, b in itertools.pairwise(edges)]
    assert np.array_equal(np.sum(counts, axis=0), rings.columns(ring))


@pytest.mark.parametrize("z_sun", [0.0, 0.0208, -0.5])
@pytest.mark.parametrize("folds", [Folds(True, True), Folds(True, False), Folds(False, False)])
def test_charts_find_their_way_back(z_sun, folds):
    frame = Frame(folds, Observer(8.2, z_sun))
    rng = np.random.default_rng(2)
    n = rng.normal(size=(400, 3)) * [1, 1, 0.2]
    n[::2, 1:] *= 10 ** rng.uniform(-8, -2, (200, 1))
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    place = frame.places(n)
    signs = np.array([1.0, 1.0 if not folds.left_right else np.nan, 1.0 if not folds.up_down else np.nan])
    for chart in (NEAR, FAR):
        rows = place.near == (chart == NEAR)
        back = frame.directions(place.quarter[rows], chart, place.u[rows, None], place.v[rows, None])[:, 0]
        expected = np.where(np.isnan(signs), np.abs(n[rows]), n[rows])
        expected[:, 0] = n[rows, 0]
        assert np.allclose(back, expected, rtol=1e-9, atol=1e-15)

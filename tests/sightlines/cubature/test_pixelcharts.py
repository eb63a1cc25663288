"""Pixel patches: where their nodes lie, and what is cut."""

import healpy
import numpy as np
import pytest

from skymodel.sightlines.cubature.cells import Cells, gauss, nodes_of
from skymodel.sightlines.cubature.pixelcharts import needs_parting, parted, whole

NSIDES = [1, 2, 4, 16]
CHARTS = {
    "whole": whole,
    "cut": lambda nside, pixels: parted(nside, pixels, 3.0),
    "steeply cut": lambda nside, pixels: parted(nside, pixels, 10.0),
}


def nodes(nside, kind, order=12):
    chart = CHARTS[kind](nside, np.arange(12 * nside**2))
    rules = gauss(order), gauss(order)
    found = nodes_of(Cells.whole(len(chart.owner)), chart, rules)
    weight = found.density * rules[0].weight[:, None] * rules[1].weight
    return chart, found.directions, weight


@pytest.mark.parametrize("nside", NSIDES)
@pytest.mark.parametrize("kind", CHARTS)
def test_all_nodes_are_unit_vectors_in_their_own_pixel(nside, kind):
    chart, directions, _ = nodes(nside, kind)
    owner = np.broadcast_to(chart.owner[:, None, None], directions.shape[:-1])
    # a node graded to the Galactic centre may lie on the corner itself, to rounding: moved a little off it
    inside = np.linalg.norm(directions[..., 1:], axis=-1) > 1e-12
    assert np.allclose(np.linalg.norm(directions, axis=-1), 1.0, rtol=0, atol=1e-15 * 4)
    assert np.array_equal(healpy.vec2pix(nside, *directions[inside].T), owner[inside])


@pytest.mark.parametrize("nside", NSIDES)
@pytest.mark.parametrize("kind", CHARTS)
def test_the_patches_of_a_pixel_make_up_its_area(nside, kind):
    chart, _, weight = nodes(nside, kind)
    area = np.bincount(chart.owner, weight.sum(axis=(1, 2)))
    assert np.allclose(area, 1.0, rtol=0, atol=1e-13)  # the area is a polynomial: exact to rounding


@pytest.mark.parametrize("nside", NSIDES)
@pytest.mark.parametrize("kind", ["whole", "cut"])
def test_pixel_means_of_low_multipoles_are_exact(nside, kind):
    """The mean of z over a pixel ring follows from the ring's bounds; over the sky x, y, z average to 0, z^2 to 1/3."""
    chart, directions, weight = nodes(nside, kind, order=24)
    means = [
        np.bincount(chart.owner, np.sum(weight * power, axis=(1, 2)))
        for power in (*np.moveaxis(directions, -1, 0), directions[..., 2] ** 2)
    ]
    # uncut pixels have a kink where the caps begin and a corner at the poles, which is why they are cut
    accuracy = 1e-12 if kind == "cut" else 1e-3
    assert np.allclose([mean.mean() for mean in means], [0, 0, 0, 1 / 3], rtol=0, atol=accuracy)
    pixels = np.arange(12 * nside**2)
    _, lat = healpy.pix2ang(nside, pixels, lonlat=True)
    belt = np.abs(np.sin(np.radians(lat))) < 2 / 3 - 1 / nside  # there a pixel is symmetric about its centre in z
    assert np.allclose(means[2][belt], np.sin(np.radians(lat[belt])), rtol=0, atol=1e-13)


@pytest.mark.parametrize("nside", [2, 64, 1024])
def test_nodes_next_to_the_galactic_centre_keep_all_their_digits(nside):
    """A patch that starts at the centre must not round its distance from it away."""
    centre = healpy.vec2pix(nside, 1.0, 1e-9, 2e-9)
    chart = parted(nside, np.array([centre]), 10.0)
    u, v = np.full((2, 1), 1e-4), np.full((2, 1), 0.5)
    directions, _ = chart(np.arange(2), u, v)
    distance = np.linalg.norm(directions[:, 0, 0, 1:], axis=-1)
    further, _ = chart(np.arange(2), 10 * u, v)
    ratio = np.linalg.norm(further[:, 0, 0, 1:], axis=-1) / distance
    assert (distance < 1e-39).all()
    assert np.allclose(ratio, 1e10, rtol=1e-9)


def test_what_is_cut_is_the_plane_the_centres_meridian_the_caps_and_the_poles():
    nside = 8
    pixels = np.arange(12 * nside**2)
    lon, lat = healpy.pix2ang(nside, pixels, lonlat=True)
    expected = (np.abs(lat) < 1e-9) | (np.abs(np.abs(np.sin(np.radians(lat))) - 2 / 3) < 1e-9)
    expected |= np.isin(pixels, [0, 1, 2, 3, *(pixels[-1] - np.arange(4))])
    expected |= ((lon < 1e-9) | (lon > 360 - 1e-9)) & (np.abs(np.sin(np.radians(lat))) < 2 / 3)
    assert np.array_equal(needs_parting(nside, pixels, folded=True), expected)
    lowest = np.array([np.abs(healpy.boundaries(nside, pixel)[2]).min() for pixel in pixels])
    on_the_plane = lowest < 1e-12  # those with a vertex there
    assert np.array_equal(needs_parting(nside, pixels), expected | on_the_plane)

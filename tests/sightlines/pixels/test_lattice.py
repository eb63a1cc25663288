"""The lattice of pixels: every pixel once, where healpy has it, and maps to the sky that keep areas."""

import healpy
import numpy as np
import pytest

from skymodel.sightlines.pixels.lattice import BELT, CAPS, Lattice

SIGNS = [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)]


def quarter(nside):
    """Return zones, places x, y of their centres, rings and columns of all pixels with a centre in a quarter."""
    lattice, parts = Lattice(nside), []
    ring, column = lattice.within(BELT, 0, 4 * nside, 0, nside)
    level = (ring - nside) % 2 == 1
    parts.append((np.zeros(ring.size, int), 2 * column + ~level, 2 * nside - ring, ring, column))
    for cap in CAPS:
        ring, column = lattice.within(cap, 0, nside, 0, nside)
        x = column - (cap - 1) * ring
        inner = ring < nside
        part = np.full(ring.size, cap), x + 0.5, ring - 1 - x + 0.5, ring, column
        parts.append(tuple(each[inner] for each in part))
    return lattice, *(np.concatenate(each) for each in zip(*parts, strict=True))


@pytest.mark.parametrize("nside", [2, 8, 64])
def test_four_quarters_hold_every_pixel_where_healpy_has_it(nside):
    lattice, zone, x, y, ring, column = quarter(nside)
    lon, lat = (angle[:, 0] for angle in lattice.angles(zone, x[:, None], y[:, None]))
    seen = np.zeros(12 * nside**2, dtype=bool)
    for east, north in SIGNS:
        pixels = lattice.pixels(ring, column, (east, north))
        seen[pixels] = True
        ours = [np.cos(lat) * np.cos(lon), east * np.cos(lat) * np.sin(lon), north * np.sin(lat)]
        assert np.allclose(ours, healpy.pix2vec(nside, pixels), atol=1e-14)
    assert seen.all()


@pytest.mark.parametrize("nside", [2, 64])
def test_rings_start_where_healpy_starts_them(nside):
    rings = np.arange(1, 4 * nside)
    theirs = healpy.ringinfo(nside, rings)[0]
    assert np.array_equal(Lattice(nside).starts(rings), theirs)
    assert [Lattice(nside).start(int(ring)) for ring in rings] == theirs.tolist()
    assert Lattice(nside).start(4 * nside) == 12 * nside**2  # one past the last


@pytest.mark.parametrize("zone", [BELT, *CAPS])
def test_areas_on_the_lattice_are_areas_on_the_sky(zone):
    """A pixel has pi / 3 nside^2: a square of side 1 in a cap, a diamond of area 2 in the belt."""
    lattice, step = Lattice(8), 1e-5
    x, y = np.array([[3.2, 5.1, 0.7]]), np.array([[1.3, 0.4, 2.2]])
    (lon, lat), east, north = (
        lattice.angles(np.array([zone]), x + dx, y + dy) for dx, dy in ((0, 0), (step, 0), (0, step))
    )
    jacobian = ((east[0] - lon) * (north[1] - lat) - (north[0] - lon) * (east[1] - lat)) * np.cos(lat) / step**2
    area = np.pi / (3 * 8**2) / (2 if zone == BELT else 1)
    assert np.allclose(np.abs(jacobian), area, rtol=1e-4)  # differences of 1e-5 of a pixel

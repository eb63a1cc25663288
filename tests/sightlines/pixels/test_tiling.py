"""Maps from tiles: as the direct ones, whole and in chunks."""

import tracemalloc

import healpy
import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, DwekBar, ExponentialDisk, GeneralizedNFW, Triaxial, from_function
from skymodel.sightlines.pixels import tiling
from skymodel.sightlines.pixels.summing import project_chunks
from skymodel.sightlines.pixels.tiling import Tiling
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines
from tests.reference.sky_truth import pixel_mean

DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
STEEP = GeneralizedNFW(r_s=20.0, gamma=1.3)
OFF_CENTRE = from_function(
    lambda x, y, z: np.exp(-(((x - 1) / 4) ** 2) - ((y + 2) / 3) ** 2 - ((z - 0.4) / 2) ** 2), unit="cm-3"
)


def project(density, nside, *, z_sun=0.0, **keywords):
    return sm.project(density, nside, observer=sm.Observer(8.2, z_sun), **({"r_max": 60.0, "rtol": 1e-5} | keywords))


@pytest.mark.parametrize("sample", ["mean", "centre"])
@pytest.mark.parametrize(
    ("density", "z_sun", "nside"),
    [
        (DISK, 0.0, 16),
        (DISK, 0.0208, 4),
        (STEEP * STEEP, 0.0208, 16),
        pytest.param(NFW(r_s=20.0) * DwekBar(), 0.0, 2, marks=pytest.mark.slow),
        (Triaxial() * Triaxial(), 0.0208, 2),
        (OFF_CENTRE, 0.0, 2),
    ],
    ids=["disk", "disk from above", "cusp from above", "bar", "triaxial halo from above", "off-centre clump"],
)
def test_the_map_is_the_direct_one(density, z_sun, nside, sample):
    tiles = project(density, nside, z_sun=z_sun, sample=sample)
    direct = project(density, nside, z_sun=z_sun, sample=sample, method="direct", rtol=1e-7)
    assert tiles.meta["method"] == "tiles"
    assert np.all(np.abs(tiles.values - direct.values) <= tiles.error + direct.error)
    assert np.all(tiles.error <= 1e-5 * np.maximum(tiles.values, 1e-9 * tiles.values.max()))
    assert np.all(tiles.error >= 64 * np.finfo(float).eps * tiles.values)


@pytest.mark.parametrize(
    ("z_sun", "nside"),
    [(0.0, 16), *(pytest.param(*case, marks=pytest.mark.slow) for case in ((0.0208, 16), (0.0208, 32), (0.003, 8)))],
)
def test_four_pixels_average_to_their_parent_across_the_ways_pixels_are_made(z_sun, nside):
    """The pixels at the centre and at the poles are taken as they are, the others averaged.

    Seen from above, so are those on the plane or with a vertex on it: the layer up to the horizon is thin in them.
    """
    fine, coarse = (project(DISK, n, z_sun=z_sun, rtol=1e-6) for n in (64, nside))
    values, errors = (healpy.ud_grade(part, nside) for part in (fine.values, fine.error))
    assert np.all(np.abs(coarse.values - values) <= coarse.error + errors)


@pytest.mark.parametrize(
    ("nside", "z_sun"), [(1, 0.0), (2, 0.02), (64, 0.0), pytest.param(64, 0.02, marks=pytest.mark.slow)]
)
def test_chunks_are_the_map(nside, z_sun, monkeypatch):
    monkeypatch.setattr(tiling, "CHUNK", 6000)
    whole = project(DISK, nside, z_sun=z_sun, rtol=1e-4)
    place = 0
    for chunk in project_chunks(DISK, nside, observer=sm.Observer(8.2, z_sun), r_max=60.0, rtol=1e-4):
        assert chunk.first_pixel == place
        rows = slice(place, place + chunk.values.size)
        # not bit by bit: products of matrices of other shapes are summed in another order
        assert np.allclose(chunk.values, whole.values[rows], rtol=1e-13, atol=0)
        assert np.allclose(chunk.error, whole.error[rows], rtol=1e-6, atol=0)
        place += chunk.values.size
    assert place == 12 * nside**2


def test_a_large_map_takes_little_more_memory_than_itself():
    """The rest are the tiles and one sheet of rings; a run of rings beside the map would be 64 MiB."""
    project(DISK, 64, rtol=1e-4)
    tracemalloc.start()
    try:
        sky = project(DISK, 1024, rtol=1e-4)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= sky.values.nbytes + sky.error.nbytes + 16 * 2**20


@pytest.mark.slow
@pytest.mark.parametrize(("z_sun", "rtol"), [(0.05, 1e-5), (0.05, 1e-7), (0.0, 1e-6)])
def test_the_pixels_at_the_pole_of_a_large_map_are_true(z_sun, rtol):
    """A pixel there is as large as its distance from the pole, so means are not smooth in longitude and latitude."""
    lines = SightLines(DISK, sm.Observer(8.2, z_sun), PathEnd(r_max=60.0))
    made = Tiling(lines, promises.check(DISK, lines.observer), 4096, rtol, "mean")
    begin, (values, errors) = next(made.runs())
    assert begin == 0
    for pixel in (0, 1, 2, 5, 14, 40, 100, 401, 1003, 3002):
        truth, doubt = pixel_mean(DISK, 4096, pixel, z_sun=z_sun)
        assert abs(values[pixel] - truth) <= errors[pixel] + doubt

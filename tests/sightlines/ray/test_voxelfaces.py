"""What cubes leave out of a path that goes on beyond them."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk, Grid, Rotated, from_function
from skymodel.sightlines.ray.geometry import PathEnd, unit_vectors
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.voxelfaces import left_out
from skymodel.sightlines.ray.voxels import VoxelLines
from tests.reference.cubes import lumpy

AXIS = np.linspace(-10, 10, 41)
VALUES = (1 + sum(axis**2 for axis in np.meshgrid(AXIS, AXIS, AXIS)) / 4) ** -1.5


def cube(edge="zero"):
    return Grid.from_arrays(AXIS, AXIS, AXIS, VALUES, unit="cm-3", edge=edge)


@pytest.mark.parametrize("r_max", [20.0, 60.0])
def test_what_a_cube_leaves_out_is_about_the_share_beyond_its_faces(r_max):
    """The integral of (1 + r^2 / 4)^-1.5 to r is r / sqrt(1 + r^2 / 4)."""
    within, whole = (r / np.sqrt(1 + r * r / 4) for r in (10.0, r_max))
    exact = 1 - within / whole
    assert left_out(cube(), r_max) == pytest.approx(exact, rel=0.05)
    assert left_out(Rotated(cube(), angle=20.0), r_max) == pytest.approx(exact, rel=0.05)
    assert left_out(ExponentialDisk() + cube(), r_max) == pytest.approx(exact, rel=0.05)
    assert 0 < left_out(NFW() * cube(), r_max) < 0.1 * exact  # a steeper product, of which less lies outside


def test_nothing_is_left_out_where_the_cube_covers_the_path_or_goes_on():
    assert left_out(cube(), 10.0) == 0.0
    assert left_out(cube("power law"), 60.0) == 0.0
    assert left_out(NFW(), 60.0) == 0.0


def test_a_mean_says_what_its_cube_leaves_out():
    mean = sm.region_mean(cube(), sm.INTEGRAL_CIRCLE, observer=sm.Observer(8.2), r_max=60.0, rtol=1e-2)
    assert mean.left_out == left_out(cube(), 60.0)


@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_nothing_hides_in_a_cube_as_lines_are_cut_at_all_faces(method):
    """Against 60 nodes between any two faces; lines through a density of which nothing is known take twice as many."""
    cube = lumpy(17, method=method)
    unknown = from_function(cube, unit="cm-3", hints=cube.hints)
    lon, lat = np.linspace(-40, 40, 9), np.linspace(3, -2, 9)
    told, looked = (
        sm.line_of_sight(density, lon, lat, observer=sm.Observer(8.2), r_max=60.0, rtol=1e-4)
        for density in (cube, unknown)
    )
    truth = VoxelLines(SightLines(cube, sm.Observer(8.2), PathEnd(r_max=60.0)), 60, 1e-8)(unit_vectors(lon, lat)).value
    assert (np.abs(told.value - truth) <= told.error + 1e-5 * truth).all()
    assert (told.blind, looked.blind) == (0.0, 0.1)
    assert told.evaluations.sum() < 0.6 * looked.evaluations.sum()


def test_a_cube_that_goes_on_beyond_its_faces_is_not_known_there():
    here = {"observer": sm.Observer(8.2), "r_max": 60.0, "rtol": 0.1}
    skies = [sm.project(ExponentialDisk() * cube(edge), 8, **here) for edge in ("zero", "power law")]
    assert [sky.meta["blind"] for sky in skies] == [0.0, 0.1]
    assert sm.region_mean(NFW() * cube(), sm.INTEGRAL_CIRCLE, **here).blind == 0.0

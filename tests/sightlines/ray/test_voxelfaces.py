"""What cubes leave out of a path that goes on beyond them."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk, Grid, Rotated
from skymodel.sightlines.ray.voxelfaces import left_out

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

"""Lines through cubes: as many nodes a piece as the kinks inside voxels need."""

import numpy as np

from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.voxels import voxel_lines
from tests.reference.cube_honesty import R_MAX, case


def test_a_coarse_cubic_cube_gets_the_nodes_that_it_needs():
    """Where a cubic would be negative it is cut off, a kink anywhere: 8 nodes were off by 3e-4, whatever was asked."""
    here = case(2)
    lines = SightLines(here.density, here.observer, PathEnd(r_max=R_MAX))
    sample = np.random.default_rng(3).normal(size=(128, 3))
    sample /= np.linalg.norm(sample, axis=1, keepdims=True)
    rule = voxel_lines(lines, 3e-4, sample)
    true = lines.integrate(sample[64:], rtol=1e-7, best=True).value
    off = np.sqrt(np.mean((rule(sample[64:]).value / true - 1) ** 2))
    assert off < 2e-4
    assert off < 3 * rule.doubt

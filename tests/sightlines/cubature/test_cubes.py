"""Cubes: lines cut at their faces, lattices that lumps cannot fool, means of pixels and regions with their limits."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, Grid, from_function
from profiles.forms.shapes import Rotated
from skymodel.sightlines.cubature.cells import Cells, gauss, nodes_of
from skymodel.sightlines.cubature.fibonacci import lattice, scattered
from skymodel.sightlines.cubature.pixelcharts import whole
from skymodel.sightlines.cubature.refine import Shares
from skymodel.sightlines.ray.geometry import Observer, PathEnd, unit_vectors
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.voxels import Through, VoxelLines, voxel_lines
from tests.reference.cubes import lumpy

HERE = Observer(8.178, 0.0208)
INSIDE = {"observer": HERE, "s_max": 1.5}


def planar(x, y, z):
    """Linear in each coordinate: any cube holds it exactly."""
    return (30 + x) * (25 - y) * (10 + z)


def test_a_line_through_a_trilinear_cube_is_the_integral_of_its_polynomial():
    axes = np.linspace(-12, 12, 9), np.sort(np.random.default_rng(2).uniform(-12, 12, 30)), np.linspace(-4, 4, 5)
    cube = Grid.from_arrays(*axes, planar(*np.meshgrid(*axes, indexing="ij")), unit="cm-3", edge="zero")
    lon, lat = np.array([0.0, 33.0, 200.0]), np.array([2.0, -40.0, 0.0])
    towards = (HERE.rotation @ unit_vectors(lon, lat).T).T
    rows = zip(towards, strict=True)
    truth = [
        np.prod([np.polynomial.Polynomial([c + s * o, s * d]) for c, s, o, d in
                 zip((30, 25, 10), (1, -1, 1), HERE.position, way, strict=True)]).integ()(1.5)
        for (way,) in rows
    ]  # fmt: skip
    found = sm.line_of_sight(cube, lon, lat, rtol=1e-12, **INSIDE)
    np.testing.assert_allclose(found.value, truth, rtol=1e-13)
    few = VoxelLines(SightLines(cube, HERE, PathEnd(s_max=1.5)), 2, 1e-9)(unit_vectors(lon, lat))
    np.testing.assert_allclose(few.value, truth, rtol=1e-13)


@pytest.mark.parametrize("turn", [0.0, 37.0])
def test_the_rule_that_a_sample_chooses_serves_other_lines_at_a_fraction_of_the_price(turn):
    cube = lumpy(17, seed=3)
    pair = NFW() * (Rotated(cube, angle=turn, tilt=11.0) if turn else cube)
    rng = np.random.default_rng(4)
    lines = SightLines(pair, HERE, PathEnd(60.0))
    directions = unit_vectors(rng.normal(0, 60, 400), rng.normal(0, 20, 400))
    rule = voxel_lines(lines, 2e-4, directions[:200])
    truth, found = lines.integrate(directions[200:], rtol=1e-10), rule(directions[200:])
    assert np.abs(found.value / truth.value - 1).max() < 4e-4  # twice the tolerance: 200 others were the sample
    assert found.evaluations < 0.3 * truth.evaluations.sum()


def test_a_lattice_folds_smooth_integrands_into_an_error_that_falls_with_the_square_of_its_points():
    def error(number):
        rng, smooth = np.random.default_rng(1), lambda u: np.exp(u[..., 0] - 2 * u[..., 1])
        u = 1 - np.abs(2 * ((lattice(number) + rng.random((200, 1, 2))) % 1) - 1)
        return smooth(u).mean(axis=1).std()

    assert error(5) / error(9) > (89 / 13) ** 1.8


@pytest.mark.parametrize("waves", [3.0, 300.0])
def test_the_limit_of_shifted_lattices_holds_for_smooth_and_for_rough_skies(waves):
    pixels = np.arange(40, 60)
    chart, count = whole(4, pixels), len(pixels)
    shares = Shares(np.arange(count), np.arange(count), np.ones(count), count, count)

    def sky(n):
        return Through(2 + np.sin(waves * n[:, 0]) * np.cos(waves * n[:, 1]) + n[:, 2], 1)

    nodes = nodes_of(Cells.whole(count), chart, (gauss(150), gauss(150)))
    truth = np.einsum("nij,i,j->n", sky(nodes.directions.reshape(-1, 3)).value.reshape(count, 150, 150) * nodes.density,
                      gauss(150).weight, gauss(150).weight)  # fmt: skip
    kept = total = 0
    for seed in range(10):
        found = scattered(chart, shares, sky, rtol=1e-2, seed=seed)
        kept, total = kept + (np.abs(found.value - truth) <= found.error).sum(), total + count
        assert (found.error <= 1e-2 * found.value).all()
    assert total - kept <= 2  # of 200, where 0.2 are expected


def test_a_uniform_cube_has_the_same_mean_everywhere_and_says_what_kind_of_error_it_has():
    axis = np.linspace(-12, 12, 13)
    cube = Grid.from_arrays(axis, axis, axis, np.full((13, 13, 13), 2.0), unit="cm-3", edge="zero")
    sky = sm.project(cube, nside=4, rtol=1e-3, **INSIDE)
    gap = np.abs(sky.values - 3.0)
    assert (gap <= sky.error).all()
    assert (gap > 1e-12).sum() <= 4  # those at the centre are integrated on a chart that is crowded there
    assert sky.meta["error_kind"] == "confidence"
    assert sky.meta["evaluations"] > 0
    mean = sm.region_mean(cube, sm.INTEGRAL_CIRCLE, rtol=1e-3, **INSIDE)
    assert abs(mean.value - 3.0) <= mean.error <= 1e-3 * 3.0
    assert mean.error_kind == "confidence"


def test_the_fluxes_of_all_pixels_add_up_to_the_mean_over_the_sky():
    pair = NFW() * lumpy(17, seed=5)
    seen = {"observer": HERE, "r_max": 60.0}
    sky = sm.project(pair, nside=8, rtol=1e-2, **seen)
    whole_sky = sm.region_mean(pair, sm.Circle(lon=0, lat=0, radius=180), rtol=3e-4, **seen)
    assert sky.values.mean() == pytest.approx(whole_sky.value, rel=2e-3)
    assert abs(sky.values.mean() - whole_sky.value) <= sky.error.mean() + whole_sky.error


def test_a_cube_beside_other_terms_is_the_sum_of_their_means():
    cube, rest = lumpy(17, seed=6), from_function(lambda x, y, z: 0.02 + 0 * x, unit="cm-3", symmetry="spherical")
    seen = {"observer": HERE, "r_max": 20.0, "rtol": 1e-3}
    both = sm.region_mean(NFW() * (cube + rest), sm.COMPTEL_WINDOW, **seen)
    apart = [sm.region_mean(NFW() * part, sm.COMPTEL_WINDOW, **seen) for part in (cube, rest)]
    assert abs(both.value - sum(part.value for part in apart)) <= both.error + sum(part.error for part in apart)
    assert both.error_kind == "confidence"

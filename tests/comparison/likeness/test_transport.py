"""The earth mover's distance: closed forms within its own bounds, and POT's plan against another solver."""

import importlib.util
import itertools

import healpy
import numpy as np
import pytest
from scipy import stats
from scipy.optimize import linprog

from skymodel.comparison.forecast.likelihood import Expected
from skymodel.comparison.forecast.mocks import counts, p_values, two_sided
from skymodel.comparison.likeness import transport
from skymodel.comparison.likeness.field import field_of
from skymodel.comparison.likeness.transport import earth_mover, loaded, moved, plan
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.healpix import UNSEEN
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth
from tests.comparison.gaussians import gaussian
from tests.conftest import require

SEED = 20261125  # fixed before any result was seen
FIELD = field_of(Box(lon=(-30, 30), lat=(-15, 15)), 32)


@pytest.fixture(autouse=True)
def _pot(request):
    if "absent" not in request.node.name:
        require("ot")


def pixel(nside):
    return np.degrees(np.sqrt(np.pi / 3) / nside)


@pytest.mark.parametrize("region", [Circle(0, 0, 180), INTEGRAL_CIRCLE, COMPTEL_WINDOW])
def test_identical_and_scaled_maps_need_no_moving(region):
    sky = gaussian(64, 5.0)
    assert tuple(earth_mover(sky, sky, region)) == (0.0, 0.0)
    assert tuple(earth_mover(sky, 7.5 * sky, region)) == (0.0, 0.0)


@pytest.mark.parametrize(("sigma", "shift"), [(4.0, 3.0), (4.0, 20.0), (8.0, 1.0), (2.0, 60.0), (5.0, 120.0)])
def test_a_shifted_gaussian_is_as_far_as_it_was_shifted(sigma, shift):
    # turned about the poles, light at latitude b goes shift cos b: less by half of the width squared
    found = earth_mover(gaussian(64, sigma), gaussian(64, sigma, lon=shift))
    assert abs(found.value - shift) <= found.error + shift * np.radians(sigma) ** 2 / 2
    assert abs(found.value - shift) < 0.05 * pixel(8) + shift * np.radians(sigma) ** 2 / 2  # far better than a pixel
    assert found.error < pixel(8)


@pytest.mark.parametrize("region", [Circle(0, 0, 180), Circle(0, 0, 40)])
@pytest.mark.parametrize(("narrow", "wide"), [(4.0, 5.0), (4.0, 8.0), (3.0, 10.0)])
def test_a_smeared_gaussian_is_the_difference_of_the_mean_distances_from_its_centre(narrow, wide, region):
    beam = GaussianBeam(np.sqrt(wide**2 - narrow**2) * 2.354820045)
    found = earth_mover(gaussian(64, narrow), smooth(gaussian(64, narrow), beam), region)
    expected = np.sqrt(np.pi / 2) * (wide - narrow)  # each share of flux goes straight out
    assert abs(found.value - expected) <= found.error + 0.01 * expected  # the plane's formula
    assert found.value == pytest.approx(expected, abs=0.06 * expected)
    assert found.error < pixel(8)


def test_maps_that_differ_by_rounding_in_one_pixel_alone_are_one_within_the_error():
    values = np.ones(192)
    values[7] += 1e-13  # more than rounding there, and less than it in each of the others
    first, second = (SkyMap(each, 0.0, "cm-2 s-1 sr-1") for each in (np.ones(192), values))
    found = earth_mover(first, second)
    assert found.value == 0
    assert 0 < found.error <= 180 * 1e-13


def test_points_are_as_far_apart_as_they_are():
    values = np.zeros((2, 12 * 64**2))
    places = healpy.ang2pix(64, [10.0, 130.0], [20.0, -50.0], lonlat=True)
    for point, place in zip(values, places, strict=True):
        point[place] = 3.0
    x, y = np.stack(healpy.pix2vec(64, places), axis=1)
    found = earth_mover(*(SkyMap(point, 0.0, "") for point in values))
    assert found.value == pytest.approx(np.degrees(np.arccos(x @ y)), rel=1e-9)
    assert found.error == pytest.approx(2 * 0.3826 * pixel(64), rel=1e-3)  # where in their pixels is not known


def test_the_plan_is_that_of_another_solver():
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(24, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    send, take = (loaded(vectors[half], rng.random(12), np.arange(12)) for half in (slice(12), slice(12, 24)))
    take = take._replace(mass=take.mass * send.mass.sum() / take.mass.sum())
    angle = np.arccos(np.clip(send.centre @ take.centre.T, -1, 1))
    rows = [np.kron(np.eye(12), np.ones(12)), np.kron(np.ones(12), np.eye(12))]
    other = linprog(angle.ravel(), A_eq=np.vstack(rows), b_eq=np.concatenate([send.mass, take.mass]))
    found = plan(send, take)
    assert found.cost == pytest.approx(other.fun, rel=1e-8)
    assert found.moved.sum(axis=1) == pytest.approx(send.mass)


@pytest.mark.parametrize(
    ("first", "second"), [((4.0, 0.0), (6.0, 5.0)), ((4.0, 0.0), (9.0, -3.0)), ((6.0, 5.0), (9.0, -3.0))]
)
def test_bounds_of_coarse_places_hold_the_finer_answer(first, second):
    one, two = (gaussian(32, sigma, lon=lon) for sigma, lon in (first, second))
    fine = earth_mover(one, two, places=12 * 16**2)
    for nside in (2, 4, 8):
        coarse = earth_mover(one, two, places=12 * nside**2)
        inside = 2 * 0.3826 * pixel(32)  # is in both errors, for what neither knows
        assert abs(coarse.value - fine.value) <= coarse.error + fine.error - inside
        assert coarse.error < 1.2 * pixel(nside)


def test_a_finer_map_has_the_same_distance_within_its_error():
    coarse, fine = (earth_mover(gaussian(nside, 4.0), gaussian(nside, 6.0, lon=7.0)) for nside in (64, 128))
    assert fine.value == pytest.approx(coarse.value, abs=0.01)  # the same coarse pixels, means of finer ones
    assert fine.error == pytest.approx(coarse.error, rel=0.05)  # bracketed on pixels of nside 64


def test_it_is_symmetric_and_keeps_the_triangle():
    skies = [gaussian(32, 4.0), gaussian(32, 6.0, lon=5.0), gaussian(32, 8.0, lat=9.0)]
    distance = {(i, j): earth_mover(skies[i], skies[j]) for i, j in itertools.permutations(range(3), 2)}
    for i, j in itertools.combinations(range(3), 2):
        assert distance[i, j].value == pytest.approx(distance[j, i].value, rel=1e-6)
        by_way = 3 - i - j
        together = distance[i, by_way].value + distance[by_way, j].value
        assert distance[i, j].value <= together + distance[i, j].error


def test_errors_of_the_maps_are_moved_through_the_centre():
    sky = gaussian(32, 6.0)
    lon, lat = healpy.pix2ang(32, np.arange(sky.values.size), lonlat=True)
    wrong = 0.05 * sky.values
    stated = earth_mover(SkyMap(sky.values, wrong, ""), sky)
    assert stated.value == 0.0
    for signs in (np.sign((lon + 180) % 360 - 180), np.sign(lat - 4), np.where(np.hypot(lat, 0) > 5, 1, -1)):
        changed = earth_mover(SkyMap(sky.values + signs * wrong, 0.0, ""), sky)
        assert changed.value <= stated.error
        assert changed.value > stated.error / 10  # the bound is no blanket


def test_light_beyond_the_region_does_not_count():
    sky = gaussian(64, 3.0)
    far = SkyMap(sky.values + gaussian(64, 3.0, lon=90.0).values, 0.0, sky.unit)
    assert earth_mover(sky, far).value > 40
    assert earth_mover(sky, far, Circle(0, 0, 20)).value < 1e-6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda v: np.where(v > 0.5, -v, v), "is negative in places"),
        (lambda v: np.where(v > 0.5, UNSEEN, v), "masked"),
        (lambda v: np.where(v > 0.5, np.nan, v), "masked"),
        (lambda v: 0 * v, "has no flux"),
    ],
)
def test_maps_whose_light_cannot_be_moved_are_refused(change, words):
    sky = gaussian(32, 5.0)
    with pytest.raises(ValueError, match=words):
        earth_mover(sky, SkyMap(change(sky.values), 0.0, sky.unit, name="B"))
    with pytest.raises(ValueError, match="nside 32 and 64"):
        earth_mover(sky, gaussian(64, 5.0))


def test_what_is_absent_is_said_with_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    transport._solver.cache_clear()
    assert "pip install 'skymodel[morphology]'" in transport.absence()
    with pytest.raises(ValueError, match="needs the library POT"):
        earth_mover(gaussian(32, 5.0), gaussian(32, 6.0))


def shape(sigma, lon=0.0):
    values = gaussian(32, sigma, lon=lon).values[FIELD.pixels]
    return values / values.sum()


def test_many_pairs_at_once_are_as_far_as_pairs_alone():
    pairs = np.stack([shape(3.0), shape(4.0)]), np.stack([shape(3.0, 6.0), shape(4.0, -9.0)])
    assert moved(*pairs, FIELD) == pytest.approx([6.0, 9.0], abs=0.5)  # of coarse pixels of 3.7 deg, in their middles
    assert moved(pairs[0], 3 * pairs[0], FIELD) == pytest.approx([0.0, 0.0], abs=1e-6)
    assert moved(0 * pairs[0], pairs[0], FIELD).tolist() == [0.0, 0.0]


@pytest.mark.slow
def test_p_values_of_the_distance_are_uniform_under_one_origin():
    same = Expected(4000.0 * shape(4.0), np.full(FIELD.pixels.size, 40.0))
    nulls, mocks = 5000, 1000
    drawn = [counts(same, SEED, 0, nulls + mocks, band=band) - same.background for band in (0, 1)]
    values = moved(*drawn, FIELD)
    p = two_sided(p_values(values[:nulls], values[nulls:], SEED))
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert 0.029 <= np.mean(p < 0.05) <= 0.074  # 99.9 % of a binomial of 1000 at 5 %

"""Many densities at once: each as if alone, with an error of its own that is true, at the cost of few."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, Burkert, ExponentialDisk, GaussianCloud, GeneralizedNFW, Hints, from_function
from skymodel.comparison.ratio.candidates import default_electrons, default_halos, interstellar_electrons
from skymodel.sightlines.means import window_factors
from skymodel.sky.masks import HealpixMask
from skymodel.sky.regions import Box, Circle
from tests.reference import windows

HERE = {"observer": sm.Observer(8.178, 0.0208), "r_max": 60.0}
DISK = ExponentialDisk(R_d=2.6, z_d=0.3)
HALOS = (
    GeneralizedNFW(gamma=1.4, r_s=20.0),  # the steepest of them grades the cells of all
    NFW(r_s=20.0),
    Burkert(),
)


def spherical(function, **known):
    return from_function(
        lambda x, y, z: function(np.sqrt(x * x + y * y + z * z)), unit="GeV cm-3", symmetry="spherical", **known
    )


def off(one, other):
    """Return by how much two numbers differ, in units of their errors."""
    return abs(one.value - other.value) / (one.error + other.error)


@pytest.mark.parametrize("electrons", [DISK, DISK + GaussianCloud()], ids=["disk", "disk and cloud"])
def test_each_is_what_it_is_alone_within_the_errors(electrons):
    pairs = [halo * electrons for halo in HALOS]
    for found, pair in zip(window_factors(pairs, rtol=1e-4, **HERE), pairs, strict=True):
        alone = sm.window_factor(pair, rtol=1e-4, **HERE)
        for one, other in zip(*((r, r.numerator, r.denominator) for r in (found, alone)), strict=True):
            assert off(one, other) < 1
            assert one.error <= 1e-4 * one.value
            assert one.unit == other.unit


@pytest.mark.slow
@pytest.mark.parametrize("name", [*default_electrons(), *interstellar_electrons()])
def test_each_published_pair_is_what_it_is_alone_within_the_errors(name):
    electrons = (default_electrons() | interstellar_electrons())[name]
    rtol = 1e-4 if name in default_electrons() else 1e-3
    pairs = [halo * electrons for halo in default_halos().values()]
    for found, pair in zip(window_factors(pairs, rtol=rtol, r_max=60.0), pairs, strict=True):
        alone = sm.window_factor(pair, rtol=rtol, r_max=60.0)
        for one, other in zip(*((r, r.numerator, r.denominator) for r in (found, alone)), strict=True):
            assert off(one, other) < 1
            assert one.error <= rtol * one.value


def test_each_is_true_by_another_way():
    """A core beside a cusp of 1.4, against nested Gauss-Legendre rules that share no code with the engine."""
    found = window_factors([halo * DISK for halo in HALOS], rtol=1e-4, **HERE)
    for k in (1, 2):
        truth = windows.window_factor(HALOS[k] * DISK, 8.178, 0.0208, order=6)
        assert abs(found[k].value - truth) < found[k].error + 1e-6 * truth  # of the truth: twice its order agrees so


def test_closed_forms_stand_side_by_side():
    """Uniform densities: the length of the path times the height, in every region."""
    heights = 1.0, 3.0
    pairs = [spherical(lambda r, h=h: h + 0 * r) * from_function(lambda x, y, z: 2 + 0 * x, unit="") for h in heights]
    found = window_factors(pairs, numerator=Circle(40, 30, 5), denominator=Box((-3, 3), (-3, 3)), s_max=3.0, rtol=1e-6)
    for one, height in zip(found, heights, strict=True):
        assert one.value == pytest.approx(1.0, abs=one.error)
        assert abs(one.numerator.value - 6 * height) <= one.numerator.error


@pytest.mark.parametrize("announced", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_an_edge_that_one_of_them_has_is_seen_by_all_and_charged_to_it(announced):
    known = {"hints": Hints(spheres=(3.0,))} if announced else {}
    smooth, edged = spherical(lambda r: 1 / (1 + r)), spherical(lambda r: np.where(r < 3, 1.0, 0.1), **known)
    region = {"numerator": Circle(0, 0, 30), "denominator": Circle(0, 0, 10)}
    together = window_factors([smooth * DISK, edged * DISK], rtol=1e-3, s_max=12.0, **region)
    for one, halo in zip(together, (smooth, edged), strict=True):
        alone = sm.window_factor(halo * DISK, rtol=1e-4, s_max=12.0, **region)
        assert off(one, alone) < 1


def test_they_take_the_lines_of_about_one():
    pairs = [halo * DISK for halo in HALOS]
    together = window_factors(pairs, rtol=1e-4, **HERE)[0]
    alone = [sm.window_factor(pair, rtol=1e-4, **HERE) for pair in pairs]
    assert together.numerator.sightlines <= max(each.numerator.sightlines for each in alone)
    assert together.evaluations <= 1.5 * max(each.evaluations for each in alone)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (spherical(lambda r: 1 - r), "finite and not negative"),
        (spherical(lambda r: np.where(r > 5, np.nan, 1.0)), "finite and not negative"),
        (spherical(lambda r: r**-3.0), "steeper|rises towards the centre"),
        (spherical(lambda r: r[..., :1]), "shape"),
        (from_function(lambda x, y, z: 1 / (1 + x * x), unit="GeV cm-3", symmetry="spherical"), "promises symmetry"),
    ],
)
def test_one_that_is_no_density_or_lies_is_refused_whatever_stands_beside_it(wrong, words):
    pairs = [spherical(lambda r: 1 / (1 + r)) * DISK, wrong * DISK]
    with pytest.raises(ValueError, match=words):
        window_factors(pairs, rtol=1e-3, **HERE)


def test_a_dark_denominator_and_a_small_budget_are_refused():
    ball = spherical(lambda r: np.where(r < 0.5, 1.0, 0.0), hints=Hints(spheres=(0.5,)))
    pairs = [ball * DISK, spherical(lambda r: np.where(r < 5, 1.0, 0.0), hints=Hints(spheres=(5.0,))) * DISK]
    with pytest.raises(ValueError, match="there is no ratio to it"):
        window_factors(pairs, denominator=Circle(90, 0, 5), rtol=1e-2, **HERE)
    with pytest.raises(ValueError, match="within the budget of 1e\\+03 evaluations"):
        window_factors([halo * DISK for halo in HALOS], budget=1000, rtol=1e-4, **HERE)


def test_workers_change_no_bit():
    one, two = (window_factors([h * DISK for h in HALOS], rtol=1e-4, workers=n, **HERE) for n in (1, 2))
    assert [(*each, *each.numerator) for each in one] == [(*each, *each.numerator) for each in two]


def test_for_regions_of_pixels_each_is_taken_alone():
    mask = HealpixMask((np.arange(12 * 16**2) < 4).astype(float))
    found = window_factors([halo * DISK for halo in HALOS[1:]], denominator=mask, rtol=1e-2, **HERE)
    alone = sm.window_factor(HALOS[1] * DISK, denominator=mask, rtol=1e-2, **HERE)
    assert tuple(found[0]) == tuple(alone)

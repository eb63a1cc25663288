"""Cells: the error of a rule is not smaller than the truth, and cells are cut where it matters."""

import numpy as np
import pytest

from skymodel.sightlines.cubature.cells import Cells, Lines, gauss, tail
from skymodel.sightlines.cubature.refine import Shares, integrate_cells

# (name, function on (0, 1), its integral): analytic, near a pole, a kink, roots and logarithms at an end, a step
INTEGRALS = [
    ("exponential", lambda x: np.exp(-3 * x), (1 - np.exp(-3)) / 3),
    ("pole at -0.05", lambda x: 1 / (x + 0.05), np.log(1.05 / 0.05)),
    ("pole beside", lambda x: 1 / ((x - 0.4) ** 2 + 0.01), 10 * (np.arctan(6) + np.arctan(4))),
    ("kink", lambda x: np.abs(x - 0.37), (0.37**2 + 0.63**2) / 2),
    ("root", lambda x: np.sqrt(x) * (1 + x), 2 / 3 + 2 / 5),
    ("x^3 log x", lambda x: x**3 * np.log(x) + 1, 1 - 1 / 16),
    ("x^2 log x", lambda x: x**2 * np.log(x) + 1, 1 - 1 / 9),
    ("disc's edge", lambda x: np.sqrt(np.clip(0.73 - x, 0, None)), 2 / 3 * 0.73**1.5),
    ("step", lambda x: np.where(x < 0.41, 1.0, 2.0), 2 - 0.41),
]


@pytest.mark.parametrize(("name", "function", "integral"), INTEGRALS, ids=[row[0] for row in INTEGRALS])
@pytest.mark.parametrize("order", [6, 8, 10, 12, 14])
def test_the_tail_is_not_smaller_than_the_error(name, function, integral, order):
    rule = gauss(order)
    values = function(rule.node)
    error = abs(values @ rule.weight - integral)
    assert error <= tail(values[None], rule)[0] + 1e-14


def test_the_tail_of_a_smooth_function_is_small_enough_to_stop():
    rule = gauss(12)
    assert tail(np.exp(-rule.node)[None], rule)[0] < 1e-12
    assert tail(np.ones((1, 1)), gauss(1))[0] == 0.0


@pytest.mark.parametrize("axes", [(True, False), (False, True), (True, True)])
def test_halves_cover_what_they_come_from(axes):
    cells = Cells(np.array([3, 5]), np.array([[0.0, 0.5], [0.25, 0.0]]), np.array([[1.0, 1.0], [0.5, 0.125]]))
    halves = cells.halves(np.array([axes, axes]))
    assert len(halves.patch) == 2 * 2 ** sum(axes)
    area = np.bincount(halves.patch, np.prod(halves.high - halves.low, axis=1))
    assert np.array_equal(area[[3, 5]], np.prod(cells.high - cells.low, axis=1))
    assert np.all(halves.high > halves.low)


def cone(patch, u, v):
    """Two patches over small squares of the sky around lon = 90 deg and lon = 180 deg."""
    lon = np.radians(np.where(patch == 0, 90.0, 180.0))[:, None, None] + 0.1 * u[:, :, None]
    lat = 0.1 * v[:, None, :] + 0 * lon
    lon = lon + 0 * lat
    directions = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    return directions, 0.01 * np.cos(lat)


def step(directions):
    """A jump along a slanted line, no error of its own."""
    x, y, z = directions.T
    return Lines(np.where(x + y * y + 2 * z > 0.1, 1.0, 0.1), 0 * x, len(x))


def test_sums_that_share_a_patch_with_different_weights_both_meet_their_tolerance():
    shares = Shares(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([1.0, 16.0, 1.0]), 2, 2)
    rules = gauss(6), gauss(6)
    found, finer = (
        integrate_cells(Cells.whole(2), shares, cone, step, rules=rules, rtol=rtol) for rtol in (3e-3, 3e-4)
    )
    assert np.all(found.error <= 3e-3 * found.value)
    assert np.all(np.abs(found.value - finer.value) <= found.error + finer.error)


@pytest.mark.parametrize("other", [1.0, 1 + 1e-12])
def test_of_two_cells_alike_that_are_too_bad_together_both_are_halved(other):
    shares = Shares(np.arange(2), np.zeros(2, dtype=int), np.ones(2), 2, 1)
    errors = np.array([1.0, other])
    assert np.all(shares.allowance(Cells.whole(2), errors, np.array([1.3])) < errors)
    assert np.all(shares.allowance(Cells.whole(2), errors, np.array([2.1])) >= errors)


def test_what_is_too_rough_for_its_tolerance_is_refused_with_a_cure():
    def noise(directions):
        return Lines(np.random.default_rng(1).uniform(size=len(directions)), np.zeros(len(directions)), 0)

    shares = Shares(np.array([0]), np.array([0]), np.array([1.0]), 2, 1)
    with pytest.raises(ValueError, match="rtol = 1e-08 could not be met.*hints"):
        integrate_cells(Cells.whole(2), shares, cone, noise, rules=(gauss(6), gauss(6)), rtol=1e-8)

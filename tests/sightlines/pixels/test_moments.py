"""Means of polynomials over pixels and their parts: those of many Gauss nodes, and pieces that add up to the whole."""

import numpy as np
import pytest

from skymodel.sightlines.pixels import moments
from skymodel.sightlines.surface import chebyshev

ORDER = 14
RNG = np.random.default_rng(1)
HELD = RNG.normal(size=(2, ORDER, ORDER)) * 0.5 ** np.add.outer(np.arange(ORDER), np.arange(ORDER))
STEP_X, STEP_Y = np.array([0.3, 0.05]), np.array([0.2, 0.9])
NODE, WEIGHT = (np.polynomial.legendre.leggauss(24) + np.array([[1.0], [0.0]])) / 2
SIDES = (-1, 1)


def at(k, x, y):
    return chebyshev.evaluate(HELD[k], np.ravel(x), np.ravel(y)).reshape(np.shape(x))


def triangle(k, x, y, step_x, step_y):
    """Return the integral of polynomial k over the triangle at (x, y) with legs of both steps, over the square's area.

    Conical product of Gauss rules: exact for these polynomials.
    """
    u, v = np.meshgrid(NODE, NODE, indexing="ij")
    return float(np.sum(at(k, x + step_x * u, y + step_y * v * (1 - u)) * np.outer(WEIGHT, WEIGHT) * (1 - u)))


@pytest.mark.parametrize("k", [0, 1])
def test_a_mean_over_a_diamond_is_that_of_its_four_quarters(k):
    x, y = 0.1, -0.05
    parts = [triangle(k, x, y, a * STEP_X[k], b * STEP_Y[k]) / 2 for a in SIDES for b in SIDES]
    found = chebyshev.evaluate(moments.whole(HELD, STEP_X, STEP_Y)[k], np.array([x]), np.array([y]))
    assert found[0] == pytest.approx(sum(parts), abs=1e-14)


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize("side", SIDES)
def test_halves_on_an_edge_lie_inside(k, side):
    x, inwards = 0.1, -side * STEP_Y[k]
    parts = [triangle(k, x, side, a * STEP_X[k], inwards) / 2 for a in SIDES]
    along = moments.edge(HELD, STEP_X, STEP_Y, side)[k]
    assert np.polynomial.chebyshev.chebval(x, along) == pytest.approx(sum(parts), abs=1e-14)


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize("x", SIDES)
@pytest.mark.parametrize("y", SIDES)
def test_quarters_in_a_corner_lie_inside(k, x, y):
    part = triangle(k, x, y, -x * STEP_X[k], -y * STEP_Y[k]) / 2
    assert moments.corner(HELD, STEP_X, STEP_Y, x, y)[k] == pytest.approx(part, abs=1e-14)


@pytest.mark.parametrize("k", [0, 1])
def test_a_square_is_its_two_triangles(k):
    x, y = 0.2, -0.3
    corner = x - STEP_X[k] / 2, y - STEP_Y[k] / 2
    lower = triangle(k, *corner, STEP_X[k], STEP_Y[k])
    upper = triangle(k, corner[0] + STEP_X[k], corner[1] + STEP_Y[k], -STEP_X[k], -STEP_Y[k])
    half = chebyshev.evaluate(moments.triangle(HELD, STEP_X, STEP_Y)[k], *(np.array([place]) for place in corner))
    whole = chebyshev.evaluate(moments.square(HELD, STEP_X, STEP_Y)[k], np.array([x]), np.array([y]))
    assert half[0] == pytest.approx(lower, abs=1e-14)
    assert whole[0] == pytest.approx(lower + upper, abs=1e-14)


def test_a_diamond_weighs_its_corners_less_than_a_square_of_the_same_diagonals():
    """The mean of x^2 over |x| + |y| < 1 is 1/6, over a square of side 1 1/12: mixed up, they would show."""
    square = np.zeros((1, ORDER, ORDER))
    square[0, 0, 0], square[0, 2, 0] = 0.5, 0.5  # x^2
    one, nought = np.ones(1), np.zeros(1)
    assert chebyshev.evaluate(moments.whole(square, one, one)[0], nought, nought)[0] == pytest.approx(1 / 6)
    assert chebyshev.evaluate(moments.square(square, one, one)[0], nought, nought)[0] == pytest.approx(1 / 12)

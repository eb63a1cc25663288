"""Chebyshev tiles: exact for polynomials; what they state to miss covers what they do, or probes see it."""

import numpy as np
import pytest

from skymodel.sightlines.surface import chebyshev

FUNCTIONS = {
    "smooth": lambda x: np.exp(1.5 * x),
    "narrow": lambda x: 1 / (1 + 4 * x**2),
    "x^4 ln x at an end, as the axis leaves": lambda x: (1 + x) ** 4 * np.log(1 + x + 1e-300),
    "x^2 ln x at an end": lambda x: (1 + x) ** 2 * np.log(1 + x + 1e-300),
    "even": lambda x: np.cos(2 * x),
}
SLOW = {"root at an end": lambda x: np.sqrt(1 + x), "kink inside": lambda x: np.abs(x - 0.3)}


def missed(function, order, x):
    rule = chebyshev.points(order)
    coefficients = rule.to_coefficients @ function(rule.node)
    return np.abs(coefficients @ chebyshev.basis(order, x) - function(x)), chebyshev.missed_along(coefficients)


def extrema(order):
    return np.cos(np.pi * np.arange(order + 1) / order)


@pytest.mark.parametrize("order", [12, 14, 16, 20])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_polynomial_misses_is_not_more_than_stated(name, order):
    true, stated = missed(FUNCTIONS[name], order, np.concatenate([np.linspace(-1, 1, 4001), extrema(order)]))
    assert true.max() <= stated + 1e-14


@pytest.mark.parametrize("order", [12, 14, 16, 20])
@pytest.mark.parametrize("name", SLOW)
def test_what_falls_too_slowly_shows_at_the_extrema_where_probes_are_taken(name, order):
    """At most six times the stated; at least half of the largest miss is seen at some extremum, a root at its edge."""
    everywhere, stated = missed(SLOW[name], order, np.linspace(-1, 1, 4001))
    at_extrema, _ = missed(SLOW[name], order, extrema(order))
    assert everywhere.max() <= 6 * stated
    assert at_extrema.max() >= 0.5 * everywhere.max()
    if name == "root at an end":
        assert at_extrema[-1] == at_extrema.max()


@pytest.mark.parametrize("order", [12, 16])
def test_the_statement_is_not_idle_for_smooth_sides(order):
    true, stated = missed(FUNCTIONS["narrow"], order, np.linspace(-1, 1, 2001))
    assert stated < 40 * true.max()  # an even function: every second coefficient is missing


def test_polynomials_below_the_order_are_exact():
    rng = np.random.default_rng(1)
    truth = rng.normal(size=(14, 14))
    node = chebyshev.points(14).node
    values = np.polynomial.chebyshev.chebgrid2d(node, node, truth)
    assert np.allclose(chebyshev.coefficients(values[None])[0], truth, atol=1e-12)
    x, y = rng.uniform(-1, 1, (2, 50))
    assert np.allclose(chebyshev.evaluate(truth, x, y), np.polynomial.chebyshev.chebval2d(x, y, truth), atol=1e-12)


def test_errors_along_one_side_are_told_apart_along_the_other():
    """A kink along x whose strength grows with y is missed little at low y, much at high y."""
    node = chebyshev.points(14).node
    x, y = np.meshgrid(node, node, indexing="ij")
    along_x, along_y = chebyshev.missed(chebyshev.coefficients((np.exp(4 * y) * np.abs(x))[None]))
    assert along_x[0, 0] < 0.05 * along_x[0, -1]
    assert along_y.max() < 1e-3 * along_x.max()


def test_an_error_at_the_nodes_grows_no_more_than_stated():
    x = np.linspace(-1, 1, 2001)
    rule = chebyshev.points(20)
    cardinal = (rule.to_coefficients.T @ chebyshev.basis(20, x)).T
    assert np.abs(cardinal).sum(axis=1).max() <= chebyshev.LEBESGUE

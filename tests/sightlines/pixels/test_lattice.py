"""Rules over a diamond and over half of one: exact as far as they say, and different where one would not know."""

import itertools
import math

import numpy as np
import pytest

from skymodel.sightlines.pixels.lattice import coarse, fine, half


def moment(i, j):
    """Mean of x^i y^j over |x| + |y| < 1; over its northern half for any j. Both are integrals of Dirichlet."""
    return 2 * math.factorial(i) * math.factorial(j) / math.factorial(i + j + 2)


def over_diamond(i, j):
    return moment(i, j) if i % 2 == j % 2 == 0 else 0.0


def over_half(i, j):
    return moment(i, j) if i % 2 == 0 else 0.0


def powers(degree):
    return [(i, total - i) for total in range(degree + 1) for i in range(total + 1)]


def mean(lattice, rule, i, j):
    return float(lattice.step**i @ lattice.weights[rule] @ lattice.step**j)


RULES = {
    "coarse, lower": (coarse, 0, 3, 4),
    "coarse, higher": (coarse, 1, 5, 9),
    "fine": (fine, 0, 7, 25),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_exact_to_its_degree_and_no_further(name):
    lattice, rule, degree, count = RULES[name]
    weight = lattice().weights[rule]
    assert np.count_nonzero(weight) == count
    for i, j in powers(degree):
        assert mean(lattice(), rule, i, j) == pytest.approx(over_diamond(i, j), abs=1e-15)
    beyond = [abs(mean(lattice(), rule, i, j) - over_diamond(i, j)) for i, j in powers(degree + 1)]
    assert max(beyond) > 1e-4


def test_the_moments_are_those_of_a_diamond():
    """The same numbers from a square turned by 45 deg, whose sides a product of Gauss rules follows."""
    node, weight = np.polynomial.legendre.leggauss(6)
    s, t = np.meshgrid(node, node)
    for i, j in powers(8):
        turned = np.sum(np.outer(weight, weight) / 4 * ((s - t) / 2) ** i * ((s + t) / 2) ** j)
        assert turned == pytest.approx(over_diamond(i, j), abs=1e-15)


@pytest.mark.parametrize(("i", "j"), [(4, 0), (0, 4), (2, 2)])
def test_the_difference_of_the_coarse_rules_sees_every_term_that_the_lower_misses(i, j):
    """A term that both missed alike would be called exact."""
    low, high = (mean(coarse(), rule, i, j) for rule in (0, 1))
    assert abs(high - low) == pytest.approx(abs(over_diamond(i, j) - low), rel=1e-13)
    assert abs(high - low) > 0.1 * over_diamond(i, j)


@pytest.mark.parametrize(("i", "j"), [(6, 0), (4, 2), (2, 4), (0, 6)])
def test_the_fine_rule_differs_from_the_coarse_one_where_that_misses(i, j):
    assert abs(mean(fine(), 0, i, j) - mean(coarse(), 1, i, j)) > 0.2 * over_diamond(i, j)


@pytest.mark.parametrize("name", RULES)
def test_nodes_keep_within_the_square_and_weights_add_little_to_errors(name):
    lattice, rule, _, _ = RULES[name]
    step, weight = lattice().step, lattice().weights[rule]
    outside = np.add.outer(np.abs(step), np.abs(step)) > 1
    assert np.all(np.diff(step) > 0)
    assert np.all(np.abs(step) < 1)
    assert np.abs(weight).sum() < 1.01
    assert np.abs(weight[outside]).sum() < 0.07
    for image in (weight.T, weight[::-1], weight[:, ::-1]):
        assert np.array_equal(image, weight)


@pytest.mark.parametrize("order", [2, 3, 4])
def test_the_rule_over_half_a_diamond_is_exact_to_its_degree_and_no_further(order):
    across, up, weight = half(order)
    for i, j in powers(2 * order - 1):
        assert weight @ (across**i * up**j) == pytest.approx(over_half(i, j), abs=1e-15)
    beyond = [abs(weight @ (across**i * up**j) - over_half(i, j)) for i, j in powers(2 * order)]
    assert max(beyond) > 1e-6
    assert len(weight) == order**2
    assert np.all(weight > 0)
    assert np.all((up > 0) & (np.abs(across) < 1 - up))


@pytest.mark.parametrize(("low", "high"), [(2, 3), (3, 4)])
def test_rules_over_half_a_diamond_share_no_nodes(low, high):
    places = [np.stack([half(order).across, half(order).up], axis=-1) for order in (low, high)]
    gaps = [np.linalg.norm(a - b) for a, b in itertools.product(*places)]
    assert min(gaps) > 1e-3

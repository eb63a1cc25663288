"""Cells: the error of a rule is not smaller than the truth, and cells are cut where it matters."""

import numpy as np
import pytest

from skymodel.sightlines.cubature.cells import Cells, Lines, Rules, circle, gauss, measure, nodes_of, tail

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
    assert tail(np.ones((3, 2, 1)), gauss(1)).tolist() == [[0.0, 0.0]] * 3


@pytest.mark.parametrize("order", [6, 7, 8, 12, 14])
def test_the_tail_is_the_last_coefficients_times_their_fall_from_the_middle_ones(order):
    """The definition, on Legendre series with known coefficients: the last three, the two in the middle, at most 1."""
    rule, random = gauss(order), np.random.default_rng(order)
    for decades in (0.0, 3.0):
        known = random.uniform(0.5, 2.0, (20, order)) * 10.0 ** -(decades * np.arange(order) / order)
        values = np.polynomial.legendre.legval(2 * rule.node - 1, known.T)
        last = known[:, [order - 3, order - 2, order - 1]].max(axis=1)
        middle = known[:, [order // 2 - 1, order // 2]].max(axis=1)
        assert tail(values, rule) == pytest.approx(last * np.minimum(last / middle, 1.0), rel=1e-9)


def test_the_tail_of_nothing_is_nothing():
    assert tail(np.zeros((2, 12)), gauss(12)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("axes", [(True, False), (False, True), (True, True)])
def test_halves_cover_what_they_come_from(axes):
    cells = Cells(np.array([3, 5]), np.array([[0.0, 0.5], [0.25, 0.0]]), np.array([[1.0, 1.0], [0.5, 0.125]]))
    halves = cells.halves(np.array([axes, axes]))
    assert len(halves.patch) == 2 * 2 ** sum(axes)
    area = np.bincount(halves.patch, np.prod(halves.high - halves.low, axis=1))
    assert np.array_equal(area[[3, 5]], np.prod(cells.high - cells.low, axis=1))
    assert np.all(halves.high > halves.low)


def flat(patch, u, v):
    """Patches that are squares of side 2 in a plane, each 10 beside the last."""
    x = 2 * u[:, :, None] + 10.0 * patch[:, None, None] + 0 * v[:, None, :]
    y = 2 * v[:, None, :] + 0 * x
    return np.stack([x, y, 0 * x], axis=-1), 4.0 + 0 * x


def test_a_cell_is_measured_in_the_size_and_place_it_has():
    """x^2 y over two rectangles in closed form, by rules that differ along the axes; the lines err by 1e-3 each."""
    cells = Cells(np.array([0, 1]), np.array([[0.0, 0.5], [0.25, 0.0]]), np.array([[1.0, 1.0], [0.5, 0.125]]))
    rules = gauss(6), gauss(8)
    nodes = nodes_of(cells, flat, rules)
    assert nodes.directions.shape == (2, 6, 8, 3)
    x, y, _ = nodes.directions.reshape(-1, 3).T
    measured = measure(nodes, Lines(x**2 * y, np.full(x.size, 1e-3), 0), rules)
    sides = [((0.0, 2.0), (1.0, 2.0)), ((10.5, 11.0), (0.0, 0.25))]
    exact = [(b**3 - a**3) / 3 * (d**2 - c**2) / 2 for (a, b), (c, d) in sides]
    areas = np.array([(b - a) * (d - c) for (a, b), (c, d) in sides])
    assert measured.value == pytest.approx(exact, rel=1e-13)
    assert measured.line_error == pytest.approx(1e-3 * areas, rel=1e-13)
    assert np.all(measured.tails < 1e-12 * measured.value[:, None])
    assert np.array_equal(measured.error, measured.tails[:, 0] + measured.tails[:, 1] + measured.line_error)


@pytest.mark.parametrize("axis", [0, 1])
def test_the_tails_tell_along_which_axis_a_cell_is_rough(axis):
    rules = gauss(6), gauss(8)
    nodes = nodes_of(Cells.whole(1), flat, rules)
    places = nodes.directions.reshape(-1, 3).T
    tails = measure(nodes, Lines(np.abs(places[axis] - 0.7), 0 * places[0], 0), rules).tails[0]
    assert tails[axis] > 1e-3
    assert tails[1 - axis] < 1e-14


def test_integrands_side_by_side_are_measured_joined_and_chosen_like_each_alone():
    cells, rules = (
        Cells(np.zeros(3, int), np.zeros((3, 2)), np.array([[1, 1], [0.5, 1], [1, 0.25]])),
        (gauss(6), gauss(8)),
    )
    nodes = nodes_of(cells, flat, rules)
    x, y, _ = nodes.directions.reshape(-1, 3).T
    each = [Lines(np.abs(place - 0.7), 1e-3 * place, 0) for place in (x, y)]
    beside = Lines(np.stack([one.value for one in each]), np.stack([one.error for one in each]), 0)
    keep = np.array([True, False, True])
    alone, together = [measure(nodes, one, rules) for one in each], measure(nodes, beside, rules)
    for change in (lambda m: m, lambda m: m.chosen(keep), lambda m: m.joined(m.chosen(keep))):
        for k, one in enumerate(map(change, alone)):
            found = change(together)
            for column, expected in zip((*found, found.error), (*one, one.error), strict=True):
                assert np.array_equal(column[k], expected)


def test_a_chart_that_turns_the_sky_over_has_errors_all_the_same():
    rules = gauss(6), gauss(6)
    nodes = nodes_of(Cells.whole(1), lambda *place: (flat(*place)[0], -flat(*place)[1]), rules)
    measured = measure(nodes, Lines(np.ones(36), np.full(36, 0.1), 0), rules)
    assert (measured.value[0], measured.line_error[0]) == (pytest.approx(-4.0), pytest.approx(0.4))


WAVES = [  # smooth functions of the angle and their means
    ("poles beside the circle", lambda t: 1 / (1.1 - np.cos(t)), 1 / np.sqrt(1.1**2 - 1)),
    ("poles farther off", lambda t: 1 / (1.5 - np.cos(t)), 1 / np.sqrt(1.5**2 - 1)),
    ("a bump", lambda t: np.exp(8 * (np.cos(t) - 1)), np.i0(8) * np.exp(-8)),
    ("two bumps", lambda t: np.exp(5 * (np.cos(2 * t) - 1)), np.i0(5) * np.exp(-5)),
    ("four corners", lambda t: np.exp(2 * np.cos(4 * t)) * (1 + np.cos(t)), np.i0(2)),
    ("a tilted ellipse", lambda t: 1 / (np.cos(t) ** 2 + np.sin(t) ** 2 / 0.2**2), 0.2),
]


@pytest.mark.parametrize(("name", "function", "mean"), WAVES, ids=[row[0] for row in WAVES])
@pytest.mark.parametrize("order", [13, 17, 25, 27, 31, 37])
def test_around_a_circle_the_tail_is_not_smaller_than_the_error_wherever_it_begins(name, function, mean, order):
    rule = circle(order)
    for begin in np.linspace(0, 1, 7):
        values = function(2 * np.pi * (rule.node + begin))
        assert abs(values @ rule.weight - mean) <= tail(values[None], rule)[0] + 1e-14 * mean


def test_around_a_circle_waves_up_to_the_number_of_nodes_are_nothing():
    rule = circle(25)
    assert rule.to_coefficients.shape == (25, 13)
    for wave in range(1, 25):
        assert abs(np.cos(2 * np.pi * wave * rule.node + 1) @ rule.weight) < 1e-14


def test_cells_have_the_rules_of_their_patch_by_whether_they_reach_across_it():
    pairs = (gauss(6), gauss(8)), (gauss(6), circle(13))
    rules = Rules(pairs, whole=np.array([1, 0]), part=np.array([0, 0]))
    cells = Cells(np.array([0, 1, 0, 0]), np.zeros((4, 2)), np.array([[1, 1], [1, 1], [1, 0.5], [0.5, 1]]))
    (first, one), (second, other) = rules.groups(cells)
    assert (one, other) == pairs
    assert first.patch.tolist() == [1, 0]
    assert second.high.tolist() == [[1, 1], [0.5, 1]]

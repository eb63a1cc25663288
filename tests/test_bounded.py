"""A bound stays a bound through sums, products and quotients: checked against the corners of what may be true."""

import itertools
import math

import pytest
from astropy import units
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.contract.arrays import ROUNDING
from skymodel.bounded import Bounded

NUMBERS = st.tuples(st.floats(-1e3, 1e3), st.floats(0, 1e2)).map(lambda pair: Bounded(*pair))


at_leisure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine


def corners(operation, a, b):
    """Return the results with both numbers off by all that they may be off."""
    return [operation(a.value + s * a.error, b.value + t * b.error) for s, t in itertools.product((-1, 1), repeat=2)]


@at_leisure
@given(NUMBERS, NUMBERS)
def test_sums_and_products_bound_what_may_be_true_and_no_more(a, b):
    for found, operation in ((a + b, lambda x, y: x + y), (a * b, lambda x, y: x * y)):
        worst = max(abs(corner - found.value) for corner in corners(operation, a, b))
        slack = 1e-12 * (abs(found.value) + found.error) + 1e-322  # below 2e-308 numbers are 5e-324 apart
        assert worst - slack <= found.error <= worst + slack


@at_leisure
@given(NUMBERS, NUMBERS.filter(lambda b: abs(b.value) > 1.01 * b.error and abs(b.value) > 1e-3))
def test_a_quotient_bounds_what_may_be_true_and_no_more(a, b):
    found = a / b
    worst = max(abs(corner - found.value) for corner in corners(lambda x, y: x / y, a, b))
    assert worst * (1 - 1e-9) <= found.error <= worst * (1 + 1e-9) + 4 * ROUNDING * abs(found.value) + 1e-300


def test_to_divide_by_the_value_alone_would_be_no_bound():
    a, b = Bounded(2.0, 0.1), Bounded(4.0, 1.0)
    worst = (2.0 + 0.1) / (4.0 - 1.0) - 2.0 / 4.0
    naive = (a.error + a.value / b.value * b.error) / b.value
    assert naive < worst <= (a / b).error
    assert (Bounded(1.0, 0.125) / Bounded(0.5, 0.25)).error == pytest.approx(1.125 / 0.25 - 2)  # below 1 as well


@pytest.mark.parametrize("divisor", [Bounded(1.0, 1.0), Bounded(0.5, 2.0), Bounded(0.0, 0.0)])
def test_a_divisor_that_may_be_zero_leaves_the_quotient_without_bound(divisor):
    assert math.isinf((Bounded(1.0, 0.0) / divisor).error)


def test_an_exact_number_costs_no_accuracy_on_either_side():
    assert Bounded(3.0, 0.5) * -2 == Bounded(-6.0, 1.0)
    assert Bounded(3.0, 0.5) / 2 == Bounded(1.5, 0.25)
    assert 1.0 / Bounded(4.0, 0.0) == Bounded(0.25, ROUNDING * 0.25)
    assert (Bounded(3.0, 0.5) / -2).error == 0.25


def test_products_and_quotients_of_exact_numbers_are_off_by_rounding():
    assert (Bounded(-3.0, 0.0) * Bounded(7.0, 0.0)).error == ROUNDING * 21
    assert (Bounded(-3.0, 0.0) / Bounded(4.0, 0.0)).error == ROUNDING * 0.75


def test_a_number_is_taken_to_the_edge_of_its_range_by_no_more_than_its_error():
    assert [Bounded(value, 0.25).within(0.0, 1.0).value for value in (1.25, 1.5, -0.25, -0.5, 0.5)] == [
        1,
        1.5,
        0,
        -0.5,
        0.5,
    ]
    assert Bounded(1.25, 0.25).within(0.0, 1.0).error == 0.25


def test_units_follow_and_those_that_differ_do_not_add():
    length, time = Bounded(6.0, 0.0, "kpc"), Bounded(2.0, 0.0, "yr")
    assert (length / time).unit == units.Unit("kpc / yr")
    assert (length * time).unit == units.Unit("kpc yr")
    assert (length / Bounded(0.0, 0.0, "yr")).unit == units.Unit("kpc / yr")
    assert (3.0 / time).unit == units.Unit("yr-1")
    with pytest.raises(ValueError, match="do not add"):
        length + time

"""Printed errors and digits lose nothing that matters."""

import pytest

from skymodel.output.numbers import number


@pytest.mark.parametrize("value", [0.269824, 1692.709257, 7.4476e-5, 1.0])
@pytest.mark.parametrize("error", [1.01e-9, 0.00237, 0.05, 9.6e-6])
def test_the_printed_error_is_not_below_the_true_one_and_at_most_twice_it(value, error):
    _, printed = number(value, error).split(" +- ")
    assert error <= float(printed) <= 2 * error


@pytest.mark.parametrize(("value", "error"), [(0.269824, 2.37e-3), (1692.709, 0.6), (7.4476e-5, 1e-9)])
def test_the_printed_digits_lose_less_than_the_error(value, error):
    printed, _ = number(value, error).split(" +- ")
    assert abs(float(printed) - value) <= error

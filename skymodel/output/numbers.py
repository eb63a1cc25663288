"""How a number is printed with its errors: the digits that they leave, and no more."""

from __future__ import annotations

import math


def number(value: float, error: float) -> str:
    """Return a number with the digits that its error leaves, six at most, and the error, rounded up.

    Where nothing is known of the size, because the error is larger than the number, its order is all that is said.

    Examples
    --------
    >>> number(0.26982424, 0.0021), number(0.26982424, 1.5e-8), number(0.025, 0.0)
    ('0.270 +- 3e-03', '0.269824 +- 2e-08', '0.0250000 +- 0e+00')
    >>> number(16.2, 3.4), number(1.0, 2.1), number(0.0001, 0.2)
    ('16 +- 4', '1 +- 3', '0 +- 2e-01')
    """
    if error <= 0 or not math.isfinite(error):
        return f"{value:#.6g} +- {error:.0e}" if error <= 0 else f"{value:.6g} +- {error}"
    power = math.floor(math.log10(error))
    rounded = math.ceil(error / 10.0**power * (1 - 1e-12)) * 10.0**power
    above = f"{rounded:.0f}" if 1 <= rounded < 1000 else f"{rounded:.0e}"
    if abs(value) < 0.05 * error:
        return f"0 +- {above}"  # it is nothing but rounding
    digits = min(6, max(1, math.floor(math.log10(abs(value))) - power + 1))
    shown = f"{value:#.{digits}g}"
    return f"{shown.removesuffix('.')} +- {above}"


def with_both_errors(value: float, measured: float, numerical: float) -> str:
    """Return a value with its measured error, two digits of it, and the bound of the numerical one.

    Examples
    --------
    >>> with_both_errors(0.025, 0.0014, 7e-16), with_both_errors(0.000860499, 4.8e-5, 2e-17)
    ('0.0250 +- 0.0014 +- 7e-16', '8.60e-04 +- 4.8e-05 +- 2e-17')
    >>> with_both_errors(0.025, 0.0, 2e-9)
    '0.0250000 +- 2e-09'
    """
    return number(value, numerical) if measured == 0 else f"{two_digits(value, measured)} +- {numerical:.0e}"


def two_digits(value: float, error: float) -> str:
    """Return a measured number with two digits of its error.

    Examples
    --------
    >>> two_digits(0.025, 0.0014), two_digits(0.000860499, 4.8e-5)
    ('0.0250 +- 0.0014', '8.60e-04 +- 4.8e-05')
    """
    power = math.floor(math.log10(error))
    if power >= -4:
        return f"{value:.{max(0, 1 - power)}f} +- {error:.{max(0, 1 - power)}f}"
    digits = max(0, math.floor(math.log10(abs(value))) - power + 1) if value else 1
    return f"{value:.{digits}e} +- {error:.1e}"

"""The masses within a radius that are known in closed form, each with its rounding error."""

from __future__ import annotations

import math

from profiles.contract.arrays import ROUNDING
from profiles.forms.bulges import HernquistBulge
from profiles.forms.halos import NFW, Burkert, Einasto, GeneralizedNFW, Isothermal, Moore, Zhao
from profiles.mass import Known, closed_form


def _double_power(r: float, rho_s: float, r_s: float, alpha: float, beta: float, gamma: float) -> Known:
    """Return the mass of x^-gamma (1 + x^alpha)^-((beta - gamma)/alpha), an incomplete beta function as 2F1."""
    from scipy.special import hyp2f1

    x = r / r_s
    if x**alpha > 1e4:
        return None  # scipy's 2F1 loses digits there when beta = 3: 1e-9 to 1e-6 at x = 1e6
    a, b = (3 - gamma) / alpha, (beta - gamma) / alpha
    shape = x ** (3 - gamma) / (3 - gamma) * float(hyp2f1(a, b, a + 1, -(x**alpha)))
    value = 4 * math.pi * rho_s * r_s**3 * shape
    return value, 1e-10 * value  # measured against mpmath over 1e-6 < x^alpha < 1e4: at most 1e-11


@closed_form.register
def _(density: NFW, r: float) -> Known:
    return _double_power(r, density.rho_s, density.r_s, 1.0, 3.0, 1.0)


@closed_form.register
def _(density: GeneralizedNFW, r: float) -> Known:
    return _double_power(r, density.rho_s, density.r_s, 1.0, 3.0, density.gamma)


@closed_form.register
def _(density: Moore, r: float) -> Known:
    return _double_power(r, density.rho_s, density.r_s, 1.0, 3.0, 1.16)


@closed_form.register
def _(density: Zhao, r: float) -> Known:
    return _double_power(r, density.rho_s, density.r_s, density.alpha, density.beta, density.gamma)


@closed_form.register
def _(density: HernquistBulge, r: float) -> Known:
    value = 2 * math.pi * density.n_0 * density.a**3 * (r / (r + density.a)) ** 2
    return value, ROUNDING * value


@closed_form.register
def _(density: Isothermal, r: float) -> Known:
    x = r / density.r_s
    return _difference(4 * math.pi * density.rho_s * density.r_s**3, x, math.atan(x))


@closed_form.register
def _(density: Burkert, r: float) -> Known:
    x = r / density.r_s
    return _difference(
        math.pi * density.rho_s * density.r_s**3, math.log1p(x * x) + 2 * math.log1p(x), 2 * math.atan(x)
    )


@closed_form.register
def _(density: Einasto, r: float) -> Known:
    from scipy.special import gammainc, gammaln

    steepness, power = 2 / density.alpha, 3 / density.alpha
    scale = 4 * math.pi * density.rho_s * density.r_s**3 / density.alpha
    norm = math.exp(steepness - power * math.log(steepness) + float(gammaln(power)))
    value = scale * norm * float(gammainc(power, steepness * (r / density.r_s) ** density.alpha))
    return value, 1e-10 * value  # measured against mpmath over 1e-6 < x < 1e3: below 1e-12


def _difference(scale: float, first: float, second: float) -> tuple[float, float]:
    """Return a difference that cancels near the centre, with the rounding error this leaves."""
    return scale * (first - second), ROUNDING * scale * (first + second)

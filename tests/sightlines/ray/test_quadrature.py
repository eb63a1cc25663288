"""The quadrature: exact where it must be, never sure of itself without reason, frugal."""

import mpmath
import numpy as np
import pytest

from skymodel.sightlines.ray import rules
from skymodel.sightlines.ray.quadrature import NotConverged, Panels, integrate_panels
from skymodel.sightlines.ray.rules import COARSE, FINE, MORE, rule


def panels(left, right, owner=None, joined=True):
    left, right = np.atleast_1d(left).astype(float), np.atleast_1d(right).astype(float)
    owner = np.zeros(left.size, dtype=int) if owner is None else np.asarray(owner, dtype=int)
    follows = np.append(owner[1:] == owner[:-1], False) & joined
    return Panels(owner, left, right, np.ones(left.size), np.ones(left.size), follows)


def one(function, left, right, **options):
    found = integrate_panels(lambda panel, t: function(t), panels(left, right), 1, **options)
    return float(found.value[0]), float(found.error[0]), int(found.evaluations[0])


# Integrands on [-1, 1] with their integrals, by what makes them hard; x0 and w are drawn for each case.
def _gauss(x, x0, w):
    return np.exp(-(((x - x0) / w) ** 2))


def _gauss_integral(x0, w):
    return mpmath.sqrt(mpmath.pi) / 2 * w * (mpmath.erf((1 - x0) / w) + mpmath.erf((1 + x0) / w))


BANK = {
    "exponential": (
        lambda x, x0, w: np.exp(-(x + 1) / w),
        lambda x0, w: w * -mpmath.expm1(-2 / w),
    ),
    "gaussian peak": (_gauss, _gauss_integral),
    "resonance": (
        lambda x, x0, w: 1 / (1 + ((x - x0) / w) ** 2),
        lambda x0, w: w * (mpmath.atan((1 - x0) / w) + mpmath.atan((1 + x0) / w)),
    ),
    "sheet": (
        lambda x, x0, w: 1 / np.cosh((x - x0) / w) ** 2,
        lambda x0, w: w * (mpmath.tanh((1 - x0) / w) + mpmath.tanh((1 + x0) / w)),
    ),
    "kink inside": (
        lambda x, x0, w: np.exp(-np.abs(x - x0) / w),
        lambda x0, w: w * (2 - mpmath.exp(-(1 - x0) / w) - mpmath.exp(-(1 + x0) / w)),
    ),
    "edge inside": (
        lambda x, x0, w: np.where(x > x0, 1.0, 1.0 - min(w, 1.0)),
        lambda x0, w: 2 - min(w, 1) * (1 + mpmath.mpf(x0)),
    ),
    "curvature breaks inside": (
        lambda x, x0, w: 1 + np.abs(x - x0) ** (1 + w),
        lambda x0, w: 2 + ((1 - mpmath.mpf(x0)) ** (2 + w) + (1 + mpmath.mpf(x0)) ** (2 + w)) / (2 + w),
    ),
    "cusp beside": (
        lambda x, x0, w: (x + 1 + w) ** -1.5,
        lambda x0, w: 2 * (mpmath.mpf(w) ** -0.5 - (2 + mpmath.mpf(w)) ** -0.5),
    ),
}


def _cases(seed, count):
    random = np.random.default_rng(seed)
    for name, (function, exact) in BANK.items():
        for _ in range(count):
            x0, w = float(random.uniform(-0.98, 0.98)), float(10 ** random.uniform(-1.5, 1))
            with mpmath.workdps(25):
                yield name, function, (x0, w), float(exact(x0, w))


RULES = pytest.mark.parametrize("nodes", [COARSE, FINE], ids=["9", "19"])


@pytest.mark.parametrize(("nodes", "degree"), [(COARSE, 13), (FINE, 29)])
def test_a_rule_is_exact_to_its_degree_and_no_further(nodes, degree):
    for power in range(degree + 2):
        exact = 0.0 if power % 2 else 2 / (power + 1)
        miss = abs(float(rule(nodes[None] ** power).integral[0]) - exact)
        assert miss < 1e-15 if power <= degree else miss > 1e-11


def test_the_larger_rule_holds_all_the_nodes_of_the_smaller():
    assert sorted([*COARSE, *MORE]) == FINE.tolist()


@RULES
def test_the_interpolant_gives_the_ends_of_a_polynomial(nodes):
    polynomial = np.polynomial.Polynomial([3.0, 1.0, 0.5, -0.2])
    said = rule(polynomial(nodes)[None])
    found = said.integral[0], said.left[0], said.right[0]
    assert found == pytest.approx((19 / 3, polynomial(-1), polynomial(1)), rel=1e-14)


def _convicted(nodes, estimate):
    """Return which integrands of the bank are off by more than an estimate below 1 % says."""
    false = []
    for name, function, (x0, w), exact in _cases(seed=1, count=150):
        values = function(nodes, x0, w)[None]
        integral, error = float(rule(values).integral[0]), estimate(values)
        if error < 1e-2 * integral and abs(integral - exact) > error:
            false.append(name)
    return false


def _own(values):
    return float(rule(values).error[0])


@RULES
def test_the_error_of_one_panel_is_not_too_small_for_anything_that_its_nodes_see(nodes):
    assert _convicted(nodes, _own) == []


@RULES
def test_kinks_forbid_to_trust_the_fall_of_the_coefficients(monkeypatch, nodes):
    """The same bank convicts an error that is right for smooth integrands, so it can convict one that is too small."""
    monkeypatch.setitem(rules.DECAY[False], nodes.size, 3.0)
    assert len(_convicted(nodes, _own)) >= 3


@RULES
def test_the_safety_factor_has_a_reason(monkeypatch, nodes):
    """Without it the same bank finds errors that are too small."""
    monkeypatch.setitem(rules.SAFETY, False, 0.1)
    assert len(_convicted(nodes, _own)) > 5


@pytest.mark.parametrize("rtol", [1e-3, 1e-6, 1e-9, 1e-12])
def test_true_error_reported_error_and_request_are_in_this_order(rtol):
    for name, function, (x0, w), exact in _cases(seed=2, count=25):
        value, error, _ = one(lambda t, f=function, a=x0, b=w: f(t, a, b), -1, 1, rtol=rtol)
        assert abs(value - exact) <= error <= rtol * value, (name, x0, w)


def test_an_edge_between_the_last_node_of_a_panel_and_the_first_of_the_next_is_found():
    edge = 0.5 * (1 + COARSE[-1])  # no node of [-1, 1] lies beyond
    value, error, _ = one(lambda t: np.where(t < edge, 1.0, 0.0), [-1, 1], [1, 3], rtol=1e-6)
    assert abs(value - (1 + edge)) <= error <= 1e-6 * value
    apart = integrate_panels(
        lambda panel, t: np.where(t < edge, 1.0, 0.0), panels([-1, 1], [1, 3], joined=False), 1, rtol=1e-6
    )
    assert abs(apart.value[0] - (1 + edge)) > apart.error[0]  # an announced edge is believed: the test can fail


def test_the_ends_of_neighbours_are_compared_in_the_same_measure():
    """An integrand that doubles from one chart to the next is no edge: its stretch doubles as well."""
    chain = panels([0, 1], [1, 2])._replace(left_stretch=np.array([1.0, 2.0]), right_stretch=np.array([1.0, 2.0]))
    found = integrate_panels(lambda panel, t: np.where(panel == 0, 1.0, 2.0) + 0 * t, chain, 1, rtol=1e-9)
    assert (found.value[0], found.evaluations[0]) == (pytest.approx(3.0, rel=1e-15), 18)


def test_many_integrals_at_once_equal_each_alone():
    scales = np.geomspace(0.01, 10, 40)
    together = integrate_panels(
        lambda panel, t: np.exp(-np.abs(t - 0.3) / scales[panel]),
        panels(-np.ones(40), np.ones(40), np.arange(40)),
        40,
        rtol=1e-8,
    )
    for k, scale in enumerate(scales):
        alone = one(lambda t, s=scale: np.exp(-np.abs(t - 0.3) / s), -1, 1, rtol=1e-8)
        assert alone[:2] == pytest.approx((together.value[k], together.error[k]), rel=1e-12)
        assert alone[2] == together.evaluations[k]


def test_only_panels_that_matter_are_refined():
    """A kink in a faint panel is left alone."""
    ends = [0, 3, 6], [3, 6, 9]
    smooth, bent = (lambda t: np.exp(-t)), (lambda t: np.exp(-t) + 1e-8 * np.abs(t - 6.3))
    assert one(bent, *ends, rtol=1e-6)[2] == one(smooth, *ends, rtol=1e-6)[2]
    assert one(bent, *ends, rtol=1e-12)[2] > one(smooth, *ends, rtol=1e-12)[2]


def test_a_floor_spares_faint_integrals():
    def both(panel, t):
        return np.where(panel == 0, 1.0, 1e-12) * np.exp(-np.abs(t - 0.3) / 0.1)

    chain = panels([-1, -1], [1, 1], [0, 1])
    every = integrate_panels(both, chain, 2, rtol=1e-8)
    bright = integrate_panels(both, chain, 2, rtol=1e-8, share=1e-3)
    fixed = integrate_panels(both, chain, 2, rtol=1e-8, floor=1e-3)
    assert every.evaluations[1] == every.evaluations[0] == bright.evaluations[0] > bright.evaluations[1] == 9
    assert fixed.evaluations[1] == 9
    assert bright.error[1] <= 1e-8 * 1e-3 * bright.value[0]


def test_no_panels_give_zero():
    found = integrate_panels(lambda panel, t: t, panels([], [], []), 3, rtol=1e-6)
    assert found.value.tolist() == found.error.tolist() == [0.0, 0.0, 0.0]


def test_a_divergent_integral_is_refused_with_the_panel_to_blame():
    with pytest.raises(NotConverged) as failure:
        integrate_panels(lambda panel, t: 1 / np.abs(t), panels([-1, 0], [-0.5, 1], joined=False), 1, rtol=1e-6)
    assert failure.value.panel == 1


def test_a_spike_that_no_node_sees_is_missed_and_one_that_is_announced_is_not():
    """The limit of any rule on finitely many nodes, stated in the module: announce what is much narrower."""

    def spike(t):
        return 1 + np.exp(-(((t - 0.3217) / 2e-3) ** 2)) / 2e-3

    exact = 2 + np.sqrt(np.pi)
    missed, error, _ = one(spike, -1, 1, rtol=1e-6)
    assert abs(missed - exact) > error
    value, error, _ = one(spike, [-1, 0.3217], [0.3217, 1], rtol=1e-6)
    assert abs(value - exact) <= error

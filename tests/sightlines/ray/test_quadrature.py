"""The quadrature: exact where it must be, never sure of itself without reason, frugal."""

import functools

import mpmath
import numpy as np
import pytest

from skymodel.sightlines.ray import quadrature, rules
from skymodel.sightlines.ray.quadrature import NotConverged, Panels, integrate_panels
from skymodel.sightlines.ray.rules import COARSE, FINE, MORE, rule, woven


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


SMOOTH = ("exponential", "gaussian peak", "resonance", "sheet", "cusp beside")


@functools.cache
def _cases(seed, count, names=tuple(BANK)):
    """Return (name, function, (x0, w), integral) for each name `count` times."""
    random, found = np.random.default_rng(seed), []
    for name in names:
        function, exact = BANK[name]
        for _ in range(count):
            x0, w = float(random.uniform(-0.98, 0.98)), float(10 ** random.uniform(-1.5, 1))
            with mpmath.workdps(25):
                found.append((name, function, (x0, w), float(exact(x0, w))))
    return found


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


def _convicted(nodes, estimate, names=tuple(BANK), count=150):
    """Return which integrands of the bank are off by more than an estimate below 1 % says."""
    false = []
    for name, function, (x0, w), exact in _cases(1, count, names):
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
    monkeypatch.setitem(rules.DECAY["unknown"], nodes.size, 3.0)
    assert len(_convicted(nodes, _own)) >= 3


@RULES
def test_the_safety_factor_has_a_reason(monkeypatch, nodes):
    """Without it the same bank finds errors that are too small."""
    monkeypatch.setitem(rules.SAFETY, "unknown", 0.1)
    assert len(_convicted(nodes, _own)) > 5


def _of_smooth(values):
    return float(rule(values, "smooth").error[0])


@RULES
def test_the_error_of_what_is_known_to_be_smooth_is_smaller_and_not_too_small(nodes):
    assert _convicted(nodes, _of_smooth, SMOOTH, 300) == []
    values = 1 / (1.2 + nodes)[None]
    assert _of_smooth(values) < 0.5 * _own(values)


def test_what_is_known_to_be_smooth_has_no_more_nodes_than_its_safety_allows(monkeypatch):
    """The same bank convicts 19 nodes whose decay is trusted once more, and whose safety is a third."""
    monkeypatch.setitem(rules.DECAY["smooth"], FINE.size, 3.0)
    assert _convicted(FINE, _of_smooth, SMOOTH, 300) != []
    monkeypatch.setitem(rules.DECAY["smooth"], FINE.size, 2.0)
    monkeypatch.setitem(rules.SAFETY, "smooth", 1.0)
    assert _convicted(FINE, _of_smooth, SMOOTH, 300) != []


@RULES
def test_the_interpolants_ends_are_as_good_as_they_say(nodes):
    """Where the doubt is below 1 % of the values. A jump beyond the doubts is an edge, so they must not be larger."""
    for name, function, (x0, w), _ in _cases(1, 40, SMOOTH):
        said, ends = rule(function(nodes, x0, w)[None]), function(np.array([-1.0, 1.0]), x0, w)
        if said.doubt[0] < 1e-2 * ends.max():
            rounding = 1e-13 * ends.max()
            assert abs(said.left[0] - ends[0]) <= said.doubt[0] + rounding, (name, x0, w)
            assert abs(said.right[0] - ends[1]) <= said.doubt[0] + rounding, (name, x0, w)


@RULES
def test_a_rule_reads_error_doubt_and_fall_off_its_last_bands(nodes):
    """Of Legendre series with known coefficients: bands that fall by 1/8, one that falls less, none that falls."""
    many, wide = rules.BANDS[nodes.size]
    bands = 8.0 ** -np.arange(float(many))
    for slow, fall in ((1.0, 1 / 8), (4.0, 1 / 2), (80.0, 1.0)):
        known = np.zeros(nodes.size)
        known[0], known[-many * wide :: wide] = 1.0, bands * np.append(np.ones(many - 1), slow)
        scaled = known * np.sqrt(np.arange(nodes.size) + 0.5)  # orthonormal polynomials
        said = rule(np.polynomial.legendre.legval(nodes, scaled)[None])
        last = bands[-1] * slow
        assert said.fall[0] == pytest.approx(fall, rel=1e-9)
        error = rules.SAFETY["unknown"] * last * fall ** rules.DECAY["unknown"][nodes.size]
        assert said.error[0] == pytest.approx(error + rules.ROUNDING * np.sqrt(2.0), rel=1e-9)
        assert said.doubt[0] == pytest.approx(rules.END * np.sqrt(nodes.size) * last * fall, rel=1e-9)


@pytest.mark.parametrize("rtol", [1e-3, 1e-6, 1e-9, 1e-12])
def test_true_error_reported_error_and_request_are_in_this_order(rtol):
    for name, function, (x0, w), exact in _cases(2, 25):
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


def _work(panel, left, right, left_value, right_value, doubt):
    columns = (np.asarray(column, dtype=float) for column in (left, right, left_value, right_value, doubt))
    left, right, left_value, right_value, doubt = columns
    nothing = np.zeros(left.size)
    said = np.stack([nothing, nothing, left_value, right_value, doubt])
    return quadrature._Work(np.asarray(panel), left, right, said, nothing, np.arange(left.size))


def test_what_neighbours_differ_by_beyond_their_doubts_is_what_an_edge_could_hide():
    """Of three panels, the second in halves and the third of another integral; by hand, each in its own measure."""
    chain = Panels(np.array([0, 0, 1]), *(np.zeros(3),) * 2, np.array([1.0, 5.0, 1.0]), np.array([2.0, 4.0, 1.0]), [])
    chain = chain._replace(joined=np.array([True, False, False]))
    work = _work([0, 1, 1, 2], [0, 2, 3, 5], [2, 3, 5, 9], [7, 5, 9, 99], [8, 6, 7, 99], [0.5, 1, 0.25, 0])
    first = abs(8 / 2 - 5 / 5) - 0.5 / 2 - 1 / 5  # kpc of both charts are compared in one
    second = abs(6 - 9) - 1 - 0.25  # halves of one panel: one chart
    blind = (1 - 0.976560250737573) / 2  # an edge beyond the last node, as a share of the panel
    expected = [first * 2 * 2 * blind, (first * 5 + second) * 1 * blind, second * 2 * blind, 0.0]
    assert quadrature._hidden(work, chain) == pytest.approx(expected, rel=1e-12)
    doubtful = work._replace(said=np.stack([*work.said[:4], [9.0, 9.0, 9.0, 0.0]]))
    assert quadrature._hidden(doubtful, chain).tolist() == [0.0] * 4
    apart = chain._replace(joined=np.zeros(3, dtype=bool))
    assert quadrature._hidden(work, apart) == pytest.approx([0, second * blind, second * 2 * blind, 0], rel=1e-12)


def test_an_edge_is_found_in_whatever_measure_neighbours_are_compared():
    """Their doubts are divided like their values: else a stretch of 1000 would call any edge a doubt."""
    edge = 0.5 * (1 + COARSE[-1])
    chain = panels([-1, 1], [1, 3])._replace(left_stretch=np.full(2, 1e3), right_stretch=np.full(2, 1e3))

    def bent(panel, t):
        return 1e3 * (np.where(t < edge, 1.0, 0.0) + 1e-3 * np.exp(-3 * t))

    exact = 1e3 * (1 + edge + 1e-3 * (np.exp(3) - np.exp(-9)) / 3)
    found = integrate_panels(bent, chain, 1, rtol=1e-4)
    assert abs(found.value[0] - exact) <= found.error[0] <= 1e-4 * found.value[0]


def _too_large(owner, doubts, limit, failing=True):
    limit = np.asarray(limit)
    chosen = quadrature._too_large(np.array(owner), np.array(doubts), limit, np.broadcast_to(failing, limit.shape))
    return chosen.tolist()


def test_the_least_panels_that_together_keep_to_half_the_tolerance_are_left_alone():
    doubts = [0.125, 8.0, 0.25, 1.0, 0.5, 2.0, 0.0]
    # of 0: 1 and 2 of at most 4; of 1: 0.125 and 0.25 of at most 0.375; of 2: nothing, of nothing
    left_alone = [False, True, False, False, True, False, False]
    assert _too_large([1, 0, 1, 0, 1, 0, 2], doubts, [8.0, 0.75, 0.0]) == left_alone
    assert _too_large([0, 0], [1e-300, 0.0], [0.0]) == [True, False]


def test_of_functions_side_by_side_the_worst_that_fails_says_which_panels_are_left_alone():
    doubts = [[0.1, 0.2, 0.3], [0.9, 0.2, 0.1]]
    assert _too_large([0, 0, 0], doubts, [[1.0], [1.0]], [[True], [True]]) == [True, False, False]  # 0.2, 0.5; 0.9
    assert _too_large([0, 0, 0], doubts, [[1.0], [1.0]], [[True], [False]]) == [False, False, True]


def test_a_panel_without_a_number_between_its_ends_is_stuck():
    after = np.nextafter(1.0, 2.0)
    left, right = np.array([1.0, after, 1.0, 0.0]), np.array([after, np.nextafter(after, 2.0), 1.5, 1e-300])
    assert quadrature._stuck(_work([0] * 4, left, right, *(np.zeros(4),) * 3)).tolist() == [True, True, False, False]


@pytest.mark.parametrize("rtol", [1e-3, 1e-12])
def test_evaluations_are_those_that_were_made(rtol):
    counted = np.zeros(3, dtype=int)
    chain = panels([-1, 0, -1, -1], [0, 1, 1, 1], [0, 0, 1, 2])

    def integrand(panel, t):
        panel, t = np.broadcast_arrays(panel, t)
        np.add.at(counted, chain.owner[panel], 1)
        return np.where(chain.owner[panel] == 1, np.exp(-np.abs(t - 0.3)), np.exp(-5 * t))

    found = integrate_panels(integrand, chain, 3, rtol=rtol)
    assert found.evaluations.tolist() == counted.tolist()


def test_an_integrand_of_nothing_is_done_at_once():
    assert one(lambda t: 0 * t, [-1, 1], [1, 2], rtol=1e-9) == (0.0, 0.0, 18)


def test_a_faint_sky_is_integrated_like_a_bright_one():
    """Nothing is measured against a number of ours: a scale by a power of two changes not even the rounding."""

    def both(panel, t):
        return np.where(panel == 0, 1.0, 1e-3) * np.exp(-np.abs(t - 0.3) / 0.1)

    chain = panels([-1, -1], [1, 1], [0, 1])
    for options in ({}, {"share": 1e-2}):
        bright = integrate_panels(both, chain, 2, rtol=1e-6, **options)
        faint = integrate_panels(lambda panel, t: 2.0**-60 * both(panel, t), chain, 2, rtol=1e-6, **options)
        assert (faint.value / 2.0**-60).tolist() == bright.value.tolist()
        assert (faint.error / 2.0**-60).tolist() == bright.error.tolist()
        assert faint.evaluations.tolist() == bright.evaluations.tolist()


def test_what_is_faint_beside_another_is_not_told_by_a_value_in_doubt():
    """At first sight the narrow peak is off by more than it holds; only what it holds for sure lets others be faint."""
    random = np.random.default_rng(3)
    for scale in np.geomspace(1e-6, 1, 40):
        x0, w = random.uniform(-0.9, 0.9), 10 ** random.uniform(-1.5, -0.5)

        def pair(panel, t, x0=x0, w=w, scale=scale):
            return np.where(panel == 0, _gauss(t, x0, w), scale * np.exp(-np.abs(t - 0.1)))

        found = integrate_panels(pair, panels([-1, -1], [1, 1], [0, 1]), 2, rtol=1e-3, share=1e-2)
        least = 1e-3 * np.maximum(found.value, 1e-2 * found.value.max())
        assert np.all(found.error <= least)


def test_at_best_an_integral_that_fails_comes_with_the_error_it_has_and_the_others_as_ever():
    def three(panel, t):
        return np.choose(panel, [1 / np.abs(t), np.exp(-t), np.full(t.shape, 1e308)])

    chain = panels([0, -1, 0], [1, 1, 1e3], [0, 1, 2])
    with np.errstate(all="ignore"):
        found = integrate_panels(three, chain, 3, rtol=1e-6, best=True)
    assert found.error[0] > 1e-6 * found.value[0]
    assert abs(found.value[1] - 2 * np.sinh(1)) <= found.error[1] <= 1e-6 * found.value[1]
    assert found.error[2] == np.inf


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
    faint = panels([-1, 0, 2], [-0.5, 1, 3], joined=False)
    with pytest.raises(NotConverged) as failure:
        integrate_panels(lambda panel, t: 1e-30 / np.abs(t), faint, 1, rtol=1e-6)
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


@pytest.mark.parametrize("nodes", [COARSE, FINE], ids=len)
def test_many_functions_at_once_are_told_each_as_if_alone(nodes):
    size = np.geomspace(1e-3, 1e3, 10_001)  # more than are multiplied at a time, and some left over
    said = rule(size[:, None] * np.exp(nodes))
    assert said.integral == pytest.approx(size * (np.e - 1 / np.e), rel=1e-11)
    assert said.left == pytest.approx(size / np.e, rel=1e-6)
    assert said.right == pytest.approx(size * np.e, rel=1e-6)


def test_what_the_larger_rule_adds_lies_between_the_nodes_of_the_smaller():
    size = np.array([[1.0], [2.0]])
    assert np.array_equal(woven(size * np.exp(MORE), size * np.exp(COARSE)), size * np.exp(FINE))

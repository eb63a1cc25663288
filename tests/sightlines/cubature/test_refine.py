"""Adaptive cells: which are halved, along which axes, around what, and what the sums they belong to may be off by."""

from types import SimpleNamespace

import numpy as np
import pytest

import skymodel as sm
from skymodel.sightlines.cubature import refine
from skymodel.sightlines.cubature.cells import Cells, Lines, Measured, Rules, gauss, nodes_of
from skymodel.sightlines.cubature.refine import (
    Shares,
    Target,
    by_blocks,
    focused,
    integrate_cells,
    line_integrals,
    targets,
)
from skymodel.sightlines.ray import error_shares
from skymodel.sightlines.ray.meter import Shortfall
from tests.sightlines.cubature.test_cells import flat

PAIR = gauss(6), gauss(6)
RULES = Rules.alike(PAIR, 3)
ONE = Shares(np.array([0]), np.array([0]), np.array([1.0]), 1, 1)


def cone(patch, u, v):
    """Two patches over small squares of the sky around lon = 90 deg and lon = 180 deg."""
    lon = np.radians(np.where(patch == 0, 90.0, 180.0))[:, None, None] + 0.1 * u[:, :, None]
    lat = 0.1 * v[:, None, :] + 0 * lon
    lon = lon + 0 * lat
    directions = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    return directions, 0.01 * np.cos(lat)


def step(directions):
    """A jump along a slanted line, no error of its own."""
    x, y, z = directions.T
    return Lines(np.where(x + y * y + 2 * z > 0.1, 1.0, 0.1), 0 * x, len(x))


def test_sums_that_share_a_patch_with_different_weights_both_meet_their_tolerance():
    shares = Shares(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([1.0, 16.0, 1.0]), 2, 2)
    found, finer = (
        integrate_cells(Cells.whole(2), shares, cone, step, rules=RULES, rtol=rtol) for rtol in (3e-3, 3e-4)
    )
    assert np.all(found.error <= 3e-3 * found.value)
    assert np.all(np.abs(found.value - finer.value) <= found.error + finer.error)


@pytest.mark.parametrize("other", [1.0, 1 + 1e-12])
def test_of_two_cells_alike_that_are_too_bad_together_both_are_halved(other):
    shares = Shares(np.arange(2), np.zeros(2, dtype=int), np.ones(2), 2, 1)
    errors = np.array([1.0, other])
    assert np.all(shares.allowance(Cells.whole(2), errors, np.array([1.3])) < errors)
    assert np.all(shares.allowance(Cells.whole(2), errors, np.array([2.1])) >= errors)


def test_what_is_too_rough_for_its_tolerance_is_refused_with_a_cure(monkeypatch):
    monkeypatch.setattr(refine, "_MOST_CELLS", 500)

    def noise(directions):
        return Lines(np.random.default_rng(1).uniform(size=len(directions)), np.zeros(len(directions)), 0)

    shares = Shares(np.array([0]), np.array([0]), np.array([1.0]), 2, 1)
    with pytest.raises(ValueError, match="rtol = 1e-08 could not be met.*hints"):
        integrate_cells(Cells.whole(2), shares, cone, noise, rules=RULES, rtol=1e-8)


def allowed_one_by_one(shares, cells, errors, limit):
    """Return what a cell of each patch may keep, in plain words: the least that the sums of the patch let it."""
    found = np.full(shares.patches, np.inf)
    entries = list(zip(shares.patch, shares.owner, shares.weight, strict=True))
    for owner, most in enumerate(limit):
        parts = sorted(w * e for p, o, w in entries for e in errors[cells.patch == p] if o == owner)
        kept = [part for k, part in enumerate(parts) if sum(parts[: k + 1]) <= most]
        least = min([part for k, part in enumerate(parts) if sum(parts[: k + 1]) > most], default=np.inf)
        for p, o, w in entries:
            if o == owner:
                found[p] = min(found[p], min(max(kept, default=0.0), (1 - 1e-6) * least) / w)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_what_cells_may_keep_never_adds_up_to_more_than_any_sums_limit(seed):
    """On random shares, where patches belong to several sums with weights of their own."""
    random = np.random.default_rng(seed)
    patch, owner = random.permutation(np.argwhere(random.uniform(size=(7, 4)) < 0.6)).T
    shares = Shares(patch, owner, random.uniform(0.5, 4.0, patch.size), 7, 4)
    cells = Cells(random.integers(0, 7, 60), np.zeros((60, 2)), np.ones((60, 2)))
    errors, limit = random.exponential(size=60), np.array([30.0, np.inf, 20.0, 25.0])
    allowed = shares.allowance(cells, errors, limit)
    assert allowed == pytest.approx(allowed_one_by_one(shares, cells, errors, limit), rel=1e-9)
    kept = np.where(errors <= allowed[cells.patch], errors, 0.0)
    assert np.all(shares.totals(cells, kept) <= limit)
    beside = shares.allowance(cells, np.stack([errors, errors[::-1]]), np.stack([limit, limit]))
    assert np.array_equal(beside[0], allowed)
    assert np.array_equal(beside[1], shares.allowance(cells, errors[::-1], limit))


def test_the_least_cells_of_a_sum_are_kept_until_its_limit_and_not_beyond():
    shares = Shares(np.array([0, 1, 2]), np.array([0, 0, 1]), np.array([1.0, 4.0, 1.0]), 4, 2)
    cells = Cells(np.array([0, 0, 0, 1, 1, 2, 3]), np.zeros((7, 2)), np.ones((7, 2)))
    errors = np.array([2.0, 8.0, 1.0, 0.25, 4.0, 5.0, 99.0])  # in the first sum 2, 8, 1, 1, 16; in the second 5
    for limit, kept in ((3.9, 2), (4.0, 3), (11.9, 3), (12.0, 4), (99.0, 5)):  # of 1 + 1 + 2 + 8 + 16
        chosen = errors <= shares.allowance(cells, errors, np.array([limit, 4.9]))[cells.patch]
        assert chosen[:5].sum() == kept
        assert chosen[5:].tolist() == [False, True]  # the last belongs to no sum


def test_a_cell_is_halved_along_its_worse_axis_and_along_the_other_if_that_alone_is_too_bad():
    tails = np.array([[3.0, 1.0], [1.0, 3.0], [3.0, 2.5], [0.5, 0.5], [1.0, 1.0], [0.0, 0.0]])
    measured, allowed = Measured(np.ones(6), tails, np.zeros(6)), np.array([2.0, 2.0, 2.0, 2.0, 2.0, 0.0])
    axes = [[True, False], [False, True], [True, True], [False, False], [False, False], [False, False]]
    assert refine._axes(measured, allowed).tolist() == axes
    assert refine._axes(measured, np.full(6, 1.0)).tolist()[:2] == [[True, False], [False, True]]  # 1 alone is allowed
    both = Measured(np.ones(2), np.array([[1.0, 1.5], [1.5, 1.0]]), np.zeros(2))  # neither alone, but their sum
    assert refine._axes(both, np.full(2, 2.0)).tolist() == [[False, True], [True, False]]
    beside = Measured(np.ones((2, 1)), np.array([[[3.0, 1.0]], [[0.0, 5.0]]]), np.zeros((2, 1)))
    assert refine._axes(beside, np.array([[2.0], [9.0]])).tolist() == [[True, False]]
    assert refine._axes(beside, np.array([[2.0], [1.0]])).tolist() == [[True, True]]


def rough(line_error=0.0, x_edge=0.7):
    """Return an integrand with a kink along x and errors of its own, over a square of side 2."""

    def lines(directions):
        value = 1.0 + np.abs(directions[:, 0] - x_edge)
        return Lines(value, line_error * value, 3 * len(value))

    return lines


EXACT = 2 * (2 + (0.7**2 + 1.3**2) / 2)


@pytest.mark.parametrize("line_error", [0.0, 0.5, 0.9])
def test_cells_make_up_for_what_the_lines_take_of_the_tolerance(line_error):
    for rtol in (1e-3, 1e-5):
        found = integrate_cells(Cells.whole(1), ONE, flat, rough(line_error * rtol), rules=RULES, rtol=rtol)
        assert abs(found.value[0] - EXACT) <= found.error[0] <= rtol * found.value[0]
        assert found.error[0] >= line_error * rtol * EXACT
        assert found.evaluations == 3 * found.sightlines
        assert found.sightlines >= 36 * len(found.cells.patch)


def test_at_best_cells_are_good_although_their_lines_are_not():
    found = integrate_cells(Cells.whole(1), ONE, flat, rough(2e-4), rules=RULES, rtol=1e-4, best=True)
    assert found.error[0] == pytest.approx(2e-4 * found.value[0] + found.measured.tails.sum(), rel=1e-9)
    assert 1e-6 * EXACT < found.measured.tails.sum() <= 1e-4 * EXACT
    with pytest.raises(Shortfall, match=r"rtol = 0\.0001 could not be met: the error stays 2\.\d+ times too large"):
        integrate_cells(Cells.whole(1), ONE, flat, rough(2e-4), rules=RULES, rtol=1e-4)


def test_a_refusal_says_how_much_the_worst_sum_lacks():
    shares = Shares(np.arange(3), np.arange(3), np.ones(3), 3, 3)

    def lines(directions):
        patch = np.round((directions[:, 0] - 1) / 10)
        return Lines(1.0 + 0 * patch, np.choose(patch.astype(int), [3e-3, 5e-3, 1e-4]), 0)

    with pytest.raises(Shortfall, match="stays 5 times too large"):
        integrate_cells(Cells.whole(3), shares, flat, lines, rules=RULES, rtol=1e-3)


def test_integrands_side_by_side_are_good_each_by_itself():
    edges = 0.7, 1.9

    def both(directions):
        value = np.stack(
            [1.0 + np.abs(directions[:, 0] - edges[0]), 1e-3 * (1.0 + np.abs(directions[:, 1] - edges[1]))]
        )
        return Lines(value, 1e-5 * value, 2 * len(directions))

    found = integrate_cells(Cells.whole(1), ONE, flat, both, rules=RULES, rtol=1e-4)
    exact = [scale * (4 + edge**2 + (2 - edge) ** 2) for scale, edge in zip((1.0, 1e-3), edges, strict=True)]
    assert found.value.shape == found.error.shape == (2, 1)
    assert np.all(np.abs(found.value[:, 0] - exact) <= found.error[:, 0])
    assert np.all(found.error <= 1e-4 * found.value)
    assert found.evaluations == 2 * found.sightlines


def test_a_dark_sum_is_done_and_costs_one_round():
    found = integrate_cells(
        Cells.whole(1), ONE, flat, lambda d: Lines(np.zeros(len(d)), np.zeros(len(d)), 0), rules=RULES, rtol=1e-6
    )
    assert (found.value[0], found.error[0], found.sightlines) == (0.0, 0.0, 36)


def test_a_floor_spares_faint_sums():
    shares = Shares(np.arange(2), np.arange(2), np.ones(2), 2, 2)

    def lines(directions):
        faint = directions[:, 0] > 5
        return Lines(np.where(faint, 1e-6, 1.0) * (1 + np.abs(directions[:, 0] % 10 - 0.7)), 0 * directions[:, 0], 0)

    every = integrate_cells(Cells.whole(2), shares, flat, lines, rules=RULES, rtol=1e-4)
    spared = integrate_cells(Cells.whole(2), shares, flat, lines, rules=RULES, rtol=1e-4, floor=np.array([0.0, 1e-2]))
    assert np.all(every.error <= 1e-4 * every.value)
    assert spared.error[0] <= 1e-4 * spared.value[0]
    assert spared.error[1] <= 1e-6
    assert spared.sightlines < every.sightlines


def test_lines_are_integrated_block_by_block_each_with_its_own_floor(monkeypatch):
    monkeypatch.setattr(refine, "_BLOCK", 4)
    asked = []

    def integrate(directions, **options):
        asked.append((len(directions), options))
        size = np.sum(directions**2, axis=1)
        return SimpleNamespace(value=size, error=0.1 * size, evaluations=np.full(len(size), 7))

    lines = SimpleNamespace(density=SimpleNamespace(support=None), integrate=integrate)
    directions = np.arange(30.0).reshape(10, 3)
    done = []
    found = by_blocks(line_integrals(lines, 1e-4, floor=lambda block: block[:, 0]), directions, done.append)
    assert found.value.tolist() == (directions**2).sum(axis=1).tolist()
    assert found.error == pytest.approx(0.1 * found.value)
    assert found.evaluations == 70
    assert done == [4, 7, 10]
    assert max(size for size, _ in asked) <= 4
    assert np.concatenate([options["floor"] for _, options in asked]).tolist() == directions[:, 0].tolist()
    assert {options["rtol"] for _, options in asked} == {error_shares.MEANS.lines * 1e-4}
    assert not any(options["best"] for _, options in asked)
    assert line_integrals(lines, 1e-4)(np.empty((0, 3))).value.shape == (0,)


def test_targets_are_where_hints_say_so_unless_they_are_all_around():
    observer = sm.Observer(8.2, 0.02)
    points = [(0.0, 0.0, 0.0, 0.1), (3.0, -1.0, 2.0, 0.5), (-8.0, 0.0, 0.0, 0.5)]
    density = SimpleNamespace(hints=SimpleNamespace(points=points))
    centre, other = targets(SimpleNamespace(density=density, observer=observer))
    assert centre.direction == pytest.approx([1, 0, 0], abs=1e-12)
    assert centre.size == pytest.approx(0.1 / 8.2)
    distance = np.linalg.norm(np.array(points[1][:3]) - observer.position)
    assert other.size == pytest.approx(0.5 / distance)
    place = observer.position + distance * observer.rotation @ other.direction
    assert place == pytest.approx(points[1][:3], abs=1e-12)
    on_its_edge = SimpleNamespace(hints=SimpleNamespace(points=[(0.0, 0.0, 0.0, 8.0)]))
    assert targets(SimpleNamespace(density=on_its_edge, observer=sm.Observer(8.0, 0.0))) == []


@pytest.mark.parametrize("size", [0.12, 0.014])
def test_cells_around_a_target_are_narrow_and_the_others_as_they_were(size):
    aim = Target(np.array([0.3, 1.4, 0.0]), size)
    cells = focused(Cells.whole(2), flat, PAIR, [aim])
    area = np.bincount(cells.patch, np.prod(cells.high - cells.low, axis=1))
    assert area == pytest.approx([1, 1], rel=1e-15)
    at = 2 * cells.low[:, 0] + 10 * cells.patch, 2 * cells.low[:, 1]
    side = 2 * (cells.high - cells.low)[:, 0]
    here = [(low - side / 2 <= x) & (x <= low + 1.5 * side) for low, x in zip(at, aim.direction, strict=False)]
    reach = 0.932 * np.sqrt(2) * side  # between the outermost of six nodes, across
    assert np.all(reach[here[0] & here[1] & (cells.patch == 0)] <= 4 * size)
    assert reach[here[0] & here[1] & (cells.patch == 0)].max() > 2 * size  # and no narrower than they must
    assert side[cells.patch == 1].tolist() == [2.0]
    assert side[cells.patch == 0].max() >= 0.5
    assert len(cells.patch) < 20 * np.log2(2 / size)
    nodes = nodes_of(cells, flat, PAIR).directions
    assert np.linalg.norm(nodes - aim.direction, axis=-1).min() < 2 * size

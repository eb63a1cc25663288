"""Designs: point i is the same in every batch, and the points fill the cube."""

import itertools

import numpy as np
import pytest

from skymodel.runs.many.designs import points, saltelli_rows


@pytest.mark.parametrize("sampling", ["random", "sobol", "saltelli"])
def test_a_point_is_the_same_whatever_batch_computes_it(sampling):
    draws = 16 * 5
    whole = points(sampling, 3, seed=7, first=0, last=draws, draws=draws)
    cuts = [0, 1, 2, 17, 33, 50, draws]
    parts = [points(sampling, 3, 7, a, b, draws=draws) for a, b in itertools.pairwise(cuts)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert whole.min() >= 0
    assert whole.max() < 1


@pytest.mark.parametrize("sampling", ["random", "sobol", "saltelli"])
def test_another_seed_gives_other_points(sampling):
    first, second = (points(sampling, 2, seed, 0, 32, draws=32) for seed in (1, 2))
    assert not np.isclose(first, second).all(axis=1).any()


def test_random_points_are_uniform_and_independent_of_their_neighbours():
    drawn = points("random", 2, seed=3, first=0, last=4000, draws=4000)
    # 5 standard errors: 1/sqrt(12 n) for a mean, 1/sqrt(n) for a correlation of neighbours
    assert np.abs(drawn.mean(axis=0) - 0.5).max() < 5 / np.sqrt(12 * 4000)
    assert abs(np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]) < 5 / np.sqrt(4000)


def test_the_saltelli_blocks_mix_one_column_of_b_into_a():
    draws, rows = 8 * 4, 8
    a, b, ab_1, ab_2 = points("saltelli", 2, 1, 0, draws, draws=draws).reshape(4, rows, 2)
    assert np.array_equal(ab_1, np.stack([b[:, 0], a[:, 1]], axis=1))
    assert np.array_equal(ab_2, np.stack([a[:, 0], b[:, 1]], axis=1))


def test_a_saltelli_design_of_the_wrong_size_names_the_right_ones():
    with pytest.raises(ValueError, match="for example 64 or 128"):
        saltelli_rows(100, 2)

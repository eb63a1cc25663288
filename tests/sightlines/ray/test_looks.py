"""Looks: how close along a line its pieces are cut where something may hide."""

import numpy as np

from skymodel.sightlines.ray.geometry import Observer, PathEnd, rays, unit_vectors
from skymodel.sightlines.ray.looks import CLOSER, WIDER, looks, nowhere

TOWARDS = unit_vectors([0.0, 40.0, 170.0], [1.0, 20.0, -60.0])
LINES = rays(Observer(8.2), PathEnd(s_max=30.0), TOWARDS)


def distances(hiding):
    return np.array([cut - LINES.observer for cut in looks(LINES, hiding)])


def test_lines_of_which_nothing_is_known_are_cut_at_steps_that_grow_with_the_distance():
    cuts = distances(None)
    np.testing.assert_allclose(cuts[1:] / cuts[:-1], WIDER, rtol=1e-9)
    assert (cuts[-1] * WIDER > 30.0).all()


def test_where_nothing_hides_no_line_is_cut():
    assert looks(LINES, nowhere(TOWARDS)) == []


def test_a_stretch_in_which_something_hides_is_cut_closer_and_the_other_lines_are_not():
    hiding = nowhere(TOWARDS)
    hiding[:, 1] = 2.0, 3.0
    cuts = distances(hiding)
    inside = np.sort(cuts[(cuts[:, 1] > 1.999) & (cuts[:, 1] < 3.001), 1])
    assert inside.size > CLOSER
    assert np.diff(np.log(inside)).max() < 1.001 * np.log(1.5) / CLOSER
    assert np.isinf(cuts[:, [0, 2]]).all()  # beyond the end of every path

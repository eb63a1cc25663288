"""What tiles hold where a sky falls from bright to dark: exp(-s), whose logarithm is a straight line."""

import numpy as np

from skymodel.sightlines.surface import chebyshev
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.holding import dusk, holding
from skymodel.sightlines.surface.quarters import FAR

ORDER, TOLERANCE, FLOOR = 12, 1e-3, 1e-9


def sky(relative_to):
    """Return a tile over 25 e-folds, its values, and errors of 1e-5 of the larger of these and `relative_to`."""
    tile = Batch.unknown(np.array([0]), np.array([FAR]), np.array([[0.0, 1.0, 0.0, 1.0]]), ORDER)
    value = np.exp(-12.5 * (1 + np.repeat(chebyshev.points(ORDER).node, ORDER)))[None]
    return tile, value, 1e-5 * np.maximum(value, relative_to), np.full(value.shape, FLOOR)


def test_dark_places_are_asked_for_where_a_tile_is_too_steep_without_them():
    tile, *known = sky(relative_to=FLOOR)
    held = holding(tile, TOLERANCE, *known)
    assert not held.logarithmic[0]
    assert held.error[0] > 1e3 * TOLERANCE * held.scale[0]
    assert np.array_equal(dusk(held, TOLERANCE, *known), known[0] < 0.5 * FLOOR)


def test_a_steep_tile_is_good_once_its_dark_places_are_known():
    tile, *known = sky(relative_to=0.0)
    held = holding(tile, TOLERANCE, *known)
    assert held.logarithmic[0]
    assert held.error[0] < 0.1 * TOLERANCE
    assert not dusk(held, TOLERANCE, *known).any()
    there = chebyshev.evaluate(held.coefficients[0], np.array([0.3]), np.array([-0.7]))
    assert np.allclose(there, -16.25, rtol=1e-13)  # rounding of twelve terms

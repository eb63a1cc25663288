"""What tiles hold where a sky falls from bright to dark: exp(-s), whose logarithm is a straight line."""

import numpy as np
import pytest

from skymodel.sightlines.ray.error_shares import TILES
from skymodel.sightlines.surface import chebyshev
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.holding import UNSETTLED, dusk, foreseen, holding
from skymodel.sightlines.surface.quarters import FAR

ORDER, TOLERANCE, FLOOR = 12, 1e-3, 1e-9


def sky(relative_to):
    """Return a tile over 25 e-folds, its values, and errors of 1e-5 of the larger of these and `relative_to`."""
    tile = Batch.unknown(np.array([0]), np.array([FAR]), np.array([[0.0, 1.0, 0.0, 1.0]]), ORDER)
    value = np.exp(-12.5 * (1 + np.repeat(chebyshev.points(ORDER).node, ORDER))).reshape(1, ORDER, ORDER)
    return tile, value, 1e-5 * np.maximum(value, relative_to), np.full(value.shape, FLOOR)


def test_dark_places_are_asked_for_where_a_tile_is_too_steep_without_them():
    tile, *known = sky(relative_to=FLOOR)
    held = holding(tile, TOLERANCE, *known)
    assert not held.logarithmic[0]
    assert held.error[0] > 1e3 * TOLERANCE * held.scale[0]
    assert np.array_equal(dusk(held, TOLERANCE, *known), TILES.lines * TOLERANCE * known[0] < 1e-5 * FLOOR)


def test_a_steep_tile_is_good_once_its_dark_places_are_known():
    tile, *known = sky(relative_to=0.0)
    held = holding(tile, TOLERANCE, *known)
    assert held.logarithmic[0]
    assert held.error[0] < 0.1 * TOLERANCE
    assert not dusk(held, TOLERANCE, *known).any()
    there = chebyshev.evaluate(held.coefficients[0], np.array([0.3]), np.array([-0.7]))
    assert np.allclose(there, -16.25, rtol=1e-13)  # rounding of twelve terms


def seen(brightness):
    """Return a tile, a sky there, errors of 1e-6 of it, and a floor."""
    tile, *_ = sky(relative_to=FLOOR)
    x, y = np.meshgrid(chebyshev.points(ORDER).node, chebyshev.points(ORDER).node, indexing="ij")
    value = brightness(x, y)[None]
    return tile, value, 1e-6 * value, np.full(value.shape, FLOOR)


@pytest.mark.parametrize("along_u", [True, False])
def test_a_kink_across_the_outermost_rows_of_nodes_is_foretold_with_its_direction(along_u):
    tile, *known = seen(lambda x, y: 1 + np.abs((x if along_u else y) - 0.2))
    rough, held = (tell(tile, TOLERANCE, *known) for tell in (foreseen, holding))
    assert rough.error[0] > UNSETTLED * TOLERANCE * rough.scale[0]
    assert rough.error[0] == pytest.approx(held.error[0], rel=0.2)  # which has the noise of the integrals on top
    assert rough.worse_along_u[0] == held.worse_along_u[0] == along_u
    assert np.isnan(rough.coefficients).all()


def test_nothing_is_foretold_of_smooth_tiles_and_of_what_the_outermost_rows_do_not_show():
    tile, *smooth = seen(lambda x, y: np.exp(x + 2 * y))
    _, *spot = seen(lambda x, y: 1 + np.exp(-20 * (x**2 + y**2)))
    assert (np.array([foreseen(tile, TOLERANCE, *known).error[0] for known in (smooth, spot)]) < TOLERANCE).all()
    assert holding(tile, TOLERANCE, *spot).error[0] > UNSETTLED * TOLERANCE


def test_nothing_is_foretold_where_a_tile_falls_into_the_dark():
    tile, *known = sky(relative_to=FLOOR)
    assert foreseen(tile, TOLERANCE, *known).error[0] == 0

"""Charts of the sky: from directions to their coordinates and back."""

import numpy as np
import pytest

from skymodel.sightlines.ray.geometry import Observer
from skymodel.sightlines.surface.quarters import FAR, NEAR, Folds, Frame


@pytest.mark.parametrize("z_sun", [0.0, 0.0208, -0.5])
@pytest.mark.parametrize("folds", [Folds(True, True), Folds(True, False), Folds(False, False)])
def test_charts_find_their_way_back(z_sun, folds):
    frame = Frame(folds, Observer(8.2, z_sun))
    rng = np.random.default_rng(2)
    n = rng.normal(size=(400, 3)) * [1, 1, 0.2]
    n[::2, 1:] *= 10 ** rng.uniform(-8, -2, (200, 1))
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    place = frame.places(n)
    signs = np.array([1.0, 1.0 if not folds.left_right else np.nan, 1.0 if not folds.up_down else np.nan])
    for chart in (NEAR, FAR):
        rows = place.near == (chart == NEAR)
        back = frame.directions(place.quarter[rows], chart, place.u[rows, None], place.v[rows, None])[:, 0]
        expected = np.where(np.isnan(signs), np.abs(n[rows]), n[rows])
        expected[:, 0] = n[rows, 0]
        assert np.allclose(back, expected, rtol=1e-9, atol=1e-15)

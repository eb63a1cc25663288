"""How unlike two count maps are: against numpy, scipy and closed forms."""

import numpy as np
import pytest
from scipy import stats

from skymodel.comparison.forecast.unlike import STATISTICS
from skymodel.comparison.likeness.field import field_of
from skymodel.sky.regions import Circle
from tests.comparison.forecast.test_mocks import FIELD, shape


@pytest.mark.parametrize("name", STATISTICS)
def test_a_map_is_not_unlike_itself_nor_a_scaled_one(name):
    a = shape(5.0)[None]
    assert STATISTICS[name](a, 2 * a, FIELD)[0] == pytest.approx(0.0, abs=1e-12)


def test_pearson_and_spearman_are_those_of_numpy_and_scipy():
    rng = np.random.default_rng(1)
    a, b = rng.poisson(3.0, (2, 5, FIELD.pixels.size)).astype(float)  # with many ties
    found = STATISTICS["pearson"](a, b, FIELD), STATISTICS["spearman"](a, b, FIELD)
    for i in range(5):
        assert 1 - found[0][i] == pytest.approx(np.corrcoef(a[i], b[i])[0, 1], abs=1e-12)
        assert 1 - found[1][i] == pytest.approx(stats.spearmanr(a[i], b[i]).statistic, abs=1e-12)


def test_the_cosine_of_two_gaussians_is_the_closed_form():
    wide = field_of(Circle(lon=0, lat=0, radius=60), 64)
    a, b = (shape(*at, field=wide)[None] for at in ((4.0, 0.0), (6.0, 3.0)))
    s2 = 4.0**2 + 6.0**2
    expected_cosine = 2 * 4 * 6 / s2 * np.exp(-(3.0**2) / (2 * s2))
    assert 1 - STATISTICS["cosine"](a, b, wide)[0] == pytest.approx(expected_cosine, abs=3e-3)  # the plane's


def test_the_centroid_sees_a_shift_and_the_width_a_widening():
    wide = field_of(Circle(lon=0, lat=0, radius=40), 64)
    still, moved, broad = (shape(*at, field=wide)[None] for at in ((4.0, 0.0), (4.0, 3.0), (6.0, 0.0)))
    assert STATISTICS["centroid"](still, moved, wide)[0] == pytest.approx(3.0, rel=0.01)
    assert STATISTICS["width"](still, broad, wide)[0] == pytest.approx(2.0 * np.sqrt(2), rel=0.01)  # both axes


def test_the_concentration_gap_of_two_gaussians_is_the_closed_form():
    wide = field_of(Circle(lon=0, lat=0, radius=40), 64)
    gap = STATISTICS["concentration"](shape(4.0, field=wide)[None], shape(8.0, field=wide)[None], wide)[0]
    share = 4 ** (-1 / 3)  # beyond R of the wider, share^4 of the narrower: their difference is largest there
    assert gap == pytest.approx(share - share**4, abs=0.02)  # in 24 rings, of which the best misses the largest

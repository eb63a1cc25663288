"""Profiles in longitude and latitude are means over bins."""

import numpy as np
import pytest

import skymodel as sm
from tests.sky.test_pixelmap import sky


def test_a_profile_is_the_mean_over_each_bin():
    found = sky(nside=16)
    profile = found.profile("radius", [0, 10, 30], centre=(40, 5))
    ring = sm.Circle(40, 5, 30) & ~sm.Circle(40, 5, 10)
    assert profile.mean[1] == found.mean(ring).value
    assert found.profile("lon", np.linspace(-180, 180, 5)).mean.mean() == pytest.approx(found.values.mean(), rel=1e-3)
    with pytest.raises(ValueError, match="allowed: 'lon', 'lat', 'radius'"):
        found.profile("height", [0, 1])

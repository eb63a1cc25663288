"""The speed of electrons in a plasma."""

import pytest

from skymodel.emission.electrosphere.speed import thermal_speed


def test_the_thermal_speed_of_the_hot_plasma_is_the_known_one():
    assert thermal_speed(8.0) == pytest.approx(0.22, abs=0.005)

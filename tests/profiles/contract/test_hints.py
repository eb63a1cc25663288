"""Hints: places that are none are refused in one line."""

import math

import pytest

from profiles import Hints


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"spheres": (-2.0,)}, "Hints.spheres = -2.0; allowed: finite lengths >= 0"),
        ({"cylinders": (1.0, math.nan)}, "Hints.cylinders = nan"),
        ({"planes": (math.inf,)}, "Hints.planes = inf"),
        ({"points": ((1.0, 0.0, 0.0),)}, r"allowed: \(x, y, z, size\)"),
        ({"points": ((1.0, 0.0, 0.0, 0.0),)}, "a size > 0"),
        ({"points": ((math.nan, 0.0, 0.0, 0.1),)}, "finite x, y, z"),
    ],
)
def test_a_hint_that_is_no_place_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Hints(**given)


def test_hints_far_outside_of_every_path_are_allowed():
    assert Hints(spheres=(0.0, 1e3), points=((1e3, 0.0, 0.0, 1.0),)).spheres == (0.0, 1e3)

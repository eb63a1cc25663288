"""Hints: places that are none are refused in one line."""

import math
import pickle

import pytest

from profiles import Flattened, Hints, Spherical
from profiles.contract.hints import surfaces


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"spheres": (-2.0,)}, "Hints.spheres = -2.0; allowed: finite lengths >= 0"),
        ({"cylinders": (1.0, math.nan)}, "Hints.cylinders = nan"),
        ({"planes": (math.inf,)}, "Hints.planes = inf"),
        ({"spheres": ((9.0, 0.0),)}, r"Hints.spheres = \(9.0, 0.0\); allowed: a finite thickness > 0"),
        ({"planes": ((0.3, math.nan),)}, "allowed: a finite thickness > 0"),
        ({"cylinders": ((-1.0, 0.1),)}, "Hints.cylinders = -1.0; allowed: finite lengths >= 0"),
        ({"spheres": ((9.0, 0.1, 0.1),)}, r"allowed: a length or a tuple \(length, thickness\)"),
        ({"spheres": ([9.0, 0.1],)}, r"allowed: a length or a tuple \(length, thickness\)"),
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


def test_a_layer_is_cut_on_both_sides_but_not_below_zero():
    assert surfaces((5.0, (1.0, 0.25))) == (5.0, 0.5, 1.0, 1.5, 3.0, 9.0)
    assert surfaces(((0.0, 0.5),)) == (0.0, 1.0, 4.0, 16.0)


def test_layers_are_kept_as_they_were_given():
    hints = Hints(spheres=(5.0, (9.0, 0.005)), planes=((0.3, 0.01),))
    assert pickle.loads(pickle.dumps(hints)) == hints == eval(repr(hints))
    assert (hints | Hints(spheres=((9.0, 0.005), 5.0))) == hints


def test_a_flattened_layer_is_announced_as_ellipsoids():
    class Shell(Spherical):
        hints = Hints(spheres=((9.0, 0.005),))

        def radial(self, r):
            return 0 * r

    ovals = Flattened(Shell(unit="cm-3"), q=0.5).hints.ovals
    assert [oval.radius for oval in ovals] == pytest.approx([8.84, 8.96, 8.99, 9.0, 9.01, 9.04, 9.16])

"""A function of several fields has the lowest of their symmetries."""

import pytest

from profiles import from_function
from profiles.contract.mapped import mapped
from tests.emission.nuggets.test_local import RISING_CHI


def test_symmetry_hints_and_mirror_are_the_lowest_of_the_fields():
    flat = from_function(lambda x, y, z: 0.1 + 0 * x, unit="", symmetry="axisymmetric", mirror_z=False)
    factor = mapped(lambda a, b: a + b, RISING_CHI, flat)
    assert factor.symmetry == "axisymmetric"
    assert not factor.mirror_z
    assert factor.meridional(3.0, 4.0) == factor(3.0, 0.0, 4.0) == pytest.approx(0.7)

"""The field in which counts are compared."""

import pytest

from skymodel.comparison.likeness.field import field_of
from skymodel.sky.regions import Circle


def test_an_empty_region_is_refused():
    with pytest.raises(ValueError, match="holds 0 pixels"):
        field_of(Circle(0, 0, 5) & Circle(90, 0, 5), 32)

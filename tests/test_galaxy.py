"""The model of a galaxy refuses what it is not made of."""

import pytest

from profiles import NFW, ExponentialDisk
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.galaxy import SkyModel
from tests.comparison.ratio.test_ratio import DISK, HALO


def test_what_a_band_follows_must_be_convertible_to_the_pair():
    with pytest.raises(ValueError, match="wrong dimension"):
        SkyModel(HALO, DISK, direct=HALO)


def test_a_model_of_one_product_in_place_of_two_densities_is_refused():
    with pytest.raises(TypeError, match=r"SkyModel\.electrons = NuggetEmission\(.* is no density; it takes two"):
        SkyModel(NFW() * ExponentialDisk(), NuggetEmission())

"""HEALPix masks as regions."""

import numpy as np
import pytest

from skymodel.sky.regions import (
    INTEGRAL_CIRCLE,
    as_region,
    region_to_config,
)


def test_a_mask_is_a_region_of_its_own_coverage():
    share = INTEGRAL_CIRCLE.coverage(32)
    mask = as_region(share)
    assert mask.solid_angle == pytest.approx(INTEGRAL_CIRCLE.solid_angle, rel=1e-6)
    assert mask.contains(0, [0, 10]).tolist() == [True, False]
    assert np.array_equal(mask.coverage(32), share)
    assert mask.coverage(64).sum() == pytest.approx(4 * share.sum())
    assert mask == as_region(share.copy())
    assert hash(mask) == hash(as_region(share.copy()))


def test_a_mask_has_no_form_in_a_configuration():
    with pytest.raises(ValueError, match="cannot be written"):
        region_to_config(as_region(np.ones(12)))


def test_a_mask_array_that_is_itself_masked_is_refused_and_a_list_in_few_words():
    mask = np.ma.masked_array(np.ones(12 * 64**2), mask=np.arange(12 * 64**2) < 7)
    with pytest.raises(ValueError, match="7 pixels of the mask are masked themselves"):
        as_region(mask)
    with pytest.raises(TypeError, match="is no region") as caught:
        as_region(list(mask.data))
    assert len(str(caught.value)) < 400

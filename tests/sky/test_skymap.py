"""Maps: frozen, honest about masked pixels, and their means against closed forms."""

import copy
import pickle

import numpy as np
import pytest
from astropy import units as u

from skymodel.sky.healpix import UNSEEN
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box
from skymodel.sky.skymap import SkyMap

NSIDE = 32
NPIX = 12 * NSIDE**2


def test_a_map_is_frozen_and_does_not_copy():
    values = np.arange(12.0)
    sky = SkyMap(values, 0.5, "cm-2", name="A", meta={"a": 1})
    assert np.shares_memory(sky.values, values)
    assert sky.error.tolist() == [0.5] * 12
    assert (sky.nside, sky.unit, sky.name, sky.meta["a"]) == (1, u.Unit("cm-2"), "A", 1)
    with pytest.raises(ValueError, match="read-only"):
        sky.values[0] = 1
    with pytest.raises(AttributeError):
        sky.name = "B"
    with pytest.raises(TypeError):
        sky.meta["a"] = 2


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        (np.ones(13), 0.0, "13 pixels are no full HEALPix sky"),
        (np.ones(12 * 9), 0.0, "108 pixels are no full HEALPix sky"),
        (np.ones((3, 12)), 0.0, "SkyMap.values has shape"),
        (np.ones(12), np.ones(48), "SkyMap.error has shape"),
    ],
)
def test_arrays_that_are_no_map_are_refused(values, error, words):
    with pytest.raises(ValueError, match="allowed") as caught:
        SkyMap(values, error, "")
    assert words in str(caught.value)


def test_the_total_of_a_constant_is_that_of_the_sphere():
    total = SkyMap(np.full(NPIX, 2.0), 0.25, "cm-2 s-1 sr-1").total()
    assert total.value == pytest.approx(8 * np.pi, rel=1e-13)
    assert total.error == pytest.approx(np.pi, rel=1e-12)
    assert total.unit == u.Unit("cm-2 s-1")


def test_masked_pixels_do_not_enter_the_total():
    sky = SkyMap(np.full(NPIX, 2.0), 0.0, "cm-2").cut(INTEGRAL_CIRCLE)
    pixels = np.count_nonzero(INTEGRAL_CIRCLE.coverage(NSIDE))
    assert sky.total().value == pytest.approx(2 * pixels * 4 * np.pi / NPIX, rel=1e-13)


def test_a_cut_keeps_what_the_region_touches_and_nothing_else():
    sky = SkyMap(np.arange(float(NPIX)), 1.0, "cm-2", name="A").cut(COMPTEL_WINDOW)
    touched = COMPTEL_WINDOW.coverage(NSIDE) > 0
    assert np.array_equal(~sky.masked, touched)
    assert np.array_equal(sky.values[touched], np.flatnonzero(touched))
    assert np.all(sky.values[~touched] == UNSEEN)
    assert np.all(sky.error[~touched] == UNSEEN)
    assert sky.name == "A"


def test_scaling_scales_errors_and_units_but_not_masks():
    sky = SkyMap(np.ones(NPIX), 0.1, "cm-2").cut(Box((0, 90), (0, 90)))
    scaled = -2 * sky
    kept = ~sky.masked
    assert np.array_equal(scaled.masked, sky.masked)
    assert np.all(scaled.values[kept] == -2)
    assert np.all(scaled.error[kept] == 0.2)
    assert (sky * (3 / u.s)).unit == u.Unit("cm-2 s-1")
    assert (sky * (3 / u.s)).values[kept][0] == 3


def test_units_convert_or_are_refused():
    sky = SkyMap(np.ones(12), 0.5, "cm-2", name="A").to("m-2")
    assert sky.values[0] == pytest.approx(1e4)
    assert sky.error[0] == pytest.approx(5e3)
    assert sky.unit == u.Unit("m-2")
    with pytest.raises(ValueError, match=r"'A' in \[1 / m2\] does not convert to \[kpc\]"):
        sky.to("kpc")


def test_single_precision_files_masks_are_recognised():
    values = np.ones(12, dtype=np.float32)
    values[3] = np.float32(UNSEEN)
    assert np.flatnonzero(SkyMap(values, 0.0, "").masked).tolist() == [3]


def test_a_masked_array_is_a_masked_map_and_its_total_is_that_of_the_rest():
    values = np.ma.masked_array(np.ones(12 * 4**2), mask=np.arange(12 * 4**2) < 96)
    sky = SkyMap(values, np.ma.masked_array(np.full(192, 0.1), mask=values.mask), "cm-2")
    assert sky.masked.sum() == 96
    assert sky.total().value == pytest.approx(2 * np.pi, rel=1e-12)
    assert np.isnan(sky.error[:96]).all()


@pytest.mark.parametrize("copied", [lambda sky: pickle.loads(pickle.dumps(sky)), copy.copy, copy.deepcopy])
def test_a_map_survives_pickling_and_copying(copied):
    sky = SkyMap(
        np.arange(12.0), 0.5, "cm-2 s-1 sr-1", name="mine", meta={"note": [1, 2]}, measured=np.arange(12.0) / 7
    )
    again = copied(sky)
    np.testing.assert_array_equal(again.values, sky.values)
    np.testing.assert_array_equal(again.error, sky.error)
    np.testing.assert_array_equal(again.measured, sky.measured)
    assert (again.unit, again.name, dict(again.meta)) == (sky.unit, sky.name, dict(sky.meta))
    assert not again.values.flags.writeable

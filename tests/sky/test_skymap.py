"""Maps: frozen, honest about masked pixels, and their means against closed forms."""

import copy
import pickle

import healpy
import numpy as np
import pytest
from astropy import units as u

from skymodel.sky.healpix import UNSEEN
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle
from skymodel.sky.skymap import SkyMap

NSIDE = 32
NPIX = 12 * NSIDE**2


def gaussian(nside, sigma_deg, oversampling=8):
    """Return pixel means of exp(-psi^2 / 2 sigma^2) about the centre, by averaging subpixels."""
    x, y, z = healpy.pix2vec(nside * oversampling, np.arange(12 * (nside * oversampling) ** 2), nest=True)
    psi = np.degrees(np.arctan2(np.hypot(y, z), x))
    means = np.exp(-(psi**2) / 2 / sigma_deg**2).reshape(-1, oversampling**2).mean(axis=1)
    return healpy.reorder(means, n2r=True)


def test_the_mark_of_masked_pixels_is_healpys():
    assert UNSEEN == healpy.UNSEEN


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


def test_a_cut_map_still_gives_the_mean_over_its_region():
    whole = SkyMap(gaussian(NSIDE, 5.0), 0.0, "cm-2")
    assert whole.cut(INTEGRAL_CIRCLE).mean(INTEGRAL_CIRCLE).value == whole.mean(INTEGRAL_CIRCLE).value


def test_the_mean_of_a_constant_is_the_constant():
    mean = SkyMap(np.full(NPIX, 3.0), 0.5, "cm-2").mean(COMPTEL_WINDOW & ~INTEGRAL_CIRCLE)
    assert mean.value == pytest.approx(3.0, rel=1e-14)
    assert mean.error == pytest.approx(0.5, rel=1e-6)
    assert mean.unit == u.Unit("cm-2")


@pytest.mark.parametrize("nside", [16, 32, 64])
@pytest.mark.parametrize("sigma", [2.0, 5.0])
def test_the_error_of_a_mean_covers_what_pixels_on_the_edge_hide(nside, sigma):
    psi = (np.arange(200000) + 0.5) / 200000 * np.radians(6)
    weight = np.sin(psi)
    expected = np.sum(weight * np.exp(-(np.degrees(psi) ** 2) / 2 / sigma**2)) / weight.sum()
    mean = SkyMap(gaussian(nside, sigma), 0.0, "").mean(INTEGRAL_CIRCLE)
    assert abs(mean.value - expected) <= mean.error
    assert mean.error < 100 * abs(mean.value - expected)  # and is not inflated


@pytest.mark.parametrize("nside", [4, 16, 64])
@pytest.mark.parametrize(("lon", "inside"), [(5.5, 1.0), (5.9, 1.0), (6.1, 0.0), (6.5, 0.0)])
def test_the_error_of_a_mean_covers_a_point_beside_the_edge_on_either_side(nside, lon, inside):
    values = np.zeros(12 * nside**2)
    values[healpy.ang2pix(nside, lon, 0.1, lonlat=True)] = 1 / healpy.nside2pixarea(nside)
    mean = SkyMap(values, 0.0, "").mean(INTEGRAL_CIRCLE)
    assert abs(mean.value - inside / INTEGRAL_CIRCLE.solid_angle) <= mean.error


@pytest.mark.parametrize("nside", [4, 8, 16, 32])
@pytest.mark.parametrize("region", [Circle(0, 0, 6), Circle(3, 2, 4), Circle(0, 0, 8) & ~Circle(0, 0, 3)])
def test_the_error_of_a_mean_covers_a_cusp_at_the_corner_of_four_pixels(nside, region):
    finest = 256  # where the brightness 1 / (psi^2 + (0.3 deg)^2) is resolved: its pixels span 0.23 deg
    x, y, z = healpy.pix2vec(finest, np.arange(12 * finest**2))
    fine = 1 / (np.degrees(np.arctan2(np.hypot(y, z), x)) ** 2 + 0.3**2)
    share = region.coverage(finest)
    mean = SkyMap(healpy.ud_grade(fine, nside), 0.0, "").mean(region)
    exact = fine @ share / share.sum()
    assert abs(mean.value - exact) <= mean.error


def test_the_mean_over_masked_pixels_is_refused():
    cut = SkyMap(np.ones(NPIX), 0.0, "", name="A").cut(INTEGRAL_CIRCLE)
    with pytest.raises(ValueError, match=r"of the \d+ pixels of comptel_window are masked in the map 'A'"):
        cut.mean(COMPTEL_WINDOW)
    holed = np.ones(NPIX)
    holed[healpy.ang2pix(NSIDE, 0, 0, lonlat=True)] = np.nan
    with pytest.raises(ValueError, match="1 of the"):
        SkyMap(holed, 0.0, "").mean(INTEGRAL_CIRCLE)


def test_the_mean_over_nothing_is_refused():
    with pytest.raises(ValueError, match="is empty"):
        SkyMap(np.ones(NPIX), 0.0, "").mean(Circle(0, 0, 5) & Circle(90, 0, 5))


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

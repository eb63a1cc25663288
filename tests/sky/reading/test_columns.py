"""What the numbers of a column mean: masks, scales, units."""

import numpy as np
import pytest
from astropy import units as u

import skymodel as sm
from skymodel.sky.healpix import UNSEEN
from tests.sky.reading.written import NPIX, UNIT, A, B, signal, table


def test_tnull_bad_data_unseen_and_nan_are_masked(save):
    numbers = np.round(1000 * A).astype(np.int32)
    numbers[10:50] = 32767
    nulls = sm.read_map(save(table([("S", "J", numbers, {"unit": UNIT, "null": 32767})])))
    assert nulls.masked.sum() == 40
    floats = A.astype(np.float32)
    floats[10:50] = 1e20
    bad = sm.read_map(save(signal(floats, "E", BAD_DATA=1e20)))
    assert bad.masked.sum() == 40
    assert (bad.values[10:50] == UNSEEN).all()
    mixed = A.copy()
    mixed[:5], mixed[5:9], mixed[9] = np.nan, UNSEEN, np.inf
    errors = np.full(NPIX, 0.1)
    both = sm.read_map(f"{save(signal(mixed, name='S'), signal(errors, name='S_ERROR'))}[S]")
    assert both.masked.sum() == 10
    assert (both.error[:10] == UNSEEN).all()
    assert (both.error[10:] == 0.1).all()


def test_tscal_and_tzero_are_applied_to_the_numbers_and_not_to_tnull(save):
    numbers = np.arange(NPIX, dtype=np.int32)
    hdu = table([("S", "J", numbers, {"unit": UNIT, "null": 7})], TSCAL1=2.0, TZERO1=-1.0)
    sky = sm.read_map(save(hdu))
    assert np.flatnonzero(sky.masked).tolist() == [7]
    assert sky.values[100] == 199.0


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        ([1, 2, 3072], "out of range, the first 3072"),
        ([1, -4, 3], "first -4"),
        ([1, 2, 2], "more than once, the first 2"),
    ],
)
def test_pixel_numbers_that_cannot_be_are_refused(save, pixels, words):
    columns = [("PIXEL", "K", np.array(pixels), {}), ("S", "D", np.ones(3), {"unit": UNIT})]
    with pytest.raises(ValueError, match=words):
        sm.read_map(save(table(columns, INDXSCHM="EXPLICIT")))


@pytest.mark.parametrize(
    "text", ["1/cm^2/s/sr", "photons cm-2 s-1 sr-1", "ph/cm2/s/sr", "cm^-2 s^-1 sr^-1", "cm**-2 s**-1 sr**-1"]
)
def test_units_are_understood_as_people_spell_them(save, text):
    assert sm.read_map(save(signal(A, unit=text))).unit == u.Unit("cm-2 s-1 sr-1")


def test_kelvins_of_the_cmb_are_kelvins(save):
    assert sm.read_map(save(signal(A, unit="uK_CMB"))).to("K").values == pytest.approx(1e-6 * A, rel=1e-14)


def test_a_map_in_dex_is_raised_to_its_power(save):
    hdus = signal(np.log10(A), name="S", unit=f"dex({UNIT})"), signal(0 * A + 0.01, name="S_ERROR", unit="dex")
    sky = sm.read_map(save(*hdus))
    assert sky.unit == u.Unit("cm-2 s-1 sr-1")
    np.testing.assert_allclose(sky.values, A, rtol=1e-14)
    np.testing.assert_allclose(sky.error, A * (10**0.01 - 1), rtol=1e-12)


@pytest.mark.parametrize("text", ["unknown", "K_RJ", None])
def test_a_unit_that_is_missing_or_not_understood_is_refused_until_it_is_given(save, text):
    path = save(signal(A, unit=text))
    with pytest.raises(ValueError, match=r"unit='\.\.\.'"):
        sm.read_map(path)
    assert sm.read_map(path, unit="cm-2 s-1 sr-1").unit == u.Unit("cm-2 s-1 sr-1")


def test_a_neighbour_without_unit_does_no_harm(save):
    path = save(signal(A, name="FLUX"), signal(B, name="HITS", unit=None))
    assert np.array_equal(sm.read_map(f"{path}[FLUX]").values, A)
    two = save(table([("FLUX", "D", A, {"unit": UNIT}), ("HITS", "D", B, {})]))
    assert np.array_equal(sm.read_map(f"{two}[FLUX]").values, A)
    assert sm.read_map(f"{two}[HITS]", unit="").unit == u.dimensionless_unscaled

"""Every layout of tables in use: parts of the sky, sparse and explicit tables, many pixels a row, multi-order maps."""

import healpy
import numpy as np
import pytest

import skymodel as sm
from skymodel.sky.healpix import UNSEEN
from tests.sky.reading.written import NPIX, NSIDE, THETA, UNIT, A, B, signal, table


def test_three_tables_of_one_name_are_three_maps_and_the_first_is_the_first(save):
    path = save(signal(A), signal(2 * A), signal(10 * A))
    found = sm.read_maps(path)
    assert list(found) == ["xtension", "xtension#2", "xtension#3"]
    for sky, factor in zip(found.values(), (1, 2, 10), strict=True):
        assert np.array_equal(sky.values, factor * A)
    assert np.array_equal(sm.read_map(path).values, A)
    assert np.array_equal(sm.read_map(f"{path}[3]").values, 10 * A)
    with pytest.raises(ValueError, match=r"is 3 maps; choose one: \[1\] xtension, "):
        sm.read_map(f"{path}[xtension]")


def test_a_sparse_table_is_read_by_channel_and_what_is_not_stored_is_zero(save):
    pixels = np.arange(NPIX)
    columns = [
        ("PIX", "J", np.r_[pixels, pixels[:-10]], {}),
        ("CHANNEL", "I", np.r_[np.zeros(NPIX), np.ones(NPIX - 10)], {}),
        ("VALUE", "D", np.r_[A, B[:-10]], {}),
    ]
    path = save(table(columns, "SKYMAP", INDXSCHM="SPARSE", BUNIT=UNIT))
    assert np.array_equal(sm.read_map(f"{path}[SKYMAP][0]").values, A)
    second = sm.read_map(f"{path}[SKYMAP][1]").values
    assert np.array_equal(second[:-10], B[:-10])
    assert not second[-10:].any()


@pytest.mark.parametrize("title", ["PIXEL", "HPXPIX", "whatever"])
def test_the_first_column_of_an_explicit_table_numbers_the_pixels_whatever_its_name(save, title):
    chosen = np.arange(100, 300)[::-1]
    path = save(table([(title, "K", chosen, {}), ("S", "D", A[chosen], {"unit": UNIT})], INDXSCHM="EXPLICIT"))
    sky = sm.read_map(path)
    assert np.array_equal(sky.values[chosen], A[chosen])
    assert sky.masked.sum() == NPIX - 200


def test_partial_maps_of_healpy_and_implicit_ranges_are_read(tmp_path, save):
    part = np.where(THETA < 30, A, UNSEEN)
    healpy.write_map(tmp_path / "p.fits", part, partial=True, coord="G", column_units="cm-2", dtype=np.float64)
    assert np.array_equal(sm.read_map(tmp_path / "p.fits").values, part)
    path = save(signal(A[500:700], FIRSTPIX=500, LASTPIX=699))
    sky = sm.read_map(path)
    assert np.array_equal(sky.values[500:700], A[500:700])
    assert sky.masked.sum() == NPIX - 200


def test_rows_of_many_pixels_as_healpy_packs_them_are_one_map(tmp_path):
    healpy.write_map(tmp_path / "h.fits", [A, B, A], coord="G", column_units="cm-2", dtype=np.float64)
    assert np.array_equal(sm.read_map(f"{tmp_path}/h.fits[Q_POLARISATION]").values, B)


def test_a_multi_order_density_is_read_at_its_finest_order_and_counts_are_refused(save):
    nested = healpy.reorder(A, r2n=True)
    coarse = np.arange(1, 12)  # base pixel 0 is finely divided, the others are whole
    uniq = np.r_[4 * NSIDE**2 + np.arange(NSIDE**2), 4 + coarse]
    values = np.r_[nested[: NSIDE**2], coarse.astype(float)]
    columns = [("UNIQ", "K", uniq, {}), ("PROB", "D", values, {"unit": "sr-1"})]
    sky = sm.read_map(save(table(columns, ORDERING="NUNIQ", INDXSCHM="drop", NSIDE="drop")))
    expected = np.r_[nested[: NSIDE**2], np.repeat(coarse, NSIDE**2)]
    assert np.array_equal(healpy.reorder(sky.values, r2n=True), expected)
    columns[1] = ("N", "D", values, {"unit": "ct"})
    with pytest.raises(ValueError, match=r"multi-order.*\[ct\].*per sr"):
        sm.read_map(save(table(columns, ORDERING="NUNIQ", INDXSCHM="drop", NSIDE="drop")))


def test_a_column_of_very_many_maps_is_refused(save):
    path = save(table([("SKY", "12B", np.zeros((10_001, 12), np.uint8), {})], NSIDE=1))
    with pytest.raises(ValueError, match=r"120012 numbers .* of nside 1; allowed: whole maps, up to 10,000"):
        sm.read_map(path)

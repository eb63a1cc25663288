"""FITS files that go on for gigabytes after what they hold are refused before anything reads through them."""

import gzip
import time

import numpy as np
import pytest
from astropy.io import fits

from profiles.tables.fitsfiles import open_fits


@pytest.mark.parametrize("packed", [False, True])
def test_gigabytes_after_the_last_hdu_are_refused_at_once(tmp_path, packed):
    path = tmp_path / "huge.fits"
    fits.PrimaryHDU(np.ones((3, 3))).writeto(path)
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    with path.open("r+b") as stream:
        stream.truncate(6 * 2**30)  # holes: it takes no room on the disk
    start = time.process_time()
    with (
        pytest.raises(
            ValueError, match=r"huge\.fits' (has 6442\d+ bytes after its last HDU|unpacks to more than 1 GiB)"
        ),
        open_fits(path) as hdus,
    ):
        list(hdus)
    assert time.process_time() - start < 1


def _table(path, form):
    """Write a table of a truth value, ten bits, three numbers and a list, and let its third column lie."""
    lists = np.array([np.arange(2), np.arange(3)], dtype=object)
    columns = [
        fits.Column("A", "L", array=[True, False]),
        fits.Column("B", "10X", array=np.ones((2, 10), bool)),
        fits.Column("C", "3D", array=np.ones((2, 3))),
        fits.Column("D", "PJ()", array=lists),
    ]
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns, name="SKY")]).writeto(path)
    content = path.read_bytes()
    assert content.count(b"'3D      '          ") == 1
    path.write_bytes(content.replace(b"'3D      '          ", f"'{form:<8s}'".encode().ljust(20)))
    return path


@pytest.mark.parametrize("form", ["999999999D", "4D", "25B", "193X", "2M", "13I"])
def test_columns_that_take_more_than_the_rows_are_refused_at_once(tmp_path, form):
    path, start = _table(tmp_path / "t.fits", form), time.process_time()
    with (
        pytest.raises(ValueError, match=r"HDU 1: its columns \(TFORM1, \.\.\.\) take \d+ bytes of rows of NAXIS1 = 35"),
        open_fits(path) as hdus,
    ):
        list(hdus)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("form", ["3D", "24B", "192X", "6E", "12I", "1M", "0D"])
def test_columns_that_fit_are_read(tmp_path, form):
    with open_fits(_table(tmp_path / "t.fits", form)) as hdus:
        assert hdus["SKY"].header["TFORM3"] == form


def test_whatever_astropy_raises_while_a_file_is_read_is_one_error_that_names_it(tmp_path):
    path = tmp_path / "odd.fits"
    fits.PrimaryHDU(np.ones((3, 3))).writeto(path)
    with pytest.raises(ValueError, match=r"odd\.fits' cannot be read: KeyError"), open_fits(path) as hdus:
        hdus[0].header["NONE"]

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


def test_whatever_astropy_raises_while_a_file_is_read_is_one_error_that_names_it(tmp_path):
    path = tmp_path / "odd.fits"
    fits.PrimaryHDU(np.ones((3, 3))).writeto(path)
    with pytest.raises(ValueError, match=r"odd\.fits' cannot be read: KeyError"), open_fits(path) as hdus:
        hdus[0].header["NONE"]

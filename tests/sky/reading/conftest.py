"""Files of HEALPix tables."""

import pytest
from astropy.io import fits


@pytest.fixture
def save(tmp_path):
    """Return a function that writes HDUs and gives the path."""

    def write(*hdus, name="f.fits", primary=None):
        first = fits.PrimaryHDU()
        first.header.update(primary or {})
        fits.HDUList([first, *hdus]).writeto(tmp_path / name, overwrite=True)
        return tmp_path / name

    return write

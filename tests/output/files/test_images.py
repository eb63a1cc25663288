"""Images: whole files that astropy and gammapy read, with the values, errors, unit and places that went in."""

import numpy as np
import pytest
from astropy import units
from astropy.io import fits
from astropy.wcs import WCS

import skymodel as sm
from profiles import NFW, ExponentialDisk
from tests.conftest import require

DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)


@pytest.fixture(scope="module")
def image():
    grid = sm.wcs_grid(lon=3.0, lat=-2.0, width=4.0, height=3.0, pixel=0.5)
    return sm.zoom(DISK, grid, observer=sm.Observer(8.2), r_max=60.0, rtol=1e-6)


def test_what_is_read_is_what_was_written(image, tmp_path):
    sm.write_image(tmp_path / "image.fits", image)
    back = sm.read_image(tmp_path / "image.fits")
    assert np.array_equal(back.values, image.values)
    assert np.array_equal(back.error, image.error)
    assert back.unit == image.unit
    assert [path.name for path in tmp_path.iterdir()] == ["image.fits"]


def test_equal_images_are_equal_bytes(image, tmp_path):
    for name in ("one.fits", "two.fits"):
        sm.write_image(tmp_path / name, image)
    assert (tmp_path / "one.fits").read_bytes() == (tmp_path / "two.fits").read_bytes()


def test_astropy_finds_the_pixels_where_they_were_integrated(image, tmp_path):
    sm.write_image(tmp_path / "image.fits", image)
    header = fits.getheader(tmp_path / "image.fits")
    assert units.Unit(header["BUNIT"]) == image.unit
    place = WCS(header).pixel_to_world(2, 4)
    truth = sm.line_of_sight(DISK, place, observer=sm.Observer(8.2), r_max=60.0, rtol=1e-8)
    assert abs(image.values[4, 2] - truth.value) <= image.error[4, 2] + truth.error


def test_gammapy_reads_the_image(image, tmp_path):
    maps = require("gammapy.maps")
    sm.write_image(tmp_path / "image.fits", image)
    theirs = maps.Map.read(tmp_path / "image.fits")
    assert theirs.unit == image.unit
    assert theirs.geom.frame == "galactic"
    assert np.array_equal(theirs.data, image.values)
    lon, lat = 3.0 - 0.75, -2.0 + 0.25  # the centre of column 5, row 3
    assert theirs.get_by_coord((lon, lat)) == image.values[3, 5]
    assert np.array_equal(maps.Map.read(tmp_path / "image.fits", hdu="ERROR").data, image.error)


def test_a_file_without_an_image_is_refused(tmp_path):
    fits.PrimaryHDU().writeto(tmp_path / "empty.fits")
    with pytest.raises(ValueError, match="no image"):
        sm.read_image(tmp_path / "empty.fits")


def test_a_failure_leaves_the_old_file(image, tmp_path, monkeypatch):
    path = tmp_path / "image.fits"
    sm.write_image(path, image)
    old = path.read_bytes()

    def interrupt(*_args, **_keywords):
        raise KeyboardInterrupt

    monkeypatch.setattr(fits.HDUList, "writeto", interrupt)
    with pytest.raises(KeyboardInterrupt):
        sm.write_image(path, image)
    assert path.read_bytes() == old
    assert [found.name for found in tmp_path.iterdir()] == ["image.fits"]


@pytest.mark.parametrize(
    ("card", "value"),
    [
        ("NAXIS1", -32),
        ("NAXIS2", 10**9),
        ("BITPIX", 7),
        ("BUNIT", "no unit"),
        ("CTYPE1", "GLON-QQQ"),
        ("CRVAL1", "4.0"),
    ],
)
def test_a_lying_image_is_refused_in_one_line(image, tmp_path, card, value):
    path = tmp_path / "image.fits"
    sm.write_image(path, image)
    content = bytearray(path.read_bytes())
    start = content.find(f"{card:<8}=".encode())
    content[start : start + 80] = f"{card:<8}= {value!r:>20}".ljust(80).encode()
    path.write_bytes(content)
    with pytest.raises((ValueError, OSError), match=r"image\.fits") as refused:
        sm.read_image(path)
    assert "\n" not in str(refused.value)


def test_an_image_whose_errors_have_another_shape_is_refused(tmp_path):
    fits.HDUList([fits.PrimaryHDU(np.ones((3, 4))), fits.ImageHDU(np.ones((3, 3)), name="ERROR")]).writeto(
        tmp_path / "image.fits"
    )
    with pytest.raises(ValueError, match=r"shape \(3, 4\) and errors of shape \(3, 3\)"):
        sm.read_image(tmp_path / "image.fits")

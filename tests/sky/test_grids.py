"""Grids of images: what wcslib would pass over in silence, and put the image elsewhere, is refused in one line."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning

from skymodel.sky.grids import celestial_grid

GRID = {
    "NAXIS": 2, "NAXIS1": 8, "NAXIS2": 6, "CTYPE1": "GLON-CAR", "CTYPE2": "GLAT-CAR", "CUNIT1": "deg", "CUNIT2": "deg",
    "CRVAL1": 3.0, "CRVAL2": 0.0, "CRPIX1": 4.5, "CRPIX2": 7.5, "CDELT1": -0.5, "CDELT2": 0.5,
}  # fmt: skip


@pytest.mark.parametrize("kind", [dict, fits.Header, lambda cards: WCS(fits.Header(cards))])
def test_a_grid_has_its_pixels_where_its_header_says(kind):
    grid = celestial_grid(kind(GRID))
    assert grid.array_shape == (6, 8)
    place = grid.pixel_to_world(3.5 + 2, 6.5 - 4)  # two columns of -0.5 deg and four rows of 0.5 deg from (3, 0)
    assert (place.l.deg, place.b.deg) == pytest.approx((2.0, -2.0), abs=1e-12)


@pytest.mark.parametrize("number", [np.float64(3.0), np.float32(3.0), np.int64(3), 3])
def test_numbers_of_any_type_are_numbers(number):
    assert celestial_grid(GRID | {"CRVAL1": number}).wcs.crval[0] == 3.0


def test_wcslib_itself_takes_a_text_for_zero():
    """The reason for all this: were it to refuse a text itself one day, this module could go."""
    with pytest.warns(FITSFixedWarning, match="floating-point value was expected"):
        assert WCS(fits.Header(GRID | {"CRVAL1": "266.4"})).wcs.crval[0] == 0.0


@pytest.mark.parametrize(
    ("card", "value", "allowed"),
    [
        ("CRVAL1", "266.4", "a finite number"),
        ("CRVAL2", True, "a finite number"),
        ("CRVAL1", float("nan"), "a finite number"),
        ("CRPIX2", float("inf"), "a finite number"),
        ("CDELT1", "x" * 1000, "a finite number"),
        ("CRVAL1", 1 + 2j, "a finite number"),
        ("PC1_1", "1", "a finite number"),
        ("CD1_2", None, "a finite number"),
        ("CROTA2", "north", "a finite number"),
        ("PV2_1", "x", "a finite number"),
        ("LONPOLE", "180", "a finite number"),
        ("NAXIS1", 0, "a whole number above 0"),
        ("NAXIS2", -3, "a whole number above 0"),
        ("NAXIS1", 2.0, "a whole number above 0"),
        ("NAXIS1", "8", "a whole number above 0"),
        ("CTYPE1", 5, "a text"),
        ("CUNIT2", 1.0, "a text"),
    ],
)
def test_a_card_that_holds_something_else_is_refused_with_what_came(card, value, allowed):
    with pytest.raises(ValueError, match=f"the grid's {card} = .*; allowed: {allowed}") as refused:
        celestial_grid(GRID | {card: value})
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("cards", "words"),
    [
        ({"CDELT1": 0.0}, "singular"),
        ({"CUNIT1": "kpc"}, "kpc"),
        ({"CTYPE1": "GLON-QQQ"}, "QQQ"),
        ({"CRVAL2": 5e10}, "transformation"),
        ({"CTYPE1": "X", "CTYPE2": "Y"}, "no celestial grid"),
        ({"CTYPE1": "GLON-TAN"}, "the grid cannot be read"),
    ],
)
def test_what_makes_no_grid_is_refused_in_one_line(cards, words):
    with pytest.raises(ValueError, match=words) as refused:
        celestial_grid(GRID | cards)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_wcs_at_no_place_is_refused():
    grid = WCS(fits.Header(GRID))
    grid.wcs.crval = [np.inf, 0.0]
    with pytest.raises(ValueError, match="infinite or nan"):
        celestial_grid(grid)

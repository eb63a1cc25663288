"""The pixel grids of images on the sky: a FITS header made an astropy WCS, once it says what a grid needs.

wcslib passes over a text, a truth value or nan where a number belongs, silently or with a warning: the image then lies
elsewhere on the sky. So numbers are asked to be numbers before it sees them.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from profiles.tables.fitsfiles import guarded

_ALLOWED = {
    re.compile(r"(CRVAL|CRPIX|CDELT|CROTA)\d+|(PC|CD|PV)\d+_\d+|LONPOLE|LATPOLE|EQUINOX"): "a finite number",
    re.compile(r"NAXIS[12]"): "a whole number above 0",
    re.compile(r"(CTYPE|CUNIT)\d+|RADESYS"): "a text",
}


def celestial_grid(header: Any) -> Any:
    """Return the WCS of a FITS header or of a mapping; or a WCS itself, if it is a celestial grid of two axes.

    Parameters
    ----------
    header
        With its projection (CTYPE1, CTYPE2) and its size (NAXIS1, NAXIS2).

    Raises
    ------
    ValueError
        If it describes no such grid, or a card holds something else than belongs there.

    Examples
    --------
    >>> celestial_grid({"CTYPE1": "GLON-CAR", "CTYPE2": "GLAT-CAR", "NAXIS1": 4, "NAXIS2": 3, "CRVAL1": "8.5"})
    Traceback (most recent call last):
    ValueError: the grid's CRVAL1 = '8.5'; allowed: a finite number
    """
    from astropy.io.fits import Header
    from astropy.wcs import WCS

    if not isinstance(header, WCS):
        for card in map(str, header):
            for names, allowed in _ALLOWED.items():
                if names.fullmatch(card) and not _is(header[card], allowed):
                    raise ValueError(f"the grid's {card} = {str(header[card])[:40]!r}; allowed: {allowed}")
        header = header if isinstance(header, Header) else Header(dict(header))
    with guarded("the grid"):
        wcs = header if isinstance(header, WCS) else WCS(header)
        wcs.wcs.set()
    if not np.isfinite([wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.get_cdelt()]).all():
        raise ValueError("the grid's CRVAL, CRPIX or CDELT is infinite or nan; allowed: finite numbers")
    if not wcs.has_celestial or wcs.naxis != 2 or wcs.array_shape is None:
        raise ValueError(
            "the header describes no celestial grid of two axes; give CTYPE1, CTYPE2, NAXIS1 and NAXIS2, "
            "or take skymodel.wcs_grid"
        )
    return wcs


def _is(value: Any, allowed: str) -> bool:
    match value:
        case str():
            return allowed == "a text"
        case bool():
            return False
        case int() | np.integer():
            return allowed == "a finite number" or (allowed == "a whole number above 0" and bool(value > 0))
        case float() | np.floating():
            return allowed == "a finite number" and math.isfinite(value)
    return False

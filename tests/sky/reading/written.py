"""HEALPix files as others write them, table by table."""

import healpy
import numpy as np
from astropy.io import fits

NSIDE = 16
NPIX = 12 * NSIDE**2
UNIT = "ph cm-2 s-1 sr-1"
LONLAT = np.array(healpy.pix2ang(NSIDE, np.arange(NPIX), lonlat=True))
THETA = np.degrees(healpy.rotator.angdist([0.0, 0.0], LONLAT, lonlat=True))
A = np.exp(-(THETA**2) / 800) + 0.05
B = np.exp(-(THETA**2) / 2450) + 0.1
CARDS = {"PIXTYPE": "HEALPIX", "NSIDE": NSIDE, "ORDERING": "RING", "COORDSYS": "G", "INDXSCHM": "IMPLICIT"}


def table(columns, name="xtension", **cards):
    """Return a binary table of columns (name, format, array, further keywords)."""
    made = [fits.Column(title, form, array=array, **rest) for title, form, array, rest in columns]
    hdu = fits.BinTableHDU.from_columns(made)
    hdu.header["EXTNAME"] = name
    hdu.header.update({**CARDS, **cards})
    for card in [card for card, value in hdu.header.items() if value is None or value == "drop"]:
        del hdu.header[card]
    return hdu


def signal(values, form="D", name="xtension", unit=UNIT, **cards):
    return table([("SIGNAL", form, values, {"unit": unit})], name, **cards)


def edited(path, old, new):
    """Change text of a file, its length kept."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new.ljust(len(old)), 1))
    return path

"""Images on a WCS grid as FITS files: the values in the primary HDU, their errors in HDU ERROR.

astropy, gammapy (``Map.read``) and viewers read them. A file appears when it is whole; equal input gives equal bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy import units

from profiles.tables.fitsfiles import open_fits
from skymodel.output.files.fits_stream import replacing
from skymodel.sightlines.zoom import Image
from skymodel.sky.grids import celestial_grid

_ERROR = "ERROR"


def write_image(path: str | Path, image: Image) -> None:
    """Write an image and its errors; an existing file is replaced as a whole.

    Examples
    --------
    >>> import tempfile
    >>> import skymodel as sm
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> image = sm.zoom(ball, sm.wcs_grid(lon=0, lat=0.5, width=3, height=2, pixel=0.5), s_max=3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_image(f"{folder}/ball.fits", image)
    ...     back = read_image(f"{folder}/ball.fits")
    >>> bool(np.array_equal(back.values, image.values)), str(back.unit)
    (True, 'kpc / cm3')
    """
    from astropy.io import fits

    header = image.wcs.to_header()
    header["BUNIT"] = (units.Unit(image.unit).to_string("fits"), "unit of the pixels")
    hdus = [fits.PrimaryHDU(image.values, header), fits.ImageHDU(image.error, header, name=_ERROR)]
    with replacing(Path(path)) as stream:
        fits.HDUList(hdus).writeto(stream)


def read_image(path: str | Path) -> Image:
    """Return an image that :func:`write_image` has written.

    Raises
    ------
    OSError
        If it may not be read.
    ValueError
        If the file holds no image with its errors, or is damaged.

    Examples
    --------
    >>> from skymodel import read_image
    >>> read_image("centre.fits").values.shape  # doctest: +SKIP
    (200, 400)
    """
    with open_fits(path) as hdus:
        if hdus[0].data is None or _ERROR not in hdus:
            raise ValueError(f"'{path}' holds no image with its errors; allowed: files that write_image has written")
        values, error = (np.asarray(hdu.data, dtype=np.float64) for hdu in (hdus[0], hdus[_ERROR]))
        if values.ndim != 2 or error.shape != values.shape:
            raise ValueError(f"'{path}' holds an image of shape {values.shape} and errors of shape {error.shape}")
        return Image(values, error, units.Unit(hdus[0].header.get("BUNIT", "")), celestial_grid(hdus[0].header))

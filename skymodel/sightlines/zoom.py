"""Parts of the sky without a map: profiles in longitude and latitude, and images on a WCS grid.

All give the line integrals at the places asked for, each with its error; an image holds the values at the centres of
its pixels, not their means. :func:`skymodel.output.files.images.write_image` makes a FITS file of an image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from astropy import units

from profiles import Density
from profiles.contract.arrays import Floats
from profiles.contract.shown import Shown, short
from skymodel.progress import forward
from skymodel.sightlines.promise import A_MEAN, A_PIXEL, OnShortfall, Progress, Promise
from skymodel.sightlines.ray.geometry import Observer, PathEnd, as_observer, unit_vectors
from skymodel.sightlines.ray.integrate import BLOCK, FAINT, LineIntegrals, SightLines, line_of_sight, require_rtol
from skymodel.sightlines.ray.promises import require_symmetry
from skymodel.sightlines.ray.terms import share, terms
from skymodel.sky.grids import celestial_grid
from skymodel.workers import crew

BATCH = 4 * BLOCK  # lines between two reports of progress: blocks for as many workers
FEW, ROUGHLY = 64, 1e-2  # lines that tell how bright an image is, and how well
_CYLINDRICAL = "CAR", "CEA", "MER"  # projections in which a pixel's x is its longitude


@dataclass(frozen=True, eq=False)
class Image(Shown):
    """Line integrals on a grid of pixels; times a number or a quantity it is an image again.

    Parameters
    ----------
    values, error
        Values at the pixels' centres and bounds of their errors ``(ny, nx)``; nan outside the sky's projection.
    unit
        Unit of both.
    wcs
        The grid, an astropy WCS.
    meta
        What it cost (``evaluations``) and how many pixels are ``short`` of the tolerance ``rtol``.
    """

    __repr__ = short

    values: Floats
    error: Floats
    unit: Any
    wcs: Any
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __mul__(self, factor: Any) -> Image:
        """Return the image times a number or a scalar quantity, a unit included."""
        scale = units.Quantity(factor)
        if scale.ndim:
            raise ValueError(f"an image was multiplied by an array of shape {scale.shape}; allowed: one number")
        number = float(scale.value)
        return Image(self.values * number, self.error * abs(number), self.unit * scale.unit, self.wcs, self.meta)

    __rmul__ = __mul__


def longitude_profile(
    density: Density,
    lon: Any,
    *,
    lat: float = 0.0,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
) -> LineIntegrals:
    """Return the line integrals at longitudes [deg] of any shape, all at one latitude.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> longitude_profile(ball, [0, 90, 180], lat=1, s_max=3).value.round(12)
    array([6., 6., 6.])
    """
    return line_of_sight(density, lon, lat, observer=observer, r_max=r_max, s_max=s_max, rtol=rtol)


def latitude_profile(
    density: Density,
    lat: Any,
    *,
    lon: float = 0.0,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
) -> LineIntegrals:
    """Return the line integrals at latitudes [deg] of any shape, all at one longitude.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> latitude_profile(ball, [-90, 1, 90], s_max=3).value.round(12)
    array([6., 6., 6.])
    """
    return line_of_sight(density, lon, lat, observer=observer, r_max=r_max, s_max=s_max, rtol=rtol)


def zoom(
    density: Density,
    header: Any,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
    progress: Progress | None = None,
    shortfall: OnShortfall = "refuse",
    budget: float | None = None,
    workers: int | None = None,
) -> Image:
    """Return the line integrals at the centres of the pixels of a WCS grid.

    Parameters
    ----------
    density
        What is integrated.
    header
        A FITS header, mapping or WCS with a celestial frame and its NAXIS1 and NAXIS2; :func:`wcs_grid` makes one.
    observer, r_max, s_max, rtol
        As for :func:`~skymodel.sightlines.ray.integrate.line_of_sight`.
    progress
        Called with (lines done, all) as the work goes on, of a share that never goes back.
    shortfall
        What to do where the tolerance is missed, by the line's nature or within the budget: "refuse" the image, or
        "state" the errors there are; ``image.meta["short"]`` counts those pixels.
    budget
        Evaluations of the density that may be spent; by default 100 times 64 a pixel, at least 1e8.
    workers
        Processes or threads that integrate; by default one for each core, but one alone inside a process of a larger
        work. The result does not depend on it.

    Raises
    ------
    ValueError
        If the grid has no celestial frame or no size.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> zoom(ball, wcs_grid(lon=0, lat=0.5, width=3, height=2, pixel=0.5), s_max=3).values.shape
    (4, 6)
    """
    require_rtol(rtol)
    wcs = celestial_grid(header)
    lon, lat = _places(wcs)
    seen = np.isfinite(lon) & np.isfinite(lat)
    promise = Promise.made(shortfall, budget, max(A_PIXEL * lon.size, A_MEAN))
    directions = unit_vectors(lon[seen], lat[seen])

    report = forward(progress)

    def lines_to(tolerance_lines: SightLines, tolerance: float) -> LineIntegrals:
        heard = report if tolerance == rtol else None  # how much of a looser try is done says nothing
        return _integrated(tolerance_lines, directions, tolerance, promise.states, heard)

    lines = SightLines(density, as_observer(observer), PathEnd(r_max, s_max), crew=crew(workers))
    require_symmetry(density, lines.observer)
    found, evaluations, _ = promise.kept(lines_to, lines, rtol)
    report(1, 1)
    values, error = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
    values[seen], error[seen] = found.value, found.error
    scale = np.maximum(found.value, FAINT * float(np.max(found.value, initial=0.0)))
    short = int(np.count_nonzero(found.error > rtol * scale * (1 + 1e-9)))
    return Image(values, error, found.unit, wcs, {"rtol": rtol, "evaluations": evaluations, "short": short})


def _integrated(
    lines: SightLines, directions: Floats, rtol: float, best: bool, progress: Progress | None
) -> LineIntegrals:
    """Return the integrals along unit vectors ``(N, 3)``, term by term and some blocks at a time.

    What counts as faint is known from a first few lines, so that it depends on no block.
    """
    parts, count = terms(lines), len(directions)
    own, of_total = share(len(parts), rtol)
    few = lines.integrate(directions[:: max(1, count // FEW)], rtol=max(rtol, ROUGHLY), share=FAINT, best=True)
    faint = FAINT * float(np.max(few.value, initial=0.0))
    value, error, evaluations = np.zeros(count), np.zeros(count), np.zeros(count)
    for begin in range(0, count, BATCH):
        some = slice(begin, begin + BATCH)
        for part in parts:
            floor = np.maximum(value[some] * (of_total / own), faint)
            found = part.integrate(directions[some], rtol=own, floor=floor, best=best)
            value[some] += found.value
            error[some] += found.error
            evaluations[some] += found.evaluations * (part.weight / lines.weight)
        if progress:
            progress(min(begin + BATCH, count), count)
    return LineIntegrals(value, error, evaluations.astype(np.intp), lines.unit)


def _places(wcs: Any) -> tuple[Floats, Floats]:
    """Return Galactic l, b [deg] at the centres of a grid's pixels ``(ny, nx)``; nan outside the sky's projection.

    A cylindrical projection goes on around the sky, but its formulae end 180 deg from the reference pixel: pixels
    beyond are looked up a whole turn nearer.
    """
    rows, columns = wcs.array_shape
    pixels = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2).astype(float)
    if wcs.wcs.ctype[wcs.wcs.lng][-3:] in _CYLINDRICAL:
        scale = wcs.pixel_scale_matrix
        turns = np.round((pixels + 1 - wcs.wcs.crpix) @ scale[wcs.wcs.lng] / 360.0)
        pixels -= turns[:, None] * np.linalg.solve(scale, 360.0 * (np.arange(2) == wcs.wcs.lng))
    place = wcs.pixel_to_world(*pixels.T).galactic
    return place.l.to_value("deg").reshape(rows, columns), place.b.to_value("deg").reshape(rows, columns)


def wcs_grid(*, lon: float, lat: float, width: float, height: float, pixel: float) -> dict[str, Any]:
    """Return the header of a Galactic grid (plate carree) about a place; all in degrees.

    Examples
    --------
    >>> header = wcs_grid(lon=0, lat=0, width=20, height=10, pixel=0.1)
    >>> header["NAXIS1"], header["NAXIS2"], header["CTYPE1"]
    (200, 100, 'GLON-CAR')
    """
    if not (pixel > 0 and width >= pixel and height >= pixel):
        raise ValueError(
            f"width = {width}, height = {height}, pixel = {pixel} deg; allowed: a pixel > 0, sides no smaller"
        )
    if abs(lat) + height / 2 > 90:
        raise ValueError(f"lat = {lat}, height = {height} deg: the grid reaches beyond a pole")
    columns, rows = round(width / pixel), round(height / pixel)
    return {
        "NAXIS": 2,
        "NAXIS1": columns,
        "NAXIS2": rows,
        "CTYPE1": "GLON-CAR",
        "CTYPE2": "GLAT-CAR",
        "CUNIT1": str(units.deg),
        "CUNIT2": str(units.deg),
        "CRVAL1": lon,
        "CRVAL2": 0.0,  # on the equator, so that the grid's lines are lines of equal longitude and latitude
        "CRPIX1": (columns + 1) / 2,
        "CRPIX2": (rows + 1) / 2 - lat / pixel,
        "CDELT1": -pixel,
        "CDELT2": pixel,
    }

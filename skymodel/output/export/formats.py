"""Under which name what is exported, and how: the table behind ``skymodel export``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from skymodel.output.export import models
from skymodel.output.export.moc import write_moc
from skymodel.output.export.objects import require_whole, to_table, to_wcs
from skymodel.output.files.images import write_image
from skymodel.output.files.whole import whole
from skymodel.sky.skymap import SkyMap

_LARGEST_IMAGE = 4096  # pixels along l


class Format(NamedTuple):
    """One way to hand a map over.

    Parameters
    ----------
    write
        Called with the path and the map.
    what
        Who takes it.
    is_folder
        Whether it is a folder of several files.
    """

    write: Callable[[Path, SkyMap], None]
    what: str
    is_folder: bool = False


def export(sky: SkyMap, to: str, out: str | Path) -> Path:
    """Write a map as another tool takes it; the file or folder appears whole.

    Parameters
    ----------
    sky
        The map.
    to
        A name of :data:`FORMATS`.
    out
        A new file or folder.

    Raises
    ------
    ValueError
        If the format is not known or the map does not fit it.
    FileExistsError
        If `out` exists.
    """
    from profiles.contract.spelling import options

    target = Path(out)
    if to not in FORMATS:
        raise ValueError(f"no format {to!r}{options(to, FORMATS, 'allowed')}")
    if target.exists():
        raise FileExistsError(f"'{target}' exists and is kept; choose another place")
    chosen = FORMATS[to]
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    with whole(target) as draft:
        if chosen.is_folder:
            draft.mkdir()
        chosen.write(draft, sky)
    return target


def export_region(region: Any, out: str | Path) -> Path:
    """Write a region as a MOC in ICRS.

    Raises
    ------
    FileExistsError
        If `out` exists.
    """
    target = Path(out)
    if target.exists():
        raise FileExistsError(f"'{target}' exists and is kept; choose another place")
    write_moc(target, region)
    return target


def _write_car(path: Path, sky: SkyMap) -> None:
    """Write the whole sky as an image in l and b, l growing to the left."""
    write_image(path, to_wcs(sky, _car(sky.nside)))


def _car(nside: int) -> Mapping[str, Any]:
    columns = min(_LARGEST_IMAGE, 8 * nside)
    step = 360 / columns
    centre = {"CRPIX1": columns / 2 + 0.5, "CRPIX2": columns / 4 + 0.5, "CRVAL1": 0.0, "CRVAL2": 0.0}
    axes = {"CTYPE1": "GLON-CAR", "CTYPE2": "GLAT-CAR", "CUNIT1": "deg", "CUNIT2": "deg"}
    return {"NAXIS": 2, "NAXIS1": columns, "NAXIS2": columns // 2, **axes, **centre, "CDELT1": -step, "CDELT2": step}


def _write_healpix(path: Path, sky: SkyMap) -> None:
    from skymodel.output.files.fits_write import write_maps

    require_whole(sky)
    write_maps(path, [sky])


def _write_table(path: Path, sky: SkyMap) -> None:
    to_table(sky).write(path, format="fits" if path.suffix == ".fits" else "ascii.ecsv")


FORMATS: Mapping[str, Format] = {
    "healpix": Format(_write_healpix, "healpy, gammapy, mhealpy, Aladin, DS9"),
    "gammapy": Format(models.write_gammapy, "gammapy: map.fits and models.yaml (SkyModel)", is_folder=True),
    "threeml": Format(models.write_threeml, "3ML and cosipy: template.fits and model.yaml", is_folder=True),
    "gammalib": Format(models.write_gammalib, "GammaLib, ctools: map.fits and model.xml", is_folder=True),
    "image": Format(_write_car, "DS9 and others: an image in l and b (GLON-CAR)"),
    "table": Format(_write_table, "astropy: a QTable, ECSV or FITS"),
}

"""Write maps in every format and read them back with the library each is for: the table of docs/files.md.

``python scripts/read_back.py --out FOLDER`` writes the files and checks them with the libraries of this environment.
cosipy 0.3.4 wants NumPy below 2 and cannot live beside the newest gammapy; make it an environment of its own and check
the same files there:

    python -m venv /tmp/threeml && /tmp/threeml/bin/pip install cosipy==0.3.4 gammapy==2.0.1 "numpy<2" future
    /tmp/threeml/bin/python scripts/read_back.py --check FOLDER

The second call needs nothing of skymodel.
"""

import argparse
import contextlib
import importlib.metadata
import io
import logging
import os
import sys
import warnings
from pathlib import Path

import numpy as np

NSIDE = 32
ENERGIES = [1.0, 2.0, 5.0]
SINGLE = 2e-7  # relative to the largest value: what a library that holds single precision may lose


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="new folder to write and check")
    parser.add_argument("--check", type=Path, help="folder that an earlier call has written")
    options = parser.parse_args()
    if (options.out is None) == (options.check is None):
        parser.error("give --out FOLDER or --check FOLDER")
    if options.out is not None:
        write(options.out)
    folder = (options.out or options.check).resolve()
    expected = np.load(folder / "expected.npz")
    print("| library | format | largest difference | |\n|---|---|---|---|")
    failed = False
    for library, what, check, *other in CHECKS:
        allowed = other[0] if other else SINGLE
        try:
            found, wanted = quietly(check, folder, expected)
        except ImportError as error:
            print(f"| {library} | {what} | not installed here ({error}) | |")
            continue
        except Exception as error:
            print(f"| {library} {version(library)} | {what} | it fails itself: {type(error).__name__}: {error} | |")
            continue
        apart = float(np.max(np.abs(np.asarray(found, dtype=float) - wanted) / np.max(np.abs(wanted))))
        good = "to the bit" if apart == 0 else "to float32" if allowed == SINGLE else f"to {allowed:g}"
        verdict = good if apart <= allowed else "WRONG"
        failed = failed or verdict == "WRONG"
        print(f"| {library} {version(library)} | {what} | {apart:.1e} | {verdict} |")
    sys.exit(int(failed))


def write(folder):
    """Write the maps, a cube and all formats."""
    import healpy

    from skymodel.output.export.formats import export, export_region
    from skymodel.output.files.fits_write import write_cube, write_maps
    from skymodel.sky.skymap import SkyMap

    folder.mkdir(parents=True)
    lon, lat = healpy.pix2ang(NSIDE, np.arange(12 * NSIDE**2), lonlat=True)
    theta = np.hypot((lon + 180) % 360 - 180, lat)
    values = 0.02 * np.exp(-(theta**2) / 200) + 1e-4
    sky = SkyMap(values, 0.01 * values, "cm-2 s-1 sr-1", name="LINE_511", meta={"e_min": 0.506, "e_max": 0.516})
    write_maps(folder / "maps.fits", [sky])
    for to in ("healpix", "gammapy", "threeml", "gammalib"):
        export(sky, to, folder / to)
    export(sky, "image", folder / "image.fits")
    export(sky, "table", folder / "table.ecsv")
    export_region("integral_circle", folder / "moc.fits")
    cube = values * np.array([[1.0], [0.5], [0.1]])
    write_cube(folder / "cube.fits", cube, ENERGIES, "cm-2 s-1 sr-1 MeV-1")
    flux = values.sum() * sky.pixel_area
    coarse = healpy.ud_grade(values, 16) / flux
    np.savez(folder / "expected.npz", values=values, error=0.01 * values, cube=cube, coarse=coarse, flux=flux)


def quietly(check, folder, expected):
    """Call a check in the folder, libraries' chatter kept off the screen."""
    logging.disable(logging.CRITICAL)
    here = os.getcwd()
    os.chdir(folder)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            return check(expected)
    finally:
        os.chdir(here)


def version(library):
    names = {"astromodels (3ML)": "astromodels", "astropy-healpix": "astropy_healpix"}
    try:
        return importlib.metadata.version(names.get(library, library))
    except importlib.metadata.PackageNotFoundError:
        return ""


def healpy_map(expected):
    import healpy

    return healpy.read_map("maps.fits", hdu="LINE_511", dtype=float), expected["values"]


def healpy_error(expected):
    import healpy

    return healpy.read_map("maps.fits", hdu="LINE_511_ERROR", dtype=float), expected["error"]


def astropy_map(expected):
    from astropy.table import QTable

    return QTable.read("maps.fits", hdu="LINE_511")["CHANNEL1"].to_value("cm-2 s-1 sr-1"), expected["values"]


def astropy_table(expected):
    from astropy.table import QTable

    return QTable.read("table.ecsv")["mean"].to_value("cm-2 s-1 sr-1"), expected["values"]


def gammapy_map(expected):
    from gammapy.maps import Map

    return np.ravel(Map.read("maps.fits", hdu="LINE_511").data), expected["values"]


def gammapy_cube(expected):
    from gammapy.maps import Map

    return Map.read("cube.fits").data, expected["cube"]


def gammapy_cube_template(expected):
    from gammapy.modeling.models import TemplateSpatialModel

    return TemplateSpatialModel.read("cube.fits", normalize=False).map.data, expected["cube"]


def gammapy_model(expected):
    from gammapy.modeling.models import Models

    os.chdir("gammapy")
    (model,) = Models.read("models.yaml")
    return np.ravel(model.spatial_model.map.data) * expected["flux"], expected["values"]


def mhealpy_map(expected):
    from mhealpy import HealpixMap

    return np.asarray(HealpixMap.read_map("maps.fits", hdu=1)), expected["values"]


def threeml_template(expected):
    from mhealpy import HealpixMap

    return np.asarray(HealpixMap.read_map("threeml/template.fits")), expected["coarse"]


def threeml_model(expected):
    import healpy
    from astromodels import load_model

    os.chdir("threeml")
    source = load_model("model.yaml").extended_sources["LINE_511"]
    lon, lat = healpy.pix2ang(16, np.arange(12 * 16**2), lonlat=True)
    line = source.spectrum.main.shape
    keV = np.linspace(500, 522, 20001)
    flux = float(np.mean(line(keV)) * (keV[-1] - keV[0]))
    return source.spatial_shape(lon, lat) * flux, expected["coarse"] * expected["flux"]


def image(expected):
    """Return the flux of the image and of the map."""
    from astropy.io import fits
    from astropy.wcs import WCS

    with fits.open("image.fits") as hdus:
        data, wcs = hdus[0].data, WCS(hdus[0].header)
    lat = np.radians(wcs.wcs_pix2world(np.zeros(len(data)), np.arange(len(data)), 0)[1])
    step = 2 * np.pi / data.shape[1]
    return np.array([data.sum(axis=1) @ np.cos(lat) * step**2]), np.array([expected["flux"]])


def moc(expected):
    from astropy.coordinates import SkyCoord
    from mocpy import MOC

    coverage = MOC.from_fits("moc.fits")
    places = SkyCoord([0, 5.9, 6.1, 0, 0], [0, 0, 0, 5.9, -6.1], unit="deg", frame="galactic").icrs
    return coverage.contains_skycoords(places).astype(float), np.array([1.0, 1.0, 0.0, 1.0, 0.0])


CHECKS = [
    ("healpy", "maps.fits", healpy_map),
    ("healpy", "maps.fits, errors", healpy_error),
    ("astropy", "maps.fits as QTable", astropy_map),
    ("astropy", "table.ecsv", astropy_table),
    ("astropy", "image.fits, its flux", image, 1e-3),
    ("gammapy", "maps.fits", gammapy_map),
    ("gammapy", "cube.fits", gammapy_cube),
    ("gammapy", "cube.fits as TemplateSpatialModel", gammapy_cube_template),
    ("gammapy", "gammapy/models.yaml, its template", gammapy_model),
    ("mhealpy", "maps.fits", mhealpy_map),
    ("mhealpy", "threeml/template.fits", threeml_template),
    ("astromodels (3ML)", "threeml/model.yaml, template times line flux", threeml_model, 1e-4),
    ("mocpy", "moc.fits, five directions", moc),
]

if __name__ == "__main__":
    main()

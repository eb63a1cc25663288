"""What is handed over is read back by the library it is for, number by number; what it would misread is refused."""

import xml.etree.ElementTree as ET

import healpy
import numpy as np
import pytest
import yaml
from astropy import units as u
from astropy.io import fits
from astropy.table import QTable
from typer.testing import CliRunner

import skymodel as sm
from skymodel.cli.app import app
from skymodel.output.export.formats import FORMATS, export, export_region
from skymodel.output.files.fits_write import write_maps
from skymodel.sky.regions import INTEGRAL_CIRCLE, Box
from skymodel.sky.skymap import SkyMap
from tests.conftest import require

NSIDE = 32
LONLAT = np.array(healpy.pix2ang(NSIDE, np.arange(12 * NSIDE**2), lonlat=True))
THETA = np.degrees(healpy.rotator.angdist([10.0, -5.0], LONLAT, lonlat=True))
VALUES = 0.02 * np.exp(-(THETA**2) / 200) + 1e-4
LINE = SkyMap(VALUES, 0.01 * VALUES, "cm-2 s-1 sr-1", name="LINE_511", meta={"e_min": 0.506, "e_max": 0.516})
BAND = SkyMap(VALUES, 0.0, "cm-2 s-1 sr-1", name="CONTINUUM_1_20", meta={"e_min": 1.0, "e_max": 20.0})
FLUX = float(VALUES.sum()) * LINE.pixel_area


def test_gammapy_takes_the_map_as_an_object_with_every_bit(tmp_path):
    require("gammapy.maps")
    made = sm.to_gammapy(LINE)
    assert np.array_equal(np.ravel(made.data), VALUES)
    assert made.unit == LINE.unit
    assert made.geom.frame == "galactic"
    assert not made.geom.nest


@pytest.mark.parametrize("sky", [LINE, BAND], ids=["line", "band"])
def test_gammapy_reads_the_source_model_and_finds_flux_and_shape(tmp_path, sky, monkeypatch):
    models = require("gammapy.modeling.models")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    folder = export(sky, "gammapy", tmp_path / "g")
    assert sorted(path.name for path in folder.iterdir()) == ["map.fits", "models.yaml"]
    assert list((tmp_path / "here").iterdir()) == []
    monkeypatch.chdir(folder)
    (model,) = models.Models.read("models.yaml")
    low, high = sky.meta["e_min"] * u.MeV, sky.meta["e_max"] * u.MeV
    assert model.spectral_model.integral(low, high).to_value("cm-2 s-1") == pytest.approx(FLUX, rel=1e-6)
    lon, lat = LONLAT[:, 3000] * u.deg
    shape = model.spatial_model.evaluate(lon, lat).to_value("sr-1")
    assert float(np.squeeze(shape)) == pytest.approx(VALUES[3000] / FLUX, rel=2e-3)  # gammapy interpolates


def test_mhealpy_takes_the_map_with_every_bit_and_its_frame():
    require("mhealpy")
    made = sm.to_mhealpy(LINE)
    assert np.array_equal(np.asarray(made), VALUES)
    assert made.coordsys.name == "galactic"


def test_the_template_of_3ml_integrates_to_1_and_holds_the_means_of_the_map(tmp_path):
    folder = export(LINE, "threeml", tmp_path / "t")
    with fits.open(folder / "template.fits") as hdus:
        header, template = hdus[1].header, np.asarray(hdus[1].data["CONTENTS"], dtype=float)
    assert (header["NSIDE"], header["ORDERING"], header["COORDSYS"], "TUNIT1" in header) == (16, "RING", "G", False)
    assert template.sum() * 4 * np.pi / template.size == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(template, healpy.ud_grade(VALUES, 16) / FLUX, rtol=1e-12)
    near = INTEGRAL_CIRCLE.coverage(16)
    fine = healpy.ud_grade(VALUES, 16)
    assert (template @ near) * FLUX == pytest.approx(fine @ near, rel=1e-3)
    model = yaml.safe_load((folder / "model.yaml").read_text())["LINE_511 (extended source)"]
    gaussian = model["spectrum"]["main"]["Gaussian"]
    assert gaussian["F"]["value"] == pytest.approx(FLUX, rel=1e-12)
    assert gaussian["mu"]["value"] == pytest.approx(510.99895)
    assert model["SpatialTemplate_2D_Healpix"]["fits_file"]["value"] == "template.fits"


def test_the_model_of_gammalib_is_xml_with_the_flux_and_points_to_its_map(tmp_path):
    folder = export(BAND, "gammalib", tmp_path / "x")
    (source,) = ET.parse(folder / "model.xml").getroot()
    numbers = {p.get("name"): float(p.get("value")) * float(p.get("scale")) for p in source.find("spectrum")}
    assert numbers["PhotonFlux"] == pytest.approx(FLUX, rel=1e-12)
    assert (numbers["LowerLimit"], numbers["UpperLimit"]) == (1.0, 20.0)
    assert source.find("spatialModel").get("file") == "map.fits"
    assert healpy.read_map(folder / "map.fits", dtype=float).sum() * LINE.pixel_area == pytest.approx(1.0, abs=1e-12)


def test_the_image_keeps_the_flux_and_says_where_it_lies(tmp_path):
    path = export(LINE, "image", tmp_path / "i.fits")
    image = sm.read_image(path)
    assert image.wcs.wcs.ctype[0] == "GLON-CAR"
    rows = np.arange(image.values.shape[0])
    lat = np.radians(image.wcs.pixel_to_world(0 * rows, rows).b.deg)
    area = np.radians(360 / image.values.shape[1]) ** 2 * np.cos(lat)
    assert (image.values.sum(axis=1) @ area) == pytest.approx(FLUX, rel=1e-3)
    row, column = np.unravel_index(np.argmax(image.values), image.values.shape)
    peak = image.wcs.pixel_to_world(column, row)
    assert (peak.l.deg, peak.b.deg) == pytest.approx((10, -5), abs=2)  # a pixel of the map


def test_an_image_of_any_frame_and_projection_is_made_and_nan_outside_the_sky():
    header = {
        "NAXIS": 2, "NAXIS1": 60, "NAXIS2": 30, "CTYPE1": "RA---AIT", "CTYPE2": "DEC--AIT", "CRPIX1": 30.5,
        "CRPIX2": 15.5, "CDELT1": -6.0, "CDELT2": 6.0, "CRVAL1": 266.4, "CRVAL2": -29.0,
    }  # fmt: skip
    image = sm.to_wcs(LINE, header)
    assert np.isnan(image.values[0, 0])
    assert np.nanmax(image.values) > 0.5 * VALUES.max()
    with pytest.raises(ValueError, match="no celestial grid"):
        sm.to_wcs(LINE, {"NAXIS": 1, "NAXIS1": 5})


def test_the_table_holds_each_pixel_with_its_units(tmp_path):
    path = export(LINE, "table", tmp_path / "t.ecsv")
    table = QTable.read(path)
    assert np.array_equal(table["mean"].to_value("cm-2 s-1 sr-1"), VALUES)
    assert np.allclose(table["l"].to_value("deg"), LONLAT[0])


def test_mocpy_reads_the_region_and_it_covers_what_it_should(tmp_path):
    mocpy = require("mocpy")
    from astropy.coordinates import SkyCoord

    region = Box(lon=(-30, 30), lat=(-5, 5))
    moc = mocpy.MOC.from_fits(str(export_region(region, tmp_path / "m.fits")))
    assert moc.sky_fraction * 4 * np.pi == pytest.approx(region.solid_angle, rel=5e-3)
    places = SkyCoord([0, 29, 31, 0], [0, 4, 0, 6], unit="deg", frame="galactic").icrs
    assert moc.contains_skycoords(places).tolist() == [True, True, False, False]


@pytest.mark.parametrize("to", [name for name in FORMATS if name != "table"])
def test_maps_with_pixels_that_hold_no_value_are_refused_and_leave_nothing(tmp_path, to):
    if to == "gammapy":
        require("gammapy.maps")
    holes = SkyMap(np.where(THETA < 5, np.nan, VALUES), 0.0, LINE.unit, name="H", meta=LINE.meta)
    with pytest.raises(ValueError, match="are masked or nan, which other tools take for data"):
        export(holes, to, tmp_path / "o")
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_each_format_once_and_refuses_in_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_maps("maps.fits", [LINE])
    calls = [
        (["maps.fits[LINE_511]", "--to", "threeml", "--out", "t"], 0, "written to t"),
        (["maps.fits[LINE_511]", "--to", "threeml", "--out", "t"], 2, "'t' exists and is kept"),
        (["maps.fits", "--to", "treeml", "--out", "u"], 2, "did you mean 'threeml'?"),
        (["integral_circle", "--to", "moc", "--out", "m.fits"], 0, "written to m.fits"),
        (["maps.fits[NOPE]", "--out", "n.fits"], 2, "holds no map 'NOPE'"),
    ]
    for arguments, code, words in calls:
        outcome = CliRunner().invoke(app, ["export", *arguments])
        assert outcome.exit_code == code, outcome.output
        assert words in outcome.output
    first = (tmp_path / "t/template.fits").read_bytes()
    export(LINE, "threeml", tmp_path / "again")
    assert (tmp_path / "again/template.fits").read_bytes() == first


def test_exports_are_the_same_bytes_every_time(tmp_path):
    require("gammapy.maps")
    for to, chosen in FORMATS.items():
        first, second = (export(LINE, to, tmp_path / f"{to}-{run}") for run in (1, 2))
        files = sorted(path.relative_to(first) for path in first.rglob("*")) if chosen.is_folder else [""]
        assert [name for name in files if (first / name).read_bytes() != (second / name).read_bytes()] == []

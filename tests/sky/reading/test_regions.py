"""Regions from text and files of others: polygons, DS9, masks, MOCs; each covers what it should."""

import math

import healpy
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits

from skymodel.output.export.formats import export_region
from skymodel.output.files.fits_write import write_maps
from skymodel.sky.polygon import Polygon
from skymodel.sky.reading.regions import region_from_file
from skymodel.sky.region import as_region
from skymodel.sky.regions import Box, Circle, region_from_config, region_to_config
from skymodel.sky.skymap import SkyMap
from tests.conftest import require

CORNERS = [["10 deg", "-5 deg"], ["30 deg", "-5 deg"], ["20 deg", "20 deg"]]


def test_an_octant_has_an_eighth_of_the_sky_and_its_coverage_agrees():
    octant = Polygon(((0, 0), (90, 0), (0, 90)))
    assert octant.solid_angle == pytest.approx(math.pi / 2, rel=1e-12)
    assert octant.coverage(16).sum() * healpy.nside2pixarea(16) == pytest.approx(math.pi / 2, rel=1e-5)
    assert octant.contains([45, 45, 200, 225], [10, -10, 10, -40]).tolist() == [True, False, False, False]
    assert Polygon(octant.corners[::-1]).contains(45, 10)


def test_a_polygon_in_a_configuration_may_be_in_icrs_and_survives_the_round_trip():
    own = region_from_config({"polygon": CORNERS})
    places = SkyCoord([10, 30, 20], [-5, -5, 20], unit="deg", frame="galactic").icrs
    pairs = zip(places.ra.deg.tolist(), places.dec.deg.tolist(), strict=True)
    corners = [[f"{ra!r} deg", f"{dec!r} deg"] for ra, dec in pairs]
    other = region_from_config({"polygon": corners, "frame": "icrs"})
    assert other.solid_angle == pytest.approx(own.solid_angle, rel=1e-9)
    assert region_from_config(region_to_config(own)) == own
    with pytest.raises(ValueError, match="three corners"):
        region_from_config({"polygon": CORNERS[:2]})
    with pytest.raises(ValueError, match="same or opposite"):
        region_from_config({"polygon": [CORNERS[0], *CORNERS]})


def test_ds9_text_is_a_union_without_what_a_minus_takes(tmp_path):
    centre = SkyCoord(0, 0, unit="deg", frame="galactic").icrs
    (tmp_path / "r.reg").write_text(
        "# Region file format: DS9\nglobal color=green\ngalactic\n"
        "circle(0,0,6)\n-circle(0,0,60')\npolygon(10,-5,30,-5,20,20)\n"
        f"icrs;circle({centre.ra.deg},{centre.dec.deg},6d)\n"
    )
    region = region_from_config({"file": f"{tmp_path}/r.reg"})
    assert region.contains([0, 3, 20, 8], [0, 0, 0, 0]).tolist() == [False, True, True, False]
    wanted = (Circle(0, 0, 6) & ~Circle(0, 0, 1)).solid_angle + region_from_config({"polygon": CORNERS}).solid_angle
    assert region.solid_angle == pytest.approx(wanted, rel=1e-6)
    assert region_to_config(region) == {"file": f"{tmp_path}/r.reg"}
    (tmp_path / "e.reg").write_text("galactic\nellipse(0,0,6,3,10)\n")
    with pytest.raises(ValueError, match="the shape 'ellipse'; allowed: circle and polygon"):
        region_from_config({"file": f"{tmp_path}/e.reg"})


def test_the_edges_of_a_ds9_file_are_those_of_its_shapes_unless_they_are_many(tmp_path):
    (tmp_path / "few.reg").write_text("galactic\ncircle(0,0,6)\n")
    assert region_from_file(tmp_path / "few.reg").edges == Circle(0, 0, 6).edges
    (tmp_path / "many.reg").write_text("galactic\n" + "".join(f"circle({lon},0,0.1)\n" for lon in range(40)))
    many = region_from_file(tmp_path / "many.reg")
    assert many.edges is None
    assert many.contains([3, 3.2], [0, 0]).tolist() == [True, False]


def test_a_mask_file_is_the_region_it_covers(tmp_path):
    shares = Circle(0, 0, 20).coverage(32)
    write_maps(tmp_path / "m.fits", [SkyMap(shares, 0.0, "", name="MASK")])
    region = region_from_config({"file": f"{tmp_path}/m.fits[MASK]"})
    assert np.array_equal(region.coverage(32), shares)
    write_maps(tmp_path / "n.fits", [SkyMap(7 * shares, 0.0, "", name="MASK")])
    with pytest.raises(ValueError, match="holds numbers from 0 to 7; a mask holds 0 to 1"):
        region_from_config({"file": f"{tmp_path}/n.fits"})


def test_mocs_of_ours_and_of_mocpy_are_the_same_region(tmp_path):
    mocpy = require("mocpy")
    box = Box(lon=(-30, 30), lat=(-5, 5))
    export_region(box, tmp_path / "o.fits")
    centre = SkyCoord(0, 0, unit="deg", frame="galactic").icrs
    theirs = mocpy.MOC.from_cone(lon=centre.ra, lat=centre.dec, radius=6 * u.deg, max_depth=10)
    theirs.save(str(tmp_path / "t.fits"), "fits")
    ours, cone = (region_from_config({"file": f"{tmp_path}/{name}.fits"}) for name in "ot")
    assert ours.solid_angle == pytest.approx(box.solid_angle, rel=5e-3)
    assert cone.solid_angle == pytest.approx(Circle(0, 0, 6).solid_angle, rel=2e-2)  # theirs holds all that touch
    assert as_region({"file": f"{tmp_path}/t.fits"}).contains([0, 5.8, 6.3], [0, 0, 0]).tolist() == [True, True, False]
    assert ours.contains([0, 29, 31, 0], [0, 4, 0, 6]).tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("card", "value"),
    [
        ("TFIELDS", "2"),
        ("TFIELDS", "99999999999"),
        ("NAXIS1", "'A'"),
        ("ORDERING", "5"),
        ("PCOUNT", "'x'"),
        ("TFORM1", "'QQ'"),
    ],
)
def test_a_moc_that_lies_is_refused_in_one_line(tmp_path, card, value):
    table = fits.BinTableHDU.from_columns([fits.Column("UNIQ", "K", array=np.array([16, 17, 70]))])
    table.header.update(PIXTYPE="HEALPIX", ORDERING="NUNIQ", COORDSYS="C")
    path = tmp_path / "moc.fits"
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path)
    content = bytearray(path.read_bytes())
    start = content.find(f"{card:<8}=".encode(), 2880)
    content[start : start + 80] = f"{card:<8}= {value:>20}".ljust(80).encode()
    path.write_bytes(content)
    with pytest.raises((ValueError, OSError), match=r"moc\.fits") as refused:
        region_from_file(path)
    assert "\n" not in str(refused.value)

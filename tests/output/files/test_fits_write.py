"""The same numbers in every reader, the same bytes for the same input, strangers' files understood."""

import dataclasses
import json
import subprocess
import sys
import warnings

import astropy.io.fits
import healpy
import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import NFW
from skymodel.output.files import fits_write as fits
from skymodel.sightlines.project import project
from skymodel.sky.healpix import UNSEEN
from skymodel.sky.regions import INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap
from tests.conftest import require

NSIDE = 8
NPIX = 12 * NSIDE**2
CONFIG = {"label": "Knödlseder & 'friends'", "observer": {"r_sun": "8.2 kpc"}, "list": [1, 2.5, None, True]}


@pytest.fixture
def maps():
    numbers = np.random.default_rng(5).lognormal(size=(2, NPIX))
    return [
        SkyMap(numbers[0], 1e-4 * numbers[0], "GeV cm-6 kpc", name="J"),
        SkyMap(numbers[1], 1e-3, "cm-2 s-1 sr-1", name="LINE_511", meta={"e_min": 0.506, "e_max": 0.516, "rtol": 1e-6}),
    ]


@pytest.fixture
def path(tmp_path, maps):
    where = tmp_path / "maps.fits"
    fits.write_maps(where, maps, coverage={"INTEGRAL": INTEGRAL_CIRCLE.coverage(NSIDE)}, config=CONFIG)
    return where


def test_the_file_holds_each_map_with_its_error_then_coverage(path):
    with astropy.io.fits.open(path) as hdus:
        names = [hdu.name for hdu in hdus[1:]]
    assert names == ["J", "J_ERROR", "LINE_511", "LINE_511_ERROR", "COVERAGE_INTEGRAL"]


def test_the_header_says_what_others_need(path):
    header = astropy.io.fits.getheader(path, "LINE_511")
    expected = {
        "TTYPE1": "CHANNEL1", "TFORM1": "D", "TUNIT1": "cm-2 s-1 sr-1", "BUNIT": "cm-2 s-1 sr-1",
        "PIXTYPE": "HEALPIX", "ORDERING": "RING", "COORDSYS": "G", "NSIDE": NSIDE, "ORDER": 3, "FIRSTPIX": 0,
        "LASTPIX": NPIX - 1, "INDXSCHM": "IMPLICIT", "OBJECT": "FULLSKY", "HPX_CONV": "GADF", "E_MIN": 0.506,
        "E_MAX": 0.516,
    }  # fmt: skip
    assert {key: header[key] for key in expected} == expected
    assert not {"DATE", "BANDSHDU"} & set(header)
    assert "E_MIN" not in astropy.io.fits.getheader(path, "J")


def test_checksums_hold_and_notice_a_changed_byte(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with astropy.io.fits.open(path, checksum=True) as hdus:
            hdus.verify("exception")
            assert all(hdu.header["CHECKSUM"] != "0" * 16 for hdu in hdus)
    raw = bytearray(path.read_bytes())
    raw[-3000] ^= 1
    path.write_bytes(raw)
    with (
        pytest.warns(astropy.utils.exceptions.AstropyUserWarning, match="verification failed"),
        astropy.io.fits.open(path, checksum=True) as hdus,
    ):
        assert hdus[-1].data is not None


def test_the_same_maps_give_the_same_bytes(path, maps, tmp_path):
    again = tmp_path / "again.fits"
    fits.write_maps(again, maps, coverage={"INTEGRAL": INTEGRAL_CIRCLE.coverage(NSIDE)}, config=CONFIG)
    assert again.read_bytes() == path.read_bytes()


def test_reading_gives_back_what_was_written(path, maps):
    back = fits.read_maps(path)
    assert list(back) == ["J", "LINE_511", "COVERAGE_INTEGRAL"]
    for sky in maps:
        assert np.array_equal(back[sky.name].values, sky.values)
        assert np.array_equal(back[sky.name].error, sky.error)
        assert back[sky.name].unit == sky.unit
        assert dict(back[sky.name].meta) == dict(sky.meta)
    assert back["COVERAGE_INTEGRAL"].unit == u.dimensionless_unscaled
    assert fits.read_config(path) == CONFIG


texts = st.text(st.characters(codec="utf-8"), max_size=200)


@given(st.dictionaries(texts, texts | st.floats(allow_nan=False) | st.lists(texts, max_size=3), max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_configuration_survives_the_header(tmp_path_factory, config):
    where = tmp_path_factory.mktemp("config") / "maps.fits"
    fits.write_maps(where, [SkyMap(np.zeros(12), 0.0, "", name="A")], config=config)
    assert fits.read_config(where) == config


def test_healpy_reads_the_same_numbers(path, maps):
    for hdu, sky in ((1, maps[0]), (3, maps[1])):
        values, header = healpy.read_map(path, hdu=hdu, h=True, dtype=float)
        assert np.array_equal(values, sky.values)
        assert dict(header)["COORDSYS"] == "G"
    assert np.array_equal(healpy.read_map(path, hdu="LINE_511_ERROR", dtype=float), maps[1].error)


def test_astropy_reads_a_table_with_units(path, maps):
    table = QTable.read(path, hdu="LINE_511")
    assert np.array_equal(table["CHANNEL1"].to_value("cm-2 s-1 sr-1"), maps[1].values)


def test_gammapy_reads_the_same_numbers(path, maps):
    gammapy_maps = require("gammapy.maps")
    for sky in maps:
        read = gammapy_maps.Map.read(path, hdu=sky.name)
        assert np.array_equal(np.ravel(read.data), sky.values)
        assert read.unit == sky.unit
        assert read.geom.frame == "galactic"
        assert not read.geom.nest


def test_mhealpy_reads_the_same_numbers(path, maps):
    mhealpy = require("mhealpy")
    read = mhealpy.HealpixMap.read_map(path, hdu=3)
    assert np.array_equal(np.asarray(read), maps[1].values)
    assert str(read.scheme).upper().startswith("RING")


def test_gammapy_reads_the_spectral_cube(tmp_path):
    gammapy_maps = require("gammapy.maps")
    energies = np.geomspace(1, 20, 5)
    cube = np.random.default_rng(1).random((5, NPIX))
    fits.write_cube(tmp_path / "cube.fits", cube, energies, "cm-2 s-1 sr-1 MeV-1", config=CONFIG)
    read = gammapy_maps.Map.read(tmp_path / "cube.fits")
    assert np.array_equal(read.data, cube.astype(np.float32))  # gammapy holds cubes in single precision
    assert read.unit == u.Unit("cm-2 s-1 sr-1 MeV-1")
    assert np.allclose(read.geom.axes["energy_true"].center.to_value("MeV"), energies, rtol=1e-12)


def test_the_spectral_cube_has_the_columns_that_its_readers_expect(tmp_path):
    where = tmp_path / "cube.fits"
    cube = np.arange(3.0 * 12).reshape(3, 12)
    fits.write_cube(where, cube, [1.0, 2.0, 4.0], "cm-2 s-1 sr-1 MeV-1", config=CONFIG)
    with astropy.io.fits.open(where, checksum=True) as hdus:
        assert [hdu.name for hdu in hdus] == ["PRIMARY", "SKYMAP", "ENERGIES"]
        assert hdus["SKYMAP"].columns.names == ["ENERGY1", "ENERGY2", "ENERGY3"]
        assert hdus["SKYMAP"].columns["ENERGY3"].unit == "MeV-1 cm-2 s-1 sr-1"
        assert np.array_equal(hdus["SKYMAP"].data["ENERGY3"], cube[2])
        assert hdus["ENERGIES"].data["ENERGY"].tolist() == [1.0, 2.0, 4.0]
        assert "HPX_CONV" not in hdus["SKYMAP"].header
    assert fits.read_config(where) == CONFIG
    first = where.read_bytes()
    fits.write_cube(where, cube, [1.0, 2.0, 4.0], "cm-2 s-1 sr-1 MeV-1", config=CONFIG)
    assert where.read_bytes() == first


def test_nested_maps_of_healpy_come_back_in_ring_order(tmp_path):
    values = np.random.default_rng(2).random(NPIX)
    healpy.write_map(tmp_path / "nest.fits", healpy.reorder(values, r2n=True), nest=True, coord="G",
                     column_units="ph cm-2 s-1 sr-1", dtype=np.float64)  # fmt: skip
    (sky,) = fits.read_maps(tmp_path / "nest.fits").values()
    assert np.array_equal(sky.values, values)
    assert sky.unit == u.Unit("cm-2 s-1 sr-1")  # the photons are counted, not measured
    assert np.isnan(sky.error).all()
    assert sky.values.dtype.isnative


def test_partial_maps_are_filled_with_unseen(tmp_path):
    values = np.full(NPIX, UNSEEN)
    values[100:140] = np.arange(40.0)
    healpy.write_map(tmp_path / "part.fits", values, partial=True, coord="G", column_units="cm-2", dtype=np.float64)
    (sky,) = fits.read_maps(tmp_path / "part.fits").values()
    assert np.array_equal(sky.values[100:140], np.arange(40.0))
    assert sky.masked.sum() == NPIX - 40


def test_several_columns_are_named_by_hdu_and_column(tmp_path):
    pair = np.random.default_rng(3).random((2, NPIX)).astype(np.float32)
    healpy.write_map(tmp_path / "two.fits", pair, coord="G", column_names=["A", "B"], column_units="cm-2")
    found = fits.read_maps(tmp_path / "two.fits")
    assert [name.split("_")[-1] for name in found] == ["A", "B"]
    assert np.array_equal(list(found.values())[1].values, pair[1])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"coord": "X", "column_units": "cm-2"}, "frame 'X' is not known"),
        ({"column_units": "cm-2"}, "does not name its frame"),
        ({"coord": "G"}, "does not name the unit"),
        ({"coord": "G", "column_units": "bananas"}, "unit 'bananas'"),
    ],
)
def test_maps_of_unknown_frame_and_unit_are_refused(tmp_path, options, words):
    healpy.write_map(tmp_path / "odd.fits", np.ones(NPIX), dtype=np.float64, **options)
    with pytest.raises(ValueError, match=words) as caught:
        fits.read_maps(tmp_path / "odd.fits")
    assert "\n" not in str(caught.value)


def test_the_caller_may_say_what_the_file_does_not(tmp_path):
    healpy.write_map(tmp_path / "bare.fits", np.ones(NPIX), dtype=np.float64)
    (sky,) = fits.read_maps(tmp_path / "bare.fits", unit="cm-2", frame="galactic").values()
    assert sky.unit == u.Unit("cm-2")


def test_files_without_maps_or_configuration_are_refused(tmp_path):
    astropy.io.fits.PrimaryHDU(np.zeros((3, 3))).writeto(tmp_path / "image.fits")
    (tmp_path / "text.fits").write_text("no FITS")
    with pytest.raises(ValueError, match="holds no HEALPix map"):
        fits.read_maps(tmp_path / "image.fits")
    with pytest.raises(ValueError, match="carries no configuration"):
        fits.read_config(tmp_path / "image.fits")
    with pytest.raises(ValueError, match="is no FITS file"):
        fits.read_maps(tmp_path / "text.fits")
    with pytest.raises(FileNotFoundError):
        fits.read_maps(tmp_path / "none.fits")


def test_unwritable_maps_are_refused_and_leave_no_file(tmp_path, maps):
    where = tmp_path / "maps.fits"
    small = SkyMap(np.ones(12), 0.0, "", name="SMALL")
    for bad in ([], [maps[0], small], [maps[0], maps[0]], [SkyMap(np.ones(12), 0.0, "")]):
        with pytest.raises(ValueError, match="allowed"):
            fits.write_maps(where, bad)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_fails_half_way_keeps_the_old_file(path, tmp_path):
    before = path.read_bytes()

    def pieces():
        yield np.ones((2, 100))
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fits.write_map_pieces(path, NSIDE, [fits.MapHeader("A")], pieces())
    with pytest.raises(ValueError, match="A: 100 numbers came; allowed: 768"):
        fits.write_map_pieces(path, NSIDE, [fits.MapHeader("A")], iter([np.ones((2, 100))]))
    with pytest.raises(ValueError, match="more numbers"):
        fits.write_map_pieces(path, NSIDE, [fits.MapHeader("A")], iter([np.ones((2, 1000))]))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["maps.fits"]


_STREAM = """
import json, resource, sys
import numpy as np
from skymodel.output.files import fits_write as fits

def pieces(npix, size=2**16):
    for first in range(0, npix, size):
        yield np.arange(first, first + size, dtype=float) + np.array([[0.0], [0.5]])

fits.write_map_pieces(sys.argv[1] + "/small.fits", 64, [fits.MapHeader("A", "cm-2")], pieces(12 * 64**2, 2**14))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
fits.write_map_pieces(sys.argv[1] + "/big.fits", 1024, [fits.MapHeader("A", "cm-2")], pieces(12 * 1024**2))
print(json.dumps([before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


@pytest.mark.slow
def test_writing_in_pieces_needs_no_memory_for_the_map(tmp_path):
    output = subprocess.run([sys.executable, "-c", _STREAM, str(tmp_path)], check=True, capture_output=True, text=True)
    before, after = json.loads(output.stdout)
    unit = 1024 if sys.platform.startswith("linux") else 1  # ru_maxrss is in kiB on Linux, in bytes on macOS
    assert (after - before) * unit < 16e6  # the two HDUs hold 201 MB
    with astropy.io.fits.open(tmp_path / "big.fits", checksum=True) as hdus:
        assert np.array_equal(hdus[2].data["CHANNEL1"][[0, -1]], [0.5, 12 * 1024**2 - 0.5])


def test_one_map_is_written_like_several_and_maps_without_a_name_are_told_how_to_get_one(tmp_path):
    sky = project(NFW(), 2, r_max=60.0, rtol=1e-2, name="HALO")
    fits.write_maps(tmp_path / "one.fits", sky)
    np.testing.assert_array_equal(fits.read_maps(tmp_path / "one.fits")["HALO"].values, sky.values)
    with pytest.raises(ValueError, match=r"names of the maps: 'HALO', ''; allowed: names that differ.*name='J'"):
        fits.write_maps(tmp_path / "two.fits", [sky, dataclasses.replace(sky, name="")])
    assert not (tmp_path / "two.fits").exists()

"""The whole comparison, from maps and from files: tables, curves, and what is refused."""

import importlib.util

import healpy
import numpy as np
import pytest

from skymodel.comparison.likeness.morphology import common_nside, compare
from skymodel.output.files.fits_write import write_maps
from skymodel.output.folders.compare import compare_files
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.healpix import UNSEEN
from skymodel.sky.reading.maps import read_map
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Circle
from skymodel.sky.skymap import SkyMap
from tests.comparison.gaussians import containment, gaussian, width
from tests.conftest import require

NARROW, BROAD = gaussian(64, 4.0), gaussian(32, 7.0, lon=3.0)


@pytest.fixture(scope="module")
def found():
    return compare(NARROW, BROAD, region=Circle(0, 0, 40))


def row(table, statistic):
    return table[table["statistic"] == statistic][0]


def test_maps_meet_at_the_coarser_nside_and_keep_their_flux(found):
    assert (found.first.nside, found.second.nside, found.likeness.meta["nside"]) == (32, 32, 32)
    assert found.first.total().value == pytest.approx(NARROW.total().value, rel=1e-13)
    assert np.array_equal(found.second.values, BROAD.values)


def test_the_table_of_the_pair_holds_every_statistic_with_its_error(found):
    scales = ["scales_1_9", "scales_10_19", "scales_20_39"]
    assert list(found.likeness["statistic"])[:5] == ["pearson", "cosine", "spearman", "amplitude", "explained"]
    assert list(found.likeness["statistic"])[5:8] == scales
    total = 4.0**2 + 7.0**2
    expected = 2 * 4 * 7 / total * np.exp(-9 / 2 / total)
    assert row(found.likeness, "cosine")["value"] == pytest.approx(expected, abs=0.01)  # flat sky, coarse pixels
    assert np.all(found.likeness["error"] >= 0)
    assert found.likeness.meta["region"] == "circle(0, 0, 40)"


def test_the_distance_that_light_must_be_moved_is_in_the_table():
    require("ot")
    shifted = compare(gaussian(32, 5.0), gaussian(32, 5.0, lon=8.0), region=Circle(0, 0, 40))
    moved = row(shifted.likeness, "earth_mover")
    assert (moved["unit"], shifted.likeness.meta["absent"]) == ("deg", {})
    assert abs(moved["value"] - 8.0) < moved["error"]


def test_without_pot_the_table_says_what_is_absent_and_why(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = compare(gaussian(32, 5.0), gaussian(32, 6.0), region=INTEGRAL_CIRCLE)
    assert "earth_mover" not in list(found.likeness["statistic"])
    assert found.likeness.meta["absent"] == {"earth_mover": "needs the library POT: pip install 'skymodel[morphology]'"}


def test_the_table_of_shapes_tells_the_two_apart(found):
    assert row(found.shapes, "width_lat")["first"] == pytest.approx(width(4.0), rel=5e-3)
    assert row(found.shapes, "width_lat")["second"] == pytest.approx(width(7.0), rel=5e-3)
    assert row(found.shapes, "centroid_lon")["second"] == pytest.approx(3.0, abs=0.01)
    assert row(found.shapes, "radius_68%")["first"] == pytest.approx(containment(4.0, 0.68), rel=5e-3)
    assert row(found.shapes, "share_in_6_deg")["first"] > row(found.shapes, "share_in_6_deg")["second"]


def test_the_curves_are_ready_to_draw(found):
    first, second = found.curves
    assert np.all(np.diff(first.share) >= -1e-12)
    at = np.flatnonzero(first.radius == 6.0)[0]
    assert first.share[at] > second.share[at]
    brightest = int(np.nanargmax(second.lon.mean))
    assert second.lon.edges[brightest] < 3.0 < second.lon.edges[brightest + 1]  # where the second is centred
    assert second.lon.edges[[0, -1]] == pytest.approx([-40, 40], abs=2)  # the bins span the region
    assert np.diff(second.lon.edges).min() > 1.8  # and are no finer than pixels
    assert found.fit.residual.nside == 32
    assert found.spectrum.degree.size == 64


def test_a_beam_is_applied_to_both():
    beam = GaussianBeam(9.0)
    through = compare(gaussian(32, 5.0), gaussian(32, 5.0), region=Circle(0, 0, 60), beam=beam)
    expected = np.sqrt(5.0**2 + beam.sigma**2)
    assert row(through.shapes, "width_lon")["first"] == pytest.approx(expected, rel=5e-3)
    assert row(through.likeness, "pearson")["value"] == pytest.approx(1.0, abs=1e-12)
    assert through.spectrum.degree[-1] == 20  # 180 deg / 9 deg: nothing is left at smaller scales


def test_the_amplitude_carries_its_unit_and_convertible_units_meet():
    sky = gaussian(32, 6.0)
    found = compare(sky, sky.to("m-2 s-1 sr-1"), region=INTEGRAL_CIRCLE)
    assert row(found.likeness, "amplitude")["value"] == pytest.approx(1.0, rel=1e-12)
    other = compare(sky, SkyMap(sky.values, 0.0, "GeV cm-6 kpc"), region=INTEGRAL_CIRCLE)
    assert "GeV" in other.likeness.meta["amplitude_unit"]


def test_a_masked_part_masks_the_coarse_pixel():
    values = np.ones(12 * 4**2)
    values[healpy.nest2ring(4, 5)] = UNSEEN
    coarse, _ = common_nside(SkyMap(values, 0.5, ""), SkyMap(np.ones(12 * 2**2), 0.0, ""))
    assert np.flatnonzero(coarse.masked).tolist() == [healpy.nest2ring(2, 1)]
    assert coarse.error[~coarse.masked].tolist() == [0.5] * 47


def test_a_beam_wider_than_the_region_is_refused():
    with pytest.raises(ValueError, match="a beam of 20 deg is wider than integral_circle, about 12 deg"):
        compare(NARROW, NARROW, region=INTEGRAL_CIRCLE, beam=GaussianBeam(20.0))


def test_a_region_smaller_than_a_pixel_is_refused():
    for lon, lat in ((0.0, 0.0), (0.1, 0.9)):  # on a corner of four pixels, and inside one
        with pytest.raises(ValueError, match="smaller than"):
            compare(BROAD, BROAD, region=Circle(lon, lat, 0.05))


def test_a_constant_map_is_called_constant_at_any_nside_and_through_a_beam():
    flat = SkyMap(np.ones(12 * 64**2), 0.0, BROAD.unit, name="FLAT")
    for beam in (None, GaussianBeam(9.0)):
        with pytest.raises(ValueError, match="'FLAT' is constant in the region: its correlation is undefined"):
            compare(flat, BROAD, beam=beam)


def test_maps_of_one_name_are_told_apart_by_their_files(tmp_path):
    small = SkyMap(gaussian(16, 9.0).values, 0.0, BROAD.unit, name="s7")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_maps(tmp_path / name / "maps.fits", [small])
    write_maps(tmp_path / "other.fits", [small])
    pairs = {
        ("one/maps.fits", "other.fits"): ("maps s7", "other s7"),
        ("one/maps.fits", "two/maps.fits"): ("one/maps s7", "two/maps s7"),
        ("other.fits", "other.fits"): ("first s7", "second s7"),
    }
    for paths, names in pairs.items():
        meta = compare_files(*(tmp_path / path for path in paths), region="comptel_window").likeness.meta
        assert (meta["first"], meta["second"]) == names


def test_a_map_that_has_no_name_is_called_after_its_file(tmp_path):
    healpy.write_map(tmp_path / "sky.fits", BROAD.values, coord="G", column_units="cm-2 s-1 sr-1", dtype=np.float64)
    assert read_map(tmp_path / "sky.fits").name == "sky"


def test_files_are_compared_as_maps_are(tmp_path, found):
    write_maps(tmp_path / "a.fits", [NARROW])
    healpy.write_map(tmp_path / "b.fits", healpy.reorder(BROAD.values, r2n=True), nest=True, coord="G",
                     column_units="ph cm-2 s-1 sr-1", dtype=np.float64)  # fmt: skip
    spec = {"lon": "0 deg", "lat": "0 deg", "radius": "40 deg"}
    again = compare_files(tmp_path / "a.fits", tmp_path / "b.fits", region=spec)
    assert np.array_equal(again.likeness["value"], found.likeness["value"])


def test_a_map_of_a_file_and_a_region_may_be_named(tmp_path):
    sky = gaussian(32, 7.0, lon=3.0)
    write_maps(tmp_path / "a.fits", [SkyMap(np.ones(12 * 32**2), 0.0, "cm-2", name="FLAT"), sky])
    named = compare_files(f"{tmp_path}/a.fits[s7]", f"{tmp_path}/a.fits[s7]", region="comptel_window")
    assert named.likeness["value"][:8] == pytest.approx(np.ones(8), abs=1e-12)
    assert named.likeness.meta["region"] == COMPTEL_WINDOW.name
    assert read_map(tmp_path / "a.fits").name == "FLAT"  # the first, where none is named


def test_a_map_that_the_file_does_not_hold_is_refused(tmp_path):
    write_maps(tmp_path / "a.fits", [NARROW])
    with pytest.raises(ValueError, match="holds no map 'LINE'; it holds s4"):
        read_map(f"{tmp_path}/a.fits[LINE]")


def _about_the_centre(shape):
    lonlat = healpy.pix2ang(64, np.arange(12 * 64**2), lonlat=True)
    theta = np.degrees(healpy.rotator.angdist([0.0, 0.0], np.array(lonlat), lonlat=True))
    return SkyMap(shape(theta), np.nan, "cm-2", name="A")


@pytest.mark.slow
def test_a_map_without_errors_seen_through_a_beam_is_like_itself():
    sky = _about_the_centre(lambda theta: np.exp(-(theta**2) / 72))
    found = compare(sky, sky, beam=GaussianBeam(2.7))
    assert found.likeness["value"][1] == pytest.approx(1.0, abs=1e-12)
    assert found.first.values.min() >= 0
    assert found.first.values.sum() == pytest.approx(sky.values.sum(), rel=1e-9)


@pytest.mark.slow
def test_a_map_that_is_zero_far_out_is_compared_and_only_its_disk_is_missing():
    sky = _about_the_centre(lambda theta: np.exp(-(theta**2) / 72))
    cut = _about_the_centre(lambda theta: np.where(theta < 9, np.exp(-(theta**2) / 32), 0))
    found = compare(cut, sky)
    # 12 / 13 of the whole Gaussians; the cut takes 2.6 % off the product and 0.6 % off the square
    assert found.likeness["value"][1] == pytest.approx(0.902707, abs=1e-6)
    assert list(found.shapes.meta["absent"]["first"]) == ["bulge_to_disk"]

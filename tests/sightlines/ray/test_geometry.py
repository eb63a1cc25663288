"""Observer, path ends and sight lines, against astropy and extended precision."""

import mpmath
import numpy as np
import pytest
from astropy import units

import skymodel as sm
from profiles import NFW
from skymodel.galaxy import SkyModel
from skymodel.sightlines.ray.geometry import Observer, PathEnd, as_observer, rays, unit_vectors

OBSERVERS = [Observer(8.2, 0.0), Observer(8.2, 0.0208), Observer(8.122, -1.5)]


@pytest.mark.parametrize("here", OBSERVERS)
def test_the_frame_is_astropy_s_galactocentric(here):
    from astropy import coordinates

    galactic = coordinates.SkyCoord(
        [0, 0, 90, 35, -120], [0, 90, 0, 60, -20], [1, 1, 1, 7, 30], unit=("deg", "deg", "kpc")
    )
    galactic = coordinates.SkyCoord(galactic.ra, galactic.dec, galactic.distance, frame="galactic")
    centre = coordinates.SkyCoord(0, 0, unit="deg", frame="galactic").icrs
    frame = {"galcen_coord": centre, "galcen_distance": here.r_sun * units.kpc, "z_sun": here.z_sun * units.kpc}
    _, y, z = _places(galactic, coordinates.Galactocentric(**frame | {"z_sun": 0 * units.kpc}))[:, 1]
    roll = np.arctan2(y, z) * units.rad  # brings the Galactic pole, the second place, above the Sun
    astropy_places = _places(galactic, coordinates.Galactocentric(**frame, roll=roll))
    vectors = unit_vectors(galactic.l.deg, galactic.b.deg) * galactic.distance.value[:, None]
    ours = here.position[:, None] + here.rotation @ vectors.T
    assert np.abs(ours - astropy_places).max() < 1e-9 * 30  # astropy chains several rotations given to 1e-10


def _places(coordinate, frame):
    return coordinate.transform_to(frame).cartesian.xyz.to_value("kpc")


@pytest.mark.parametrize("here", OBSERVERS)
def test_the_centre_lies_at_lon_lat_zero_and_distance_r_sun(here):
    assert np.allclose(here.position + here.r_sun * here.rotation @ [1, 0, 0], 0, atol=1e-14)
    assert np.allclose(here.rotation @ here.rotation.T, np.eye(3), atol=1e-15)


def test_an_observer_takes_quantities_and_refuses_impossible_places():
    assert Observer(8200 * units.pc, 125 * units.pc) == Observer(8.2, 0.125)
    for arguments in [(0.0,), (-8.2,), (np.nan,), (np.inf,), (8.2, 8.2), (8.2, np.nan)]:
        with pytest.raises(ValueError, match="allowed"):
            Observer(*arguments)
    with pytest.raises(ValueError, match=r"Observer\.z_sun = 2\.0 deg; allowed: a length"):
        Observer(8.2, 2 * units.deg)


def test_a_path_has_exactly_one_end():
    assert PathEnd(r_max=60 * units.kpc) == PathEnd(r_max=60.0)
    for ends in [{}, {"r_max": 60, "s_max": 60}]:
        with pytest.raises(ValueError, match="exactly one"):
            PathEnd(**ends)
    for bad in [0.0, -1.0, np.nan, np.inf]:
        with pytest.raises(ValueError, match="allowed"):
            PathEnd(s_max=bad)
    for wrong in [60 * units.deg, "far away", [1.0, 2.0]]:
        with pytest.raises(ValueError, match=r"r_max = .*; allowed: a length"):
            PathEnd(r_max=wrong)


@pytest.mark.parametrize("angle", [1e-12, 1e-9, 1e-5, 0.3, 90.0, 179.0])
def test_the_distance_of_a_line_from_the_centre_loses_no_digits(angle):
    lines = rays(Observer(8.2, 0.0208), PathEnd(r_max=60.0), unit_vectors(angle * 0.6, angle * 0.3)[None])
    with mpmath.workdps(40):
        lon, lat = (mpmath.radians(mpmath.mpf(angle * part)) for part in (0.6, 0.3))
        exact = mpmath.mpf(8.2) * mpmath.sqrt(1 - (mpmath.cos(lat) * mpmath.cos(lon)) ** 2)
    assert lines.p[0] == pytest.approx(float(exact), rel=4e-16)
    assert np.linalg.norm(lines.foot[:, 0]) == pytest.approx(float(exact), rel=4e-15)


@pytest.mark.parametrize("turns", [-720.0, -360.0, 360.0, 3600.0])
def test_whole_turns_lead_exactly_to_the_centre(turns):
    lines = rays(Observer(8.2, 0.0208), PathEnd(r_max=60.0), unit_vectors([turns, turns + 30], [0.0, 0.0]))
    assert lines.p[0] == 0
    assert lines.through_centre.tolist() == [True, False]
    np.testing.assert_array_equal(unit_vectors(-1e-300, 0.0)[1] < 0, True)  # a tiny angle keeps its sign and size


def test_seen_from_outside_a_line_enters_and_leaves_the_sphere_or_misses_it():
    here, end = Observer(20.0), PathEnd(r_max=5.0)
    lines = rays(here, end, unit_vectors([0, 10, 40, 180], 0))
    length = lines.stop - lines.start
    half = np.sqrt(25 - (20 * np.sin(np.radians(10))) ** 2)
    assert length == pytest.approx([10, 2 * half, 0, 0], abs=1e-13)
    assert lines.start[0] - lines.observer[0] == pytest.approx(15.0)


def test_s_max_is_the_length_of_every_line():
    lines = rays(Observer(8.2), PathEnd(s_max=2.5), unit_vectors([0, 10, 90, 180], 0))
    assert lines.stop - lines.start == pytest.approx([2.5] * 4, rel=1e-15)


def test_an_observer_is_given_in_any_of_the_usual_ways():
    place = Observer(8.2, 0.02)
    ways = [
        place,
        (8.2, 0.02),
        [8.2, 0.02],
        {"r_sun": 8.2, "z_sun": 0.02},
        (8200 * units.pc, 20 * units.pc),
        [8.2, 0.02] * units.kpc,
    ]
    assert all(as_observer(way) == place for way in ways)
    assert as_observer(None) == as_observer(8.2) == as_observer(8.2 * units.kpc) == Observer()
    seen = [
        sm.line_of_sight(NFW(), 1, 1, r_max=20, rtol=1e-3, observer=place).value,
        sm.line_of_sight(NFW(), 1, 1, r_max=20, rtol=1e-3, observer=ways[1]).value,
        sm.region_mean(NFW(), "circle 0 0 6", r_max=20, rtol=1e-3, observer=place).value,
        sm.region_mean(NFW(), "circle 0 0 6", r_max=20, rtol=1e-3, observer=ways[1]).value,
    ]
    assert seen[0] == seen[1]
    assert seen[2] == seen[3]
    assert SkyModel(NFW(), NFW(), observer=(8.1, 0)).observer == Observer(8.1)


@pytest.mark.parametrize("given", [(1, 2, 3), (), {}, True, {"R": 8}, object()])
def test_what_is_no_observer_is_told_what_is(given):
    with pytest.raises(ValueError, match=r"observer|r_sun"):
        as_observer(given)

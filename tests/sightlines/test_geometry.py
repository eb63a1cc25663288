"""Observer, path ends, sight lines and their pieces, against astropy and extended precision."""

import mpmath
import numpy as np
import pytest
from astropy import units
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import Hints, from_function
from skymodel.sightlines.geometry import Observer, PathEnd, about_axis, pieces, rays, unit_vectors

OBSERVERS = [Observer(8.2, 0.0), Observer(8.2, 0.0208), Observer(8.122, -1.5)]


def flat(x, y, z):
    return 0 * x + 1.0


def density(symmetry, **hints):
    return from_function(flat, unit="cm-3", symmetry=symmetry, hints=Hints(**hints))


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


def test_the_cylindrical_radius_follows_from_three_numbers():
    lines = rays(Observer(8.2, 0.3), PathEnd(r_max=60.0), unit_vectors([1, 30, 0, 123], [0.1, 60, 90, -5]))
    distance, offset, slope = about_axis(lines.foot, lines.direction)
    u = np.linspace(-9, 9, 7)[:, None]
    place = lines.foot[:, None] + u * lines.direction[:, None]
    assert np.hypot(distance, offset + slope * u) == pytest.approx(np.hypot(place[0], place[1]), rel=1e-13)


def test_a_line_towards_a_pole_has_a_constant_cylindrical_radius():
    distance, _, slope = about_axis(np.array([[-8.2], [0.0], [0.0]]), np.array([[0.0], [0.0], [1.0]]))
    assert (distance[0], slope[0]) == (8.2, 0.0)


def _ends(cut):
    """Return the Galactocentric ends ``(2, 3, M)`` of the pieces."""
    t = np.stack([cut.left, cut.right])[:, None]
    return cut.base + cut.direction * cut.scale * np.sinh(t)


def _cut(kind, here, lon, lat, end=None, **hints):
    lines = rays(here, end or PathEnd(r_max=60.0), unit_vectors(lon, lat).reshape(-1, 3))
    return lines, pieces(lines, here, density(kind, **hints))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["spherical", "axisymmetric", "none"]),
    st.floats(1.0, 30.0),
    st.floats(-0.9, 0.9),
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.floats(0.1, 100.0),
    st.booleans(),
)
def test_the_pieces_of_a_line_follow_each_other_from_its_start_to_its_end(kind, r_sun, z, lon, lat, end, sphere):
    here = Observer(r_sun, z * r_sun)
    hints = {"spheres": (3.0,), "planes": (0.3,), "cylinders": (4.0,), "points": ((1.0, 2.0, 0.0, 0.1),)}
    lines, cut = _cut(kind, here, lon, lat, PathEnd(r_max=end) if sphere else PathEnd(s_max=end), **hints)
    first, last = _ends(cut)
    places = [lines.foot[:, 0] + u * lines.direction[:, 0] for u in (lines.start[0], lines.stop[0])]
    if lines.stop[0] - lines.start[0] < 1e-12 * (r_sun + end):
        assert cut.line.size <= 1
        return
    chain = np.column_stack([places[0], last])
    assert np.abs(chain[:, :-1] - first).max() < 1e-12 * (r_sun + end)
    assert np.abs(last[:, -1] - places[1]).max() < 1e-12 * (r_sun + end)
    assert (cut.left < cut.right).all()


def _touches(cut, function, value):
    """Whether some piece ends where `function` of the place has `value`."""
    return np.abs(function(_ends(cut).transpose(1, 0, 2).reshape(3, -1)) - value).min() < 1e-9


def radius(place):
    return np.linalg.norm(place, axis=0)


def cylindrical(place):
    return np.hypot(place[0], place[1])


def test_lines_are_cut_at_every_place_where_a_density_may_have_a_kink():
    here = Observer(8.2, 0.3)
    _, cut = _cut(
        "none", here, 12.0, -4.0, spheres=(3.0,), planes=(0.2,), cylinders=(4.0,), points=((2.0, 1.0, -0.1, 0.05),)
    )
    assert _touches(cut, lambda place: place[2], 0.0)
    assert _touches(cut, lambda place: place[2], 0.2)
    assert _touches(cut, radius, 3.0)
    assert _touches(cut, cylindrical, 4.0)
    lines, _ = _cut("none", here, 12.0, -4.0)
    assert _touches(cut, radius, lines.p[0])
    assert _touches(cut, cylindrical, about_axis(lines.foot, lines.direction)[0][0])
    gap = np.array([2.0, 1.0, -0.1])[:, None]
    nearest = np.linalg.norm(np.cross((gap - lines.foot).T, lines.direction.T))
    assert _touches(cut, lambda place: radius(place - gap), nearest)


def test_only_announced_edges_are_believed_to_be_edges():
    _, plain = _cut("axisymmetric", Observer(8.2, 0.3), 12.0, -4.0)
    assert plain.joined.tolist() == [True] * (plain.line.size - 1) + [False]
    _, edged = _cut("axisymmetric", Observer(8.2, 0.3), 12.0, -4.0, spheres=(3.0,))
    assert (~edged.joined).sum() == 3  # the two crossings of the sphere and the end of the line


def test_a_spherical_density_needs_two_pieces_and_a_disk_at_most_six():
    assert _cut("spherical", Observer(), 20.0, 10.0)[1].line.size == 2
    assert _cut("spherical", Observer(), 120.0, 10.0)[1].line.size == 1
    assert _cut("axisymmetric", Observer(), 20.0, 10.0)[1].line.size == 4
    assert _cut("axisymmetric", Observer(8.2, 0.0208), 20.0, -10.0)[1].line.size == 5

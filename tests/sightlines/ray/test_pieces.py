"""The pieces of sight lines: nothing lost, nothing doubled, cut wherever a density may have a kink."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import Hints, from_function
from skymodel.sightlines.ray.geometry import Observer, PathEnd, rays, unit_vectors
from skymodel.sightlines.ray.pieces import about_axis, cut_lines


def flat(x, y, z):
    return 0 * x + 1.0


def density(symmetry, **hints):
    return from_function(flat, unit="cm-3", symmetry=symmetry, hints=Hints(**hints))


def test_the_cylindrical_radius_follows_from_three_numbers():
    lines = rays(Observer(8.2, 0.3), PathEnd(r_max=60.0), unit_vectors([1, 30, 0, 123], [0.1, 60, 90, -5]))
    distance, offset, slope = about_axis(lines.foot, lines.direction)
    u = np.linspace(-9, 9, 7)[:, None]
    place = lines.foot[:, None] + u * lines.direction[:, None]
    assert np.hypot(distance, offset + slope * u) == pytest.approx(np.hypot(place[0], place[1]), rel=1e-13)


def test_a_line_towards_a_pole_has_a_constant_cylindrical_radius():
    distance, _, slope = about_axis(np.array([[-8.2], [0.0], [0.0]]), np.array([[0.0], [0.0], [1.0]]))
    assert (distance[0], slope[0]) == (8.2, 0.0)


def _ends(pieces):
    """Return the Galactocentric ends ``(2, 3, M)`` of the pieces."""
    t = np.stack([pieces.left, pieces.right])[:, None]
    return pieces.base + pieces.direction * pieces.scale * np.sinh(t)


def _cut(kind, here, lon, lat, end=None, **hints):
    lines = rays(here, end or PathEnd(r_max=60.0), unit_vectors(lon, lat).reshape(-1, 3))
    return lines, cut_lines(lines, here, density(kind, **hints))


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
    lines, pieces = _cut(kind, here, lon, lat, PathEnd(r_max=end) if sphere else PathEnd(s_max=end), **hints)
    first, last = _ends(pieces)
    places = [lines.foot[:, 0] + u * lines.direction[:, 0] for u in (lines.start[0], lines.stop[0])]
    if lines.stop[0] - lines.start[0] < 1e-12 * (r_sun + end):
        assert pieces.line.size <= 1
        return
    chain = np.column_stack([places[0], last])
    assert np.abs(chain[:, :-1] - first).max() < 1e-12 * (r_sun + end)
    assert np.abs(last[:, -1] - places[1]).max() < 1e-12 * (r_sun + end)
    assert (pieces.left < pieces.right).all()


def _touches(pieces, function, value):
    """Whether some piece ends where `function` of the place has `value`."""
    return np.abs(function(_ends(pieces).transpose(1, 0, 2).reshape(3, -1)) - value).min() < 1e-9


def radius(place):
    return np.linalg.norm(place, axis=0)


def cylindrical(place):
    return np.hypot(place[0], place[1])


def test_lines_are_cut_at_every_place_where_a_density_may_have_a_kink():
    here = Observer(8.2, 0.3)
    _, pieces = _cut(
        "none", here, 12.0, -4.0, spheres=(3.0,), planes=(0.2,), cylinders=(4.0,), points=((2.0, 1.0, -0.1, 0.05),)
    )
    assert _touches(pieces, lambda place: place[2], 0.0)
    assert _touches(pieces, lambda place: place[2], 0.2)
    assert _touches(pieces, radius, 3.0)
    assert _touches(pieces, cylindrical, 4.0)
    lines, _ = _cut("none", here, 12.0, -4.0)
    assert _touches(pieces, cylindrical, about_axis(lines.foot, lines.direction)[0][0])
    gap = np.array([2.0, 1.0, -0.1])[:, None]
    nearest = np.linalg.norm(np.cross((gap - lines.foot).T, lines.direction.T))
    assert _touches(pieces, lambda place: radius(place - gap), nearest)


def test_lines_are_cut_on_both_sides_of_a_layer_and_nowhere_else_beside_it():
    here, towards = Observer(8.2, 0.3), unit_vectors(12.0, -4.0).reshape(-1, 3)
    lines = rays(here, PathEnd(r_max=60.0), towards)
    for name, measure in (("spheres", radius), ("cylinders", cylindrical), ("planes", lambda place: np.abs(place[2]))):
        layered = cut_lines(lines, here, density("none", **{name: ((3.0, 0.01),)}), beside=(0.05,))
        for level in (2.68, 2.92, 2.98, 3.0, 3.02, 3.08, 3.32):
            assert _touches(layered, measure, level)
        assert not _touches(layered, measure, 3.05)
        assert _touches(cut_lines(lines, here, density("none", **{name: (3.0,)}), beside=(0.05,)), measure, 3.05)


def test_lines_are_cut_at_upright_walls():
    _, pieces = _cut("none", Observer(8.2, 0.3), 12.0, -4.0, walls=(-20.0, 70.0))
    for azimuth in np.radians([-20.0, 70.0]):
        assert _touches(pieces, lambda p, a=azimuth: np.abs(p[1] * np.cos(a) - p[0] * np.sin(a)), 0.0)


def test_the_axis_stands_for_the_foot_where_they_are_close():
    for lat, both in ((-4.0, False), (-40.0, True)):
        lines, pieces = _cut("none", Observer(8.2, 0.3), 12.0, lat)
        assert _touches(pieces, cylindrical, about_axis(lines.foot, lines.direction)[0][0])
        assert _touches(pieces, radius, lines.p[0]) == both


@pytest.mark.parametrize("symmetry", ["axisymmetric", "none"])
def test_a_line_that_passes_much_closer_to_the_axis_than_to_the_centre_is_charted_about_the_axis_there(symmetry):
    for lon, lat, closer in ((0.5, 10.0, True), (60.0, 10.0, False), (0.001, 0.01, True), (0.001, 1e-4, False)):
        lines, pieces = _cut(symmetry, Observer(), lon, lat)
        distance = about_axis(lines.foot, lines.direction)[0][0]
        assert (np.abs(pieces.scale / distance - 1).min() < 1e-12) == closer
        assert pieces.scale[-1] == pytest.approx(lines.p[0], rel=1e-12)


def test_only_announced_edges_are_believed_to_be_edges():
    _, plain = _cut("axisymmetric", Observer(8.2, 0.3), 12.0, -4.0)
    assert plain.joined.tolist() == [True] * (plain.line.size - 1) + [False]
    _, edged = _cut("axisymmetric", Observer(8.2, 0.3), 12.0, -4.0, spheres=(3.0,))
    assert (~edged.joined).sum() == 3  # the two crossings of the sphere and the end of the line


def test_a_spherical_density_needs_two_pieces_and_a_disk_at_most_five():
    assert _cut("spherical", Observer(), 20.0, 10.0)[1].line.size == 2
    assert _cut("spherical", Observer(), 120.0, 10.0)[1].line.size == 1
    assert _cut("axisymmetric", Observer(), 20.0, 10.0)[1].line.size == 3
    assert _cut("axisymmetric", Observer(8.2, 0.0208), 20.0, -10.0)[1].line.size == 4
    assert _cut("axisymmetric", Observer(8.2, 0.0208), 20.0, -50.0)[1].line.size == 5

"""Boxes: lines end on their surface, ellipsoids are a case of them, lines that miss are told from lines that hit."""

import numpy as np
import pytest

from profiles.contract.box import Box
from profiles.contract.oval import Oval
from profiles.forms.bars import FreudenreichBar, box_radius

OVAL = Oval.along_axes((0.5, -1.0, 0.2), (5.0, 2.0, 1.2)).moved([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])


def lines(count=400):
    rng = np.random.default_rng(2)
    direction = rng.normal(size=(3, count))
    return rng.normal(size=(3, count)) * 2, direction / np.linalg.norm(direction, axis=0)


def size(box, place):
    a, b, c = np.array(box.oval.rows) @ (place - np.array(box.oval.centre)[:, None])
    return box_radius(np, box_radius(np, a, b, box.C_perp), c, box.C_par)


def test_exponents_of_two_make_an_ellipsoid():
    base, direction = lines()
    found, exact = Box(OVAL, 2.0, 2.0).chords(base, direction), OVAL.chords(base, direction)
    assert np.array_equal(found.hit, exact.hit)
    assert 50 < exact.hit.sum() < 350
    for name in ("enter", "leave"):
        assert np.allclose(getattr(found, name)[exact.hit], getattr(exact, name)[exact.hit], rtol=0, atol=1e-9)


@pytest.mark.parametrize(("perp", "par"), [(1.0, 1.0), (1.574, 3.501), (4.0, 1.2), (30.0, 30.0)])
def test_lines_enter_and_leave_on_the_surface_and_no_line_that_dips_below_it_is_missed(perp, par):
    box, (base, direction) = Box(OVAL, perp, par), lines()
    found = box.chords(base, direction)
    for u in (found.enter, found.leave):
        assert np.abs(size(box, base + u * direction)[found.hit] - 1).max() < 1e-6
    u = np.linspace(-30, 30, 3001)
    least = np.min([size(box, base + step * direction) for step in u], axis=0)
    assert np.array_equal(found.hit[np.abs(least - 1) > 1e-3], least[np.abs(least - 1) > 1e-3] < 1)


def test_a_bar_announces_where_its_cut_off_begins():
    bar = FreudenreichBar(bar_angle=31.0)
    (box,) = bar.hints.ovals
    base, direction = lines()
    found = box.chords(base, direction)
    there = (base + found.enter * direction)[:, found.hit]
    plain = FreudenreichBar(bar_angle=31.0, R_end=1e6)
    a, b = (np.cos(np.radians(31.0)), np.sin(np.radians(31.0)))
    along, across = there[0] * a - there[1] * b, there[0] * b + there[1] * a
    face = box_radius(np, along / bar.x_0, across / bar.y_0, bar.C_perp)
    assert np.allclose(box_radius(np, face, there[2] / bar.z_0, bar.C_par), bar.R_end, rtol=1e-9)
    assert np.allclose(bar(*there), plain(*there), rtol=1e-12)
    assert (bar(*(1.05 * there)) < 0.99 * plain(*(1.05 * there))).all()

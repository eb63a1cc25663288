"""Regions together: the means and ratios of their integrals, and what of their errors cancels."""

import numpy as np
import pytest

import skymodel as sm
from profiles import (
    NFW,
    DwekBar,
    ExponentialDisk,
    FreudenreichBar,
    LongBar,
    PeanutBar,
    Rotated,
    StanekBar,
    Triaxial,
    from_function,
)
from profiles.contract.arrays import ROUNDING
from skymodel.sightlines.cubature import regions
from skymodel.sightlines.cubature.cells import Lines, measure
from skymodel.sightlines.cubature.polar import plan
from skymodel.sightlines.cubature.regions import over_regions
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle

HERE = Circle(40, 10, 6)
THERE = Box((100, 130), (-20, -5))


@pytest.fixture(scope="module")
def lines():
    return SightLines(ExponentialDisk(R_d=2.6, z_d=0.3), sm.Observer(8.2), PathEnd(r_max=60.0))


def test_of_regions_that_share_nothing_the_errors_of_a_ratio_add(lines):
    found = over_regions(lines, (HERE, THERE), 1e-3)
    (above, doubt), (below, error) = found.mean(0), found.mean(1)
    alone = over_regions(lines, (THERE,), 1e-3).mean(0)
    assert abs(below - alone[0]) <= error + alone[1]
    ratio, bound = found.ratio()
    assert ratio == above / below
    # the means' errors hold their own rounding, the ratio's once that of the numerator and of the ratio
    own = doubt - ROUNDING * above + ratio * (error - ROUNDING * below)
    assert bound == pytest.approx((own + 2 * ROUNDING * above) / (below - error), rel=1e-9)


def test_of_a_region_and_itself_only_rounding_is_left(lines):
    found = over_regions(lines, (HERE, HERE), 1e-3)
    (above, _), (below, error) = found.mean(0), found.mean(1)
    ratio, bound = found.ratio()
    assert ratio == 1.0
    assert bound == pytest.approx(2 * ROUNDING * above / (below - error), rel=1e-6)


def test_a_part_and_the_whole_share_what_the_part_holds(lines):
    """Their ratio is off by less than the sum of both: what both hold counts by the difference."""
    part, whole = Circle(0, 0, 6), Circle(0, 0, 9)
    found = over_regions(lines, (part, whole), 1e-3)
    (_, doubt), (below, error) = found.mean(0), found.mean(1)
    ratio, bound = found.ratio()
    assert bound < 0.9 * (doubt + ratio * error) / (below - error)
    finer = over_regions(lines, (part, whole), 1e-6).ratio()
    assert abs(ratio - finer[0]) <= bound + finer[1]


def test_a_sum_of_terms_costs_what_its_terms_cost(lines):
    density = lines.density + from_function(lambda x, y, z: 1e-3 * np.exp(-(x * x + y * y + z * z)), unit="cm-3")
    found = over_regions(SightLines(density, lines.observer, lines.end), (HERE,), 1e-3)
    assert len(found.terms) == 2
    assert found.sightlines == sum(term.found.sightlines for term in found.terms)
    assert found.evaluations == pytest.approx(sum(term.found.evaluations for term in found.terms) / 2, abs=1)
    disk, (value, error) = over_regions(lines, (HERE,), 1e-4).mean(0), found.mean(0)
    assert value > disk[0] - disk[1] - error
    assert not found.lumpy


def test_a_region_without_size_is_refused(lines):
    with pytest.raises(ValueError, match="is empty: it has no mean"):
        over_regions(lines, (HERE, Circle(0, 0, 1e-5)), 1e-3)
    assert over_regions(lines, (Circle(50, 3, 1e-4),), 1e-3).mean(0)[0] > 0


ABOVE, END = sm.Observer(8.178, 0.0208), PathEnd(r_max=60.0)
BODIES = {
    "dwek": (DwekBar(), "closed"),
    "stanek across": (StanekBar(bar_angle=89.7), "closed"),
    "triaxial": (Rotated(Triaxial(NFW(r_s=2.0), p=0.4, q=0.3), angle=30.0), "closed"),
    "tilted triaxial": (Rotated(Triaxial(NFW(r_s=2.0), p=0.4, q=0.3), angle=30.0, tilt=20.0), "even"),
    "freudenreich": (FreudenreichBar(), "even"),
    "peanut": (PeanutBar(), "even"),
    "triaxial x disk": (Triaxial(NFW(r_s=2.0)) * ExponentialDisk(), "plane"),
    "long bar": (LongBar(), "plane"),
    "disk": (ExponentialDisk(), "plane"),
}
PLACES = (
    COMPTEL_WINDOW,
    INTEGRAL_CIRCLE,
    Circle(lon=2, lat=-1, radius=4),
    Box((-3, 40), (1, 20)),
    Box((-9, 9), (-9, 9)),
)


@pytest.mark.parametrize("along", ["plane", "even", "closed"])
def test_patches_cover_regions_once_however_nodes_lie_along_arcs(along):
    made = plan(PLACES, (False, False), 1.0, (), (16, 20), along)
    groups = zip(made.rules.groups(made.cells), made.first, strict=True)
    ones = [(some, measure(nodes, ones_at(nodes), pair)) for (some, pair), nodes in groups]
    area = sum(made.shares.totals(some, measured.value) for some, measured in ones)
    assert area == pytest.approx([place.solid_angle for place in PLACES], rel=1e-6)  # arcs begin like roots
    closed = [patch for patch in made.chart.patches if patch.quadrant < 0]
    assert bool(closed) == (along == "closed")


def ones_at(nodes):
    return Lines(np.ones(nodes.density.size), np.zeros(nodes.density.size), 0)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("rtol", [1e-3, 1e-6])
def test_bodies_with_axes_of_their_own_are_seen_alike_however_nodes_lie(name, rtol, monkeypatch):
    """What bends nowhere at the plane takes other nodes than a disk; both ways keep to their errors."""
    body, expected = BODIES[name]
    through, asked = SightLines(NFW(r_s=20.0) * body, ABOVE, END), []
    real = regions.plan
    monkeypatch.setattr(regions, "plan", lambda *how: asked.append(how[-1]) or real(*how))
    found = over_regions(through, PLACES, rtol)
    monkeypatch.setattr(regions, "_bends", lambda density: True)
    other = over_regions(through, PLACES, 0.1 * rtol)
    assert asked == [expected, "plane"]
    assert np.all(np.abs(found.value - other.value) <= found.error + other.error)
    assert np.all(found.error <= rtol * found.value)


def test_with_the_sun_in_the_plane_rings_are_folded_and_not_closed(monkeypatch):
    asked, real = [], regions.plan
    monkeypatch.setattr(regions, "plan", lambda *how: asked.append(how[-1]) or real(*how))
    over_regions(SightLines(NFW(r_s=20.0) * DwekBar(), sm.Observer(8.2), END), PLACES[:2], 1e-3)
    assert asked == ["even"]

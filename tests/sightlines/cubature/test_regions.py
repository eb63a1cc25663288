"""Regions together: the means and ratios of their integrals, and what of their errors cancels."""

import numpy as np
import pytest

import skymodel as sm
from profiles import ExponentialDisk, from_function
from profiles.contract.arrays import ROUNDING
from skymodel.sightlines.cubature.regions import over_regions
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sky.regions import Box, Circle

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

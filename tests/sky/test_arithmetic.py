"""Maps are added, multiplied and divided with their units, bounds and masks."""

import operator
import re
from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u

import skymodel as sm
from tests.sky.test_pixelmap import UNIT, sky


def test_bounds_add_and_measured_errors_add_in_quadrature_and_stay_apart():
    a, b = sky(measured=0.3), sky(seed=2, measured=0.4)
    for total, sign in ((a + b, 1), (a - b, -1)):
        np.testing.assert_allclose(total.values, a.values + sign * b.values)
        np.testing.assert_allclose(total.error, a.error + b.error)
        np.testing.assert_allclose(total.measured, 0.5)


@pytest.mark.parametrize("combine", [np.multiply, np.divide])
def test_the_bound_of_a_product_and_of_a_quotient_holds_at_the_extremes(combine):
    a, b = sky(), sky(seed=2)
    found = a * b if combine is np.multiply else a / b
    assert found.unit == (a.unit * b.unit if combine is np.multiply else u.dimensionless_unscaled)
    np.testing.assert_allclose(found.values, combine(a.values, b.values), rtol=1e-15)
    worst = 0.0
    for s in (-1, 1):
        for t in (-1, 1):
            extreme = combine(a.values + s * a.error, b.values + t * b.error)
            worst = np.maximum(worst, np.abs(extreme - found.values))
    assert np.all(worst <= found.error * (1 + 1e-12))
    assert np.all(found.error <= 1.05 * worst)  # and the bound is not inflated


def test_quantities_combine_from_both_sides_with_their_units():
    found = sky()
    for product in ((2 * u.sr) * found, found * (2 * u.sr)):
        assert isinstance(product, sm.SkyMap)
        assert product.unit == u.Unit("cm-2 s-1")
        np.testing.assert_allclose(product.values, 2 * found.values)
    np.testing.assert_allclose(((1e4 * u.Unit("m-2 s-1 sr-1")) - found).values, 1 - found.values, atol=1e-15)
    np.testing.assert_allclose((1 / found).values, 1 / found.values)
    assert (found / (2 * u.Unit(UNIT))).unit == u.dimensionless_unscaled


def test_what_does_not_combine_is_refused():
    with pytest.raises(ValueError, match=r"nside 8 and 4 .*regrid"):
        sky() + sky(nside=4)
    with pytest.raises(TypeError):
        sky() + "one"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (1, "1 has no unit, the map 'J' in [GeV kpc / cm6] has one; write 1 * m.unit, where m is the map"),
        (2 * u.kpc, "2 kpc and the map 'J' in [GeV kpc / cm6] do not add; allowed: maps and Quantities in units that"),
        (sky(), "the map in [1 / (s sr cm2)] and the map 'J' in [GeV kpc / cm6] do not add; allowed: maps"),
        (sky() / sky(seed=2), "the map without a unit and the map 'J' in [GeV kpc / cm6] do not add; allowed: maps"),
    ],
    ids=["number", "quantity", "map", "plain map"],
)
def test_what_has_another_unit_is_not_added_and_the_cure_is_said(other, words):
    column = replace(sky(), unit=u.Unit("GeV cm-6 kpc"), name="J")
    for add in (operator.add, operator.sub):
        with pytest.raises(ValueError, match=re.escape(words)):
            add(column, other)
    with pytest.raises(ValueError, match="^0.5 has no unit, the map in "):  # from the left, to a map without a name
        0.5 - sky()


def test_masked_pixels_stay_masked_and_a_zero_divisor_masks():
    hole = sky().cut("circle 0 0 30")
    assert np.array_equal((hole + sky()).masked, hole.masked)
    values = np.ones(12 * 8**2)
    values[5] = 0
    assert np.flatnonzero((sky() / sm.SkyMap(values, 0.0, "")).masked).tolist() == [5]
    unsure = sky() / sm.SkyMap(np.full(12 * 8**2, 0.5), 0.6, "")
    assert np.all(np.isinf(unsure.error))

"""What a density promises is checked before anything is built on it."""

import dataclasses

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, Burkert, ExponentialDisk, GeneralizedNFW, HernquistBulge, RadialTable, from_function
from skymodel.sightlines.ray.promises import Promises, check

HERE = sm.Observer(8.2)


def lie(function, **promises):
    return from_function(function, unit="cm-3", **promises)


@pytest.mark.parametrize(
    ("density", "word"),
    [
        (lie(lambda x, y, z: np.exp(-x * x - 1.02 * y * y - z * z), symmetry="axisymmetric"), "axisymmetric"),
        (lie(lambda x, y, z: np.exp(-np.hypot(x, y) - abs(z)), symmetry="spherical"), "spherical"),
        (lie(lambda x, y, z: np.exp(-((z - 0.01) ** 2)) + 0 * x, mirror_z=True), "mirror_z"),
        (
            lie(lambda x, y, z: np.exp(-np.hypot(x, y) / 3 - abs(z + 1e-3)), symmetry="axisymmetric", mirror_z=True),
            "mirror",
        ),
    ],
)
def test_a_density_that_lies_about_its_symmetry_is_refused_everywhere(density, word):
    with pytest.raises(ValueError, match=word):
        check(density, HERE)
    with pytest.raises(ValueError, match=word):
        sm.project(density, 2, observer=HERE, r_max=20.0)
    with pytest.raises(ValueError, match=word):
        sm.region_mean(density, sm.INTEGRAL_CIRCLE, observer=HERE, r_max=20.0)


def test_what_is_kept_is_what_was_promised_and_what_the_observer_allows():
    disk = NFW() * ExponentialDisk()
    assert check(disk, HERE)[:3] == (False, True, True)
    assert check(disk, sm.Observer(8.2, 0.02))[:3] == (False, True, False)
    assert check(NFW(), sm.Observer(8.2, 0.02))[:3] == (True, True, True)
    free = lie(lambda x, y, z: np.exp(-x * x - y * y - z * z))
    assert check(free, HERE)[:3] == (False, False, False)
    assert check(dataclasses.replace(free, mirror_z=True), HERE)[:3] == (False, False, True)


@pytest.mark.parametrize(
    ("density", "slope"),
    [
        (Burkert(), 0.0),
        (NFW(), 1.0),
        (NFW() * HernquistBulge(), 2.0),
        (GeneralizedNFW(gamma=1.3) * GeneralizedNFW(gamma=1.3), 2.6),
        (NFW() * ExponentialDisk(), 1.0),
    ],
)
def test_the_slope_at_the_centre_is_the_total_one(density, slope):
    # scales of half a kpc and more steepen the innermost 0.1 kpc by up to 0.3
    assert slope - 1e-6 <= check(density, HERE).slope <= slope + 0.3


@pytest.mark.parametrize("slope", [2.98, 3.0, 3.3])
def test_a_slope_at_which_the_flux_does_not_converge_in_numbers_is_refused(slope):
    steep = lie(lambda x, y, z: (x * x + y * y + z * z) ** (-slope / 2), symmetry="spherical")
    with pytest.raises(ValueError, match=rf"r\^-{slope:g}.*infinite.*core"):
        check(steep, HERE)


@pytest.mark.parametrize(("slope", "exponent"), [(0.0, 3.0), (1.0, 3.0), (2.6, 10.0), (2.95, 20.0)])
def test_the_grading_makes_the_flux_at_the_centre_smooth(slope, exponent):
    assert Promises(spherical=True, left_right=True, up_down=True, slope=slope).exponent == pytest.approx(exponent)


def test_whatever_a_density_raises_is_told_with_its_name():
    def fussy(x, y, z):
        if np.size(x) > 100:
            raise RuntimeError("too many places")
        return 1.0 + 0 * x

    with pytest.raises(ValueError, match=r"fussy raised RuntimeError \(too many places\) when called with arrays"):
        check(from_function(fussy, unit="cm-3"), sm.Observer())


@pytest.mark.parametrize("end", ["beyond", "inside"])
def test_a_table_that_refuses_what_it_does_not_hold_is_integrated_wherever_it_is_known(end):
    r, region = np.geomspace(1.0, 15.0, 120), "circle 40 0 5"
    known = RadialTable.from_arrays(r, r**-2.5, unit="GeV cm-3")
    strict = RadialTable.from_arrays(r, r**-2.5, unit="GeV cm-3", **{end: "refuse"})
    found, expected = (sm.region_mean(each, region, r_max=15.0, rtol=1e-4) for each in (strict, known))
    assert found.value == pytest.approx(expected.value, abs=found.error + expected.error)
    beside = {"beyond": (region, 16.0), "inside": ("circle 0 0 5", 15.0)}[end]
    with pytest.raises(ValueError, match="^the radial table (ends at 15|begins at 1) kpc; declare what is"):
        sm.region_mean(strict, beside[0], r_max=beside[1], rtol=1e-4)


@pytest.mark.parametrize(
    "call",
    [
        lambda lie, **how: sm.line_of_sight(lie, 10.0, 3.0, **how),
        lambda lie, **how: sm.along(lie, 10.0, 3.0, **how),
        lambda lie, **how: sm.zoom(lie, sm.wcs_grid(lon=0, lat=1, width=1, height=1, pixel=0.5), **how),
        lambda lie, **how: sm.region_mean(lie, sm.INTEGRAL_CIRCLE, **how),
        lambda lie, **how: sm.project(lie, 2, **how),
    ],
    ids=["line_of_sight", "along", "zoom", "region_mean", "project"],
)
def test_every_door_refuses_a_density_that_lies_about_its_symmetry(call):
    lie = from_function(lambda x, y, z: np.exp(-np.abs(x)), unit="cm-3", symmetry="axisymmetric")
    with pytest.raises(ValueError, match="promises symmetry = 'axisymmetric'.* declare the symmetry it has"):
        call(lie, observer=sm.Observer(8.2), r_max=60.0)

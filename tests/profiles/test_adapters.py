"""Other libraries' densities: values, units and handedness, tested with a bar where a wrong sign shows."""

import warnings

import numpy as np
import pytest
from astropy import units

from profiles import NFW, DwekBar, from_agama, from_gala, from_galpy, library
from tests.conftest import require

GEV = units.Unit("GeV cm-3")


@pytest.fixture(scope="module")
def places():
    return np.random.default_rng(11).normal(0, 3, (3, 100_000))  # the number of points the adapters are held to


def in_gev(quantity):
    return quantity.to_value(GEV, equivalencies=units.mass_energy())


@pytest.mark.slow
def test_galpy_equals_the_native_library_to_rounding(places):
    potential = require("galpy.potential")
    x, y, z = places
    density = from_galpy("galpy.potential:MWPotential2014")
    R, phi = np.hypot(x, y) * units.kpc, np.arctan2(y, -x) * units.rad  # galpy's Sun is at x > 0
    parts = potential.MWPotential2014
    native = potential.evaluateDensities(parts, R, z * units.kpc, phi=phi, ro=8.0, vo=220.0, quantity=True)
    np.testing.assert_allclose(density(x, y, z), in_gev(native), rtol=1e-12)
    assert density.symmetry == "axisymmetric"


@pytest.mark.slow
def test_gala_equals_the_native_library_to_rounding(places):
    potential = require("gala.potential")
    galactic = require("gala.units").galactic
    bar = potential.LongMuraliBarPotential(
        m=1e10 * units.Msun, a=3 * units.kpc, b=1 * units.kpc, c=0.5 * units.kpc, alpha=-0.4 * units.rad, units=galactic
    )
    native = bar.density(places * units.kpc)
    np.testing.assert_allclose(from_gala(bar)(*places), in_gev(native), rtol=1e-12)


def test_galpys_bar_points_where_ours_does():
    """The near end of a bar turned by +25 deg lies at l > 0, y > 0, x < 0; galpy is left-handed."""
    potential = require("galpy.potential")
    # galpy's angle runs from the Sun's direction towards l = 90 deg, which is how the bar angle is counted
    theirs = potential.SoftenedNeedleBarPotential(
        amp=1e10 * units.Msun, a=4 * units.kpc, b=0.5 * units.kpc, c=1 * units.kpc, pa=25 * units.deg, omegab=0.0
    )
    density = from_galpy(theirs)
    assert density.symmetry == "none"
    angle = np.radians(25)
    near, mirror = (-3 * np.cos(angle), 3 * np.sin(angle)), (-3 * np.cos(angle), -3 * np.sin(angle))
    there = [float(density(np.array([x]), np.array([y]), np.array([0.0]))[0]) for x, y in (near, mirror)]
    ours = [float(DwekBar(bar_angle=25.0)(np.asarray(x), np.asarray(y), np.asarray(0.0))) for x, y in (near, mirror)]
    assert there[0] > 3 * there[1]
    assert ours[0] > 3 * ours[1]


def test_galas_bar_points_where_ours_does():
    potential = require("gala.potential")
    galactic = require("gala.units").galactic
    # gala's alpha turns the bar counter-clockwise in right-handed axes: -25 deg brings the near end to y > 0
    theirs = potential.LongMuraliBarPotential(
        m=1e10 * units.Msun, a=4 * units.kpc, b=1 * units.kpc, c=0.5 * units.kpc, alpha=-25 * units.deg, units=galactic
    )
    angle = np.radians(25)
    density = from_gala(theirs)
    near = density(np.array([-3 * np.cos(angle)]), np.array([3 * np.sin(angle)]), np.zeros(1))
    mirror = density(np.array([-3 * np.cos(angle)]), np.array([-3 * np.sin(angle)]), np.zeros(1))
    assert near[0] > 3 * mirror[0]


def test_galpys_and_galas_nfw_give_our_lines_of_sight():
    import skymodel as sm

    galpy, gala = require("galpy.potential"), require("gala.potential")
    mass = 4 * np.pi * 8.5e6 * 16.0**3 * units.Msun
    ours = NFW(rho_s=8.5e6 * units.Unit("Msun kpc-3"), r_s=16.0)
    theirs = [
        from_galpy(galpy.NFWPotential(amp=mass, a=16 * units.kpc)),
        from_gala(gala.NFWPotential(m=mass, r_s=16 * units.kpc, units=require("gala.units").galactic)),
    ]
    lon, lat = np.array([1.0, 20.0, 90.0]), np.array([0.5, -3.0, 45.0])
    options = {"observer": sm.Observer(8.2, 0.0), "r_max": 60.0, "rtol": 1e-8}
    expected = sm.line_of_sight(ours, lon, lat, **options)
    for density in theirs:
        found = sm.line_of_sight(density, lon, lat, **options)
        # the libraries' constants of gravity and parsecs differ in the sixth digit
        np.testing.assert_allclose(found.value, expected.value, rtol=3e-6)


def test_a_configuration_names_the_potential():
    require("galpy.potential")
    spec = {"type": "galpy", "potential": "galpy.potential:MWPotential2014", "component": 2}
    density = library.build(spec)
    assert float(density(np.array([-8.0]), np.zeros(1), np.zeros(1))[0]) == pytest.approx(0.286, rel=2e-3)
    assert library.build(library.describe(density)) == density
    with pytest.raises(ValueError, match="no component 7"):
        library.build({**spec, "component": 7})


def test_a_configuration_names_galas_potential_and_its_part():
    require("gala.potential")
    spec = {"type": "gala", "potential": "gala.potential:MilkyWayPotential2022", "component": "halo"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gala announces that it will rename the class
        density = library.build(spec)
        assert library.build(library.describe(density)) == density
        with pytest.raises(ValueError, match="no component 'hallo'; it has"):
            library.build({**spec, "component": "hallo"})
    assert 0.1 < float(density(np.array([-8.2]), np.zeros(1), np.zeros(1))[0]) < 1.0


class AgamaStandIn:
    """What Agama is called with, for machines where it does not install: ``density(xyz)``, xyz of shape (N, 3)."""

    def density(self, xyz):
        assert xyz.ndim == 2
        assert xyz.shape[1] == 3
        x, y, z = xyz.T
        return 1e7 * np.exp(-np.abs(x) - 2 * np.abs(y - 0.5) - 3 * np.abs(z))


STAND_IN = AgamaStandIn()


def test_agama_is_called_with_its_own_shape_and_units():
    x, y, z = np.random.default_rng(2).normal(0, 2, (3, 4, 5))
    density = from_agama(STAND_IN, length=1.0, mass=1.0)
    native = 1e7 * np.exp(-np.abs(x) - 2 * np.abs(y - 0.5) - 3 * np.abs(z)) * units.Unit("Msun kpc-3")
    np.testing.assert_allclose(density(x, y, z), in_gev(native), rtol=1e-13)
    scaled = from_agama(STAND_IN, length=10.0, mass=1e10)
    moved = 1e7 * 1e10 / 1e3 * np.exp(-np.abs(x / 10) - 2 * np.abs(y / 10 - 0.5) - 3 * np.abs(z / 10))
    np.testing.assert_allclose(scaled(x, y, z), in_gev(moved * units.Unit("Msun kpc-3")), rtol=1e-13)


def test_an_agama_density_is_named_in_a_configuration():
    density = library.build({"type": "agama", "source": f"{__name__}:STAND_IN", "length": "1 kpc", "mass": 1})
    assert library.build(library.describe(density)) == density
    with pytest.raises(ValueError, match="cannot be written down"):
        library.describe(from_agama(STAND_IN))


def test_the_real_agama_agrees_where_it_is_installed():
    agama = pytest.importorskip("agama")  # not on the package index for every machine, so it may always be skipped
    agama.setUnits(length=1, mass=1, velocity=1)
    real = agama.Density(type="Spheroid", densityNorm=8.5e6, gamma=1, beta=3, scaleRadius=16)
    ours = NFW(rho_s=8.5e6 * units.Unit("Msun kpc-3"), r_s=16.0)
    places = np.random.default_rng(4).normal(0, 8, (3, 100))
    np.testing.assert_allclose(from_agama(real)(*places), ours(*places), rtol=1e-12)


def test_the_adapters_map_is_that_of_the_native_function():
    import skymodel as sm
    from profiles import from_function

    potential = require("galpy.potential")
    disk = potential.MWPotential2014[1]

    def native(x, y, z):
        R, phi = np.hypot(x, y) * units.kpc, np.arctan2(y, -x) * units.rad
        return in_gev(disk.dens(R, z * units.kpc, phi=phi, ro=8.0, vo=220.0, quantity=True))

    options = {"observer": sm.Observer(8.2, 0.0), "r_max": 30.0, "rtol": 1e-3}
    adapted = sm.project(from_galpy(disk), 4, **options)
    plain = from_function(native, unit="GeV cm-3", symmetry="axisymmetric")
    np.testing.assert_allclose(adapted.values, sm.project(plain, 4, **options).values, rtol=1e-12)

"""What every registered density promises, whoever wrote it."""

import dataclasses
import pickle

import numpy as np
import pytest
from astropy import units

from profiles import Density, library
from profiles.contract.fields import field_kinds
from profiles.contract.hints import surfaces
from profiles.contract.oval import NOTHING
from tests.conftest import require

NAMES = [name for name in library.names() if isinstance(library.get(name), type)]


@pytest.fixture(params=NAMES)
def density(request):
    return library.get(request.param)()


@pytest.fixture(scope="module")
def points():
    rng = np.random.default_rng(20261124)
    r = 10 ** rng.uniform(-3, 2, 400)
    directions = rng.normal(size=(3, 400))
    directions /= np.linalg.norm(directions, axis=0)
    return tuple(r * directions)


def test_it_is_a_frozen_density_in_a_density_unit(density):
    assert isinstance(density, Density)
    assert type(density).__dataclass_params__.frozen
    mass = density.unit.is_equivalent("GeV cm-3", equivalencies=units.mass_energy())
    assert mass or density.unit.is_equivalent("cm-3")


def test_it_is_finite_and_not_negative_away_from_the_centre_and_positive_somewhere(density, points):
    values = density(*points)
    assert np.all(np.isfinite(values))
    assert np.all(values >= 0)
    assert np.any(values > 0)


@pytest.mark.parametrize("shape", [(), (1,), (5, 4), (2, 3, 4)])
def test_it_returns_the_shape_it_is_given(density, shape):
    at = np.full(shape, 0.7)
    assert np.shape(density(at, at, at)) == shape


def test_its_values_do_not_depend_on_the_company_of_a_point(density, points):
    alone = [float(density(*(c[i : i + 1] for c in points))[0]) for i in range(20)]
    # vectorised exp and pow differ from the scalar ones by an ulp or two
    np.testing.assert_allclose(density(*points)[:20], alone, rtol=1e-13)


def test_its_declared_symmetry_is_true(density, points):
    x, y, z = points
    R = np.hypot(x, y)
    close = {"rtol": 1e-10, "atol": 0}  # the rounding of R, amplified by exponential cut-offs
    if density.symmetry != "none":
        np.testing.assert_allclose(density(x, y, z), density(R, 0 * R, z), **close)
        np.testing.assert_allclose(density(x, y, z), density.meridional(R, z), **close)
    if density.symmetry == "spherical":
        np.testing.assert_allclose(density(x, y, z), density.radial(np.hypot(R, z)), **close)


def test_a_density_without_symmetry_really_has_none(density):
    rng = np.random.default_rng(1)
    x, y, z = 10 ** rng.uniform(-3, 1.3, (3, 5000)) * rng.choice([-1, 1], (3, 5000))
    if density.symmetry == "none":
        assert not np.allclose(density(x, y, z), density(np.hypot(x, y), 0 * x, z), rtol=1e-3)
    if density.symmetry == "axisymmetric":
        r = np.sqrt(x * x + y * y + z * z)
        assert not np.allclose(density(x, y, z), density(r, 0 * r, 0 * r), rtol=1e-3)


def test_its_declared_mirror_is_true(density, points):
    x, y, z = points
    same = np.allclose(density(x, y, z), density(x, y, -z), rtol=1e-12, atol=0)
    assert same == density.mirror_z


def test_it_does_not_change_its_arguments(density, points):
    before = [c.copy() for c in points]
    density(*points)
    for now, then in zip(points, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_quantities_are_accepted_for_every_field(density):
    cls = type(density)
    given = {}
    for name, kind in field_kinds(cls).items():
        value = getattr(density, name)
        if isinstance(value, float):
            unit = density.unit if kind.amplitude else units.Unit(kind.unit)
            given[name] = units.Quantity(value, unit)
    again = dataclasses.replace(density, **given)
    assert again == density


def test_the_amplitude_is_an_amplitude(density, points):
    amplitudes = [name for name, kind in field_kinds(type(density)).items() if kind.amplitude]
    for name in amplitudes:
        doubled = dataclasses.replace(density, **{name: 2 * getattr(density, name)})
        np.testing.assert_allclose(doubled(*points), 2 * density(*points), rtol=1e-13, atol=1e-300)  # subnormal tails


def test_a_field_that_should_be_positive_refuses_zero(density):
    for name, kind in field_kinds(type(density)).items():
        if kind.above == 0:
            with pytest.raises(ValueError, match=name):
                dataclasses.replace(density, **{name: 0.0})


def test_it_survives_the_configuration(density):
    again = library.build(library.describe(density))
    assert again == density
    assert hash(again) == hash(density)


def test_it_survives_a_pickle(density, points):
    again = pickle.loads(pickle.dumps(density))
    assert again == density
    np.testing.assert_array_equal(again(*points), density(*points))


def test_numpy_and_jax_agree(density, points):
    jax = require("jax")
    jax.config.update("jax_enable_x64", True)
    if not getattr(density, "array_api", True):
        pytest.skip("evaluates outside array namespaces")
    values = density(*(jax.numpy.asarray(c) for c in points))
    # two libraries' exp and pow; JAX flushes subnormal numbers to zero
    np.testing.assert_allclose(np.asarray(values), density(*points), rtol=1e-12, atol=1e-300)


def test_its_hints_lie_within_the_galaxy(density):
    hints = density.hints
    for radius in surfaces((*hints.spheres, *hints.cylinders, *hints.planes)):
        assert 0 < radius < 1e4
    for x, y, z, size in hints.points:
        assert np.hypot(np.hypot(x, y), z) < 1e3
        assert size > 0


DIRECTIONS = [(0.5, 0.2), (-3.0, 1.0), (6.0, -0.5), (30.0, 4.0), (-90.0, 20.0), (179.0, -60.0)]


def bisected_sum(density, lon, lat, r_sun, r_max):
    """Gauss-Legendre on panels halved until halving changes nothing, from a fine start that hides nothing."""
    toward = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    foot, flat = r_sun * toward[0], np.hypot(toward[0], toward[1])
    end = foot + np.sqrt(foot**2 + r_max**2 - r_sun**2)
    away = np.geomspace(1e-4, 100, 100)
    axis = foot / flat**2
    places = [0.0, foot, axis]  # the observer, and nearest to the centre and to the axis
    # an edge just behind a panel's last node would stay hidden from halving, so the declared ones are panel ends
    places += [
        foot + sign * np.sqrt(max(r**2 - r_sun**2 + foot**2, 0))
        for r in surfaces(density.hints.spheres)
        for sign in (1, -1)
    ]
    gap = (r_sun * toward[1] / flat) ** 2
    places += [
        axis + sign * np.sqrt(max(R**2 - gap, 0)) / flat for R in surfaces(density.hints.cylinders) for sign in (1, -1)
    ]
    for sine, cosine in ((np.sin(a), np.cos(a)) for a in np.radians(density.hints.walls)):
        places.append(r_sun * sine / (toward[0] * sine - toward[1] * cosine))
    edges = np.unique(np.clip([step for place in places for step in (place, *(place + away), *(place - away))], 0, end))
    total, start, stop = 0.0, edges[:-1], edges[1:]
    while start.size:
        middle = (start + stop) / 2
        whole, left, right = (
            _gauss(density, toward, r_sun, *ends) for ends in ((start, stop), (start, middle), (middle, stop))
        )
        open_ = np.abs(whole - left - right) > 1e-15 * (abs(total) + np.sum(np.abs(left + right)))
        open_ &= stop - start > 1e-13 * end
        total += np.sum((left + right)[~open_])
        start, stop = np.r_[start[open_], middle[open_]], np.r_[middle[open_], stop[open_]]
    return total


def _gauss(density, toward, r_sun, start, stop):
    node, weight = np.polynomial.legendre.leggauss(8)
    half = (stop - start) / 2
    s = start[:, None] + half[:, None] * (1 + node)
    return half * (density(s * toward[0] - r_sun, s * toward[1], s * toward[2]) @ weight)


def test_its_line_of_sight_error_is_honest(density):
    import skymodel as sm

    lon, lat = np.array(DIRECTIONS).T
    result = sm.line_of_sight(density, lon, lat, observer=sm.Observer(8.2, 0.0), r_max=60.0, rtol=1e-6)
    truth = [bisected_sum(density, *np.radians(direction), 8.2, 60.0) for direction in DIRECTIONS]
    slack = 1e-12 * np.abs(truth) + 1e-15 * np.max(truth)  # the reference's own rounding over thousands of panels
    assert np.all(np.abs(result.value - truth) <= result.error + slack)
    assert np.all(result.error <= 1e-6 * np.maximum(np.abs(result.value), 1e-9 * np.max(np.abs(result.value))))


def test_outside_of_its_support_it_is_nothing(density):
    oval = density.support
    if oval is None:
        return
    away = np.random.default_rng(11).normal(size=(3, 4000))
    away /= np.linalg.norm(away, axis=0)
    size = np.random.default_rng(12).uniform(0, 1, 4000) ** (1 / 3)
    inside, outside = (
        np.asarray(density(*(np.array(oval.centre)[:, None] + np.linalg.solve(oval.rows, scale * away))))
        for scale in (size, 1 + 1e-9 + 3 * size)
    )
    assert outside.max() <= NOTHING * inside.max()


def test_its_hints_are_harmless(density):
    import skymodel as sm
    from profiles import from_function

    lon, lat = np.array(DIRECTIONS[:4]).T
    options = {"observer": sm.Observer(8.2, 0.0), "r_max": 60.0, "rtol": 1e-4}
    bare = from_function(density, unit=density.unit, symmetry=density.symmetry, mirror_z=density.mirror_z)
    hinted, plain = sm.line_of_sight(density, lon, lat, **options), sm.line_of_sight(bare, lon, lat, **options)
    slack = 1e-300 + 60 * NOTHING * density(*np.zeros((3, 1)) + 1e-3)[0]  # kpc: what lies outside of its support
    assert np.all(np.abs(hinted.value - plain.value) <= hinted.error + plain.error + slack)


@pytest.mark.slow
def test_jax_differentiates_it_in_every_parameter(density):
    jax = require("jax")
    jax.config.update("jax_enable_x64", True)
    rng = np.random.default_rng(8)
    place = [jax.numpy.asarray(c) for c in rng.normal(0, [[1.3], [1.1], [0.2]], (3, 20))]
    for name in field_kinds(type(density)):
        value = getattr(density, name)
        if not isinstance(value, float):
            continue

        def shifted(number, name=name):
            return dataclasses.replace(density, **{name: number})(*place)

        value = 0.9 * value if name == "n" else value  # the default is the largest allowed
        size = abs(value) or 1.0
        step = 1e-5 * size
        slope = (np.asarray(shifted(value + step)) - np.asarray(shifted(value - step))) / (2 * step)
        exact = np.asarray(jax.jvp(shifted, (value,), (1.0,))[1])
        scale = np.max(np.abs(np.asarray(shifted(value)))) / size
        # a central difference of step 1e-5; where an edge moves across a place the two differ, and few places have that
        close = np.abs(exact - slope) <= 1e-5 * np.abs(slope) + 1e-6 * scale
        assert np.mean(close) >= 0.9, (name, exact, slope)


def test_plain_numbers_are_places_too(density):
    expected = density(np.array([0.7]), np.array([-0.4]), np.array([0.3]))[0]
    assert float(density(0.7, -0.4, 0.3)) == pytest.approx(float(expected), rel=1e-13)
    if density.symmetry == "spherical":
        assert float(density.radial(0.7)) == pytest.approx(float(density.radial(np.array([0.7]))[0]), rel=1e-13)

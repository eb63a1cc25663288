"""Grids: how they follow, where they end, what of J they miss, what they refuse."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits

from profiles import NFW, GaussianBulge, Grid, TiltedHoledDisk, from_function, library
from profiles.forms.shapes import Rotated, Shifted
from tests.conftest import require

LOPSIDED = Shifted(GaussianBulge(sigma=0.6), x_0=0.3, y_0=-0.2, z_0=0.1)  # a swapped or flipped axis shows


def sample(density, n=41, half=2.0, **options):
    axes = [np.linspace(-half, half, n + 2 * i) for i in range(3)]  # three lengths, so that a transposed array shows
    return Grid.from_arrays(*axes, density(*np.meshgrid(*axes, indexing="ij")), unit=density.unit, **options)


@pytest.fixture(scope="module")
def places():
    return np.random.default_rng(5).uniform(-1.9, 1.9, (3, 2000))


def write_npz(path, grid, **extra):
    axes = {
        name: s + d * np.arange(n)
        for name, s, d, n in zip("xyz", grid.origin, grid.step, grid.values.shape, strict=True)
    }
    np.savez(path, **axes, values=grid.values, **{"unit": "cm-3", "length_unit": "kpc", **extra})


def test_the_points_themselves_are_met():
    for method in ("linear", "cubic"):
        grid = sample(LOPSIDED, 21, method=method, edge="zero")
        axes = [s + d * np.arange(n) for s, d, n in zip(grid.origin, grid.step, grid.values.shape, strict=True)]
        np.testing.assert_allclose(grid(*np.meshgrid(*axes, indexing="ij")), grid.values, atol=1e-13)


def test_trilinear_errors_fall_with_the_square_of_the_step_and_cubic_ones_with_the_fourth_power(places):
    truth = LOPSIDED(*places)
    for method, power in (("linear", 2), ("cubic", 4)):
        errors = [np.std(sample(LOPSIDED, n, 4.0, method=method, edge="zero")(*places) - truth) for n in (41, 81)]
        assert errors[0] / errors[1] == pytest.approx(2**power, rel=0.2)  # in the mean; a largest error depends on luck


def test_a_linear_function_is_met_exactly_between_the_points(places):
    axis = np.linspace(-2, 2, 9)
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    grid = Grid.from_arrays(axis, axis, axis, 20 + x - 2 * y + 3 * z, unit="cm-3", edge="zero")
    np.testing.assert_allclose(grid(*places), 20 + places[0] - 2 * places[1] + 3 * places[2], rtol=1e-13)


def uneven(density, **options):
    """A grid on a logarithmic, a symmetric logarithmic and a random axis."""
    rng = np.random.default_rng(8)
    x = np.concatenate([-np.geomspace(2, 0.02, 30), np.geomspace(0.02, 2, 31)])
    y, z = 2 * np.sinh(np.linspace(-3, 3, 61)) / np.sinh(3), np.sort(np.append(rng.uniform(-2, 2, 90), [-2, 2]))
    return Grid.from_arrays(x, y, z, density(*np.meshgrid(x, y, z, indexing="ij")), unit=density.unit, **options)


def test_axes_of_any_rising_points_meet_linear_functions_exactly_and_follow_others(places):
    plane = from_function(lambda x, y, z: 20 + x - 2 * y + 3 * z, unit="cm-3")
    np.testing.assert_allclose(uneven(plane, edge="zero")(*places), plane(*places), rtol=1e-13)
    smooth = GaussianBulge(sigma=0.9)
    for method, error in (("linear", 0.03), ("cubic", 0.004)):
        assert np.abs(uneven(smooth, method=method, edge="zero")(*places) - smooth(*places)).max() < error


def test_an_uneven_grid_of_even_points_is_the_even_one(places):
    even = sample(LOPSIDED, 21, edge="zero")
    stated = replace(even, axes=even.points)
    np.testing.assert_allclose(stated(*places), even(*places), rtol=1e-12, atol=1e-14)
    assert stated != even  # an equal number elsewhere is another grid


def test_the_faces_of_a_turned_and_moved_grid_are_where_its_values_bend():
    grid = sample(LOPSIDED, 9, edge="zero")
    body = Rotated(Shifted(grid, x_0=0.3, y_0=-0.2, z_0=0.1), angle=35.0, tilt=20.0)
    (mesh,) = body.hints.meshes
    place = mesh.turn.T @ np.array([grid.points[0][3], 0.1, 0.3]) + mesh.origin  # on the fourth face along x
    across, step = mesh.turn.T @ np.array([1.0, 0, 0]), 1e-3
    at = lambda s: float(body(*(place + s * across)[:, None])[0])  # noqa: E731
    bend = abs(at(step) - 2 * at(0.0) + at(-step)) / step
    assert bend > 0.05
    away = abs(at(0.1 + step) - 2 * at(0.1) + at(0.1 - step)) / step
    assert away < 1e-6


def test_edges_are_as_declared():
    axis = np.linspace(-2, 2, 21)
    grid = {edge: Grid.from_arrays(axis, axis, axis, np.ones((21,) * 3), unit="cm-3", edge=edge, outer_slope=3.0)
            for edge in ("zero", "power law", "refuse")}  # fmt: skip
    out, zero = np.array([4.0, -4.0]), np.zeros(2)
    np.testing.assert_array_equal(grid["zero"](out, zero, zero), 0)
    np.testing.assert_allclose(grid["power law"](out, zero, zero), 1 / 8)
    np.testing.assert_array_equal(grid["refuse"](out / 2, zero, zero), 1)
    with pytest.raises(ValueError, match="reaches 2 kpc towards .* asked at 4 kpc; about .* % .*Declare edge = 'zero'"):
        grid["refuse"](out, zero, zero)


def test_what_is_missing_is_what_the_true_density_has_beyond():
    halo = NFW(r_s=1.0)
    axis = np.linspace(-10, 10, 120)  # even: no point on the cusp
    grid = Grid.from_arrays(axis, axis, axis, halo(*np.meshgrid(axis, axis, axis, indexing="ij")), unit=halo.unit)
    found = {missing.axis: missing for missing in grid.missing(60.0)}
    inner = 0.08  # the cusp's logarithm is cut at the grid's own step
    held = np.log(10 / 11) - np.log(inner / (1 + inner)) + 1 / 11 - 1 / (1 + inner)
    lost = np.log(60 / 61) - np.log(10 / 11) + 1 / 61 - 1 / 11
    assert found["+x"].share == pytest.approx(lost / (lost + held), rel=0.2)  # an estimate by slope, and the cut cusp
    assert found["-z"].reach == 10.0


def test_npz_fits_and_zarr_give_the_same_density(tmp_path, places):
    grid = sample(LOPSIDED, edge="zero")
    write_npz(tmp_path / "cube.npz", grid)
    image = fits.PrimaryHDU(grid.values.transpose(2, 1, 0).astype(">f8"))
    for i, (start, step) in enumerate(zip(grid.origin, grid.step, strict=True), start=1):
        image.header.update(
            {f"CRPIX{i}": 2.0, f"CRVAL{i}": 1e3 * (start + step), f"CDELT{i}": 1e3 * step, f"CUNIT{i}": "pc"}
        )
    image.header["BUNIT"] = "cm-3"
    image.writeto(tmp_path / "cube.fits")
    for name in ("cube.npz", "cube.fits"):
        read = library.build({"type": "grid", "file": str(tmp_path / name), "edge": "zero"})
        np.testing.assert_allclose(read(*places), grid(*places), rtol=1e-10, atol=1e-12)
        assert library.build(library.describe(read)) == read


def test_zarr_groups_are_read(tmp_path, places):
    zarr = require("zarr")
    grid = sample(LOPSIDED, edge="zero")
    write_npz(tmp_path / "cube.npz", grid)
    with np.load(tmp_path / "cube.npz") as archive:
        group = zarr.open_group(str(tmp_path / "cube.zarr"), mode="w")
        for name in ("x", "y", "z", "values"):
            group.create_array(name, data=archive[name])
    group.attrs.update({"unit": "cm-3", "length_unit": "kpc"})
    read = Grid.from_file(str(tmp_path / "cube.zarr"), edge="zero")
    np.testing.assert_allclose(read(*places), grid(*places), rtol=1e-12, atol=1e-300)


def test_mass_cubes_are_converted():
    axis = np.linspace(-1, 1, 5)
    grid = Grid.from_arrays(axis, axis, axis, np.ones((5, 5, 5)), unit="Msun pc-3")
    assert float(grid(np.zeros(()), np.zeros(()), np.zeros(()))) == pytest.approx(37.965, rel=1e-4)


def test_a_simulation_cube_goes_through_the_line_of_sight_with_an_honest_error():
    import skymodel as sm

    gas = TiltedHoledDisk()
    grid = sample(gas, 61, 1.5, method="linear", edge="zero")
    fine = sm.line_of_sight(grid, 5.0, 0.7, observer=sm.Observer(8.2, 0.0), r_max=10.0, rtol=1e-5)
    s = np.linspace(6.0, 10.5, 900_001)
    lon, lat = np.radians([5.0, 0.7])
    along = grid(s * np.cos(lat) * np.cos(lon) - 8.2, s * np.cos(lat) * np.sin(lon), s * np.sin(lat))
    brute = np.sum((along[1:] + along[:-1]) / 2) * (s[1] - s[0])
    assert abs(float(fine.value) - brute) <= float(fine.error) + 1e-8 * brute
    assert float(fine.error) <= 1e-5 * float(fine.value)


@pytest.mark.parametrize("edge", ["zero", "power law"])
@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_a_single_point_is_a_place_too(method, edge):
    grid = sample(LOPSIDED, 21, method=method, edge=edge)
    assert float(grid(0.3, 0.1, -0.2)) == pytest.approx(float(grid(*np.array([[0.3], [0.1], [-0.2]]))[0]), rel=1e-13)
    assert float(grid(9.0, 0.0, 0.0)) < 1e-2


def test_equal_numbers_make_equal_grids_that_pickle():
    import pickle

    one, two = sample(LOPSIDED, 11, edge="zero"), sample(LOPSIDED, 11, edge="zero")
    assert one == two
    assert hash(one) == hash(two)
    assert one != sample(LOPSIDED, 11, edge="power law")
    assert pickle.loads(pickle.dumps(one)) == one


def with_value(value):
    values = np.ones((5, 5, 5))
    values[1, 2, 3] = value
    return values


BAD = [
    (np.linspace(-1, 1, 5), with_value(np.nan), r"1 values are not densities, the first nan at index \(1, 2, 3\)"),
    (np.linspace(-1, 1, 5), with_value(-2.0), r"the first -2 at index \(1, 2, 3\)"),
    (np.linspace(-1, 1, 5), np.ones((5, 5, 4)), r"a grid of axes \[5, 5, 5\] needs values of that shape"),
    (np.array([0, 1, 2, 2, 8.0]), np.ones((5, 5, 5)), "must increase from point to point"),
    (np.linspace(1, -1, 5), np.ones((5, 5, 5)), "must increase from point to point"),
    (np.linspace(-1, 1, 3), np.ones((3, 3, 3)), "at least four points"),
]


@pytest.mark.parametrize(("axis", "values", "message"), BAD)
def test_a_bad_grid_is_refused_with_the_reason(axis, values, message):
    with pytest.raises(ValueError, match=message):
        Grid.from_arrays(axis, axis, axis, values, unit="cm-3")


def test_a_file_without_units_or_arrays_is_refused(tmp_path):
    grid = sample(LOPSIDED, 11)
    np.savez(tmp_path / "bare.npz", values=grid.values, x=[1], y=[1], z=[1])
    with pytest.raises(ValueError, match="the unit 'unit' is missing"):
        Grid.from_file(str(tmp_path / "bare.npz"))
    fits.PrimaryHDU(grid.values).writeto(tmp_path / "bare.fits")
    with pytest.raises(ValueError, match="keyword BUNIT is missing"):
        Grid.from_file(str(tmp_path / "bare.fits"))
    with pytest.raises(ValueError, match="no grid at"):
        Grid.from_file(str(tmp_path / "none.npz"))
    with pytest.raises(ValueError, match="did you mean 'cubic'"):
        sample(LOPSIDED, 11, method="cubik")


def test_a_grid_from_arrays_cannot_be_written_down():
    with pytest.raises(ValueError, match="save it and read it"):
        library.describe(sample(LOPSIDED, 11))


def test_the_grid_works_with_jax_arrays(places):
    jax = require("jax")
    jax.config.update("jax_enable_x64", True)
    grid = sample(LOPSIDED, 21, edge="power law")
    values = grid(*(jax.numpy.asarray(c) for c in places))
    np.testing.assert_allclose(np.asarray(values), grid(*places), rtol=1e-12)

"""The doors `line_of_sight` and `along`: what goes in, what comes out, what is refused."""

import warnings
from dataclasses import dataclass

import mpmath
import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from scipy import special

import skymodel as sm
from profiles import (
    NFW,
    Axisymmetric,
    Burkert,
    Density,
    ExponentialDisk,
    Flattened,
    GeneralizedNFW,
    HernquistBulge,
    Hints,
    Spherical,
    from_function,
)
from skymodel.sightlines.ray import integrate, pieces
from skymodel.sightlines.ray.geometry import Observer, PathEnd, unit_vectors
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.ray.looks import nowhere
from tests.reference.graded import graded

HERE = Observer(8.2, 0.0208)
PAIR = NFW(0.3, 20.0) * ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)


def look(density, lon=5.0, lat=3.0, **options):
    return sm.line_of_sight(density, lon, lat, observer=HERE, **{"r_max": 60.0} | options)


def test_results_have_the_shape_of_the_directions_and_the_unit_of_the_product():
    J = look(PAIR, lon=np.arange(6.0).reshape(2, 3), lat=1.0)
    assert J.value.shape == J.error.shape == J.evaluations.shape == (2, 3)
    assert J.unit == units.Unit("GeV kpc cm-6")
    assert look(PAIR).value.shape == ()
    assert look(PAIR, lon=[], lat=0.0).value.shape == (0,)


def test_quantities_and_coordinates_say_the_same_as_degrees():
    plain = look(PAIR, lon=[20.0, -7.0], lat=[4.0, 0.5])
    angles = look(PAIR, lon=[20.0, -7.0] * units.deg, lat=np.radians([4.0, 0.5]) * units.rad, r_max=60e3 * units.pc)
    sky = look(PAIR, lon=SkyCoord([20.0, -7.0], [4.0, 0.5], unit="deg", frame="galactic").icrs, lat=None)
    assert angles.value == pytest.approx(plain.value, rel=1e-14)
    assert sky.value == pytest.approx(plain.value, rel=1e-10)  # there and back through ICRS


def test_the_default_observer_is_the_documented_one():
    plain = sm.line_of_sight(PAIR, 5.0, 3.0, r_max=60.0)
    assert plain.value == sm.line_of_sight(PAIR, 5.0, 3.0, observer=Observer(8.2, 0.0), r_max=60.0).value


def test_a_line_that_misses_the_sphere_gives_zero_without_evaluations():
    J = sm.line_of_sight(Burkert(), [0.0, 50.0, 180.0], 0.0, observer=Observer(30.0), r_max=5.0)
    assert (J.value[0] > 0, J.value[1:].tolist(), J.error[1:].tolist(), J.evaluations[1:].tolist()) == (
        True,
        [0.0, 0.0],
        [0.0, 0.0],
        [0, 0],
    )


def test_the_symmetry_only_saves_time():
    for density in (NFW(0.3, 20.0), PAIR):
        bare = from_function(density, unit=density.unit, symmetry="none")
        fast, slow = (look(d, lon=[0.01, 30.0, 170.0], lat=[0.0, 2.0, -50.0], rtol=1e-9) for d in (density, bare))
        assert (np.abs(fast.value - slow.value) <= fast.error + slow.error).all()


def test_directions_together_equal_each_alone():
    lon, lat = np.linspace(-180, 180, 50), np.linspace(-80, 90, 50)
    together = look(PAIR, lon, lat)
    alone = [look(PAIR, a, b) for a, b in zip(lon, lat, strict=True)]
    assert [float(J.value) for J in alone] == pytest.approx(together.value, rel=1e-13)
    assert [int(J.evaluations) for J in alone] == together.evaluations.tolist()


def test_any_number_of_directions_is_done_block_by_block(monkeypatch):
    lon, lat = np.linspace(-180, 180, 50), np.linspace(-80, 90, 50)
    whole = look(PAIR, lon, lat, rtol=1e-8)
    monkeypatch.setattr(integrate, "BLOCK", 7)
    parts = look(PAIR, lon, lat, rtol=1e-8)
    assert (np.abs(whole.value - parts.value) <= whole.error + parts.error).all()
    assert (parts.error <= 1e-8 * np.maximum(parts.value, FAINT * parts.value.max())).all()


def test_faint_directions_are_held_to_the_tolerance_of_the_brightest():
    ball = from_function(lambda x, y, z: np.exp(-10 * (x**2 + y**2 + z**2)), unit="cm-3", symmetry="spherical")
    J = look(ball, lon=[0.0, 12.0, 40.0], lat=0.0, rtol=1e-8)
    assert (J.error <= 1e-8 * np.maximum(J.value, FAINT * J.value.max())).all()
    directions = unit_vectors([0.0, 12.0, 40.0], 0.0)
    lines = SightLines(ball, HERE, PathEnd(r_max=60.0))
    strict = lines.integrate(directions, rtol=1e-8)
    assert (strict.error <= 1e-8 * strict.value).all()
    assert (np.abs(J.value - strict.value) <= J.error + strict.error).all()
    assert strict.evaluations[2] > lines.integrate(directions, rtol=1e-8, share=FAINT).evaluations[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lat": 91.0}, r"lat = 91\.0; allowed: -90 to 90 deg"),
        ({"lat": np.nan}, "lat = nan"),
        ({"lon": np.inf}, "lon = inf; allowed: finite"),
        ({"lat": None}, "lon and lat"),
        ({"r_max": None}, "give exactly one"),
        ({"s_max": 5.0}, "give exactly one"),
        ({"r_max": -1.0}, r"r_max = -1\.0; allowed"),
        ({"rtol": 0.0}, r"rtol = 0\.0; allowed: 1e-13 <= rtol < 1"),
        ({"rtol": 1e-14}, "float64 gives no more"),
        ({"rtol": np.nan}, "rtol = nan"),
        ({"rtol": 1.0}, r"rtol = 1\.0"),
    ],
)
def test_bad_arguments_are_refused_in_one_clear_line(arguments, message):
    with pytest.raises(ValueError, match=message) as refusal:
        look(PAIR, **arguments)
    assert "\n" not in str(refusal.value)


def test_the_finest_tolerance_is_kept():
    J = look(NFW(0.3, 20.0), lon=[0.1, 30.0, 140.0], lat=0.0, rtol=1e-13)
    assert (J.error <= 1e-13 * J.value).all()


def user(function, **options):
    return from_function(function, unit="GeV cm-3", **options)


def only_scalars(x, y, z):
    return 1.0 if x > 0 else 2.0


def wrong_shape(x, y, z):
    return x[0]


def a_quantity(x, y, z):
    return (1 + x**2) * units.Unit("GeV cm-3")


def complex_valued(x, y, z):
    return 1 + 1j * x


def broken(x, y, z):
    raise KeyError("no table")


def a_constant(x, y, z):
    return 1.0


def not_a_number(x, y, z):
    return np.where(np.abs(z) < 0.1, np.nan, 1.0)


def negative(x, y, z):
    return np.where(np.abs(z) < 0.1, -1e-3, 1.0)


def infinite(x, y, z):
    return np.where(np.abs(z) < 0.1, np.inf, 1.0)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            only_scalars,
            r"only_scalars raised ValueError .* a density takes arrays: use numpy functions, or numpy\.vectorize",
        ),
        (wrong_shape, r"wrong_shape returned float64 values of shape \(9,\) for coordinates of shape"),
        (broken, r"broken raised KeyError \('no table'\)"),
        (a_quantity, "a_quantity returned a Quantity .* plain real numbers"),
        (complex_valued, "complex_valued returned complex128"),
        (a_constant, r"a_constant returned float64 values of shape \(\)"),
        (not_a_number, r"not_a_number is nan at \(x, y, z\) = .* kpc; a density is finite"),
        (negative, r"negative is -0\.001 at \(x, y, z\)"),
        (infinite, r"infinite is inf at \(x, y, z\)"),
    ],
)
def test_what_is_no_density_is_refused_with_its_name_and_place(function, message):
    spoiled = [user(function), 2.0 * user(function)]
    if function not in (wrong_shape, a_constant):  # which a product broadcasts
        spoiled.append(NFW(0.3, 20.0) * user(function))
    for density in spoiled:
        with pytest.raises(ValueError, match=message) as refusal:
            look(density)
        assert "\n" not in str(refusal.value)


def test_a_bad_density_is_refused_in_the_same_words_towards_the_centre():
    with pytest.raises(ValueError, match="only_scalars raised ValueError .* a density takes arrays"):
        look(user(only_scalars), lon=0.0, lat=0.0)


def test_a_scalar_function_works_when_it_is_wrapped_as_told():
    J = look(user(np.vectorize(only_scalars)), lon=180.0, lat=0.0, s_max=5.0, r_max=None)
    assert J.value == pytest.approx(10.0, rel=1e-12)


@pytest.mark.parametrize(("symmetry", "axes"), [("spherical", "r = "), ("axisymmetric", r"\(R, z\) = ")])
def test_the_place_is_named_in_the_coordinates_that_were_used(symmetry, axes):
    with pytest.raises(ValueError, match=f"negative_outside is -0.001 at {axes}"):
        look(user(negative_outside, symmetry=symmetry))


def negative_outside(x, y, z):
    return np.where(x > 6, -1e-3, 1.0)


def test_integers_are_numbers():
    assert look(user(lambda x, y, z: np.ones(x.shape, dtype=int)), s_max=2.0, r_max=None).value == pytest.approx(2.0)


def test_overflow_inside_a_density_does_not_warn():
    @dataclass(frozen=True)
    class Steep(Spherical):
        def radial(self, r):
            return 1 / (1 + np.exp(200 * r))  # overflows to a correct zero

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert look(Steep()).value >= 0


@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
@pytest.mark.parametrize(
    "density", [NFW(0.3, 20.0), NFW(0.3, 20.0) * HernquistBulge(), PAIR, GeneralizedNFW(0.3, 20.0, gamma=1.0)]
)
def test_a_line_through_a_divergent_centre_is_refused_with_the_cure(density, z_sun):
    with pytest.raises(
        ValueError, match=r"centre diverges: .*NFW.* a core, look beside the centre, or ask for the mean"
    ):
        sm.line_of_sight(density, [10.0, 0.0], 0.0, observer=Observer(8.2, z_sun), r_max=60.0)
    away = sm.line_of_sight(density, 180.0, 0.0, observer=Observer(8.2, z_sun), r_max=60.0)
    short = sm.line_of_sight(density, 0.0, 0.0, observer=Observer(8.2, z_sun), s_max=8.0)
    assert away.value > 0
    assert short.value > 0


def test_noise_is_refused_not_averaged():
    random = np.random.default_rng(0)
    noise = user(lambda x, y, z: 1 + 0.1 * random.random(x.shape))
    with pytest.raises(ValueError, match=r"towards lon = 5, lat = 3 deg does not reach rtol = 1e-08"):
        look(noise, rtol=1e-8)


@dataclass(frozen=True)
class Slab(Axisymmetric):
    """A uniform slab with sharp faces, announced or not."""

    half: float = 0.1
    announced: bool = False

    def meridional(self, R, z):
        return np.where(np.abs(z) < self.half, 1.0, 0.0) + 0 * R

    @property
    def hints(self):
        return Hints(planes=(self.half,)) if self.announced else Hints()


def test_sharp_faces_are_right_and_hints_make_them_cheap():
    cost = {}
    for announced in (False, True):
        J = look(Slab(announced=announced), lon=20.0, lat=12.0, rtol=1e-8)
        exact = graded(Slab(announced=True), 20.0, 12.0, z_sun=HERE.z_sun, r_max=60.0)
        assert abs(J.value - exact.value) <= J.error + exact.error
        assert J.error <= 1e-8 * J.value
        cost[announced] = int(J.evaluations)
    assert cost[True] < cost[False] / 2


def test_a_spike_off_the_centre_is_seen_when_a_hint_announces_it():
    def spike(x, y, z):
        return np.exp(-((x + 3) ** 2 + (y - 1) ** 2 + z**2) / (2 * 1e-3**2))

    lon = float(np.degrees(np.arctan2(1.0, 5.2)))
    seen = user(spike, hints=Hints(points=((-3.0, 1.0, 0.0, 1e-3),)))
    J = sm.line_of_sight(seen, lon, 0.0, r_max=60.0, rtol=1e-8)
    assert abs(J.value - np.sqrt(2 * np.pi) * 1e-3) <= J.error <= 1e-8 * J.value
    assert sm.line_of_sight(user(spike), lon, 0.0, r_max=60.0).value == 0  # the stated limit: no node lies in it


def test_the_cuts_save_evaluations(monkeypatch):
    """Those at z = 0, at the axis and about the observer."""
    disk = ExponentialDisk(1.0, 2.6, 0.3)
    lon, lat = 167.10640072186237, -72.98357250199233
    exact = graded(disk, lon, lat, z_sun=0.0208, r_max=60.0)
    with_cuts = look(disk, lon, lat, rtol=1e-3)
    monkeypatch.setattr(pieces, "_planes", lambda *_: [])
    monkeypatch.setattr(pieces, "_cylinders", lambda lines, _: [0 * lines.p])
    monkeypatch.setattr(pieces, "REACH", 0.0)
    without = look(disk, lon, lat, rtol=1e-3)
    for J in (with_cuts, without):
        assert abs(J.value - exact.value) <= J.error + exact.error
    assert 2 * with_cuts.evaluations < without.evaluations


@pytest.mark.parametrize("symmetry", ["spherical", "axisymmetric", "none"])
def test_a_sum_that_overflows_is_refused(symmetry):
    huge = from_function(lambda x, y, z: 0 * x + 1e308, unit="cm-3", symmetry=symmetry)
    with pytest.raises(ValueError, match="does not reach"):
        look(huge, [10.0, 90.0], [0.1, 3.0])


def test_along_shows_where_the_integral_comes_from():
    line = sm.along(PAIR, [5.0, 90.0, 180.0], [3.0, -40.0, 0.0], observer=HERE, r_max=60.0, steps=101)
    whole = look(PAIR, [5.0, 90.0, 180.0], [3.0, -40.0, 0.0])
    assert line.distance.shape == line.integrand.shape == line.share.shape == (3, 101)
    assert line.distance[:, 0] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(line.distance, axis=1) >= 0).all()
    assert (np.diff(line.share, axis=1) >= 0).all()
    assert (line.share[:, 0].tolist(), line.share[:, -1]) == ([0.0] * 3, pytest.approx(1.0, abs=1e-12))
    assert (line.share_error < 1e-5).all()
    for k in range(3):
        s = float(line.distance[k, 60])
        lon, lat = [5.0, 90.0, 180.0][k], [3.0, -40.0, 0.0][k]
        part = graded(PAIR, lon, lat, z_sun=HERE.z_sun, s_max=s)
        assert line.share[k, 60] == pytest.approx(part.value / whole.value[k], abs=line.share_error[k] + 1e-6)
        position = HERE.position + s * HERE.rotation @ unit_vectors(lon, lat)
        assert line.integrand[k, 60] == pytest.approx(float(PAIR(*position)), rel=1e-9)
    assert line.unit == PAIR.unit


def test_along_one_direction_has_one_axis():
    assert sm.along(PAIR, 5.0, 3.0, observer=HERE, s_max=10.0).share.shape == (201,)


def test_along_a_line_without_anything_has_zero_shares():
    empty = from_function(lambda x, y, z: 0 * x, unit="cm-3")
    assert sm.along(empty, 5.0, 3.0, s_max=10.0).share.tolist() == [0.0] * 201


def test_densities_may_be_classes_of_the_user():
    @dataclass(frozen=True)
    class Mine(Density):
        def __call__(self, x, y, z):
            return 1 / (1 + x**2 + 2 * y**2 + 3 * z**2)

    exact = graded(Mine(), 5.0, 3.0, z_sun=HERE.z_sun, r_max=60.0)
    J = look(Mine())
    assert abs(J.value - exact.value) <= J.error + exact.error


@pytest.mark.parametrize("symmetry", ["spherical", "axisymmetric", "none"])
@pytest.mark.parametrize("slope", [0.5, 0.97, 0.99])
def test_slopes_just_below_one_are_right_through_the_centre(slope, symmetry):
    """Hard, because 3 % of the integral of r^-0.99 lies closer to the centre than 1e-150 kpc."""
    cusp = user(lambda x, y, z: np.sqrt(x * x + y * y + z * z) ** -slope, symmetry=symmetry)
    J = sm.line_of_sight(cusp, 0.0, 0.0, observer=Observer(8.2), r_max=60.0)
    exact = (8.2 ** (1 - slope) + 60.0 ** (1 - slope)) / (1 - slope)
    assert abs(J.value - exact) <= J.error <= 1e-6 * exact
    short = sm.line_of_sight(cusp, 0.0, 0.0, observer=Observer(8.2), s_max=8.2)
    assert abs(short.value - 8.2 ** (1 - slope) / (1 - slope)) <= short.error


def test_a_cusp_times_a_disk_is_right_through_the_centre():
    pair = GeneralizedNFW(0.3, 20.0, gamma=0.97) * ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
    J = sm.line_of_sight(pair, 0.0, 0.0, observer=Observer(8.2), r_max=60.0, rtol=1e-8)
    assert J.value == pytest.approx(367.554454, abs=5e-7)  # u = v^(1 / 0.03) on both sides, 40 digits


@pytest.mark.parametrize("z_d", [1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
@pytest.mark.parametrize(("lon", "lat"), [(20.0, 0.3), (0.0, -0.15), (1e-3, 1e-3), (77.0, -60.0), (140.0, 0.0)])
def test_thin_disks_are_right(z_d, z_sun, lon, lat):
    disk = NFW(0.3, 20.0) * ExponentialDisk(n_0=1.0, R_d=2.6, z_d=z_d)
    J = sm.line_of_sight(disk, lon, lat, observer=Observer(8.2, z_sun), r_max=60.0)
    exact = graded(disk, lon, lat, z_sun=z_sun, r_max=60.0)
    assert abs(J.value - exact.value) <= J.error + exact.error
    assert J.error <= 1e-6 * J.value


@pytest.mark.parametrize("beside", [1e-3, 1e-6, 1e-8])
def test_a_line_that_grazes_the_end_of_the_path_says_what_rounding_costs(beside):
    """p is known to a rounding of r_sun, and half the chord p / half times worse: 2e-10 where 1e-14 was stated."""
    everywhere = user(lambda x, y, z: 0 * x + 1.0, symmetry="spherical")
    lon = float(np.degrees(np.arcsin(5.0 / 8.2 * (1 - beside))))
    J = sm.line_of_sight(everywhere, lon, 0.0, observer=Observer(8.2), r_max=5.0)
    with mpmath.workdps(40):
        p = mpmath.mpf(8.2) * mpmath.sin(mpmath.mpf(lon) * mpmath.pi / 180)
        exact = float(2 * mpmath.sqrt(25 - p * p))
    assert abs(J.value - exact) <= J.error <= 1e-6 * exact


def halo_and_ball(x, y, z):
    """A ball of radius 0.1 kpc, 0.3 kpc from the Sun, on a smooth halo."""
    return 0.2 / (1 + (x**2 + y**2 + z**2) / 9) ** 1.5 + ((x + 7.9) ** 2 + y**2 + z**2 < 0.01)


def chords(angle):
    return 2 * np.sqrt(np.maximum(0.01 - (0.3 * np.sin(np.radians(angle))) ** 2, 0.0))


def test_looks_see_a_ball_that_nothing_announces():
    """18.4 deg off its centre the path in it is 0.064 kpc long, 0.22 of the distance: it was lost with 7e-8 stated."""
    angle = np.array([0.0, 5.0, 10.0, 15.0, 17.0, 18.4, 19.2, 25.0])
    found = sm.line_of_sight(user(halo_and_ball), angle, 0.0, observer=Observer(8.2), r_max=60.0, rtol=1e-5)
    without = user(lambda x, y, z: 0.2 / (1 + (x**2 + y**2 + z**2) / 9) ** 1.5)
    rest = sm.line_of_sight(without, angle, 0.0, observer=Observer(8.2), r_max=60.0, rtol=1e-8)
    assert (np.abs(found.value - rest.value - chords(angle)) <= found.error + rest.error).all()
    assert (found.error <= 1e-5 * found.value).all()


def test_no_feature_longer_than_the_blind_spot_is_missed():
    """Balls and Gaussian clumps at random distances, with paths from 0.1 to 1 of these."""
    random, here, lost = np.random.default_rng(5), np.array([-8.2, 0.0, 0.0]), 0
    for _ in range(40):
        distance = 10 ** random.uniform(np.log10(0.05), 1.3)
        path = distance * 10 ** random.uniform(-1, 0)
        lon, lat = random.uniform(0, 360), np.degrees(np.arcsin(random.uniform(-1, 1)))
        X, Y, Z = here + distance * unit_vectors(lon, lat)
        sigma = path / np.sqrt(8 * np.log(2))
        sharp = random.random() < 0.5

        def feature(x, y, z, at=(X, Y, Z), path=path, sigma=sigma, sharp=sharp):
            square = (x - at[0]) ** 2 + (y - at[1]) ** 2 + (z - at[2]) ** 2
            return np.where(square < path**2 / 4, 1.0, 0.0) if sharp else np.exp(-square / (2 * sigma**2))

        J = sm.line_of_sight(user(feature), lon, lat, observer=Observer(8.2), s_max=distance + 30 * path, rtol=1e-4)
        left = 0.5 * (1 + special.erf(distance / sigma / np.sqrt(2)))  # what of a clump lies ahead of the observer
        exact = path if sharp else np.sqrt(2 * np.pi) * sigma * left
        assert abs(J.value - exact) <= J.error
        bare = SightLines(user(feature), Observer(8.2), PathEnd(s_max=distance + 30 * path), hidden=nowhere)
        found = bare.integrate(unit_vectors(lon, lat)[None], rtol=1e-4)
        lost += abs(found.value[0] - exact) > found.error[0]
    assert J.blind == 0.1
    assert lost >= 3  # without looks: the test can fail


def test_a_density_that_says_what_it_is_like_needs_no_looks():
    bare = look(user(PAIR), rtol=1e-5)
    assert look(PAIR, rtol=1e-5).evaluations < 0.5 * bare.evaluations
    assert (look(PAIR).blind, bare.blind) == (0.0, 0.1)


def through_a_shell(lon, lat, sigma):
    """Return the integrals of a Gaussian of the radius at 9 kpc: 400 nodes within 12 sigma of the crossing."""
    towards = 8.2 * (np.cos(np.radians(lon)) * np.cos(np.radians(lat)))[:, None]
    p2 = 8.2**2 - towards**2
    crossing, node_weight = np.sqrt(81 - p2), np.polynomial.legendre.leggauss(400)
    low, high = np.maximum(crossing - 108 * sigma / crossing, -towards), crossing + 108 * sigma / crossing
    u = 0.5 * (low + high) + 0.5 * (high - low) * node_weight[0]
    away = (u - crossing) * (u + crossing) / (np.sqrt(p2 + u**2) + 9)  # r - 9 without cancellation
    return 0.5 * (high - low)[:, 0] * (np.exp(-0.5 * (away / sigma) ** 2) @ node_weight[1])


SHELL_LON, SHELL_LAT = np.array([0.0, 30.0, 60.0, 90.0, 150.0, 180.0]), np.array([0.3, 20.0, 60.0, 0.3, 60.0, 0.0])


@pytest.mark.parametrize("sigma", [0.1, 1e-2, 1e-3, 1e-5])
@pytest.mark.parametrize("symmetry", ["none", "spherical"])
@pytest.mark.parametrize("thick", [False, True])
def test_a_shell_on_an_announced_sphere_is_seen_however_thin(sigma, symmetry, thick):
    shell = from_function(
        lambda x, y, z: np.exp(-0.5 * ((np.sqrt(x * x + y * y + z * z) - 9) / sigma) ** 2),
        unit="cm-3",
        symmetry=symmetry,
        hints=Hints(spheres=((9.0, sigma) if thick else 9.0,)),
    )
    found = sm.line_of_sight(shell, SHELL_LON, SHELL_LAT, observer=Observer(8.2), r_max=60.0, rtol=1e-4)
    right = through_a_shell(SHELL_LON, SHELL_LAT, sigma)
    assert (np.abs(found.value - right) <= found.error + 1e-8 * right).all()  # a radius is known to 1e-15 / 1e-5


@dataclass(frozen=True)
class SmoothShell(Spherical, smooth=True):
    sigma: float
    thick: bool = True

    @property
    def hints(self):
        return Hints(spheres=((9.0, self.sigma) if self.thick else 9.0,))

    def radial(self, r):
        return np.exp(-0.5 * ((r - 9) / self.sigma) ** 2)


@pytest.mark.parametrize("sigma", [5e-3, 1e-3, 1e-6])
def test_a_density_that_says_that_it_is_smooth_needs_the_thickness_of_its_layer_and_few_evaluations_then(sigma):
    def look_out(shell):
        return sm.line_of_sight(shell, SHELL_LON, SHELL_LAT, observer=Observer(8.2), r_max=60.0, rtol=1e-6)

    found, right = look_out(SmoothShell(sigma, unit="cm-3")), through_a_shell(SHELL_LON, SHELL_LAT, sigma)
    assert (np.abs(found.value - right) <= found.error + 1e-15 / sigma * right).all()
    assert (found.error <= 1e-6 * right).all()
    assert found.evaluations.max() <= 250
    assert look_out(SmoothShell(sigma, thick=False, unit="cm-3")).value[3] < 0.6 * right[3]  # the test can fail


def test_the_layer_of_a_flattened_shell_is_seen():
    """Along the scaled axes the ellipsoid is the sphere, and a line is longer there by the length of its direction."""
    lat = np.degrees(np.arctan(0.5 * np.tan(np.radians(SHELL_LAT))))
    longer = np.hypot(np.cos(np.radians(lat)), np.sin(np.radians(lat)) / 0.5)
    shell = Flattened(SmoothShell(5e-3, unit="cm-3"), q=0.5)
    found = sm.line_of_sight(shell, SHELL_LON, lat, observer=Observer(8.2), r_max=60.0, rtol=1e-6)
    right = through_a_shell(SHELL_LON, SHELL_LAT, 5e-3) / longer
    assert (np.abs(found.value - right) <= found.error + 1e-11 * right).all()

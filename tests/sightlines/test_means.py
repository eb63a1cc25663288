"""Region means: folding, sharing, masks, errors, refusals."""

import inspect
from dataclasses import dataclass

import healpy
import numpy as np
import pytest
from scipy.integrate import trapezoid

import skymodel as sm
from profiles import NFW, Axisymmetric, ExponentialDisk, Hints, from_function, library
from skymodel.sightlines import means
from skymodel.sightlines.cubature import sampled
from skymodel.sightlines.cubature.regions import over_regions
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sky.regions import Box, Circle, as_region
from tests.reference.cubes import lumpy

HERE = sm.Observer(8.2)
DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
UNIFORM = from_function(lambda x, y, z: 2.0 + 0 * x, unit="cm-3", symmetry="spherical")
REGIONS = [
    sm.INTEGRAL_CIRCLE,
    sm.COMPTEL_WINDOW,
    Circle(lon=97.0, lat=-48.0, radius=13.0),
    Circle(lon=3.0, lat=1.0, radius=6.0) & ~Box(lon=(-1, 1), lat=(-1, 1)),
    Circle(lon=2.0, lat=-2.0, radius=4.0) | Box(lon=(170, 190), lat=(-5, 20)),
    ~Box(lon=(-30, 30), lat=(-80, 80)),
    Circle(lon=0.0, lat=0.0, radius=180.0),
]


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.name)
@pytest.mark.parametrize("symmetry", ["spherical", "axisymmetric", "none"])
def test_a_uniform_density_gives_every_region_the_length_of_the_path(region, symmetry):
    density = from_function(lambda x, y, z: 2.0 + 0 * x, unit="cm-3", symmetry=symmetry)
    mean = sm.region_mean(density, region, observer=HERE, s_max=3.0, rtol=1e-8)
    assert abs(mean.value - 6.0) <= mean.error <= 1e-8 * 6.0
    assert str(mean.unit) == "kpc / cm3"


HALVES = [0.5 * np.isin(np.arange(48), kept) for kept in ([3, 4], [20, 21])]


def test_what_a_mean_has_cost_and_may_have_missed_is_said():
    mean = sm.region_mean(UNIFORM, REGIONS[0], observer=HERE, s_max=3.0, rtol=1e-6)
    assert (mean.short, mean.error_kind, mean.blind) == (False, "bound", 0.1)  # a function: 0.1 of the distance
    assert mean.evaluations > mean.sightlines > 0
    declared = sm.region_mean(ExponentialDisk(), REGIONS[2], observer=HERE, r_max=30.0, rtol=1e-3)
    assert (declared.short, declared.blind) == (False, 0.0)
    sky = sm.SkyMap(np.arange(12.0), 0.5, "cm-3 kpc")
    of_map = sm.region_mean(sky, REGIONS[-1])
    cost = of_map.evaluations, of_map.sightlines, of_map.short, of_map.blind, of_map.error_kind
    assert cost == (0, 0, False, 0.0, "bound")
    assert means.quotient(of_map, of_map).evaluations == 0
    assert means.quotient(of_map, 2 * of_map).value == 0.5


def test_a_ratio_of_masks_costs_both_and_shares_its_budget():
    def ratio(budget=None, progress=None):
        how = {"observer": HERE, "s_max": 3.0, "rtol": 1e-3, "budget": budget, "progress": progress}
        return sm.window_factor(UNIFORM, numerator=HALVES[0], denominator=HALVES[1], **how)

    shares = []
    found = ratio(progress=lambda done, every: shares.append(done / every))
    assert 0.5 in shares  # where the one ends
    above, below = found.numerator.evaluations, found.denominator.evaluations
    assert found.evaluations == above + below
    assert min(above, below) > 0
    dearer = max(above, below)
    assert ratio(2.2 * dearer).value == found.value
    with pytest.raises(ValueError, match="budget of"):
        ratio(1.8 * dearer)


def test_a_ratio_knows_its_two_means_in_their_order():
    ratio = sm.window_factor(UNIFORM * ExponentialDisk(), observer=HERE, s_max=8.0, rtol=1e-4)
    for mean, region in ((ratio.numerator, sm.COMPTEL_WINDOW), (ratio.denominator, sm.INTEGRAL_CIRCLE)):
        alone = sm.region_mean(UNIFORM * ExponentialDisk(), region, observer=HERE, s_max=8.0, rtol=1e-4)
        assert abs(mean.value - alone.value) <= mean.error + alone.error
        assert mean.evaluations == ratio.evaluations > 0
    assert abs(ratio.numerator.value / ratio.denominator.value - ratio.value) < 1e-12
    assert ratio.value < 0.95


@pytest.mark.parametrize("door", [sm.region_mean, sm.window_factor, means.window_factors, sm.project, sm.zoom])
def test_a_door_asks_for_a_millionth_unless_told(door):
    assert inspect.signature(door).parameters["rtol"].default == 1e-6


class Two:
    """Two regions whose ratio is 2, integrated with an error, or the second of them dark."""

    members = ((),)

    def __init__(self, error, dark):
        self.error, self.dark = error, dark

    def mean(self, region, member):
        return (0.0, 0.0) if self.dark else (2.0 - region, 1e-9)

    def ratio(self, member):
        assert not self.dark
        return 2.0, self.error


@pytest.mark.parametrize(("error", "dark", "tries"), [(2e-3, False, 1), (2.1e-3, False, 3), (1.0, True, 1)])
def test_two_means_are_gone_on_with_if_their_ratio_is_not_good_enough(monkeypatch, error, dark, tries):
    asked, gone_on_from = [], []

    def over_regions(_, regions, rtol, report, known):
        asked.append(rtol)
        gone_on_from.append(known)
        return Two(error, dark)

    monkeypatch.setattr(means, "over_regions", over_regions)
    means._compared(None, (), 1e-3, None)
    assert asked == pytest.approx([1e-3, 0.75e-3, 0.5e-3][:tries])  # each mean's half is what both may be off by
    assert gone_on_from[0] is None
    assert all(known is not None for known in gone_on_from[1:])


@pytest.mark.parametrize(("before", "cheaper"), [(2e-4, True), (1e-2, False)])
def test_going_on_to_a_finer_tolerance_gives_what_starting_with_it_does(before, cheaper):
    """And costs less, if the lines are good enough for it; else all is done anew."""
    lines = SightLines(NFW() * library.electrons("ne2001"), HERE, PathEnd(r_max=60.0))
    regions = (sm.COMPTEL_WINDOW, sm.INTEGRAL_CIRCLE)
    coarse, fine = (over_regions(lines, regions, rtol) for rtol in (before, 1e-4))
    gone_on = over_regions(lines, regions, 1e-4, known=coarse)
    for region in (0, 1):
        (one, error), (other, doubt) = (found.mean(region) for found in (fine, gone_on))
        assert abs(one - other) <= error + doubt
        assert doubt <= 1e-4 * other
    assert (gone_on.evaluations < coarse.evaluations + 0.5 * fine.evaluations) == cheaper


def test_a_mean_that_is_its_error_is_dark():
    """Of nothing there is no ratio, also where it is exactly nothing; of more than its error there is."""
    nothing = from_function(lambda x, y, z: 0 * x, unit="cm-3", symmetry="spherical")
    for regions in (REGIONS[:2], HALVES):
        with pytest.raises(ValueError, match=r"the denominator's mean is 0 \+- 0: there is no ratio"):
            sm.window_factor(nothing, numerator=regions[0], denominator=regions[1], observer=HERE, s_max=3.0)
    means._refuse_dark(means.Mean(1.0, 0.99))
    with pytest.raises(ValueError, match=r"mean is 1 \+- 1"):
        means._refuse_dark(means.Mean(1.0, 1.0))


def tilted(x, y, z):
    """Return a smooth density without any symmetry."""
    return np.exp(-(((x - 1.0) / 4) ** 2) - ((y + 0.7) / 3) ** 2 - ((z - 0.4) / 2) ** 2)


@pytest.mark.parametrize("region", REGIONS[:5], ids=lambda region: region.name)
@pytest.mark.parametrize("z_sun", [0.0, 0.3])
def test_the_mean_is_that_of_a_monte_carlo_over_directions(region, z_sun):
    """The proof that quadrants are not mixed up: the density has no symmetry, the truth is a plain average."""
    density = from_function(tilted, unit="cm-3")
    observer = sm.Observer(8.2, z_sun)
    generator = np.random.default_rng(7)
    lon, lat = generator.uniform(0, 360, 400_000), np.degrees(np.arcsin(generator.uniform(-1, 1, 400_000)))
    inside = region.contains(lon, lat)
    J = sm.line_of_sight(density, lon[inside], lat[inside], observer=observer, r_max=30.0, rtol=1e-4).value
    mean = sm.region_mean(density, region, observer=observer, r_max=30.0, rtol=1e-5)
    assert abs(mean.value - J.mean()) < 5 * J.std() / np.sqrt(J.size)  # five standard deviations of the sample


@pytest.mark.parametrize("region", REGIONS[:4], ids=lambda region: region.name)
@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
def test_folding_by_symmetry_changes_no_mean(region, z_sun):
    plain = from_function(lambda x, y, z: DISK(x, y, z), unit=DISK.unit)
    observer = sm.Observer(8.2, z_sun)
    folded, unfolded = (
        sm.region_mean(density, region, observer=observer, r_max=60.0, rtol=1e-5) for density in (DISK, plain)
    )
    assert abs(folded.value - unfolded.value) <= folded.error + unfolded.error
    assert folded.sightlines <= unfolded.sightlines


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        (Circle(0, 0, 20), Circle(6, 0, 6)),  # the centre lies on the edge
        (Circle(0, 0, 20), Box(lon=(0, 30), lat=(0, 5))),  # and in a corner
        (Circle(0, 0, 20), Circle(3, 4, 5)),
        (Circle(0, 0, 60), Circle(0, 90, 85)),
        (Circle(10, 0, 20), Box(lon=(-1e-3, 1e-3), lat=(-10, 10))),  # a sliver along the kink
        (Circle(0, 0, 180), Circle(0, 0, 1e-3)),
        (Circle(0, 0, 180), Box(lon=(170, 200), lat=(60, 90))),
    ],
    ids=lambda region: region.name,
)
@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
def test_a_region_and_the_rest_make_up_the_whole(whole, part, z_sun):
    regions = whole, whole & part, whole & ~part
    means = [sm.region_mean(DISK, r, observer=sm.Observer(8.2, z_sun), r_max=60.0, rtol=1e-4) for r in regions]
    total, inside, outside = (mean.value * r.solid_angle for mean, r in zip(means, regions, strict=True))
    error = sum(mean.error * r.solid_angle for mean, r in zip(means, regions, strict=True))
    assert abs(total - inside - outside) <= error


@pytest.mark.parametrize("rtol", [1e-3, 1e-5, pytest.param(1e-7, marks=pytest.mark.slow)])
@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
def test_the_stated_error_covers_the_change_under_a_finer_tolerance(z_sun, rtol):
    observer = sm.Observer(8.2, z_sun)
    for region in REGIONS[:4]:
        mean, finer = (sm.region_mean(DISK, region, observer=observer, r_max=60.0, rtol=r) for r in (rtol, rtol / 30))
        assert abs(mean.value - finer.value) <= mean.error + finer.error
        assert mean.error <= rtol * mean.value


@pytest.mark.parametrize("slope", [1.5, 2.6, 2.9, 2.96])
def test_cusps_short_of_the_divergent_one_are_integrated(slope):
    """The whole sky holds (2 pi / R0) int r j ln |(R0 + r) / (R0 - r)| dr: for a power law a series in r / R0."""
    density = from_function(lambda x, y, z: (x * x + y * y + z * z) ** (-slope / 2), unit="cm-3", symmetry="spherical")
    mean = sm.region_mean(density, Circle(0, 0, 180), observer=HERE, r_max=4.1, rtol=1e-6)
    k = np.arange(60)  # ln((1 + t) / (1 - t)) = 2 sum t^(2k + 1) / (2k + 1), t = r / R0 up to 1/2
    power = 2 * k + 3 - slope
    flux = 4 * np.pi * 8.2 ** (1 - slope) * np.sum(0.5**power / (2 * k + 1) / power)
    assert abs(4 * np.pi * mean.value - flux) <= 4 * np.pi * mean.error
    assert mean.error <= 1e-6 * mean.value


def test_a_cusp_of_slope_three_is_refused():
    density = from_function(lambda x, y, z: (x * x + y * y + z * z) ** -1.5, unit="cm-3", symmetry="spherical")
    with pytest.raises(ValueError, match=r"r\^-3.*infinite.*core"):
        sm.region_mean(density, sm.INTEGRAL_CIRCLE, observer=HERE, r_max=60.0)


def test_the_edge_of_a_declared_shell_costs_little():
    def ball(x, y, z):
        return np.where(x * x + y * y + z * z < 0.25, 1.0, 0.0)

    density = from_function(ball, unit="cm-3", symmetry="spherical", hints=Hints(spheres=(0.5,)))
    mean = sm.region_mean(density, Circle(0, 0, 10), observer=HERE, r_max=60.0, rtol=1e-8)
    t = 0.5 / 8.2  # int sin(theta) 2 sqrt(a^2 - R0^2 sin^2) dtheta over the sphere's disc, in closed form
    flux = 2 * np.pi * 8.2 * (t - (1 - t * t) * np.arctanh(t))
    assert abs(mean.value * Circle(0, 0, 10).solid_angle - flux) <= mean.error * Circle(0, 0, 10).solid_angle
    assert mean.sightlines < 300


def test_a_declared_spot_far_narrower_than_the_region_is_found():
    def spot(x, y, z):
        return np.exp(-((x + 2) ** 2 + (y - 3) ** 2 + (z - 1) ** 2) / 2 / 0.01**2)

    density = from_function(spot, unit="cm-3", hints=Hints(points=((-2.0, 3.0, 1.0, 0.01),)))
    mean = sm.region_mean(density, Circle(0, 0, 90), observer=HERE, r_max=60.0, rtol=1e-4)
    d2 = 6.2**2 + 3.0**2 + 1.0  # the flux of a Gaussian ball far away: mass / d^2 (1 + sigma^2 / d^2)
    flux = (2 * np.pi) ** 1.5 * 0.01**3 / d2 * (1 + 1e-4 / d2)
    assert abs(2 * np.pi * mean.value - flux) <= 2 * np.pi * mean.error + 1e-9 * flux


def test_regions_share_the_sight_lines_of_the_sky_they_share():
    both = sm.window_factor(DISK, observer=HERE, r_max=60.0, rtol=1e-4)
    apart = [sm.region_mean(DISK, r, observer=HERE, r_max=60.0, rtol=1e-4) for r in REGIONS[:2]]
    assert both.denominator.sightlines < sum(mean.sightlines for mean in apart)
    assert both.value == both.numerator.value / both.denominator.value
    separate = both.numerator.error / both.numerator.value + both.denominator.error / both.denominator.value
    assert 0 < both.error / both.value <= separate * (1 + 1e-12)


def test_the_window_factor_of_a_region_with_itself_is_one():
    w = sm.window_factor(DISK, numerator=REGIONS[3], denominator=REGIONS[3], observer=HERE, r_max=60.0, rtol=1e-4)
    assert w.value == 1.0
    assert not w.numerator.short
    assert not w.denominator.short
    assert w.error < 1e-12


def test_a_ratio_to_nothing_is_refused():
    dark = from_function(lambda x, y, z: np.where(x > 0, 1.0, 0.0), unit="cm-3", hints=Hints())
    with pytest.raises(ValueError, match="no ratio"):
        sm.window_factor(dark, numerator=sm.INTEGRAL_CIRCLE, denominator=Circle(180, 0, 5), observer=HERE, s_max=5.0)


def test_the_ratio_of_two_masks_states_how_far_off_it_may_be():
    above, below = (0.5 * np.isin(np.arange(192), kept) for kept in ([40, 41], [60, 61, 90]))
    found = sm.window_factor(DISK, numerator=above, denominator=below, observer=HERE, r_max=60.0, rtol=1e-3)
    high, low = found.numerator, found.denominator
    assert low.error > 0.01 * low.value  # half-covered pixels, so that value and value minus error are told apart
    worst = (high.value + high.error) / (low.value - low.error) - found.value
    assert worst <= found.error * (1 + 1e-12)


def test_a_map_is_averaged_as_the_map_does():
    sky = sm.SkyMap(np.arange(192.0), 0.5, "cm-3 kpc")
    mean = sm.region_mean(sky, Circle(10, 20, 40))
    own = sky.mean(Circle(10, 20, 40))
    assert (mean.value, mean.error, mean.unit) == (own.value, own.error, own.unit)


def test_a_mask_has_the_mean_of_its_pixels():
    mask = np.zeros(12 * 16**2)
    pixels = healpy.query_disc(16, healpy.ang2vec(5.0, 3.0, lonlat=True), np.radians(12))
    mask[pixels] = 1.0
    mean = sm.region_mean(DISK, mask, observer=HERE, r_max=60.0, rtol=1e-4)
    sky = sm.project(DISK, 16, observer=HERE, r_max=60.0, rtol=1e-4, method="direct")
    assert mean.value == pytest.approx(sky.values[pixels].mean(), rel=1e-12)
    assert 0 < mean.error <= 1e-4 * mean.value


def test_a_region_of_another_package_is_as_good_as_it_says():
    class Theirs:
        def contains(self, coordinate):
            return sm.INTEGRAL_CIRCLE.contains(coordinate)

    ours = sm.region_mean(DISK, sm.INTEGRAL_CIRCLE, observer=HERE, r_max=60.0, rtol=1e-6)
    theirs = sm.region_mean(DISK, Theirs(), observer=HERE, r_max=60.0, rtol=1e-4)
    assert abs(theirs.value - ours.value) <= theirs.error
    assert theirs.error < 0.01 * theirs.value
    w = sm.window_factor(DISK, denominator=Theirs(), observer=HERE, r_max=60.0, rtol=1e-4)
    exact = sm.window_factor(DISK, observer=HERE, r_max=60.0, rtol=1e-6)
    assert abs(w.value - exact.value) <= w.error


# A coverage-weighted map cannot know the gradients inside the pixels on a region's edge: what is lost falls as the
# square of the pixel's size, from 4e-3 at nside 64 where an edge passes next to the cusp.
@pytest.mark.parametrize(("nside", "rtol"), [(64, 5e-3), pytest.param(128, 1e-3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("region", REGIONS[:3], ids=lambda region: region.name)
def test_the_map_weighted_with_the_coverage_has_the_mean_of_the_region(region, nside, rtol):
    sky, cover = disk_map(nside), region.coverage(nside)
    mean = sm.region_mean(DISK, region, observer=HERE, r_max=60.0, rtol=1e-5)
    assert np.sum(sky.values * cover) / cover.sum() == pytest.approx(mean.value, rel=rtol)
    assert abs(sky.mean(region).value - mean.value) <= sky.mean(region).error + mean.error


_MAPS = {}


def disk_map(nside):
    if nside not in _MAPS:
        _MAPS[nside] = sm.project(DISK, nside, observer=HERE, r_max=60.0, rtol=1e-4)
    return _MAPS[nside]


def test_an_empty_region_and_two_path_ends_are_refused():
    with pytest.raises(ValueError, match="empty"):
        sm.region_mean(DISK, np.zeros(12), observer=HERE, r_max=60.0)
    with pytest.raises(ValueError, match="exactly one"):
        sm.region_mean(DISK, sm.INTEGRAL_CIRCLE, observer=HERE, r_max=60.0, s_max=5.0)
    nothing = Circle(0, 0, 5) & Circle(90, 0, 5)
    with pytest.raises(ValueError, match="empty"):
        sm.region_mean(DISK, nothing, observer=HERE, r_max=60.0)
    assert sampled._mask_nside(~as_region(np.ones(48))) == 2


@pytest.mark.parametrize("rtol", [0.0, 1e-17, 1e-13, 1.0, 2.0, float("nan")])
def test_a_tolerance_that_cannot_be_met_or_means_nothing_is_refused_as_it_was_given(rtol):
    for mean in (
        lambda: sm.region_mean(DISK, REGIONS[0], r_max=60.0, rtol=rtol),
        lambda: sm.window_factor(DISK, r_max=60.0, rtol=rtol),
        lambda: sm.project(DISK, 4, r_max=60.0, rtol=rtol),
    ):
        with pytest.raises(ValueError, match=f"rtol = {rtol}; allowed: 1e-12 <= rtol < 1"):
            mean()


def test_what_is_no_density_is_refused_by_name():
    with pytest.raises(TypeError, match=r"<function .*> is no density; profiles\.from_function makes one"):
        sm.region_mean(lambda x, y, z: x, REGIONS[0], r_max=60.0)


def test_a_cloud_in_the_plane_whose_cells_come_in_pairs_meets_its_tolerance():
    halo, gas = library.dark_matter("fermi_generalized_nfw"), library.electrons("ferriere2007_electrons")
    found = sm.window_factor(halo * gas, r_max=60.0, rtol=1e-3)
    assert found.error < 1e-3 * found.value


@dataclass(frozen=True)
class Layer(Axisymmetric, smooth=True):
    """A Gaussian of the height at 0.3 kpc on both sides of the plane, or of the cylindrical radius at 4 kpc."""

    upright: bool
    sigma: float = 1e-3

    @property
    def hints(self):
        return Hints(cylinders=((4.0, self.sigma),)) if self.upright else Hints(planes=((0.3, self.sigma),))

    @property
    def mirror_z(self):
        return True

    def meridional(self, R, z):
        away = R - 4 if self.upright else np.abs(z) - 0.3
        return np.exp(-0.5 * (away / self.sigma) ** 2)


def test_means_see_layers_whose_thickness_is_announced():
    """A sheet shines as 1 / sin b, a wall as the two crossings of its circle in the plane, and as 1 / cos b."""
    box, sheet = Box(lon=(-30, 30), lat=(5, 20)), Layer(upright=False, unit="cm-3")
    mean = sm.region_mean(sheet, box, observer=HERE, r_max=60.0, rtol=1e-4)
    low, high = np.sin(np.radians([5.0, 20.0]))
    right = np.sqrt(2 * np.pi) * 1e-3 * np.log(high / low) / (high - low)
    assert abs(mean.value - right) <= mean.error <= 1e-4 * right
    assert mean.evaluations < 1e6

    box, wall = Box(lon=(-25, 25), lat=(-10, 10)), Layer(upright=True, unit="cm-3")
    mean = sm.region_mean(wall, box, observer=HERE, r_max=60.0, rtol=1e-3)
    miss = 8.2 * np.sin(np.radians(25.0) * np.linspace(0, 1, 2001))
    level = trapezoid(2 * np.sqrt(2 * np.pi) * 1e-3 * 4 / np.sqrt(16 - miss**2), dx=1 / 2000)
    right = level * np.radians(10.0) / np.sin(np.radians(10.0))
    assert abs(mean.value - right) <= mean.error + 1e-5 * right  # as the wall is no surface
    assert mean.error <= 1e-3 * right


def test_a_shell_inside_of_the_sun_s_orbit_is_cut_at_both_sides_of_its_limb():
    """Against its flux in a circle that holds it all: (2 pi / R0) r j ln((R0 + r) / (R0 - r)) by radius."""
    shell = from_function(
        lambda x, y, z: np.exp(-0.5 * ((np.sqrt(x * x + y * y + z * z) - 4) / 1e-3) ** 2),
        unit="cm-3",
        symmetry="axisymmetric",
        hints=Hints(spheres=((4.0, 1e-3),)),
    )
    mean = sm.region_mean(shell, circle := Circle(lon=0.0, lat=0.0, radius=40.0), observer=HERE, r_max=60.0, rtol=1e-3)
    node, weight = np.polynomial.hermite_e.hermegauss(8)
    r = 4 + 1e-3 * node
    flux = 1e-3 * weight @ (r * np.log((8.2 + r) / (8.2 - r))) * 2 * np.pi / 8.2
    right = flux / circle.solid_angle
    assert abs(mean.value - right) <= mean.error <= 1e-3 * right


PATH = {"observer": HERE, "r_max": 60.0}
SUMS = [DISK, NFW() * library.electrons("ne2001")]


@pytest.mark.parametrize(
    ("mean", "of", "how"),
    [
        (sm.region_mean, (DISK, sm.COMPTEL_WINDOW), {"rtol": 1e-8}),
        (sm.region_mean, (DISK, HALVES[0]), {"rtol": 1e-3}),
        (sm.region_mean, (DISK, sm.INTEGRAL_CIRCLE), {"rtol": 1e-9, "shortfall": "state", "budget": 2e5}),
        (sm.window_factor, (DISK,), {"numerator": HALVES[0], "denominator": sm.INTEGRAL_CIRCLE, "rtol": 1e-3}),
        (sm.window_factor, (NFW() * lumpy(9),), {"rtol": 0.2}),
        (sm.window_factors, (SUMS,), {"rtol": 1e-3}),
    ],
    ids=["exact", "mask", "short", "masks", "cube", "sums"],
)
def test_progress_never_goes_back_and_ends_with_the_work(mean, of, how):
    seen = []
    mean(*of, progress=lambda done, count: seen.append(done / count), **how, **PATH)
    assert seen == sorted(seen)
    assert 0 < seen[0] <= seen[-1] == 1
    assert seen.count(1.0) <= 4  # the end is told when it is there


def test_half_of_the_work_is_told_as_between_a_quarter_and_three_quarters(monkeypatch):
    monkeypatch.setattr("skymodel.sightlines.cubature.refine._BLOCK", 1000)
    spent, seen = 0, []

    def ball(x, y, z):
        nonlocal spent
        spent += np.size(x)
        return np.where((x + 4) ** 2 + (y - 1) ** 2 + z**2 < 0.3, 1.0, 0.0)

    box, density = Box(lon=(5, 25), lat=(2, 10)), from_function(ball, unit="cm-3")
    how = {"observer": HERE, "r_max": 20.0, "rtol": 0.1, "workers": 1}
    sm.region_mean(density, box, progress=lambda done, count: seen.append((spent, done / count)), **how)
    halfway = min(seen, key=lambda pair: abs(pair[0] - spent / 2))
    assert 0.4 < halfway[0] / spent < 0.6
    assert 0.25 < halfway[1] < 0.75

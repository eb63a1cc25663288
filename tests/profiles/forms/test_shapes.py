"""Reshaped densities and bars: which way they point, where their centres are, whether forms match their formulas."""

import numpy as np
import pytest

from profiles import (
    NFW,
    Burkert,
    CentralSpike,
    DwekBar,
    Flattened,
    FreudenreichBar,
    GaussianCloud,
    LaunhardtCluster,
    LaunhardtDisk,
    LongBar,
    PeanutBar,
    Rotated,
    Shifted,
    StanekBar,
    TiltedHoledDisk,
    Triaxial,
)

BARS = [DwekBar(), StanekBar(), FreudenreichBar(), PeanutBar(), LongBar(), Rotated(Triaxial(NFW(), p=0.4))]


def at(density, x, y, z=0.0):
    return float(density(np.array([x]), np.array([y]), np.array([z]))[0])


@pytest.mark.parametrize("bar", BARS, ids=lambda bar: type(bar).__name__)
def test_the_near_side_of_the_bar_lies_at_positive_longitude(bar):
    near, mirrored = at(bar, -2.0, 1.0), at(bar, -2.0, -1.0)  # the Sun is at x < 0, y > 0 is l > 0
    assert near > 1.2 * mirrored
    assert at(bar, 2.0, -1.0) == pytest.approx(near, rel=1e-12)  # and the far side at l < 0


@pytest.mark.parametrize("bar", BARS, ids=lambda bar: type(bar).__name__)
def test_the_line_of_sight_through_the_near_side_is_brighter_close_by(bar):
    import skymodel as sm

    options = {"observer": sm.Observer(8.2, 0.0), "rtol": 1e-4}
    closer = [float(sm.line_of_sight(bar, l_deg, 1.0, s_max=8.2, **options).value) for l_deg in (8.0, -8.0)]
    assert closer[0] > 1.2 * closer[1]


@pytest.mark.parametrize("name", ["dwek", "stanek", "freudenreich"])
def test_the_long_axis_is_the_long_axis_at_the_stated_angle(name):
    bar = {"dwek": DwekBar(), "stanek": StanekBar(), "freudenreich": FreudenreichBar()}[name]
    angles = np.radians(np.linspace(-90, 90, 3601))
    ring = bar(-2 * np.cos(angles), 2 * np.sin(angles), np.zeros_like(angles))
    assert np.degrees(angles[np.argmax(ring)]) == pytest.approx(bar.bar_angle, abs=0.05)


def test_dweks_bar_falls_by_the_exponent_of_one_half_on_its_axes():
    bar = DwekBar(n_0=1.0, bar_angle=0.0)
    for x, y, z in ((bar.x_0, 0, 0), (0, bar.y_0, 0), (0, 0, bar.z_0)):
        assert at(bar, x, y, z) == pytest.approx(np.exp(-0.5), rel=1e-12)


def test_freudenreichs_cut_off_begins_where_it_should_and_falls_like_a_gaussian():
    bar = FreudenreichBar(n_0=1.0, bar_angle=0.0)
    for s in (1.0, 3.0, 3.128, 3.589, 4.05):
        past = max(s - 3.128, 0.0) / 0.461
        expected = np.exp(-(past**2)) / np.cosh(s) ** 2
        assert at(bar, s * bar.x_0, 0.0) == pytest.approx(expected, rel=1e-12)
        assert at(bar, 0.0, 0.0, s * bar.z_0) == pytest.approx(expected, rel=1e-12)


def test_freudenreichs_bar_is_a_diamond_face_on_and_a_box_edge_on():
    bar = FreudenreichBar(n_0=1.0, bar_angle=0.0)
    ellipse = 1 / np.sqrt(2)
    assert at(bar, ellipse * bar.x_0, ellipse * bar.y_0) < at(bar, bar.x_0, 0.0)
    assert at(bar, ellipse * bar.x_0, 0.0, ellipse * bar.z_0) > at(bar, bar.x_0, 0.0)


def test_the_peanut_bar_has_its_waist_above_the_centre():
    """Across the bar at 0.75 kpc height the X makes a minimum on the axis; without its arms there is none."""
    x = np.linspace(0, 2.5, 501)
    profile = PeanutBar(bar_angle=0.0)(x, np.zeros_like(x), np.full_like(x, 0.75))
    assert 0.2 < x[np.argmax(profile)] < 1.5
    plain = PeanutBar(bar_angle=0.0, alpha=1e-9)(x, np.zeros_like(x), np.full_like(x, 0.75))
    assert x[np.argmax(plain)] == 0.0


def test_axis_ratios_squeeze_the_axis_they_name():
    halo = NFW()
    triaxial = Triaxial(halo, p=0.7, q=0.4)
    assert at(triaxial, 3.0, 0.0) == pytest.approx(float(halo.radial(np.asarray(3.0))))
    assert at(triaxial, 0.0, 2.1) == pytest.approx(float(halo.radial(np.asarray(3.0))))
    assert at(triaxial, 0.0, 0.0, 1.2) == pytest.approx(float(halo.radial(np.asarray(3.0))))
    assert at(Flattened(halo, q=0.4), 0.0, 3.0) == pytest.approx(float(halo.radial(np.asarray(3.0))))
    assert at(Flattened(halo, q=0.4), 0.0, 0.0, 1.2) == pytest.approx(float(halo.radial(np.asarray(3.0))))


def test_a_shifted_density_has_its_centre_where_it_is_said_to_be():
    moved = Shifted(Burkert(), x_0=1.0, y_0=-2.0, z_0=0.5)
    assert at(moved, 1.0, -2.0, 0.5) == Burkert().rho_s
    assert not moved.mirror_z


def test_a_tilt_lifts_the_y_axis_to_the_north():
    cloud = GaussianCloud(L=1.0, H=0.1, y_0=0.0, z_0=0.0, tilt=21.0)
    turned = Rotated(GaussianCloud(L=1.0, H=0.1, y_0=0.0, z_0=0.0), angle=0.0, tilt=21.0)
    up = (0.0, np.cos(np.radians(21)), np.sin(np.radians(21)))
    for density in (cloud, turned):
        assert at(density, *up) == pytest.approx(10 * np.exp(-1), rel=1e-12)
        assert at(density, up[0], up[1], -up[2]) < 1e-6


def test_a_whole_turn_changes_nothing():
    bar = Triaxial(Burkert(), p=0.5)
    assert at(Rotated(bar, angle=360.0), 1.0, 2.0, 0.3) == pytest.approx(at(bar, 1.0, 2.0, 0.3), rel=1e-14)


def test_the_tilted_gas_disk_is_that_of_the_printed_rotation():
    alpha, beta, theta = np.radians([13.5, 20.0, 48.5])
    x, y, z = np.random.default_rng(1).normal(0, 0.6, (3, 200))
    sun = -x  # the paper's x axis points to the Sun
    about_x = np.array([[1, 0, 0], [0, np.cos(alpha), -np.sin(alpha)], [0, np.sin(alpha), np.cos(alpha)]])
    about_y = np.array([[np.cos(beta), 0, -np.sin(beta)], [0, 1, 0], [np.sin(beta), 0, np.cos(beta)]])
    about_z = np.array([[np.cos(theta), np.sin(theta), 0], [-np.sin(theta), np.cos(theta), 0], [0, 0, 1]])
    X, Y, Z = about_z @ about_y @ about_x @ np.array([sun, y, z])
    expected = 9.6 * np.exp(-(((np.hypot(X, 3.1 * Y) - 1.2) / 0.438) ** 4) - (Z / 0.042) ** 2)
    np.testing.assert_allclose(TiltedHoledDisk()(x, y, z), expected, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("radius", [0.12, 0.22])
def test_launhardts_disk_is_continuous_where_the_published_coding_is_not(radius):
    disk = LaunhardtDisk()
    below, above = (float(disk.meridional(np.asarray(radius * f), np.asarray(0.0))) for f in (1 - 1e-9, 1 + 1e-9))
    assert above / below == pytest.approx(1.0, abs=1e-7)
    coded = {0.12: (301 * 120**-0.1, 11.73e6 * 120**-3.5), 0.22: (11.73e6 * 220**-3.5, 5.94e24 * 220.0**-10)}
    inner, outer = coded[radius]
    assert max(inner / outer, outer / inner) > 200  # the fault this mends


def test_launhardts_cluster_is_continuous_and_meets_the_printed_outer_coefficient():
    cluster = LaunhardtCluster(n_0=3.3e6)  # Msun pc-3 as a plain number
    at_100_pc = float(cluster.radial(np.asarray(0.1)))
    assert at_100_pc == pytest.approx(89.88e6 / (1 + (100 / 0.22) ** 3), rel=5e-4)  # its four printed digits


def test_a_spike_steepens_inside_and_a_core_flattens():
    halo = NFW()
    spike = CentralSpike(halo, r_sp=0.1, gamma=2.0, r_core=0.001)
    core = CentralSpike(halo, r_sp=0.5, gamma=0.0, r_core=0.1)
    r = np.array([1.0, 0.1, 0.01, 0.001, 1e-5])
    edge = float(halo.radial(np.asarray(0.1)))
    np.testing.assert_allclose(
        spike.radial(r), [float(halo.radial(np.asarray(1.0))), edge, 100 * edge, 1e4 * edge, 1e4 * edge]
    )
    np.testing.assert_allclose(core.radial(r[1:]), float(halo.radial(np.asarray(0.5))))
    with pytest.raises(ValueError, match="at most r_sp"):
        CentralSpike(r_sp=0.1, r_core=0.2)

"""No call runs away: budgets, what falls short, signals inside a density, images all around the sky."""

import signal
import time

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk, from_function
from skymodel.sightlines.ray.meter import Shortfall

PAIR = NFW() * ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
HERE = {"observer": sm.Observer(8.2), "r_max": 60.0}
ROUGH = from_function(lambda x, y, z: 1 + (np.sin(40 * x) * np.sin(45 * y) * np.sin(43 * z) > 0), unit="cm-3")
CUBE = {"observer": sm.Observer(8.178, 0.0208), "r_max": 60.0}


def test_a_map_counts_every_evaluation_of_the_density():
    calls = []

    def disk(x, y, z):
        calls.append(np.size(x))
        return np.exp(-np.hypot(x, y) / 3 - np.abs(z))

    density = from_function(disk, unit="cm-3", symmetry="axisymmetric", mirror_z=True)
    sky = sm.project(density, nside=16, rtol=1e-4, **HERE)
    checks = sum(size for size in calls if size <= 20) + 20 * 9
    assert 0 <= sum(calls) - sky.meta["evaluations"] - sky.meta["looks"] <= checks + 1000
    assert sky.meta["short"] == 0


def test_a_budget_refuses_in_one_line_that_says_what_to_do():
    with pytest.raises(Shortfall, match="budget of 2e.04 evaluations .* ask for shortfall='state'"):
        sm.project(PAIR, nside=64, rtol=1e-6, budget=20_000, **HERE)
    with pytest.raises(Shortfall, match="budget"):
        sm.region_mean(PAIR, sm.INTEGRAL_CIRCLE, rtol=1e-9, budget=1000, **HERE)


def test_what_falls_short_is_stated_with_errors_that_are_true():
    exact = sm.project(PAIR, nside=8, rtol=1e-8, **HERE)
    budget = int(1.2 * exact.meta["evaluations"])  # half of it for the first try
    sky = sm.project(PAIR, nside=8, rtol=1e-8, budget=budget, shortfall="state", **HERE)
    assert sky.meta["evaluations"] <= budget
    assert sky.meta["short"] == (sky.error > 1e-8 * sky.values).sum() > 0
    assert (np.abs(sky.values - exact.values) <= sky.error + exact.error).all()


def test_a_mean_that_falls_short_says_so():
    exact = sm.region_mean(PAIR, sm.INTEGRAL_CIRCLE, rtol=1e-8, **HERE)
    mean = sm.region_mean(PAIR, sm.INTEGRAL_CIRCLE, rtol=1e-8, budget=exact.evaluations, shortfall="state", **HERE)
    assert (exact.short, mean.short) == (False, True)
    assert abs(mean.value - exact.value) <= mean.error + exact.error
    assert mean.evaluations <= exact.evaluations


def test_a_ratio_that_falls_short_says_so_of_both_means():
    exact = sm.window_factor(PAIR, rtol=1e-7, **HERE)
    short = sm.window_factor(PAIR, rtol=1e-7, budget=exact.evaluations / 2, shortfall="state", **HERE)
    assert [mean.short for mean in (exact.numerator, exact.denominator)] == [False, False]
    assert [mean.short for mean in (short.numerator, short.denominator)] == [True, True]
    assert abs(short.value - exact.value) <= short.error + exact.error


@pytest.mark.parametrize("budget", [0, -5, float("nan"), "many"])
def test_a_budget_of_nothing_is_refused(budget):
    for call in (
        lambda **how: sm.project(PAIR, nside=4, **how),
        lambda **how: sm.region_mean(PAIR, sm.INTEGRAL_CIRCLE, **how),
        lambda **how: sm.zoom(PAIR, sm.wcs_grid(lon=0, lat=1, width=1, height=1, pixel=0.5), **how),
    ):
        with pytest.raises(ValueError, match="allowed: 1 evaluation or more"):
            call(budget=budget, **HERE)


def test_an_unknown_shortfall_is_refused():
    with pytest.raises(ValueError, match="shortfall = 'maybe'; allowed: 'refuse', 'state'"):
        sm.project(PAIR, nside=4, shortfall="maybe", **HERE)


def test_an_image_states_what_falls_short():
    header = sm.wcs_grid(lon=10, lat=5, width=3, height=2, pixel=0.5)
    seen, how = [], {"s_max": 3, "rtol": 1e-6, "budget": 600_000, "shortfall": "state"}
    image = sm.zoom(ROUGH, header, progress=lambda done, count: seen.append(done / count), **how)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert image.meta["short"] > 0
    assert (image.error > 0).all()
    assert image.meta["evaluations"] <= 600_000


def test_an_alarm_inside_a_density_is_passed_on():
    class Late(Exception):
        pass

    def ring(*_):
        raise Late

    def slow(x, y, z):
        time.sleep(0.05)
        return 1 + 0 * x

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(Late):
            sm.project(from_function(slow, unit="cm-3"), nside=64, rtol=1e-6, **HERE)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(("lon", "aside"), [(180.0, 0), (180.0, 17), (0.0, 400), (90.0, -5000)])
def test_a_plate_carree_image_goes_all_around_the_sky_wherever_its_reference_pixel_is(lon, aside):
    header = sm.wcs_grid(lon=lon, lat=0, width=360, height=30, pixel=10)
    header["CRPIX1"] += aside
    header["CRVAL1"] = (lon - 10 * aside) % 360
    image = sm.zoom(PAIR, header, rtol=1e-6, **HERE)
    assert np.isfinite(image.values).all()
    middle = image.values[1]
    places = (lon + 175 - 10 * np.arange(36)) % 360
    expected = sm.longitude_profile(PAIR, places, rtol=1e-8, **HERE).value
    np.testing.assert_allclose(middle, expected, rtol=2e-6)


def test_the_edges_of_an_image_about_the_anticentre_hold_the_value_beside_the_centre():
    header = sm.wcs_grid(lon=180, lat=0, width=360, height=30, pixel=10)
    image = sm.zoom(NFW(0.3, 20) * ExponentialDisk(1, 2.6, 0.3), header, **HERE)
    assert image.values[1, [0, -1]] == pytest.approx(14.998565, rel=1e-6)


def test_latitudes_beyond_the_poles_stay_outside():
    header = sm.wcs_grid(lon=180, lat=0, width=360, height=180, pixel=10)
    header["NAXIS2"], header["CRPIX2"] = 20, 10.5
    seen = np.isfinite(sm.zoom(PAIR, header, rtol=1e-3, **HERE).values)
    assert not seen[[0, -1]].any()
    assert seen[1:-1].all()

"""Stated errors are true: a few of the random skies of scripts/honesty.py, and proof that the check can fail."""

import honesty
import numpy as np
import pytest
from graded import Truth, graded
from honesty import R_MAX, R_SUN, case, joined, verdict
from sky_truth import centre_pixels, lines, pixel_mean

import skymodel as sm
from profiles import NFW, DwekBar, ExponentialDisk
from skymodel.sightlines.ray.geometry import unit_vectors

DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
FAST = (3, 6, 7, 60)  # with and without symmetry, bars from the side, seen from above: half a second each


@pytest.fixture(scope="module")
def few():
    return joined(*(verdict(case(seed), lines=4, pixels=1) for seed in FAST))


def test_random_skies_state_true_errors(few):
    assert not few.violations.any()
    assert few.undecided.mean() < 0.02


def test_the_errors_of_pixels_are_not_idle(few):
    """Of these skies. Over 300 the median is two thousand: tiles are halved, lines refined by factors of a hundred."""
    assert np.median(few.ratios()) <= 100


@pytest.mark.slow
@pytest.mark.parametrize("first", [1000, 1010])
def test_more_random_skies_state_true_errors(first):
    found = []
    for seed in range(first, first + 10):
        try:
            found.append(verdict(case(seed)))
        except ValueError as failure:
            if not honesty.is_refusal(failure):
                raise
    everything = joined(*found)
    assert not everything.violations.any()
    assert len(found) >= 5


def test_the_check_sees_lines_and_pixels_that_are_wrong_by_twice_the_request(monkeypatch):
    sky = case(FAST[-1])
    assert sky.sample == "centre"  # so that the truth of pixels is that of lines

    def shifted(*place, **options):
        truth = graded(*place, **options)
        return Truth(truth.value * (1 + 2 * sky.rtol), truth.error)

    monkeypatch.setattr(honesty, "graded", shifted)
    found = verdict(sky, lines=2, pixels=2)
    assert found.violations.all()


def test_a_refusal_is_told_from_an_accident():
    steep = NFW(r_s=20.0) * NFW(r_s=20.0) * NFW(r_s=20.0)
    with pytest.raises(ValueError, match="infinite") as refused:
        sm.project(steep, 1, r_max=60.0)
    with pytest.raises(ValueError, match="zero-size") as accident:
        np.empty(0).min()
    assert honesty.is_refusal(refused.value)
    assert not honesty.is_refusal(accident.value)


def test_an_error_above_the_request_is_a_failure():
    sky = case(FAST[-1])
    with pytest.raises(AssertionError, match="more than the request"):
        honesty.require_request_met(sky, np.array([1.1 * sky.rtol]), np.ones(1))


@pytest.mark.parametrize("density", [DISK, NFW(r_s=20.0) * DwekBar()], ids=str)
@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
def test_the_fast_truth_is_the_slow_truth(density, z_sun):
    lon, lat = np.array([33.0, 200.0, 1e-3, 0.0, 50.0]), np.array([12.0, -50.0, 2e-3, 0.3, 0.0])
    fast = lines(density, unit_vectors(lon, lat), r_sun=R_SUN, z_sun=z_sun, r_max=R_MAX)
    slow = [
        graded(density, *place, r_sun=R_SUN, z_sun=z_sun, r_max=R_MAX).value for place in zip(lon, lat, strict=True)
    ]
    assert np.allclose(fast, slow, rtol=1e-11)


@pytest.mark.slow
def test_centre_pixels_hold_what_their_children_and_sight_lines_add_up_to():
    """The mean of a pixel at the centre is that of its four children, one of which touches the centre again."""
    import healpy

    parent = int(centre_pixels(16)[0])
    children = healpy.nest2ring(32, 4 * healpy.ring2nest(16, parent) + np.arange(4))
    density = NFW(r_s=20.0) * NFW(r_s=20.0)
    means = [pixel_mean(density, 32, int(child))[0] for child in children]
    truth = pixel_mean(density, 16, parent)[0]
    assert np.mean(means) == pytest.approx(truth, rel=1e-8)
    sky = sm.project(density, 16, observer=sm.Observer(R_SUN), r_max=R_MAX, rtol=1e-7)
    assert sky.values[parent] == pytest.approx(truth, rel=1e-7)

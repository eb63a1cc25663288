"""Tiled skies: true errors anywhere, few sight lines, symmetry used and checked, spots seen, spheres from one angle."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, DwekBar, ExponentialDisk, GeneralizedNFW, Hints, from_function
from skymodel.sightlines.pixels.tiling import Tiling
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import PathEnd, unit_vectors
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.surface.filling import NotWorthTiles, Request
from skymodel.sightlines.surface.fitting import fit, order_for
from skymodel.sightlines.surface.quarters import Folds, Frame

DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
STEEP = GeneralizedNFW(r_s=20.0, gamma=1.3)


def tiling(density, nside=64, *, z_sun=0.0, rtol=1e-5, sample="centre"):
    lines = SightLines(density, sm.Observer(8.2, z_sun), PathEnd(r_max=60.0))
    return Tiling(lines, promises.check(density, lines.observer), nside, rtol, sample)


def directions(count=300):
    rng = np.random.default_rng(11)
    lon, lat = rng.uniform(0, 360, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    lat[::3] = rng.choice([-1, 1], len(lat[::3])) * 10 ** rng.uniform(-4, 0, len(lat[::3]))
    lon[1::3], lat[1::3] = rng.normal(0, 2, len(lon[1::3])), rng.normal(0, 2, len(lon[1::3]))
    return unit_vectors(lon, lat)


@pytest.mark.parametrize(
    ("density", "z_sun", "rtol"),
    [
        (DISK, 0.0, 1e-4),
        (DISK, 0.0, 1e-7),
        (DISK, 0.0208, 1e-5),
        (STEEP * STEEP, 0.0208, 1e-6),
        (NFW(r_s=20.0) * DwekBar(), 0.0, 1e-4),
    ],
    ids=str,
)
def test_errors_are_true_everywhere(density, z_sun, rtol):
    made = tiling(density, z_sun=z_sun, rtol=rtol)
    n = directions()
    found = made.fitted.sky.integrate(n, rtol=rtol)
    truth = made.lines.integrate(n, rtol=max(1e-4 * rtol, 1e-12))
    scale = np.maximum(truth.value, 1e-9 * made.fitted.brightest)
    assert np.all(np.abs(found.value - truth.value) <= found.error + truth.error)
    assert np.all(found.error <= rtol * scale)
    assert made.fitted.observed <= rtol


def test_a_sphere_takes_a_function_of_one_angle():
    made = tiling(STEEP * STEEP, rtol=1e-6)
    assert made.fitted.sightlines < 300


def test_symmetry_is_folded():
    whole, half, none = (
        fit(SightLines(DISK, sm.Observer(8.2), PathEnd(r_max=60.0)), Frame(folds, sm.Observer(8.2)), REQUEST).sightlines
        for folds in (Folds(True, True), Folds(True, False), Folds(False, False))
    )
    assert 1.7 * whole < half < 2.3 * whole
    assert 1.7 * half < none < 2.3 * half


REQUEST = Request(1e-5, order_for(1e-5), float(np.log(1e-4)), 1e-4, 10**6)


def test_a_fold_that_does_not_hold_is_refused():
    """The frame is told that up is down, for a density whose declared symmetry does not say so."""
    shifted = from_function(lambda x, y, z: np.exp(-x * x - y * y - 4 * (z - 0.5) ** 2), unit="cm-3")
    with pytest.raises(ValueError, match="symmetry"):
        fit(
            SightLines(shifted, sm.Observer(8.2), PathEnd(r_max=60.0)),
            Frame(Folds(True, True), sm.Observer(8.2)),
            REQUEST,
        )


def test_a_sky_with_too_much_structure_is_given_up():
    ripples = from_function(
        lambda x, y, z: (1 + np.sin(40 * y) ** 2) * np.exp(-(x * x + y * y + z * z) / 9), unit="cm-3"
    )
    request = REQUEST._replace(budget=10_000)
    with pytest.raises(NotWorthTiles):
        fit(
            SightLines(ripples, sm.Observer(8.2), PathEnd(r_max=20.0)),
            Frame(Folds(False, False), sm.Observer(8.2)),
            request,
        )


def test_a_declared_spot_is_seen_however_small():
    def spot(x, y, z):
        return np.exp(-((x - 2) ** 2 + (y - 3) ** 2 + (z - 1) ** 2) / (2 * 0.02**2)) + 1e-3 / (
            1 + x * x + y * y + z * z
        )

    declared = from_function(spot, unit="cm-3", hints=Hints(points=((2.0, 3.0, 1.0, 0.02),)))
    made = tiling(declared, 64, rtol=1e-4)
    towards = np.array([2.0 + 8.2, 3.0, 1.0])
    n = towards / np.linalg.norm(towards) + np.array([[0, 0, 0], [0, 1e-3, 0], [0, 0, 1e-2]])
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    found, truth = made.fitted.sky.integrate(n, rtol=1e-4), made.lines.integrate(n, rtol=1e-8)
    assert truth.value[0] > 10 * truth.value[2]  # the spot is there, and narrow
    assert np.all(np.abs(found.value - truth.value) <= found.error + truth.error)


def test_progress_is_reported_and_an_interruption_passes_through():
    seen = []
    lines = SightLines(DISK, sm.Observer(8.2), PathEnd(r_max=60.0))
    Tiling(lines, promises.check(DISK, lines.observer), 32, 1e-4, "centre", lambda *now: seen.append(now)).fitted  # noqa: B018
    assert len(seen) >= 2
    assert all(done <= goal for done, goal in seen)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)

    def interrupt(done, goal):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sm.project(DISK, 32, observer=sm.Observer(8.2), r_max=60.0, rtol=1e-4, progress=interrupt)

"""Skies that are hard or wrong: edges, shells, holes, spikes, lies. The right map with a true error, or one refusal."""

import time

import healpy
import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk, Hints, from_function

DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
NSIDE = 8
X, Y, Z = healpy.pix2vec(NSIDE, np.arange(12 * NSIDE**2))
MISS = 8.2 * np.hypot(Y, Z)  # of a line and the centre [kpc]


def project(density, nside=NSIDE, **keywords):
    return sm.project(density, nside, **({"observer": sm.Observer(8.2), "r_max": 60.0, "rtol": 1e-4} | keywords))


def squared(x, y, z):
    return x * x + y * y + z * z


def chord(radius):
    """Return the length of pixel centres' lines inside a sphere about the centre that does not hold the observer."""
    return np.where(X > 0, 2 * np.sqrt(np.maximum(radius**2 - MISS**2, 0.0)), 0.0)


def ball(x, y, z):
    return np.where(squared(x, y, z) < 25, 1.0, 0.0)


def shell(x, y, z):
    return np.where((squared(x, y, z) < 25) & (squared(x, y, z) > 16), 1.0, 0.0)


EDGED = [
    (ball, Hints(), chord(5.0)),
    (ball, Hints(spheres=(5.0,)), chord(5.0)),
    (shell, Hints(spheres=(4.0, 5.0)), chord(5.0) - chord(4.0)),
]


@pytest.mark.parametrize(("function", "hints", "truth"), EDGED, ids=["edge unknown", "edge known", "shell"])
def test_the_chords_of_a_sharp_edge_are_found(function, hints, truth):
    sky = project(from_function(function, unit="cm-3", symmetry="spherical", hints=hints), sample="centre")
    assert np.all(np.abs(sky.values - truth) <= sky.error + 1e-12)
    assert np.all(sky.error <= 1e-4 * np.maximum(sky.values, 1e-9 * sky.values.max()))
    assert not sky.values[truth == 0].any()


@pytest.mark.parametrize(("function", "hints"), [row[:2] for row in EDGED[1:]], ids=["ball", "shell"])
def test_pixel_means_over_a_sharp_edge_that_is_announced_are_right(function, hints):
    """The flux of a uniform ball is known in closed form."""

    def flux(radius):
        t = radius / 8.2
        return 2 * np.pi * 8.2 * (t - (1 - t * t) * np.arctanh(t))

    density = from_function(function, unit="cm-3", symmetry="spherical", hints=hints)
    total = project(density, 4, rtol=1e-3).total()
    truth = flux(5.0) - (flux(4.0) if function is shell else 0.0)
    assert abs(total.value - truth) <= total.error


def test_a_sky_that_is_dark_in_parts_is_dark_there():
    """Nothing beyond 5 kpc from the centre: zero towards the anticentre, and exactly so."""
    density = from_function(
        lambda x, y, z: np.maximum(25 - squared(x, y, z), 0.0) ** 3, unit="cm-3", symmetry="spherical",
        hints=Hints(spheres=(5.0,)),
    )  # fmt: skip
    sky = project(density, sample="centre")
    truth = 32 / 35 * (chord(5.0) / 2) ** 7  # the integral of (h^2 - u^2)^3 over the chord
    assert np.all(np.abs(sky.values - truth) <= sky.error + 1e-12 * truth.max())
    assert np.all(sky.values[X < 0] == 0)


def test_a_compact_clump_without_symmetry_is_seen_where_it_is():
    def clump(x, y, z):
        return np.maximum(4 - (x - 1) ** 2 - (y + 2) ** 2 - z**2, 0.0) ** 3

    sky = project(from_function(clump, unit="cm-3"), 4, sample="centre")
    truth = project(from_function(clump, unit="cm-3"), 4, sample="centre", method="direct", rtol=1e-6)
    assert np.all(np.abs(sky.values - truth.values) <= sky.error + truth.error)
    assert sky.values.max() > 0
    assert (sky.values == 0).sum() > 150  # of 192: it is 4 kpc wide and 9.4 kpc away


def spiked(size, *, declared):
    """Return a halo with a Gaussian spike, and the flux of the spike alone (far away: mass / d^2, to 4th order)."""

    def density(x, y, z):
        return 1 / (1 + squared(x, y, z)) + 10 * np.exp(-squared(x - 2, y - 3, z - 1) / (2 * size**2))

    hints = Hints(points=((2.0, 3.0, 1.0, size),)) if declared else Hints()
    d2 = 10.2**2 + 3.0**2 + 1.0
    return from_function(density, unit="cm-3", hints=hints), 10 * (2 * np.pi) ** 1.5 * size**3 / d2 * (1 + size**2 / d2)


@pytest.mark.parametrize(
    ("size", "declared"), [(0.3, False), (0.3, True), (0.02, True)], ids=["1.6 deg", "1.6 deg, hint", "0.1 deg, hint"]
)
def test_the_flux_of_a_spike_is_kept(size, declared):
    """Tiles are 10 deg and more. A spike below half a degree needs a hint: no sample would meet it."""
    density, flux = spiked(size, declared=declared)
    smooth = from_function(lambda x, y, z: 1 / (1 + squared(x, y, z)), unit="cm-3", symmetry="spherical")
    bright, faint = project(density, 16), project(smooth, 16, rtol=1e-6)
    assert bright.meta["method"] == "tiles"
    allowed = bright.total().error + faint.total().error + 1e-5 * flux  # of the expansion
    assert abs(bright.total().value - faint.total().value - flux) <= allowed
    assert (bright.values - faint.values).max() > 10 * (bright.error + faint.error).max()  # and it is there


@pytest.mark.parametrize("symmetry", ["none", "spherical"])
def test_nothing_anywhere_is_zero_with_no_error(symmetry):
    sky = project(from_function(lambda x, y, z: 0 * x, unit="cm-3", symmetry=symmetry))
    assert not sky.values.any()
    assert not sky.error.any()


@pytest.mark.parametrize("method", ["tiles", "direct"])
@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x, y, z: y * np.exp(-squared(x, y, z) / 8), "not negative"),
        (lambda x, y, z: (1 - squared(x, y, z) / 9) * np.exp(-squared(x, y, z) / 8), "not negative"),
        (lambda x, y, z: np.where(x > 3, np.nan, 1.0), "is nan.*finite"),
        (lambda x, y, z: np.where((x > 3) & (x < 3.1), np.inf, 1.0), "is inf.*finite"),
        (lambda x, y, z: 1.0 if x > 0 else 2.0, "takes arrays"),
    ],
    ids=["changes sign", "negative outside", "nan", "infinite", "one place at a time"],
)
def test_what_is_no_density_is_refused_in_one_sentence(function, words, method):
    with pytest.raises(ValueError, match=words) as refusal:
        project(from_function(function, unit="cm-3"), 4, method=method)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("symmetry", ["axisymmetric", "spherical"])
def test_a_density_that_lies_about_its_symmetry_is_refused(symmetry):
    lopsided = from_function(lambda x, y, z: np.exp(-squared(x, y - 0.5, z) / 8), unit="cm-3", symmetry=symmetry)
    with pytest.raises(ValueError, match="promises symmetry.*declare the symmetry it has"):
        project(lopsided)


@pytest.mark.parametrize("rtol", [0.0, -1e-6, float("nan"), 1e-14])
@pytest.mark.parametrize("method", ["tiles", "direct"])
def test_a_tolerance_that_cannot_be_met_is_refused(rtol, method):
    with pytest.raises(ValueError, match="rtol"):
        project(DISK, 4, rtol=rtol, method=method)


def test_a_slow_density_shows_progress():
    def slow(x, y, z):
        time.sleep(0.001)
        return 1 / (1 + squared(x, y, z))

    seen = []
    project(from_function(slow, unit="cm-3"), 4, rtol=1e-3, sample="centre", progress=lambda *now: seen.append(now))
    assert len(seen) >= 4
    assert all(0 <= done <= goal for done, goal in seen)

"""What the line-of-sight kernel costs, in evaluations: deterministic, so a rise of a few per cent is a change."""

import numpy as np
import pytest

from profiles import NFW, Einasto, ExponentialDisk, HernquistBulge, Hints, from_function
from skymodel.sightlines.ray.geometry import Observer, PathEnd, unit_vectors
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.looks import nowhere

pytestmark = pytest.mark.bench

DISK = ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)


def bar(x, y, z):
    """Dwek's G2 at 20 degrees."""
    along, across = 0.94 * x + 0.342 * y, 0.94 * y - 0.342 * x
    return np.exp(-0.5 * np.sqrt(((along / 1.58) ** 2 + (across / 0.62) ** 2) ** 2 + (z / 0.43) ** 4))


CASES = {
    "halo": NFW(0.3, 20.0),
    "annihilation": Einasto() * Einasto(),
    "halo x bulge": NFW(0.3, 20.0) * HernquistBulge(),
    "halo x disk": NFW(0.3, 20.0) * DISK,
    "halo x bar": NFW(0.3, 20.0) * from_function(bar, unit="cm-3"),
}


def plain(density):
    """Sight lines that take no looks, which would hide what the integrals themselves cost."""
    return SightLines(density, Observer(8.2), PathEnd(r_max=60.0), hidden=nowhere)


def sky(count=2000):
    """Directions spread evenly over the sphere (a Fibonacci lattice)."""
    z = 1 - (2 * np.arange(count) + 1) / count
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    return np.stack([np.sqrt(1 - z**2) * np.cos(angle), np.sqrt(1 - z**2) * np.sin(angle), z], axis=1)


@pytest.mark.parametrize(
    ("name", "rtol", "limit"),
    [
        ("halo", 1e-4, 15),
        ("halo", 1e-6, 22),
        ("halo", 1e-8, 26),
        ("annihilation", 1e-6, 26),
        ("halo x bulge", 1e-6, 27),
        ("halo x disk", 1e-4, 53),
        ("halo x disk", 1e-6, 70),
        ("halo x disk", 1e-8, 102),  # 93 until smooth panels were believed no faster fall than tenfold
        ("halo x bar", 1e-4, 77),
        ("halo x bar", 1e-6, 118),
    ],
)
def test_evaluations_per_line_over_the_whole_sky(name, rtol, limit):
    found = plain(CASES[name]).integrate(sky(), rtol=rtol)
    assert found.evaluations.mean() <= limit, found.evaluations.mean()


def test_a_line_near_the_centre_costs_the_logarithm_of_its_distance():
    lines = plain(CASES["halo"])
    angles = np.array([1e-2, 1e-4, 1e-8, 1e-12])
    directions = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    found = lines.integrate(directions, rtol=1e-6)
    assert found.evaluations.max() <= 210, found.evaluations


def test_an_announced_spike_off_the_centre_costs_a_few_panels():
    def cluster(x, y, z):
        return np.exp(-((x + 3) ** 2 + (y - 1) ** 2 + z**2) / (2 * 1e-3**2))

    density = from_function(cluster, unit="cm-3", hints=Hints(points=((-3.0, 1.0, 0.0, 1e-3),)))
    lon = np.degrees(np.arctan2(1.0, 5.2)) + np.array([0.0, 0.003, 0.01, 0.03])
    found = plain(density).integrate(unit_vectors(lon, 0.0), rtol=1e-6)
    assert found.evaluations.max() <= 420, found.evaluations

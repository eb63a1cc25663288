"""Tiles of one term of a sum: errors count relative to what shines there already."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, GaussianCloud, GaussianRing
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.surface.beneath import Beneath
from skymodel.sightlines.surface.filling import Request
from skymodel.sightlines.surface.fitting import fit
from skymodel.sightlines.surface.quarters import Folds, Frame

HERE = sm.Observer(8.178, 0.0208)
HALO = NFW(rho_s=0.3, r_s=20.0)
ASKED = Request(1e-4, 12, np.log(1e-6), 1e-5, 10**6)
TILTED, NONE = Frame(Folds(True, False), HERE), Frame(Folds(False, False), HERE)


def lines(density):
    return SightLines(density, HERE, PathEnd(r_max=60.0))


@pytest.fixture(scope="module")
def ring():
    return fit(lines(HALO * GaussianRing()), TILTED, ASKED)


@pytest.fixture(scope="module")
def towards():
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(400, 3))
    vectors[::2, 1:] *= 0.03  # a degree or two from the centre, where the cloud is
    vectors[::2, 0] = 1.0
    return vectors / np.linalg.norm(vectors, axis=1)[:, None]


@pytest.mark.parametrize("n_0", [10.0, 1e-3])
def test_a_cloud_is_as_good_as_its_share_of_the_total_asks_and_says_how_good(ring, towards, n_0):
    cloud = lines(HALO * GaussianCloud(n_0=n_0))
    beneath = Beneath((ring.sky,), 1.0, ring.brightest)
    found = fit(cloud, NONE, ASKED, None, beneath)
    held = found.sky.integrate(towards, rtol=1e-4)
    gap = np.abs(held.value - cloud.integrate(towards, rtol=1e-9, floor=1e-6 * ring.brightest).value)
    total = held.value + beneath(towards)
    assert (gap <= held.error + 1e-14 * total).all()
    assert (held.error <= 1.01e-4 * total).all()


def test_a_fainter_cloud_costs_less(ring):
    beneath = Beneath((ring.sky,), 1.0, ring.brightest)
    costs = [
        fit(lines(HALO * GaussianCloud(n_0=n_0)), NONE, ASKED, None, beneath).evaluations for n_0 in (10.0, 1e-2, 1e-6)
    ]
    assert costs[0] > 1.2 * costs[1] > 2 * costs[2], costs


def test_where_what_is_beneath_ends_suddenly_tiles_are_not_halved_for_ever(ring):
    """Lines were asked for less where more shines already, and their errors reached the dark side of the same tile."""

    class Disc(Beneath):
        def __call__(self, directions):
            return 1e3 * np.where(directions[:, 0] > np.cos(0.013), self.brightest, 0.0)

    cloud = lines(HALO * GaussianCloud(n_0=1e-3))
    plain, cut = (fit(cloud, NONE, ASKED, None, kind((), 1.0, ring.brightest)) for kind in (Beneath, Disc))
    assert cut.sightlines <= plain.sightlines


def test_what_is_beneath_is_what_the_tiles_hold(ring, towards):
    known = Beneath((ring.sky, ring.sky), 0.5)(towards)
    true = lines(HALO * GaussianRing()).integrate(towards, rtol=1e-6).value
    closed = known > 0
    assert closed.mean() > 0.9
    assert known[closed] == pytest.approx(true[closed], rel=1e-3)

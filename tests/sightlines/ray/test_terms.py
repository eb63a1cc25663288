"""Sums term by term: how a density is split, and that nothing is lost by it."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk, GaussianCloud, GaussianRing, HernquistBulge, library
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.terms import share, terms

HERE = sm.Observer(8.178, 0.0208)
HALO = NFW(rho_s=0.3, r_s=20.0)


def split(density):
    return terms(SightLines(density, HERE, PathEnd(r_max=60.0)))


@pytest.mark.parametrize("preset", ["ymw16", "ferriere2007_electrons", "ne2001", "mcmillan2017_baryons"])
def test_the_terms_add_up_to_the_density_and_their_weights_to_one(preset):
    density = HALO * library.electrons({"preset": preset})
    parts = split(density)
    places = np.random.default_rng(3).normal(size=(3, 200)) * [[3.0], [3.0], [0.1]]
    assert sum(part.density(*places) for part in parts) == pytest.approx(density(*places), rel=1e-14)
    assert sum(part.weight for part in parts) == pytest.approx(1.0)


def test_each_term_keeps_its_symmetry_and_those_alike_stay_together():
    parts = split(HALO * (GaussianCloud() + ExponentialDisk() + HernquistBulge() + 2.0 * ExponentialDisk(z_d=0.9)))
    assert [part.density.symmetry for part in parts] == ["axisymmetric", "spherical", "none"]
    assert [part.weight for part in parts] == [0.5, 0.25, 0.25]
    assert parts[0].density.parts[0] is HALO  # taken out of the sum: evaluated once a place


def test_a_density_whose_terms_are_all_alike_stays_whole():
    density = HALO * (ExponentialDisk() + 2.0 * ExponentialDisk(z_d=0.9))
    assert split(density)[0].density is density


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_shares_of_a_tolerance_add_up_to_it_whatever_the_terms_are(count):
    values = np.random.default_rng(1).exponential(size=(1000, count)) ** 6
    own, of_total = share(count, 1e-3)
    before = np.cumsum(values, axis=1) - values
    spent = np.maximum(own * values, of_total * before).sum(axis=1)
    assert (spent <= 1e-3 * values.sum(axis=1) * (1 + 1e-12)).all()


def test_the_mean_of_a_sum_is_the_sum_of_the_means():
    terms = HALO * GaussianRing(), HALO * GaussianCloud(n_0=0.5), HALO * HernquistBulge(n_0=0.02)
    path = {"observer": HERE, "r_max": 60.0}
    region = sm.Box(lon=(-20, 20), lat=(-4, 4))
    whole = sm.region_mean(terms[0] + terms[1] + terms[2], region, rtol=1e-4, **path)
    parts = [sm.region_mean(term, region, rtol=1e-6, **path) for term in terms]
    assert abs(whole.value - sum(part.value for part in parts)) <= whole.error + sum(part.error for part in parts)
    assert whole.error <= 1e-4 * whole.value

"""Whatever the public functions return can be pickled, copied and deep-copied: it goes to workers and into caches."""

import copy
import functools
import pickle
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, HernquistBulge, library
from skymodel.comparison.ratio.breaking import falling, growing
from skymodel.runs.many.ensemble import EnsembleConfig, compute
from tests.conftest import require

PAIR = NFW() * HernquistBulge()
QUICK = {
    "dark_matter": {"type": "nfw"},
    "electrons": [{"type": "hernquist_bulge"}],
    "map": {"nside": 4, "rtol": 1e-2},
    "verdict": "none",
}
PHASES = [{"value": 0.02, "electrons": {"type": "hernquist_bulge"}}, {"value": 0.4, "electrons": {"preset": "ymw16"}}]
RADIAL = {"type": "radial", "value": 1, "scale": "2 kpc", "index": -0.3}
VARYING = {"chi": {"type": "by_phase", "phases": PHASES}, "kappa": {"type": "kinetic", "speed": RADIAL}, "f_ps": 0.9}
GALAXIES = {
    "model": QUICK,
    "priors": [{"parameter": "observer.r_sun", "distribution": "uniform", "low": "8 kpc", "high": "8.4 kpc"}],
}
MADE = {
    "along": lambda: sm.along(PAIR, 10, 5, r_max=60),
    "line_of_sight": lambda: sm.line_of_sight(PAIR, [10, 20], [5, 6], r_max=60),
    "project": lambda: sky(1.0),
    "region_mean": lambda: sm.region_mean(PAIR, sm.INTEGRAL_CIRCLE, r_max=60, rtol=1e-3),
    "window_factor": lambda: sm.window_factor(PAIR, r_max=60, rtol=1e-3),
    "fit_comptel": lambda: sm.fit_comptel(sm.NuggetEmission()),
    "fit_comptel, free norms": lambda: sm.fit_comptel(sm.NuggetEmission(), ["Ackermann"]),
    "earth_mover": lambda: require("ot") and sm.earth_mover(sky(1.0), sky(2.0)),
    "published_anchor": lambda: sm.published_anchor("paper"),
    "energy_cube": lambda: sm.energy_cube(sky(1.0), sm.NuggetEmission(), [1.0, 5.0]),
    "local_band_factor": lambda: sm.local_band_factor(sm.NuggetEmission(), sm.CONTINUUM_1_20, chi=growing(1.0)),
    "rival of a function": lambda: sm.rival("gaussian_disk"),
    "rival of Gaussians": lambda: sm.rival("skinner2014"),
    "as_config": lambda: sm.as_config(QUICK),
    "a model with fields": lambda: sm.as_config({**QUICK, "fields": VARYING}).model(),
    "fields of a change": lambda: growing(1.0) * falling(2.0),
    "SkyModel": lambda: sm.as_config(QUICK).model(),
    "Electrosphere": lambda: sm.Electrosphere(60, 30, 0.3),
    "ElectrosphereEmission": lambda: sm.ElectrosphereEmission(sm.Electrosphere(60, 30, 0.3)),
    "SolvedElectrosphere": lambda: sm.SolvedElectrosphere(mu_0=20.0),
    "Region": lambda: sm.INTEGRAL_CIRCLE & ~sm.Box(lon=(-1, 1), lat=(-1, 1)),
    "EnsembleConfig": lambda: EnsembleConfig(**GALAXIES),
    "Batch": lambda: compute(EnsembleConfig(**GALAXIES), 0, 1),
    "about": lambda: library.about("einasto"),
}
SLOW = {
    "run": lambda: sm.run(QUICK),
    "compare": lambda: sm.compare(sky(1.0), sky(2.0)),
    "verdict": lambda: sm.verdict({"nfw": NFW()}, {"bulge": HernquistBulge()}, r_max=60, rtol=1e-2),
}
COPIES = {"pickle": lambda it: pickle.loads(pickle.dumps(it)), "copy": copy.copy, "deepcopy": copy.deepcopy}


@functools.cache
def sky(a):
    return sm.project(NFW() * HernquistBulge(a=a), nside=4, rtol=1e-2, r_max=60)


def same(one, other):
    """Assert that two results hold the same, whatever they are made of."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    elif is_dataclass(one):
        for field in fields(one):
            same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        same(list(one.values()), list(other.values()))
    elif isinstance(one, tuple | list):
        for first, second in zip(one, other, strict=True):
            same(first, second)
    elif isinstance(one, str | int | float | bytes | np.generic):
        assert one == other or (one != one and other != other)  # nan is nan


def assert_copies(made):
    for name, copied in COPIES.items():
        found = copied(made)
        try:
            same(made, found)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error


@pytest.mark.parametrize("name", MADE)
def test_a_result_survives_pickle_and_copies(name):
    assert_copies(MADE[name]())


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_a_large_result_survives_pickle_and_copies(name):
    assert_copies(SLOW[name]())


def test_a_copy_that_differs_is_noticed():
    with pytest.raises(AssertionError):
        same(sky(1.0), sky(1.1))


def test_fields_that_were_pickled_say_the_same():
    model = MADE["a model with fields"]()
    sent = pickle.loads(pickle.dumps(model))
    places = np.array([[0.1, 4.0, -8.0], [1.0, 2.0, 3.0], [0.0, 0.2, -0.5]])
    assert np.array_equal(sent.positronium(*places), model.positronium(*places))
    assert np.array_equal(sent.local["chi"](*places), model.local["chi"](*places))

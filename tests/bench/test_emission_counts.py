"""What spectra cost, in evaluations of elementary functions: as many for each energy, however many energies are asked.

These are the slow operations of the closed forms; a loop over energies in Python would multiply the calls. The
project promises a million spectrum evaluations in less than a second and 200 energies of an electrosphere in less than
a tenth: the limits are what they take at that speed.
"""

from collections import Counter

import numpy as np
import pytest

from skymodel.emission.electrosphere import extinction, structure
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event import annihilation
from skymodel.emission.nuggets.model import continuum_intensity

pytestmark = pytest.mark.bench

ELEMENTARY = ("log", "log1p", "exp", "expm1", "sqrt", "cosh", "sinh", "tanh", "power")
MANY = 10**5


class Counting:
    """Numpy, with calls of elementary functions and the numbers they return counted."""

    def __init__(self, counts):
        self.counts = counts

    def __getattr__(self, name):
        function = getattr(np, name)
        if name not in ELEMENTARY:
            return function

        def counted(*args, **kwargs):
            found = function(*args, **kwargs)
            self.counts.update(calls=1, numbers=np.size(found))
            return found

        return counted


@pytest.fixture
def counts(monkeypatch):
    """The counts of what the modules of the spectra evaluate from here on."""
    found = Counter()
    for module in (annihilation, extinction, structure):
        monkeypatch.setattr(module, "np", Counting(found))
    return found


def cost(counts, function, argument):
    """Return the calls of elementary functions, and the numbers for each of the arguments, once tables are made."""
    function(argument[:1])
    counts.clear()
    function(argument)
    return counts["calls"], counts["numbers"] / argument.size


@pytest.mark.parametrize(("convention", "limit"), [("paper", 1.001), ("consistent", 1.001)])
def test_a_spectrum_takes_few_functions_an_energy_and_no_loop(counts, convention, limit):
    def spectrum(k):
        return continuum_intensity(k, mu=20.0, chi=0.1, convention=convention)

    calls, numbers = cost(counts, spectrum, np.geomspace(0.2, 25.0, MANY))
    assert calls == cost(counts, spectrum, np.geomspace(0.2, 25.0, 3))[0]
    assert numbers <= limit, numbers  # one logarithm


def test_a_loop_over_energies_would_be_seen(counts):
    def spectrum(k):
        return [continuum_intensity(one, mu=20.0, chi=0.1) for one in k.tolist()]

    assert cost(counts, spectrum, np.geomspace(1.0, 20.0, 30))[0] == 10 * cost(counts, spectrum, np.ones(3))[0] > 0


def test_chemical_potentials_take_few_functions_each_and_no_loop(counts):
    def spectrum(mu):
        return continuum_intensity(1.0, mu=mu, chi=0.1, convention="consistent")

    calls, numbers = cost(counts, spectrum, np.geomspace(0.52, 60.0, MANY))
    assert calls == cost(counts, spectrum, np.geomspace(0.52, 60.0, 3))[0]
    assert numbers <= 21, numbers  # 40 nodes below 1.54 m, a closed form above


@pytest.mark.parametrize(("method", "limit"), [("continuum_intensity", 193), ("photons_per_electron", 194)])
def test_an_electrosphere_takes_few_functions_an_energy_and_no_loop(counts, method, limit):
    sphere = Electrosphere(mu_0=60, z_max=30, v_e=0.1)

    def spectrum(k):
        return getattr(sphere, method)(k, **({"chi": 0.2} if method == "continuum_intensity" else {}))

    calls, numbers = cost(counts, spectrum, np.geomspace(0.3, 70.0, 200))
    assert calls == cost(counts, spectrum, np.geomspace(0.3, 70.0, 3))[0]
    assert numbers <= limit, numbers  # four functions at each of 48 heights, and where these lie

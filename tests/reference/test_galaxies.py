"""The counter of evaluations against densities that count their own calls."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from galaxies import DISK, Counter, as_function, galaxies, leaves

import skymodel as sm
from profiles import NFW, Density, ExponentialDisk, GaussianCloud


@dataclass(frozen=True)
class Counting(Density):
    """A density that counts the points it is called with."""

    density: Density = DISK
    calls: list[int] = field(default_factory=list)

    def __call__(self, x, y, z):
        self.calls.append(np.size(x))
        return self.density(x, y, z)


def test_points_of_the_whole_density_are_counted_once_though_it_calls_another_of_its_kind():
    own = Counting(Counting())
    with Counter(own) as count:
        sm.line_of_sight(NFW() * own, [0, 10, 20], 5, r_max=60, rtol=1e-4)
    assert count.evaluations == sum(own.calls) == sum(own.density.calls) > 0


def test_a_point_of_one_of_three_terms_counts_a_third():
    terms = Counting(), 2.0 * Counting(), ExponentialDisk(z_d=0.5)
    whole = terms[0] + terms[1] + terms[2]
    with Counter(whole) as count:
        whole(*np.ones((3, 30)))
        terms[0](*np.ones((3, 3)))
    assert leaves(whole) == [terms[0], terms[1].density, terms[2]]
    assert count.evaluations == pytest.approx(30 + 1)


def test_nothing_stays_patched():
    before = {name: GaussianCloud.__dict__.get(name) for name in ("__call__", "meridional", "radial")}
    with Counter(GaussianCloud()):
        assert GaussianCloud.__dict__.get("__call__") is not before["__call__"]
    assert {name: GaussianCloud.__dict__.get(name) for name in before} == before


def test_a_line_says_what_it_took():
    own = Counting()
    found = sm.line_of_sight(NFW() * own, [0, 10, 20], 5, r_max=60, rtol=1e-4)
    assert found.evaluations.sum() == sum(own.calls)


def test_every_galaxy_shines_at_the_sun_or_at_its_centre():
    for name, (halo, electrons, observer) in galaxies().items():
        places = np.stack([observer.position, [0.01, -0.012, -0.015]], axis=1)
        assert ((halo * electrons)(*places) > 0).any(), name
        assert as_function(electrons)(*places) == pytest.approx(electrons(*places))

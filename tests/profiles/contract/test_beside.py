"""Densities side by side: what they return, and which products are looked at together."""

import numpy as np
import pytest

from profiles import NFW, Burkert, ExponentialDisk, HernquistBulge, Hints, Triaxial, from_function, library
from profiles.contract.beside import Beside, each_of, gathered, leading_axes

DISK = ExponentialDisk(R_d=2.6, z_d=0.3)
HALOS = NFW(r_s=20.0), Burkert()


@pytest.mark.parametrize("electrons", [DISK, HernquistBulge(), DISK + HernquistBulge()])
def test_a_product_with_many_is_each_product_to_the_last_bit(electrons):
    whole = Beside(HALOS) * electrons
    places = np.random.default_rng(1).normal(size=(3, 4, 5))
    assert leading_axes(whole) == (2,)
    assert np.array_equal(whole(*places), [(halo * electrons)(*places) for halo in HALOS])
    assert [type(each.parts[0]) for each in each_of(whole)] == [NFW, Burkert]


def test_it_promises_what_all_of_them_do_and_hints_at_what_any_does():
    edged = from_function(lambda x, y, z: np.where(x < 0, 1.0, 0.5), unit="cm-3", hints=Hints(spheres=(5.0,)))
    both = Beside((NFW(unit="cm-3"), edged))
    assert (both.symmetry, both.mirror_z, both.smooth, both.hints.spheres) == ("none", False, None, (5.0,))
    assert Beside(HALOS).smooth


def test_values_are_in_the_unit_of_the_first():
    first, second = Beside((NFW(rho_s=0.3), NFW(rho_s=0.3, unit="MeV cm-3"))).radial(np.array([3.0]))
    assert first == pytest.approx(1e3 * second)


@pytest.mark.parametrize(
    "odd",
    [
        NFW() + Burkert(),  # terms of its own
        Triaxial(NFW(), p=0.8, q=0.5),  # another symmetry
        from_function(lambda x, y, z: 1 / (1 + x * x + y * y + z * z), unit="GeV cm-3", symmetry="spherical"),
        NFW(unit="cm-3"),  # another unit
    ],
)
def test_what_is_not_alike_stands_alone(odd):
    pairs = [halo * DISK for halo in (HALOS[0], odd, HALOS[1])]
    assert [found.places for found in gathered(pairs)] == [(0, 2), (1,)]
    assert gathered(pairs)[1].density is pairs[1]


def test_products_of_a_cube_stand_alone(tmp_path):
    axes = {name: np.linspace(-1.0, 1.0, 4) for name in "xyz"}
    np.savez(tmp_path / "cube.npz", values=np.ones((4, 4, 4)), unit=np.array(["cm-3"]), length_unit="kpc", **axes)
    cube = library.electrons({"type": "grid", "file": str(tmp_path / "cube.npz")})
    assert [found.places for found in gathered([halo * cube for halo in HALOS])] == [(0,), (1,)]


def test_the_common_factor_may_be_a_product_itself():
    factors = NFW(), HernquistBulge()
    pairs = [halo * (factors[0] * factors[1]) for halo in HALOS]
    assert [found.places for found in gathered(pairs)] == [(0, 1)]

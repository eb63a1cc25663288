"""What means cost, in sight lines and evaluations: deterministic, so that a slower engine is seen without a clock.

The limits are the counts of the day they were set, a tenth more for evaluations.
"""

import pytest

import skymodel as sm
from profiles import NFW, ExponentialDisk, HernquistBulge
from skymodel.comparison.ratio.candidates import default_electrons, default_halos, interstellar_electrons

pytestmark = pytest.mark.bench

HERE = sm.Observer(8.2)
DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
BULGE = NFW(r_s=20.0) * HernquistBulge(a=0.6)


# One round of 7 patches: 10 x 12 lines each at 1e-4, 12 x 14 at 1e-6; a spherical density takes 16 and 24.
@pytest.mark.parametrize(
    ("density", "rtol", "sightlines", "evaluations"),
    [
        (DISK, 1e-4, 840, 72_000),
        (DISK, 1e-6, 1176, 147_000),
        (BULGE, 1e-4, 112, 7_000),
        (BULGE, 1e-6, 168, 18_600),
    ],
)
def test_the_window_factor_takes_few_sight_lines(density, rtol, sightlines, evaluations):
    w = sm.window_factor(density, observer=HERE, r_max=60.0, rtol=rtol)
    assert w.numerator.sightlines <= sightlines
    assert w.numerator.evaluations <= evaluations


@pytest.mark.parametrize(
    ("nside", "rtol", "sightlines"), [(16, 1e-4, 63_000), (16, 1e-6, 125_000), (64, 1e-4, 550_000)]
)
def test_the_direct_map_takes_a_bounded_number_of_sight_lines(nside, rtol, sightlines):
    sky = sm.project(DISK, nside, observer=HERE, r_max=60.0, rtol=rtol, method="direct")
    assert sky.meta["sightlines"] <= sightlines


# Alone the costliest of the seven halos takes as many evaluations as is said behind.
@pytest.mark.parametrize(
    ("name", "sightlines", "evaluations"),
    [
        ("mcmillan2017_baryons", 1_900, 214_000),  # 121,000
        ("ymw16_disks", 4_200, 773_000),  # 672,000
        ("interstellar", 57_000, 350_000),  # 300,000
        ("ne2001", 12_500, 120_000),  # 100,000
    ],
)
def test_all_published_halos_cost_about_as_much_as_one(name, sightlines, evaluations):
    electrons = (default_electrons() | interstellar_electrons())[name]
    rtol = 1e-3 if name in interstellar_electrons() else 1e-4
    pairs = [halo * electrons for halo in default_halos().values()]
    first = sm.window_factors(pairs, r_max=60.0, rtol=rtol)[0]
    assert first.numerator.sightlines <= sightlines
    assert first.evaluations <= evaluations

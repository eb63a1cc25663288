"""Enclosed mass: closed forms against a general quadrature of the density, and against each other."""

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad

from profiles import (
    NFW,
    Burkert,
    CoredNFW,
    Einasto,
    ExponentialDisk,
    FreudenreichBar,
    GeneralizedNFW,
    HernquistBulge,
    Isothermal,
    Moore,
    Triaxial,
    Zhao,
    enclosed_mass,
    library,
    with_mass,
)
from profiles.contract.normalise import Normalised

CLOSED = [
    NFW(),
    GeneralizedNFW(),
    Moore(),
    Zhao(alpha=1.5, gamma=0.5),
    Einasto(),
    Burkert(),
    Isothermal(),
    HernquistBulge(),
]
KPC3_GEV_IN_MSUN = 2.633986e7  # kpc3 GeV cm-3 / c2 in solar masses, 1 / 3.7965e-8 (shared tables round it so)


@pytest.mark.parametrize("density", CLOSED, ids=lambda density: type(density).__name__)
@pytest.mark.parametrize("r", [1e-3, 0.3, 8.2, 60.0, 1e3])
def test_closed_forms_equal_mpmaths_integral_of_the_density_within_their_error(density, r):
    with mpmath.workdps(30):
        edges = [0, *(mpmath.mpf(r) * mpmath.mpf(10) ** -k for k in range(12, -1, -2))]
        truth = mpmath.quad(lambda s: 4 * mpmath.pi * s**2 * exact(density, s), edges)
        unit = float(enclosed_mass(Isothermal(rho_s=1.0, r_s=1.0), 1.0).value / (4 * np.pi * (1 - np.pi / 4)))
        if density.unit.is_equivalent("cm-3"):
            unit = float(enclosed_mass(HernquistBulge(n_0=1.0, a=1.0), 1.0).value / (np.pi / 2))
        found = enclosed_mass(density, r)
        assert abs(found.value - float(truth) * unit) <= found.error + 1e-13 * found.value


def exact(density, r):
    """The densities once more, in mpmath's arithmetic."""
    x = r / mpmath.mpf(getattr(density, "r_s", getattr(density, "a", 1)))
    amplitude, shape = getattr(density, "rho_s", getattr(density, "n_0", 1)), SHAPES[type(density).__name__]
    return amplitude * shape(x, density)


SHAPES = {
    "NFW": lambda x, d: 1 / (x * (1 + x) ** 2),
    "GeneralizedNFW": lambda x, d: x**-d.gamma * (1 + x) ** (d.gamma - 3),
    "Moore": lambda x, d: x ** mpmath.mpf(-1.16) * (1 + x) ** mpmath.mpf(-1.84),
    "Zhao": lambda x, d: x**-d.gamma * (1 + x**d.alpha) ** ((d.gamma - d.beta) / d.alpha),
    "Einasto": lambda x, d: mpmath.exp(-2 / d.alpha * (x**d.alpha - 1)),
    "Burkert": lambda x, d: 1 / ((1 + x) * (1 + x**2)),
    "Isothermal": lambda x, d: 1 / (1 + x**2),
    "HernquistBulge": lambda x, d: 1 / (x * (1 + x) ** 3),
}


def test_the_unit_is_solar_masses_for_mass_and_a_count_for_number():
    found = enclosed_mass(Isothermal(rho_s=1.0, r_s=1.0), 1.0)
    assert found.unit == "solMass"
    assert found.value == pytest.approx(KPC3_GEV_IN_MSUN * 4 * np.pi * (1 - np.pi / 4), rel=1e-4)
    count = enclosed_mass(HernquistBulge(n_0=1.0, a=1.0), 1.0)
    assert count.value == pytest.approx(np.pi / 2 * 3.0856775814913673e21**3, rel=1e-12)


def test_many_radii_at_once_equal_one_by_one():
    radii = np.array([[30.0, 0.1], [8.0, 8.0]])
    together = enclosed_mass(ExponentialDisk(), radii)
    alone = [enclosed_mass(ExponentialDisk(), r).value for r in radii.ravel()]
    np.testing.assert_allclose(together.value.ravel(), alone, rtol=2e-8)
    assert np.shape(together.error) == (2, 2)


NORMALISED = [name for name in library.names() if isinstance(library.get(name), type)]
NORMALISED = [name for name in NORMALISED if issubclass(library.get(name), Normalised)]


@pytest.mark.parametrize("name", NORMALISED)
def test_a_mass_given_is_the_mass_found_by_integrating_everywhere(name):
    density = library.get(name).from_mass(3e9)
    assert density.unit.is_equivalent("GeV cm-3")
    rtol = 1e-5 if density.symmetry == "none" else 1e-8
    found = enclosed_mass(density, 500.0, rtol=rtol)
    tail = 2e-2 if name in {"hernquist_bulge", "miyamoto_nagai_disk"} else 2e-6  # r^-4 and r^-3 tails beyond 500 kpc
    assert found.value == pytest.approx(3e9, rel=tail)
    assert abs(found.value - 3e9) < found.error + tail * 3e9


def test_tails_beyond_the_radius_are_those_of_the_closed_form():
    bulge = HernquistBulge.from_mass(3e9, a=1.0)
    assert enclosed_mass(bulge, 500.0).value == pytest.approx(3e9 * (500 / 501) ** 2, rel=1e-12)


def test_a_triaxial_halo_holds_less_by_its_axis_ratios_where_the_cusp_is_scale_free():
    cusp = Zhao(alpha=1.0, beta=2.0, gamma=2.0)  # rho ~ m^-2, whose sphere holds a share that only p and q decide

    def share(p, q):
        mu, weight = np.polynomial.legendre.leggauss(64)
        phi = (np.arange(256) + 0.5) * np.pi / 128
        flat = (1 - mu**2)[:, None] * (np.cos(phi) ** 2 + (np.sin(phi) / p) ** 2) + (mu**2)[:, None] / q**2
        return float(np.mean(1 / flat, axis=1) @ weight / 2)

    found = enclosed_mass(Triaxial(cusp, p=0.7, q=0.5), 3.0)
    whole = enclosed_mass(cusp, 3.0)
    assert found.value == pytest.approx(whole.value * share(0.7, 0.5), rel=1e-7)


def test_the_cored_halo_holds_the_nfw_mass_times_tanh():
    halo = CoredNFW(rho_s=0.2, r_s=20.0, r_c=1.5, n=0.9)
    nfw = NFW(rho_s=0.2, r_s=20.0)
    for r in (0.3, 2.0, 30.0):
        expected = enclosed_mass(nfw, r).value * np.tanh(r / 1.5) ** 0.9
        found = enclosed_mass(halo, r)
        assert abs(found.value - expected) <= found.error + 1e-9 * expected


def test_with_mass_scales_any_density():
    bar = with_mass(FreudenreichBar(n_0=1.0, unit="GeV cm-3"), 1.5e10, r=30.0, rtol=1e-3)
    assert isinstance(bar, FreudenreichBar)
    assert enclosed_mass(bar, 30.0, rtol=1e-3).value == pytest.approx(1.5e10, rel=1e-14)
    with pytest.raises(ValueError, match="needs a mass density"):
        with_mass(FreudenreichBar(), 1e10, r=30.0)


def test_a_virial_mass_and_concentration_give_back_the_overdensity():
    for halo in (
        NFW.from_m200(1e12, c=10.0),
        Einasto.from_m200(1e12, c=10.0, alpha=0.2),
        Burkert.from_m200(1e12, c=15.0),
    ):
        c = 15.0 if isinstance(halo, Burkert) else 10.0
        r_200 = c * halo.r_s
        found = enclosed_mass(halo, r_200).value
        critical = 277.5 * 0.674**2  # Msun kpc-3, 2.775e11 h^2 Msun Mpc-3
        assert found == pytest.approx(1e12, rel=1e-9)
        assert found / (4 / 3 * np.pi * r_200**3) == pytest.approx(200 * critical, rel=1e-3)


def test_the_local_density_is_what_was_asked_for():
    for cls in (NFW, GeneralizedNFW, Zhao, Moore, Einasto, Burkert, Isothermal, CoredNFW):
        halo = cls.from_local_density(0.4, r_sun=8.2, r_s=15.0)
        assert float(halo.radial(np.asarray(8.2))) == pytest.approx(0.4, rel=1e-14)
        assert halo.r_s == 15.0


def test_an_unreachable_tolerance_is_said():
    from profiles import from_function

    noisy = from_function(lambda x, y, z: 1 + np.sin(1e5 * (x * x + y * y + z * z)), unit="cm-3", symmetry="spherical")
    with pytest.raises(ValueError, match="only good to"):
        enclosed_mass(noisy, 8.0)
    with pytest.raises(ValueError, match="radius > 0"):
        enclosed_mass(NFW(), 0.0)


def test_the_disk_mass_inside_a_sphere_matches_an_independent_integral():
    disk = ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)

    def ring(R):
        return 2 * np.pi * R * np.exp(-R / 2.6) * 2 * 0.3 * -np.expm1(-np.sqrt(64.0 - R * R) / 0.3)

    truth, _ = quad(ring, 0, 8.0, epsabs=0, epsrel=1e-11)
    found = enclosed_mass(disk, 8.0)
    count = 3.0856775814913673e21**3
    assert abs(found.value - truth * count) <= found.error


@pytest.mark.parametrize(
    ("reference", "overdensity"),
    # of the critical density; Bryan & Norman's at omega_m = 0.315: 18 pi^2 - 82 * 0.685 - 39 * 0.685^2
    [("critical", 200.0), ("mean", 63.0), ("virial", 177.6528792 - 56.17 - 18.2998)],
)
def test_the_mean_density_within_the_radius_of_a_mass_is_the_overdensity_asked_for(reference, overdensity):
    halo = NFW.from_mass(1e12, delta=200, reference=reference, c=10.0)
    radius = 10.0 * halo.r_s
    mean = 1e12 / (4 / 3 * np.pi * radius**3)  # Msun kpc-3
    critical = 2.77536627e2 * 0.674**2  # h^2 2.775e11 Msun Mpc-3
    assert mean / critical == pytest.approx(overdensity, rel=1e-4)
    assert enclosed_mass(halo, radius).value == pytest.approx(1e12, rel=1e-9)


def test_masses_of_halos_are_taken_from_a_configuration_and_named_in_a_refusal():
    spec = {"type": "nfw", "mass": "1e12 Msun", "delta": 500, "reference": "mean", "c": 8}
    assert library.build(spec) == NFW.from_mass(1e12, delta=500, reference="mean", c=8)
    with pytest.raises(ValueError, match=r"nfw has no 'm200'; did you mean 'm_200'\?.*mass.*delta.*reference"):
        library.build({"type": "nfw", "m200": "1e12 Msun", "c": 8})
    with pytest.raises(ValueError, match="reference = 'crit'; did you mean 'critical'"):
        NFW.from_mass(1e12, c=8, reference="crit")

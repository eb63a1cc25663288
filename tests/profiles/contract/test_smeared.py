import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfc

from profiles import GaussianBulge, HernquistBulge, from_function
from profiles.contract.smeared import Smeared


def test_a_gaussian_ball_becomes_a_wider_one():
    wide = Smeared(GaussianBulge(n_0=1.0, sigma=0.4), 0.3)
    R, z = np.meshgrid(np.linspace(0, 3, 31), np.linspace(-3, 3, 61))
    expected = 0.512 * np.exp(-(R**2 + z**2) / (2 * 0.5**2))
    seen = expected > 1e-10  # the ten decades that the error is stated for
    error = np.abs(wide.meridional(R, z) / expected - 1)[seen].max()
    assert 1e-7 < error <= wide.table_error < 1e-4


def test_an_exponential_layer_becomes_the_closed_form():
    h, sigma = 0.3, 0.15
    layer = from_function(
        lambda x, y, z: np.exp(-np.abs(z) / h) + 0 * x, unit="cm-3", symmetry="axisymmetric", mirror_z=True
    )
    smeared = Smeared(layer, sigma)

    def side(z):
        return np.exp(-z / h) * erfc((sigma**2 / h - z) / (np.sqrt(2) * sigma))

    z = np.linspace(0, 3, 31)
    expected = 0.5 * np.exp(sigma**2 / (2 * h**2)) * (side(z) + side(-z))
    for R in (0.0, 0.1, 1.3, 8.2):
        assert np.abs(smeared.meridional(R + 0 * z, z) / expected - 1).max() <= smeared.table_error


def test_a_cusp_becomes_what_nested_quad_gives():
    sigma, gamma = 0.15, 2.3
    cusp = from_function(
        lambda x, y, z: (x * x + y * y + z * z) ** (-gamma / 2), unit="cm-3", symmetry="spherical", mirror_z=True
    )
    smeared = Smeared(cusp, sigma)
    for r in (0.0, 0.05, 0.3, 1.1, 1.3):

        def shell(q, r=r):  # in shells about the cusp, the Gaussian averaged over angles in closed form
            if r == 0:
                return q ** (2 - gamma) * np.exp(-q * q / (2 * sigma**2)) * 2
            up, down = (np.exp(-((q - sign * r) ** 2) / (2 * sigma**2)) for sign in (1, -1))
            return q ** (1 - gamma) * (up - down) * sigma**2 / r

        norm = 2 * np.pi / (2 * np.pi * sigma**2) ** 1.5
        expected = norm * quad(shell, 0, r + 9 * sigma, points=[r / 3, r] if r else None, limit=200, epsrel=1e-9)[0]
        found = [smeared.meridional(np.array(r * c), np.array(r * s)) for c, s in ((1, 0), (0, 1), (0.6, 0.8))]
        assert found == pytest.approx([expected] * 3, rel=smeared.table_error)


def test_smearing_keeps_the_number_of_positrons_but_for_those_that_flow_out():
    a, sigma, end = 0.1, 0.15, 4.0
    smeared = Smeared(HernquistBulge(n_0=1.0, a=a), sigma)
    node, weight = np.polynomial.legendre.leggauss(64)
    r, c = np.meshgrid(end * (node + 1) / 2, (node + 1) / 2, indexing="ij")
    values = smeared.meridional(r * np.sqrt(1 - c * c), r * c)
    inside = 4 * np.pi * (end / 4) * weight @ (r * r * values) @ weight
    before = 2 * np.pi * a**3 * end**2 / (end + a) ** 2  # Hernquist's mass within `end`
    slope = -(a**4) * (4 * end + a) / (end**2 * (end + a) ** 4)
    outflow = 4 * np.pi * end**2 * sigma**2 / 2 * slope  # diffusion through the sphere, next term (sigma / end)^2 less
    assert inside - before == pytest.approx(outflow, rel=2e-2)
    assert abs(outflow / before) > 1e-4


@pytest.mark.parametrize("mirror", [True, False])
def test_only_axial_symmetry_with_a_mirror_is_smeared(mirror):
    lopsided = from_function(
        lambda x, y, z: 1 + 0 * x, unit="cm-3", symmetry="none" if mirror else "axisymmetric", mirror_z=mirror
    )
    with pytest.raises(ValueError, match="symmetric about the axis and the plane"):
        Smeared(lopsided, 0.1)

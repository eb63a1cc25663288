"""Ellipsoidal surfaces: where lines cross them, how they move with a body, what densities say with them."""

import numpy as np
import pytest

from profiles import (
    NFW,
    Ellipsoid,
    ExponentialDisk,
    Flattened,
    Hints,
    Product,
    Rotated,
    Shifted,
    StanekBar,
    Triaxial,
    from_function,
)
from profiles.contract.algebra import expanded
from profiles.contract.oval import Oval

CLOUD = Ellipsoid(r=0.145, h=0.026)
SPHERE = {"unit": "cm-3", "symmetry": "spherical", "hints": Hints(spheres=(2.0,))}
BALL = from_function(lambda x, y, z: 1.0 * (x * x + y * y + z * z < 4), **SPHERE)
PLACED = (
    CLOUD,
    2.0 * CLOUD,
    Rotated(CLOUD, angle=40.0, tilt=25.0),
    Shifted(Rotated(CLOUD, angle=-70.0), x_0=-3.0, y_0=0.4, z_0=0.2),
    Rotated(Shifted(CLOUD, y_0=0.5), angle=10.0),
    Triaxial(BALL, p=0.7, q=0.4),
    Flattened(BALL, q=0.3),
)


def shell(oval, size):
    """Return places ``(3, 50)`` at `size` times the semi-axes from the centre."""
    away = np.random.default_rng(5).normal(size=(3, 50))
    return np.array(oval.centre)[:, None] + np.linalg.solve(oval.rows, size * away / np.linalg.norm(away, axis=0))


@pytest.mark.parametrize("density", PLACED, ids=lambda density: type(density).__name__)
def test_a_body_has_its_edge_where_it_says_however_it_is_placed(density):
    (oval,) = density.hints.ovals
    assert (np.asarray(density(*shell(oval, 1 - 1e-6))) > 0).all()
    assert (np.asarray(density(*shell(oval, 1 + 1e-6))) == 0).all()


CORED = (
    StanekBar(),
    Triaxial(NFW(), p=0.7, q=0.4),
    Rotated(Triaxial(NFW(), p=0.7, q=0.4), angle=-30.0, tilt=20.0),
    Shifted(StanekBar(), x_0=-3.0, y_0=0.4, z_0=0.2),
    NFW() * Rotated(StanekBar(), angle=15.0),
)


@pytest.mark.parametrize("density", CORED, ids=lambda density: type(density).__name__)
def test_a_core_has_the_shape_of_its_density_however_it_is_placed(density):
    (core,) = density.hints.cores
    body = density.parts[1] if isinstance(density, Product) else density
    values = np.asarray(body(*shell(core, 1.5)))
    assert np.allclose(values, values[0], rtol=1e-12)


@pytest.mark.parametrize("density", PLACED[:5], ids=lambda density: type(density).__name__)
def test_a_cloud_promises_to_be_nothing_outside_of_its_edge(density):
    assert (density.support,) == density.hints.ovals == (NFW() * density).hints.ovals
    assert (NFW() * density).support == density.support
    assert (density + ExponentialDisk()).support is None
    assert (density + density).support == density.support


def test_a_line_through_the_middle_is_cut_at_the_ends_of_its_axis():
    oval = Oval.along_axes((1.0, 2.0, 3.0), (0.5, 0.2, 0.1))
    base = np.array([[-7.0, 1.0, 1.0], [2.0, 2.0, 2.3], [3.0, 3.0, 3.0]])
    found = oval.chords(base, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).T)
    assert found.enter[:2] == pytest.approx([7.5, -0.2], rel=1e-14)
    assert found.leave[:2] == pytest.approx([8.5, 0.2], rel=1e-14)
    assert found.hit.tolist() == [True, True, False]
    assert oval.radius == pytest.approx(0.5)


def test_products_of_sums_are_multiplied_out():
    halo, thin, thick = NFW(), ExponentialDisk(z_d=0.3), ExponentialDisk(z_d=0.9)
    whole = (halo + 2.0 * NFW(r_s=10.0)) * (3.0 * (thin + (thick + CLOUD)))
    places = np.array([[0.05], [-0.01], [-0.02]])
    terms = expanded(whole)
    assert len(terms) == 6
    assert sum(term(*places) for term in terms) == pytest.approx(whole(*places), rel=1e-14)
    assert {term.unit for term in terms} == {whole.unit}
    assert expanded(thin) == (thin,)

"""A density smeared by a three-dimensional Gaussian: what positrons shine like that travel before they annihilate.

The convolution factorises: along z with a Gaussian, across with the Gaussian ring kernel of a Bessel function. Near
the centre and the plane it is a product of matrices over nodes graded to the cusp and to the plane; farther out, where
the density varies slowly across the kernel, Gauss-Hermite nodes about the place serve. The result is a bicubic spline
of the logarithm, with its own estimate of how well it interpolates.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from profiles.contract.density import Axisymmetric, Density, Hints
from profiles.contract.fields import Kind

_NEAR = 8.0  # widths from the centre or the plane within which nodes are graded; a Gaussian is 1e-14 there
_REACH = 400.0  # widths to which the table goes; farther out the density is left as it is
_STEP = 0.06  # of the table, in asinh(place / width)
_FLOOR = 1e-280  # where the density has vanished, its logarithm is cut


@dataclass(frozen=True)
class Smeared(Axisymmetric, smooth=False):
    """An axisymmetric density convolved with an isotropic Gaussian.

    Parameters
    ----------
    density
        Spherical or axisymmetric, mirror symmetric in z.
    sigma
        Standard deviation along each axis [kpc].

    Examples
    --------
    >>> from profiles import GaussianBulge
    >>> wide = Smeared(GaussianBulge(n_0=1.0, sigma=0.4), sigma=0.3)
    >>> print(f"{wide.meridional(np.array(0.0), np.array(0.0)):.5f} {0.8**3:.5f}")
    0.51200 0.51200
    """

    density: Density
    sigma: Annotated[float, Kind("kpc", above=0.0)]

    def __post_init__(self) -> None:
        """Take the unit of the density; refuse what has not the symmetry."""
        if self.density.symmetry == "none" or not self.density.mirror_z:
            promised = f"symmetry {self.density.symmetry!r} and mirror_z = {self.density.mirror_z}"
            raise ValueError(f"a density of {promised} is not smeared; allowed: symmetric about the axis and the plane")
        object.__setattr__(self, "unit", self.density.unit)
        Axisymmetric.__post_init__(self)

    @property
    def hints(self) -> Hints:
        """A Gaussian leaves no edges; its own width is the scale."""
        return Hints(spheres=(self.sigma,), planes=(self.sigma, _NEAR * self.sigma))

    @property
    def table_error(self) -> float:
        """Largest relative error of the table, estimated from one of twice the step."""
        return _table(self.density, self.sigma).error

    def meridional(self, R: Any, z: Any) -> Any:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        table = _table(self.density, self.sigma)
        u, v = np.arcsinh(R / self.sigma), np.arcsinh(np.abs(z) / self.sigma)
        outside = (u > table.end) | (v > table.end)
        inner = np.exp(table.spline.ev(np.minimum(u, table.end), np.minimum(v, table.end)))
        there = _REACH * self.sigma  # stands in for the places inside, which may be a cusp
        far_R, far_z = np.where(outside, R, there), np.where(outside, z, there)
        return np.where(outside, self.density.meridional(far_R, far_z), inner)  # type: ignore[attr-defined]


class _Table(NamedTuple):
    spline: Any
    end: float
    error: float


@functools.lru_cache(maxsize=16)
def _table(density: Any, sigma: float) -> _Table:
    from scipy.interpolate import RectBivariateSpline

    count = 2 * int(np.ceil(np.arcsinh(_REACH) / _STEP / 2)) + 1
    grid = np.linspace(0.0, np.arcsinh(_REACH), count)
    logs = np.log(np.maximum(_smeared(density, sigma, sigma * np.sinh(grid)), _FLOOR))
    spline = RectBivariateSpline(grid, grid, logs, s=0)
    coarse = RectBivariateSpline(grid[::2], grid[::2], logs[::2, ::2], s=0)
    seen = logs > logs.max() - 23  # within ten decades of the brightest place
    gap = np.abs(coarse(grid, grid) - logs)[seen].max()
    return _Table(spline, float(grid[-1]), float(np.expm1(gap)) / 4)  # cubic splines gain 16; 4 is safe


class _Stencil(NamedTuple):
    """Nodes ``(1 or N, n)`` along one coordinate [kpc], and the weights ``(N, n)`` that smear at N places."""

    node: Floats
    weight: Floats


def _smeared(density: Any, sigma: float, places: Floats) -> Floats:
    """Return the smeared density ``(N, N)`` at cylindrical radii and heights `places` [kpc], ascending."""
    near, far = places[places < _NEAR * sigma], places[places >= _NEAR * sigma]
    rings = _near_rings(near, sigma), _far_rings(far, sigma)
    layers = _near_layers(near, sigma), _far_layers(far, sigma)
    return np.block([[_summed(density, ring, layer) for layer in layers] for ring in rings])


def _summed(density: Any, ring: _Stencil, layer: _Stencil) -> Floats:
    R, z = np.broadcast_arrays(ring.node[:, :, None, None], layer.node[None, None, :, :])
    values = np.asarray(density.meridional(R.copy(), z.copy()))
    if len(values) == 1:  # all places share their nodes
        partial = np.tensordot(ring.weight, values[0], axes=1)
    else:
        partial = np.einsum("in,inkm->ikm", ring.weight, values)
    if partial.shape[1] == 1:
        return np.asarray(partial[:, 0] @ layer.weight.T)
    return np.asarray(np.einsum("ikm,km->ik", partial, layer.weight))


def _graded(sigma: float) -> tuple[Floats, Floats]:
    """Return nodes and weights from zero to the reach of the kernels, dense towards a cusp at zero."""
    edges = sigma * np.concatenate([[0.0], np.geomspace(1e-8, 0.1, 8), np.arange(0.5, 2 * _NEAR + 1, 0.5)])
    node, weight = np.polynomial.legendre.leggauss(8)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (1 + node)).ravel(), (half * weight).ravel()


def _near_rings(places: Floats, sigma: float) -> _Stencil:
    """Return the weights of rings: the Gaussian averaged over the ring's azimuth, times R dR."""
    from scipy.special import i0e

    node, weight = _graded(sigma)
    gap, product = (places[:, None] - node) / sigma, places[:, None] * node / sigma**2
    return _Stencil(node[None], weight * node / sigma**2 * np.exp(-(gap**2) / 2) * i0e(product))


def _near_layers(places: Floats, sigma: float) -> _Stencil:
    """Return the weights of layers above the plane, those below folded onto them."""
    node, weight = _graded(sigma)
    above, below = ((places[:, None] - side * node) / sigma for side in (1, -1))
    return _Stencil(
        node[None], weight * (np.exp(-(above**2) / 2) + np.exp(-(below**2) / 2)) / (sigma * np.sqrt(2 * np.pi))
    )


def _far_rings(places: Floats, sigma: float) -> _Stencil:
    offset, weight = _hermite()
    half = offset.size // 2  # offsets to either side across the radius lead to the same ring
    along, across = np.meshgrid(sigma * offset, sigma * offset[half:])
    weights = 2 * np.outer(weight[half:], weight).ravel()
    return _Stencil(np.hypot(places[:, None] + along.ravel(), across.ravel()), np.tile(weights, (places.size, 1)))


def _far_layers(places: Floats, sigma: float) -> _Stencil:
    offset, weight = _hermite()
    return _Stencil(places[:, None] + sigma * offset, np.tile(weight, (places.size, 1)))


def _hermite() -> tuple[Floats, Floats]:
    """Return an even number of nodes and weights of the mean over a normal distribution, none farther out than 6.7."""
    node, weight = np.polynomial.hermite_e.hermegauss(16)
    return node, weight / weight.sum()

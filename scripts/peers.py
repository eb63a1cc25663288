"""The sky of scripts/benchmark.py as other ways make it: each a function of nside that returns a map.

Where a peer takes directions, only the quarter of the sky that differs is integrated; gammapy and dmsky know halos.
"""

from __future__ import annotations

import warnings
from typing import Any

import healpy
import numpy as np

from profiles import NFW, ExponentialDisk

HALO, DISK = NFW(rho_s=0.3, r_s=20.0), ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
PAIR = HALO * DISK
R_SUN, R_MAX = 8.2, 60.0
STEP = 0.5  # kpc: the step of published nugget maps


def quarter(nside: int) -> tuple[Any, Any]:
    """Return unit vectors of the pixels of one quarter, and for each pixel of the map which of them it equals."""
    x, y, z = healpy.pix2vec(nside, np.arange(12 * nside**2))
    _, first, place = np.unique(healpy.vec2pix(nside, x, np.abs(y), np.abs(z)), return_index=True, return_inverse=True)
    return np.stack([x, np.abs(y), np.abs(z)], axis=1)[first], place


def along(n: Any, s: Any) -> Any:
    """Return the pair's density at distances ``(..., N)`` [kpc] along unit vectors ``(N, 3)``."""
    x, y, z = s * n[:, 0] - R_SUN, s * n[:, 1], s * n[:, 2]
    return PAIR(x, y, z)


def path(n: Any) -> Any:
    """Return how far it is to the sphere [kpc]."""
    return R_SUN * n[:, 0] + np.sqrt(R_MAX**2 - R_SUN**2 * (1 - n[:, 0] ** 2))


def quad_vec(nside: int) -> Any:
    """Return the map from scipy.integrate.quad_vec, all pixels at once, to 1e-4."""
    return _quad_vec(np.stack(healpy.pix2vec(nside, np.arange(12 * nside**2)), axis=1))


def quad_vec_quarter(nside: int) -> Any:
    """Return the same from the pixels of one quarter of the sky, by someone who thought of its symmetry."""
    n, place = quarter(nside)
    return _quad_vec(n)[place]


def _quad_vec(n: Any) -> Any:
    from scipy.integrate import quad_vec as integrate

    end = path(n)
    return np.asarray(integrate(lambda t: along(n, t * end) * end, 0, 1, epsrel=1e-4, norm="max", limit=2000)[0])


def fixed_step(nside: int) -> Any:
    """Return the map from a sum over fixed steps."""
    n, place = quarter(nside)
    s = np.arange(STEP / 2, R_SUN + R_MAX, STEP)[:, None]
    return (np.where(s < path(n), along(n, s), 0.0).sum(axis=0) * STEP)[place]


def galpy(nside: int) -> Any:
    """Return the map from galpy's densities and scipy's quad, a line at a time."""
    from scipy.integrate import quad

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # overflows while galpy makes its tables
        from galpy.potential import DoubleExponentialDiskPotential, NFWPotential

        halo, disk = NFWPotential(a=20.0, amp=4 * np.pi * 20.0**3 * 0.3), DoubleExponentialDiskPotential(hr=2.6, hz=0.3)
    n, place = quarter(nside)

    def one(s: float, x: float, y: float, z: float) -> float:
        R, height = np.hypot(s * x - R_SUN, s * y), s * z
        return float(halo.dens(R, height, use_physical=False) * disk.dens(R, height, use_physical=False))

    ends = path(n)
    value = [quad(one, 0, end, args=tuple(row), epsrel=1e-4, limit=200)[0] for row, end in zip(n, ends, strict=True)]
    return np.array(value)[place]


def gammapy(nside: int) -> Any:
    """Return gammapy's J-factor of a halo squared on 60 x 60 deg, in pixels of the map's size.

    Beyond 45 deg from the centre release 2.1 fails: it takes tan(angle) x distance for the smallest radius.
    """
    from astropy import units
    from gammapy.astro.darkmatter import JFactory, profiles
    from gammapy.maps import WcsGeom

    side = healpy.nside2resol(nside, arcmin=True) / 60
    even = 2 * round(30 / side)  # the centre on a corner: on a pixel's centre the radius is 0, its logarithm none
    geom = WcsGeom.create(skydir=(0, 0), binsz=side, npix=(even, even), frame="galactic", proj="CAR")
    halo = profiles.NFWProfile(r_s=20 * units.kpc, rho_s=0.3 * units.Unit("GeV / cm3"))
    halo.DISTANCE_GC = R_SUN * units.kpc
    return JFactory(geom=geom, profile=halo, distance=R_SUN * units.kpc).compute_differential_jfactor()


def dmsky(nside: int) -> Any:
    """Return dmsky's interpolated line of sight through a halo squared, at the centres of all pixels."""
    from dmsky.density import NFWProfile
    from dmsky.jcalc import LoSIntegralInterp

    table = LoSIntegralInterp(NFWProfile(rhos=0.3, rs=20.0, rmax=R_MAX), R_SUN, 3.0, ann=True)
    return table(np.arccos(healpy.pix2vec(nside, np.arange(12 * nside**2))[0]))

"""The flux of whole maps against integrals over the Galaxy's volume that know nothing of sight lines or pixels.

The flux of a map is the sum of its pixels times their area, and the integral of n / d^2 over the sphere r < 60 kpc, d
the distance from the observer. Of spherical densities that is one integral over r, the mean of 1 / d^2 over a shell
being ln[(r + D) / |r - D|] / (2 r D). Of axisymmetric ones it is two over the meridional half-plane, the mean of
1 / d^2 over a circle being 1 / (d_near d_far); polar coordinates about the observer take away the pole. A bar that does
not reach the observer is integrated in spherical coordinates about the centre.
"""

import functools

import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss

import skymodel as sm
from profiles import NFW, DwekBar, Einasto, ExponentialDisk, GeneralizedNFW, HernquistBulge

D, R_MAX, RTOL = 8.2, 60.0, 1e-5
HALO, STEEP, FLAT = NFW(r_s=20.0), GeneralizedNFW(r_s=20.0, gamma=1.3), Einasto()
SKIES = {
    "nfw": HALO,
    "nfw^2": HALO * HALO,
    "gnfw^2": STEEP * STEEP,
    "einasto^2": FLAT * FLAT,
    "nfw x hernquist": HALO * HernquistBulge(),
    "nfw x disk": HALO * ExponentialDisk(R_d=2.6, z_d=0.3),
    "nfw x bar": HALO * DwekBar(x_0=1.1, y_0=0.5),
}
HEIGHTS = (0.0, 0.0208)


def panels(edges, order=24):
    """Return Gauss-Legendre nodes and weights on panels between edges."""
    node, weight = leggauss(order)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    return (middle[:, None] + half[:, None] * node).ravel(), (half[:, None] * weight).ravel()


def towards(place, low, high, count=28, factor=3.0):
    """Return edges from low to high that crowd geometrically towards a place."""
    steps = (high - low) * factor ** -np.arange(float(count))
    return np.unique(np.clip([low, high, place, *(place - steps), *(place + steps)], low, high))


def over_shells(density):
    edges = np.unique([*towards(0.0, 0.0, R_MAX, 60), *towards(D, 0.0, R_MAX)])
    r, weight = panels(edges)
    return np.sum(
        weight * 4 * np.pi * r**2 * density.radial(r) * np.arctanh(np.minimum(r, D) / np.maximum(r, D)) / (r * D)
    )


def over_circles(density, z_sun):
    """The half-plane is cut along rays from the observer, at the plane z = 0 and in front of the centre."""
    R_sun = np.sqrt(D**2 - z_sun**2)
    to_centre = np.pi + np.arctan2(z_sun, R_sun)
    corners = [np.arctan2(z - z_sun, R - R_sun) % (2 * np.pi) for R, z in ((0, R_MAX), (0, -R_MAX), (R_MAX, 0))]
    places = [to_centre, np.pi, 0.0, 2 * np.pi, *corners]
    edges = np.unique(np.concatenate([towards(place, 0.0, 2 * np.pi) for place in places]))
    total = 0.0
    for psi, weight in zip(*panels(edges, 12), strict=True):
        total += weight * along_ray(density, R_sun, z_sun, np.cos(psi), np.sin(psi), to_centre - psi)
    return total


def along_ray(density, R_sun, z_sun, across, up, angle):
    past = D * np.cos(angle)  # where it passes the centre
    end = past + np.sqrt(R_MAX**2 - (D * np.sin(angle)) ** 2)
    if across < 0:
        end = min(end, -R_sun / across)  # the axis: the other half-plane is the same
    edges = [towards(0.0, 0.0, end, 12)]
    if past > 0:
        edges.append(towards(min(past, end), 0.0, end, 24))
    if up * z_sun < 0 and -z_sun / up < end:
        edges.append(towards(-z_sun / up, 0.0, end, 16))
    rho, weight = panels(np.unique(np.concatenate(edges)), 16)
    R, z = R_sun + rho * across, z_sun + rho * up
    far = np.hypot(R + R_sun, z - z_sun)
    return np.sum(weight * 2 * np.pi * R * density.meridional(R, z) / far)


def over_volume(density, z_sun):
    edges = [*towards(0.0, 0.0, 7.5, 30), *np.linspace(0, 7.5, 16)]
    r, weight = panels(np.unique(edges), 16)
    cosine, polar = leggauss(64)
    phi = 2 * np.pi * (np.arange(256) + 0.5) / 256
    total, R_sun = 0.0, np.sqrt(D**2 - z_sun**2)
    for c, w in zip(cosine, polar, strict=True):
        s = np.sqrt(1 - c * c)
        x, y, z = (
            r[:, None] * s * np.cos(phi),
            r[:, None] * s * np.sin(phi),
            np.broadcast_to(r[:, None] * c, (r.size, 256)),
        )
        d2 = (x + R_sun) ** 2 + y**2 + (z - z_sun) ** 2
        total += w * np.sum(weight * r**2 * np.mean(density(x, y, z) / d2, axis=1)) * 2 * np.pi
    return total


@functools.cache
def volume(name, z_sun):
    density = SKIES[name]
    if density.symmetry == "spherical":
        return over_shells(density)
    return over_circles(density, z_sun) if density.symmetry == "axisymmetric" else over_volume(density, z_sun)


@pytest.mark.parametrize(
    "name", ["nfw", "einasto^2"]
)  # a steeper cusp has flux in smaller angles than the half-plane's
def test_integrals_over_the_half_plane_are_those_over_shells(name):
    assert abs(over_circles(SKIES[name], 0.0208) / volume(name, 0.0) - 1) < 1e-11


def cases():
    for name, density in SKIES.items():
        for z_sun in HEIGHTS:
            for nside in (1, 2, 16, 64, 512):
                slow = nside > 64 or (density.symmetry != "spherical" and nside > 2 and (z_sun or nside > 16))
                again = density.symmetry == "none" and z_sun and nside == 1  # as nside 2: all quarters differ
                yield pytest.param(name, z_sun, nside, marks=[pytest.mark.slow] if slow or again else [])


@pytest.mark.parametrize(("name", "z_sun", "nside"), list(cases()))
def test_the_pixels_add_up_to_the_volume(name, z_sun, nside):
    sky = sm.project(SKIES[name], nside, observer=sm.Observer(D, z_sun), r_max=R_MAX, rtol=RTOL)
    truth = volume(name, z_sun)
    found = sky.total()
    assert abs(found.value - truth) <= found.error + 1e-9 * truth  # what the volume is good to
    assert found.error <= RTOL * truth

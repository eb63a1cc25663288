"""Volume integrals of n / d^2 over a sphere about the Galactic centre: the flux that any map of it must hold.

None of them uses a sight line. They are sums over Galactocentric panels, graded towards the centre and the Sun.
"""

import numpy as np

R_SUN, R_MAX = 8.2, 60.0


def panels(edges, order):
    """Return nodes and weights of Gauss-Legendre rules on adjoining panels."""
    node, weight = np.polynomial.legendre.leggauss(order)
    edges = np.asarray(edges, dtype=float)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    return (middle[:, None] + half[:, None] * node).ravel(), (half[:, None] * weight).ravel()


def towards(point, far, decades=11, per_decade=2):
    """Return edges from `point` to `far`, geometrically denser towards `point`."""
    steps = np.logspace(-decades, 0, decades * per_decade + 1)
    return np.concatenate([[0.0], steps]) * (far - point) + point


def radii(order=14):
    """Return nodes and weights in r from 0 to R_MAX, graded towards the centre and towards the Sun's radius."""
    inner, outer = np.sort(towards(0.0, 4.0, decades=20)), np.sort(towards(R_SUN, 4.0))
    beyond = np.sort(np.concatenate([towards(R_SUN, 16.0)[:-1], np.geomspace(16.0, R_MAX, 5)]))
    return panels(np.concatenate([inner, outer[1:], beyond[1:]]), order)


def spherical_flux(density):
    """Return (2 pi / R0) int r j(r) ln |(R0 + r) / (R0 - r)| dr."""
    r, weight = radii()
    logarithm = 2 * np.arctanh(np.minimum(r / R_SUN, R_SUN / r))  # the same, without cancellation at small r
    return float(2 * np.pi / R_SUN * np.sum(weight * r * density.radial(r) * logarithm))


def axisymmetric_flux(density, z_sun):
    """Return the integral in (r, theta), the turn about the axis done in closed form.

    The mean of 1 / d^2 over a circle of radius R at height z is 1 / sqrt((R - R_s)^2 + h^2) / sqrt((R + R_s)^2 + h^2).
    """
    sun = np.sqrt(R_SUN**2 - z_sun**2)
    height = np.arcsin(z_sun / R_SUN)
    edges = np.sort(np.concatenate([towards(height, np.pi / 2), towards(height, -np.pi / 2), [0.0]]))
    r, weight_r = radii()
    latitude, weight_lat = panels(np.unique(edges), 14)
    total = 0.0
    for chunk in np.array_split(np.arange(r.size), 12):
        R, z = r[chunk, None] * np.cos(latitude), r[chunk, None] * np.sin(latitude)
        h2 = (z - z_sun) ** 2
        mean = 1 / np.sqrt(((R - sun) ** 2 + h2) * ((R + sun) ** 2 + h2))
        inner = (density.meridional(R, z) * mean * np.cos(latitude)) @ weight_lat
        total += float(np.sum(weight_r[chunk] * r[chunk] ** 2 * inner))
    return 2 * np.pi * total


def bar_flux(density, z_sun):
    """Return the integral in (r, cosine, azimuth) for a density that vanishes near the Sun, where 1 / d^2 does not."""
    r, weight_r = panels(np.sort(towards(0.0, 7.0, decades=8, per_decade=1)), 16)
    cosine, weight_c = panels([-1, -0.5, -0.2, -0.05, 0, 0.05, 0.2, 0.5, 1], 10)
    azimuth = 2 * np.pi * np.arange(128) / 128  # the trapezoidal rule of a periodic function
    sine = np.sqrt(1 - cosine**2)
    sun = (-np.sqrt(R_SUN**2 - z_sun**2), 0.0, z_sun)
    total = 0.0
    for radius, weight in zip(r, weight_r, strict=True):
        x = radius * sine[:, None] * np.cos(azimuth)
        y = radius * sine[:, None] * np.sin(azimuth)
        z = radius * cosine[:, None] + 0 * x
        d2 = (x - sun[0]) ** 2 + (y - sun[1]) ** 2 + (z - sun[2]) ** 2
        total += weight * radius**2 * float(weight_c @ (density(x, y, z) / d2).mean(axis=1))
    return 2 * np.pi * total


def cone_flux(density, psi):
    """Return the part of the flux within `psi` [rad] of the centre, for a density symmetric in y and in z, z_sun = 0.

    Spherical coordinates about the axis from the centre to the Sun: a sphere of radius r meets the cone at angles
    g - psi and pi - g - psi from that axis, sin g = R0 sin(psi) / r; sin(alpha) d(alpha) / d^2 = d(ln d^2) / (2 R0 r).
    """
    edge = R_SUN * np.sin(psi)
    grid = [np.sort(towards(0.0, edge / 2, 14)), np.sort(towards(edge, edge / 2)), np.sort(towards(edge, 4.0, 8))]
    grid += [np.sort(towards(R_SUN, 4.0, 8)), np.sort(towards(R_SUN, 16.0, 8)), np.geomspace(16.0, R_MAX, 5)]
    r, weight_r = panels(np.unique(np.concatenate(grid)), 10)
    azimuth, weight_a = panels(
        np.pi / 2 * np.array([0, 2e-3, 0.02, 0.06, 0.15, 0.3, 0.6, 0.85, 0.95, 0.99, 0.999, 1]), 10
    )
    total = 0.0
    for radius, weight in zip(r, weight_r, strict=True):
        total += weight * sum(_shell(density, radius, ends, azimuth, weight_a) for ends in _inside(radius, psi, edge))
    return 4 * total


def _inside(radius, psi, edge):
    if radius <= edge:
        return [(0.0, np.pi)]
    g = np.arcsin(edge / radius)
    far = (np.pi - g - psi, np.pi)
    return [(0.0, g - psi), far] if radius < R_SUN else [far]


# z grows like the root of w - w(axis), and the density has a kink in z
_FROM_AXIS = np.array([0, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.15, 0.3, 0.5, 0.75])


def _shell(density, radius, ends, azimuth, weight_a):
    low, high = (np.log((R_SUN - radius) ** 2 + 4 * R_SUN * radius * np.sin(end / 2) ** 2) for end in ends)
    back = [-1 + step for step in (1e-6, 1e-4, 1e-3, 1e-2, 0.1)]
    across = [sign * step for sign in (-1, 1) for step in (0, 1e-3, 1e-2, 0.1, 0.4)]  # where the rotation axis is
    cuts = [R_SUN**2 + radius**2 - 2 * R_SUN * radius * cosine for cosine in (*back, *across)]
    inner = [np.log(cut) for cut in cuts if low < np.log(cut) < high]
    w, weight_w = panels(np.unique([high, *(low + (high - low) * _FROM_AXIS), *inner]), 10)
    half = np.clip((np.exp(w) - (R_SUN - radius) ** 2) / (4 * R_SUN * radius), 0, 1)
    cosine, sine = 1 - 2 * half, 2 * np.sqrt(half * (1 - half))
    x = -radius * cosine[:, None] + 0 * azimuth
    y, z = radius * sine[:, None] * np.cos(azimuth), radius * sine[:, None] * np.sin(azimuth)
    return radius / (2 * R_SUN) * float(weight_w @ (density(x, y, z) @ weight_a))


def box_flux(density, lon, lat, order=10):
    """Return the integral over |l| < lon, |b| < lat [deg] in (l, b, s), z_sun = 0, the density symmetric in y and z.

    The path is cut at distances that double away from the points closest to the centre and to the rotation axis.
    """
    lon_nodes, weight_l = panels(
        np.radians(lon) * np.array([0, *np.geomspace(1e-8, 4e-3, 8), 0.015, 0.05, 0.13, 0.3, 0.6, 1]), order
    )
    b, weight_b = panels(
        np.radians(lat) * np.array([0, *np.geomspace(1e-7, 5e-3, 7), 0.02, 0.06, 0.15, 0.35, 0.65, 1]), order
    )
    total = 0.0
    for angle, weight in zip(lon_nodes, weight_l, strict=True):
        s, weight_s = _path(angle, b)
        cos_b, sin_b = np.cos(b)[:, None], np.sin(b)[:, None]
        x, y, z = s * cos_b * np.cos(angle) - R_SUN, s * cos_b * np.sin(angle), s * sin_b
        total += weight * float((weight_b * np.cos(b)) @ np.sum(density(x, y, z) * weight_s, axis=1))
    return 4 * total


def _path(angle, b):
    """Return nodes and weights ``(lines, nodes)`` in s for the lines at l = `angle` and all latitudes."""
    cosine = np.cos(angle) * np.cos(b)
    nearest, miss = R_SUN * cosine, R_SUN * np.sqrt(np.sin(b) ** 2 + (np.sin(angle) * np.cos(b)) ** 2)
    axis = R_SUN * np.cos(angle) / np.cos(b), R_SUN * np.sin(angle) / np.cos(b)
    end = nearest + np.sqrt(R_MAX**2 - miss**2)
    steps = np.concatenate([[0.0], 2.0 ** np.arange(-1, 22)])
    edges = [
        where[:, None] + sign * width[:, None] * steps for where, width in ((nearest, miss), axis) for sign in (-1, 1)
    ]
    cuts = np.concatenate([*edges, np.array([[0.1, 1.0, 3.0, 5.0, 12.0, 20.0, 35.0]]) + 0 * nearest[:, None]], axis=1)
    cuts = np.sort(np.clip(np.concatenate([cuts, 0 * end[:, None], end[:, None]], axis=1), 0, end[:, None]), axis=1)
    node, weight = np.polynomial.legendre.leggauss(8)
    half, middle = np.diff(cuts, axis=1)[:, :, None] / 2, (cuts[:, 1:] + cuts[:, :-1])[:, :, None] / 2
    return (middle + half * node).reshape(b.size, -1), (half * weight).reshape(b.size, -1)

"""Means over regions by nested Gauss-Legendre rules in (l, b, s): not the coordinates of the engine, no shared code."""

import numpy as np
import pytest

NODES, WEIGHTS = np.polynomial.legendre.leggauss(10)


def panels(edges):
    """Return nodes and weights of the rule on consecutive panels."""
    edges = np.asarray(edges, dtype=float)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (1 + NODES)).ravel(), (half * WEIGHTS).ravel()


def mean_over(function, region, *, r_sun=8.2, r_max=60.0):
    """Return the mean over a region of the integral of function(x, y, z), which is the same at -l and at -b.

    The region is "circle" (6 deg) or a pair of half widths (l, b) [deg] of a box. Panels crowd towards the centre in
    all three coordinates; twice the nodes change the means used in the tests by less than 1e-6.
    """
    circle = region == "circle"
    l_max = np.radians(6.0 if circle else region[0])
    if circle:  # l = l_max sin(t) smooths the square root with which b_max(l) ends
        t, t_weight = panels(np.pi / 2 * np.array([0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.4, 1]))
        lon, lon_weight = l_max * np.sin(t), t_weight * l_max * np.cos(t)
        b_max = np.arccos(np.minimum(1, np.cos(l_max) / np.cos(lon)))
    else:
        lon, lon_weight = panels(l_max * np.array([0, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5, 1]))
        b_max = np.full_like(lon, np.radians(region[1]))
    share, share_weight = panels([0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.4, 1])
    total, area = 0.0, 0.0
    for column in range(lon.size):
        lat = b_max[column] * share
        weight = lon_weight[column] * b_max[column] * share_weight * np.cos(lat)
        total += weight @ _lines(function, lon[column], lat, r_sun, r_max)
        area += weight.sum()
    return total / area


def _lines(function, lon, lat, r_sun, r_max):
    cosine = np.cos(lat) * np.cos(lon)
    end = r_sun * cosine + np.sqrt(r_max**2 - r_sun**2 * (1 - cosine**2))
    near = r_sun * cosine
    reach = near * np.array([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5])[:, None]
    edges = np.concatenate([[0 * near], near - reach[::-1], [near], near + reach, [2 * near, 4 * near, end]]).T
    half = np.diff(edges)[..., None] / 2
    s = edges[:, :-1, None] + half * (1 + NODES)
    c, b = np.cos(lat)[:, None, None], np.sin(lat)[:, None, None]
    values = function(-r_sun + s * c * np.cos(lon), s * c * np.sin(lon), s * b)
    return (values * half * WEIGHTS).sum(axis=(1, 2))


@pytest.fixture(scope="session")
def nested_mean():
    """Return the function that takes means over regions by nested rules."""
    return mean_over

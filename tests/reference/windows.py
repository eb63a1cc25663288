"""The window factor by another way: nested Gauss-Legendre rules in polar coordinates about the Galactic centre.

No code of the engine is used, only the density as a function. A ball about the centre, wholly within both regions, is
integrated in Galactocentric spheres, where a cusp and small clouds are tame; sight lines around it in panels that
follow the distance of closest approach. Nothing adapts: twice the nodes must give the same (tests).
"""

import numpy as np

BALL = 0.6  # kpc; |b| < 5 deg holds 0.71 kpc at the centre, the circle of 6 deg 0.85 kpc
R_MAX = 60.0  # kpc
CIRCLE, LON, LAT = np.radians([6.0, 30.0, 5.0])


def rule(breaks, order):
    """Return nodes and weights of Gauss-Legendre on each panel between breaks ``(..., panels + 1)``."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    low, width = breaks[..., :-1, None], np.diff(breaks)[..., None]
    return (low + width * (nodes + 1) / 2).reshape(*breaks.shape[:-1], -1), (width * weights / 2).reshape(
        *breaks.shape[:-1], -1
    )


def ball(density, r_sun, z_sun, order, edge):
    """Return the integral of density / distance^2 over the ball; `edge` (directions) -> radii where it jumps."""
    sun = np.array([-np.sqrt(r_sun**2 - z_sun**2), 0.0, z_sun])
    cosine, wide = rule(np.array([-1, -0.5, -0.2, -0.1, -0.04, 0, 0.04, 0.1, 0.2, 0.5, 1.0]), order)
    phi, turn = rule(np.linspace(0, 2 * np.pi, 9), order)
    c, f = (each.ravel() for each in np.meshgrid(cosine, phi, indexing="ij"))
    unit = np.stack([np.sqrt(1 - c**2) * np.cos(f), np.sqrt(1 - c**2) * np.sin(f), c])
    fixed = np.broadcast_to([0, 0.005, 0.015, 0.04, 0.08, 0.14, 0.22, 0.35, BALL], (c.size, 9))
    breaks = fixed if edge is None else np.sort(np.concatenate([fixed, edge(unit)[:, None]], axis=1), axis=1)
    r, deep = rule(breaks, order)
    place = unit[:, :, None] * r
    away = np.sum((place - sun[:, None, None]) ** 2, axis=0)
    return float(np.outer(wide, turn).ravel() @ np.sum(deep * r**2 * density(*place) / away, axis=1))


def farthest(phi):
    """Return the angle from the centre at which COMPTEL's window ends, in the direction `phi` from the plane."""
    with np.errstate(divide="ignore"):
        lat = np.arcsin(np.minimum(1.0, np.sin(LAT) / np.abs(np.sin(phi))))
        return np.minimum(np.where(np.sin(LAT) < np.abs(np.sin(phi)), lat, np.pi), np.arctan(np.tan(LON) / np.cos(phi)))


def around(density, r_sun, z_sun, order, end):
    """Return the integral over sight lines outside the ball, to the angle `end(phi)` from the centre."""
    sun = np.array([-np.sqrt(r_sun**2 - z_sun**2), 0.0, z_sun])
    sine, cosine = z_sun / r_sun, np.sqrt(1 - (z_sun / r_sun) ** 2)
    corner = np.arctan2(np.sin(LAT), np.cos(LAT) * np.sin(LON))  # of the window
    graded = np.unique([0, 0.01, 0.03, 0.06, 0.1, corner, 0.25, 0.4, 0.7, 1.1, np.pi / 2])
    phi, turn = rule(graded, order)
    total, tangent = 0.0, np.arcsin(BALL / r_sun)
    for f, weight in zip(phi, turn, strict=True):
        t, narrow = rule(np.array([0, 0.5, 1.0]), order)  # theta = tangent (1 - t^2): a root at the ball's outline
        wide, broad = rule(tangent * (end(f) / tangent) ** np.linspace(0, 1, 7), order)
        theta = np.concatenate([tangent * (1 - t**2), wide])
        share = np.concatenate([narrow * 2 * t * tangent, broad]) * np.sin(theta)
        inside = theta < tangent
        nearest, foot = r_sun * np.sin(theta), r_sun * np.cos(theta)
        last = foot + np.sqrt(R_MAX**2 - nearest**2)
        scale = np.maximum(nearest, BALL)[:, None]
        steps = np.array([-20, -10, -5, -2.5, -1, -0.5, 0, 0.5, 1, 2.5, 5, 10, 20, 40])
        spread = np.concatenate([foot[:, None] + scale * steps, np.tile(np.arange(15.0), (theta.size, 1))], axis=1)
        chord = np.sqrt(np.maximum(BALL**2 - nearest**2, 0))[:, None]
        ends = foot[:, None] + chord * [-1, 1]
        breaks = np.sort(np.clip(np.concatenate([spread, ends, last[:, None]], axis=1), 0, last[:, None]), axis=1)
        s, length = rule(breaks, order)
        length = np.where(inside[:, None] & (np.abs(s - foot[:, None]) < chord), 0.0, length)
        for up, along in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            n = np.stack([np.cos(theta), along * np.sin(theta) * np.cos(f), up * np.sin(theta) * np.sin(f)])
            n = np.stack([cosine * n[0] + sine * n[2], n[1], -sine * n[0] + cosine * n[2]])
            lines = np.sum(length * density(*(sun[:, None, None] + n[:, :, None] * s)), axis=1)
            total += float(weight * (share @ lines))
    return total


def window_factor(density, r_sun, z_sun, *, order=8, edge=None):
    """Return the mean of J in |l| < 30, |b| < 5 deg over that in the 6 deg circle."""
    core = ball(density, r_sun, z_sun, order, edge)
    circle = core + around(density, r_sun, z_sun, order, lambda phi: CIRCLE)
    window = core + around(density, r_sun, z_sun, order, farthest)
    return window / (4 * LON * np.sin(LAT)) / (circle / (2 * np.pi * (1 - np.cos(CIRCLE))))


def ellipsoid_edge(middle, axes):
    """Return the function that gives the radii at which rays from the centre, inside it, leave an ellipsoid."""
    middle, axes = np.asarray(middle), np.asarray(axes)

    def edge(unit):
        n, c = unit / axes[:, None], middle / axes
        a, b = np.sum(n**2, axis=0), n.T @ c
        return (b + np.sqrt(b**2 - a * (c @ c - 1))) / a

    return edge

"""Line integrals and pixel means by fixed graded Gauss-Legendre panels: an independent truth, fast enough for maps.

Nothing is adaptive and nothing is shared with the engine. A sight line is cut at the observer, the foot point, the
closest approach to the rotation axis, the crossing of z = 0 and the surfaces that the density hints at, with panels
that grow by a factor of 4 away from each. A pixel is a diamond in the HEALPix plane, integrated row by row; rows and
columns are graded towards the plane (and where an observer above it sees its horizon), the meridian and the border of
the caps. Every number comes with its change when the rules lose a third of their nodes.
"""

import functools

import healpy
import numpy as np

from profiles.contract.hints import surfaces

LINE_GROWTH, AREA_GROWTH = 4.0, 3.0
CENTRE_PANELS = (
    12,
    40,
)  # towards the centre, at least and at most: 1e-24 of a pixel, outside all but 1e-9 of a slope 2.6
CENTRE_LEFT_OUT = 1e-13  # share of the flux inside the innermost panel, if fewer reach it
HALF = np.pi / 2


gauss = functools.cache(np.polynomial.legendre.leggauss)


def panels(edges, order):
    """Return nodes and weights ``(..., K * order)`` of panels between edges ``(..., K + 1)``."""
    node, weight = gauss(order)
    half, middle = np.diff(edges) / 2, (edges[..., 1:] + edges[..., :-1]) / 2
    places = middle[..., None] + half[..., None] * node
    return places.reshape(*edges.shape[:-1], -1), (half[..., None] * weight).reshape(*edges.shape[:-1], -1)


def lines(density, n, *, r_sun=8.2, z_sun=0.0, r_max=60.0, order=18):
    """Return the integrals along Galactic unit vectors ``(N, 3)`` to the sphere `r_max`; r_sun < r_max."""
    return np.concatenate(
        [_block(density, part, r_sun, z_sun, r_max, order) for part in np.array_split(n, 1 + len(n) // 200)]
    )


def _block(density, n, r_sun, z_sun, r_max, order):
    nx, ny, nz = n.T
    foot = r_sun * np.stack([-(ny**2 + nz**2), nx * ny, nx * nz])
    p = r_sun * np.hypot(ny, nz)
    sine = z_sun / r_sun
    turn = np.array([[np.sqrt(1 - sine**2), 0, sine], [0, 1, 0], [-sine, 0, np.sqrt(1 - sine**2)]])
    foot, towards = turn @ foot, turn @ n.T
    start, stop = -r_sun * nx, np.sqrt(r_max**2 - p**2)
    flat = np.maximum(towards[0] ** 2 + towards[1] ** 2, 1e-300)
    axis = -(foot[0] * towards[0] + foot[1] * towards[1]) / flat
    plane = -foot[2] / np.where(np.abs(towards[2]) > 1e-300, towards[2], 1e-300)
    places = [(start, 5)] if density.symmetry == "spherical" else [(start, 5), (axis, 12), (plane, 9)]
    places += [(place, 6) for place in _hinted(density.hints, foot, towards, p, axis, flat)]
    growth = p * LINE_GROWTH ** np.arange(-1.0, np.ceil(np.log(2 * r_max / p.min()) / np.log(LINE_GROWTH)))[:, None]
    edges = [start, stop, np.zeros_like(p), *growth, *-growth]  # about the foot, in units of its distance
    for place, depth in places:
        steps = 2 * r_max * LINE_GROWTH ** -np.arange(depth + 1.0)
        edges += [place, *(place + step for step in steps), *(place - step for step in steps)]
    edges = np.sort(np.clip(np.stack(edges, axis=-1), start[:, None], stop[:, None]), axis=-1)
    u, weight = panels(edges, order)
    x, y, z = (foot[k][:, None] + u * towards[k][:, None] for k in range(3))
    if density.symmetry == "spherical":  # r from the foot, where x, y, z would cancel
        return np.sum(weight * density.radial(np.hypot(u, p[:, None])), axis=-1)
    return np.sum(weight * density(x, y, z), axis=-1)


def _hinted(hints, foot, towards, p, axis, flat):
    for radius in surfaces(hints.spheres):
        half = np.sqrt(np.maximum(radius**2 - p**2, 0.0))
        yield from (half, -half)
    for radius in surfaces(hints.cylinders):
        miss = np.hypot(foot[0] + axis * towards[0], foot[1] + axis * towards[1])
        half = np.sqrt(np.maximum(radius**2 - miss**2, 0.0) / flat)
        yield from (axis + half, axis - half)
    for height in {sign * h for h in surfaces(hints.planes) for sign in (1, -1)}:
        yield (height - foot[2]) / np.where(np.abs(towards[2]) > 1e-300, towards[2], 1e-300)
    for x, y, z, size in hints.points:
        gap = np.array([x, y, z])[:, None] - foot
        nearest = np.sum(gap * towards, axis=0)
        width = np.maximum(np.linalg.norm(gap - nearest * towards, axis=0), size)
        yield from (nearest + width * step for step in (-30, -5, 0, 5, 30))


def graded_edges(low, high, places, finest):
    """Return edges from low to high, at and around places, where panels are at least `finest` and grow outwards."""
    steps = finest * AREA_GROWTH ** np.arange(
        np.ceil(np.log(max((high - low) / finest, 1.0)) / np.log(AREA_GROWTH)) + 1
    )
    edges = [low, high, (low + high) / 2]
    for place in places:
        edges += [place, *(place + steps), *(place - steps)]
    return np.unique(np.clip(edges, low, high))


def pixel_mean(density, nside, pixel, *, r_sun=8.2, z_sun=0.0, r_max=60.0, orders=(12, 8)):
    """Return the mean over a pixel (RING), and how far a coarser rule is from it."""
    rule = _centre_mean if pixel in centre_pixels(nside) else _mean
    fine, coarse = (rule(density, nside, pixel, r_sun, z_sun, r_max, order) for order in orders)
    return fine, abs(fine - coarse)


def _line_order(order):
    """Return the nodes on a panel of a line for those on a panel of a pixel: both rules change together."""
    return 3 * order // 2


def centre_pixels(nside):
    """Return the four pixels that touch the Galactic centre; nside > 1."""
    return np.unique(
        healpy.ang2pix(nside, [0.01 / nside, -0.01 / nside, 0, 0], [0, 0, 0.01 / nside, -0.01 / nside], lonlat=True)
    )


def _centre_mean(density, nside, pixel, r_sun, z_sun, r_max, order):
    """Integrate in polar coordinates of the plane about the centre, a corner of the diamond."""
    lon, lat = healpy.pix2ang(nside, pixel, lonlat=True)
    middle = np.round(np.degrees(np.arctan2(lat, np.remainder(lon + 180, 360) - 180)) / 90) * HALF
    half = np.pi / (4 * nside)
    finest = np.pi / 8 if density.symmetry == "spherical" else 2e-3
    angle, turn = panels(graded_edges(middle - np.pi / 4, middle + np.pi / 4, [middle], finest), order)
    share, radial = panels(np.concatenate([[0.0], LINE_GROWTH ** -np.arange(_centre_panels(density))[::-1]]), order)
    total = area = 0.0
    for phi, weight in zip(angle, turn, strict=True):
        reach = 2 * half / (abs(np.cos(phi)) + abs(np.sin(phi)))
        n = _sky(share * reach * np.cos(phi), share * reach * np.sin(phi), 0.1)
        line = lines(density, n, r_sun=r_sun, z_sun=z_sun, r_max=r_max, order=_line_order(order))
        total += weight * reach**2 * ((radial * share) @ line)
        area += weight * reach**2 / 2
    return float(total / area)


def _centre_panels(density):
    """Return how many panels the centre takes: the flux inside an angle goes as its power 3 - slope."""
    radii = np.logspace(-10, -3, 8)
    there = density(0.5 * radii, 0.6 * radii, 0.62 * radii)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.nan_to_num(-np.diff(np.log(there)) / np.diff(np.log(radii))).max(initial=0.0)
    wanted = -np.log(CENTRE_LEFT_OUT) / np.log(LINE_GROWTH) / max(3 - slope, 0.1)
    return float(np.clip(np.ceil(wanted), *CENTRE_PANELS))


def _mean(density, nside, pixel, r_sun, z_sun, r_max, order):
    colatitude, lon = healpy.pix2ang(nside, pixel)
    x0, y0 = _plane(colatitude, lon)
    half = np.pi / (4 * nside)
    tilt = 3 * np.pi / 8 * np.arcsin(z_sun / r_sun) * np.cos(lon)
    border = np.pi / 4
    special = [place for place in (y0, 0.0, tilt, border, -border) if abs(place - y0) <= half * 1.0001]
    near_plane, near_centre = (
        abs(y0) < 1.5 * half + abs(tilt),
        np.hypot(np.remainder(x0 + np.pi, 2 * np.pi) - np.pi, y0) < 3 * half,
    )
    depth = 1e-6 if near_centre else (1e-3 if near_plane else 0.3)
    rows, row_weight = panels(graded_edges(y0 - half, y0 + half, special, depth * half), order)
    total = area = 0.0
    for y, weight in zip(rows, row_weight, strict=True):
        reach = half - abs(y - y0)
        if x0 + reach == x0:  # the tip of the diamond, narrower than numbers tell
            continue
        meridian = [k * 2 * np.pi for k in (0, 1) if abs(x0 - k * 2 * np.pi) <= 2 * half]
        x, across = panels(
            graded_edges(x0 - reach, x0 + reach, [x0, *meridian], (depth if meridian else 0.6) * half), order
        )
        n = _sky(x, np.full_like(x, y), x0)
        total += weight * (across @ lines(density, n, r_sun=r_sun, z_sun=z_sun, r_max=r_max, order=_line_order(order)))
        area += weight * across.sum()
    return float(total / area)


def _plane(colatitude, lon):
    z = np.cos(colatitude)
    if abs(z) <= 2 / 3:
        return lon, 3 * np.pi / 8 * z
    sigma = np.sqrt(3) * np.sqrt(2) * np.sin(min(colatitude, np.pi - colatitude) / 2)
    middle = HALF * (np.floor(lon / HALF) + 0.5)
    return middle + (lon - middle) * sigma, np.sign(z) * np.pi / 4 * (2 - sigma)


def _sky(x, y, near):
    """Return unit vectors of places of the HEALPix plane in the base faces about the column `near`."""
    sigma = np.minimum(2 - np.abs(4 * y / np.pi), 1.0)
    middle = HALF * (np.floor(near / HALF) + 0.5)
    cap = sigma < 1
    lon = np.where(cap, middle + (x - middle) / np.where(sigma > 0, sigma, 1.0), x)
    z = np.where(cap, np.sign(y) * (1 - sigma**2 / 3), 8 / (3 * np.pi) * y)
    flat = np.where(cap, sigma * np.sqrt((2 - sigma**2 / 3) / 3), np.sqrt(np.maximum(1 - z * z, 0.0)))
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), z], axis=-1)

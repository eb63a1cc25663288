"""Correlation by scale in a mask: against healpy's spectra, in closed form under noise, and against mocks."""

import healpy
import numpy as np
import pytest

from skymodel.comparison.forecast.likelihood import Expected
from skymodel.comparison.forecast.mocks import calibrated, counts
from skymodel.comparison.likeness.field import field_of
from skymodel.comparison.likeness.scales import SCALES, scale_correlation
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.healpix import pixel_area
from skymodel.sky.regions import Box, Circle
from skymodel.sky.smoothing import smooth
from tests.comparison.gaussians import gaussian

SEED = 20261125
FIELD = field_of(Box(lon=(-30, 30), lat=(-15, 15)), 32)
ALL = field_of(Circle(lon=0, lat=0, radius=180), 16)


def cut(sky, field=FIELD):
    return sky.values[field.pixels][None]


@pytest.mark.parametrize("degrees", [*SCALES, (7, 7)])
def test_it_is_the_pseudo_spectra_of_healpy_summed_with_their_harmonics(degrees):
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 1, FIELD.pixels.size))
    maps = np.zeros((2, 12 * 32**2))
    for full, values in zip(maps, (a, b), strict=True):
        full[FIELD.pixels] = values[0] - values.mean()
    degree = np.arange(degrees[0], degrees[1] + 1)
    cross, auto_a, auto_b = (
        (2 * degree + 1) @ healpy.anafast(maps[i], maps[j], lmax=60, iter=0)[degree]
        for i, j in ((0, 1), (0, 0), (1, 1))
    )
    assert scale_correlation(a, b, FIELD, degrees)[0] == pytest.approx(cross / np.sqrt(auto_a * auto_b), abs=1e-9)


def test_a_shift_on_the_whole_sky_is_its_legendre_polynomial():
    shifted = cut(gaussian(16, 9.0, lon=20.0), ALL)
    for degree in (3, 8):
        expected = np.polynomial.legendre.Legendre.basis(degree)(np.cos(np.radians(20.0)))
        found = scale_correlation(cut(gaussian(16, 9.0), ALL), shifted, ALL, (degree, degree))[0]
        assert found == pytest.approx(expected, abs=5e-3)  # pixels of 3.7 deg


def test_scaling_and_a_background_change_nothing_and_smearing_next_to_nothing():
    a = cut(gaussian(32, 4.0))
    wide = cut(smooth(gaussian(32, 4.0), GaussianBeam(6.0)))
    for degrees in SCALES:
        assert scale_correlation(a, 3 * a + 2, FIELD, degrees)[0] == pytest.approx(1.0, abs=1e-9)
    assert scale_correlation(a, wide, FIELD, SCALES[0])[0] > 0.99
    assert (scale_correlation(a, 0 * a + 1, FIELD, SCALES[0]) == 0).all()


def expected_of(background):
    signal = 4000.0 * gaussian(32, 4.0).values[FIELD.pixels] / gaussian(32, 4.0).values[FIELD.pixels].sum()
    return Expected(signal, np.full(signal.size, background))


@pytest.mark.parametrize("degrees", SCALES)
def test_noise_in_the_mask_lowers_it_by_the_closed_form(degrees):
    # E[a K b] = s K s, E[a K a] = s K s + trace of K with the Poisson variances; K from products of P_l here
    wanted = expected_of(40.0)
    vectors = np.stack(healpy.pix2vec(32, FIELD.pixels), axis=1)
    series = np.zeros(degrees[1] + 1)
    series[degrees[0] :] = 2 * np.arange(degrees[0], degrees[1] + 1) + 1
    kernel = np.polynomial.legendre.legval(np.clip(vectors @ vectors.T, -1, 1), series) * pixel_area(32) ** 2
    kernel = kernel - kernel.mean(axis=0) - kernel.mean(axis=1)[:, None] + kernel.mean()
    power = wanted.signal @ kernel @ wanted.signal
    noise = np.diag(kernel) @ (wanted.signal + wanted.background)
    drawn = [counts(wanted, SEED, 0, 1500, band=band) - wanted.background for band in (0, 1)]
    found = scale_correlation(*drawn, FIELD, degrees)
    # a ratio of means, not the mean of a ratio: 1 / degrees of freedom of the noise, and 4 times the mocks' scatter
    free = np.trace(kernel) ** 2 / np.trace(kernel @ kernel)
    assert found.mean() == pytest.approx(power / (power + noise), abs=4 * found.std() / np.sqrt(1500) + 1 / free)


def test_one_origin_is_calibrated_in_its_mask_and_another_is_refuted():
    same = expected_of(40.0)
    wide = gaussian(32, 7.0, lon=6.0).values[FIELD.pixels]
    other = Expected(4000.0 * wide / wide.sum(), same.background)
    here = counts(same, SEED, 0, 1)[0]
    p = {}
    for name, truth in {"same": same, "other": other}.items():
        there = counts(truth, SEED, 0, 1, band=1)[0]
        table = calibrated((same, same), (here, there), FIELD, mocks=400, seed=SEED + 1)
        p[name] = np.array(table["p"])
        assert list(table["l_min"]) == [low for low, _ in SCALES]
        assert (table["expected"] < 1).all()  # noise: 1 would be the wrong yardstick
    assert p["same"].min() > 1e-3
    assert p["other"].min() < 0.01


@pytest.mark.parametrize("degrees", [(0, 5), (6, 5), (10, 96)])
def test_degrees_that_are_none_are_refused(degrees):
    with pytest.raises(ValueError, match="allowed: 1 <= first <= last < 96"):
        scale_correlation(np.ones((1, FIELD.pixels.size)), np.ones((1, FIELD.pixels.size)), FIELD, degrees)

"""Fits of the published skies must return what was published, to rounding of the pixels, whatever the weights."""

import numpy as np
import pytest
import yaml

from skymodel.comparison.likeness.gaussian_sky import UNIT
from skymodel.comparison.rivals.components import LINE_BEAM, BulgeFit, _line_templates, fit_bulge, fit_line, inflight
from skymodel.comparison.rivals.exposure import pixel_weights
from skymodel.comparison.rivals.skies import Blob, rival
from skymodel.datafiles import data_path
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.line_skies import LINE_SKIES, Gaussian
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth

NSIDE = 64  # the beams need two pixels
ENTRY = yaml.safe_load(data_path("line511.yaml").read_text(encoding="utf-8"))["siegert2016"]
PUBLISHED = np.array([ENTRY[name]["flux"] for name in ("bulge", "disk", "central_source")])
ERRORS = np.array([ENTRY[name]["err"] for name in ("bulge", "disk", "central_source")])


@pytest.fixture(scope="module")
def components():
    """Return the maps ``(npix, 3)`` of the published components at their published fluxes."""
    maps = []
    for name, flux in zip(("bulge", "disk", "central_source"), PUBLISHED, strict=True):
        parts = [part for part in LINE_SKIES["siegert2016"]().components if part.measured_as == name]
        values = np.sum([Blob(part).sky(NSIDE).values for part in parts], axis=0)
        maps.append(values * flux / sum(part.flux for part in parts))
    return np.stack(maps, axis=1)


def sky(values):
    return SkyMap(values, 0.0, UNIT)


def test_the_published_sky_has_no_pulls_whatever_its_scale(components):
    found = fit_line(sky(components @ [7.0, 7.0, 7.0]))
    assert found.scale == pytest.approx(1 / 7, rel=1e-6)
    assert np.abs(found.pulls).max() < 1e-4
    assert found.fluxes == pytest.approx(PUBLISHED, rel=1e-5)


def test_a_sky_with_twice_the_disk_has_the_pulls_of_the_closed_form(components):
    amplitude = PUBLISHED * [1, 2, 1]
    scale = np.sum(amplitude * PUBLISHED / ERRORS**2) / np.sum(amplitude**2 / ERRORS**2)
    expected = (scale * amplitude - PUBLISHED) / ERRORS
    found = fit_line(sky(components @ [1.0, 2.0, 1.0]))
    assert found.pulls == pytest.approx(expected, abs=1e-3)
    assert found.chi_square == pytest.approx(float(expected @ expected), rel=1e-3)


def test_the_published_bulge_is_found_where_it_is_beside_an_interstellar_disk():
    bulge, disk = rival("knoedlseder2025").sky(NSIDE), rival("interstellar").sky(NSIDE)
    found = fit_bulge(sky(bulge.values + 0.3 * disk.values))
    assert [found.lon, found.lat] == pytest.approx([-1.4, -0.2], abs=5e-3)
    assert found.sigma == pytest.approx(3.3, rel=1e-3)
    assert found.flux == pytest.approx(3.1e-4, rel=5e-3)  # 2 pi sigma^2 is the plane's integral
    assert np.abs(inflight().pulls(found)).max() < 0.01


def test_a_wider_and_centred_bulge_is_pulled_as_far_as_it_differs():
    found = fit_bulge(Blob(Gaussian(1e-4, 0.0, 0.0, 0.0, 5.0, 5.0, "")).sky(NSIDE))
    assert inflight().pulls(found) == pytest.approx((1.4, 0.2, 1.7), abs=0.01)  # errors of 1 deg are assumed


def test_pulls_are_differences_over_errors():
    assert inflight().pulls(BulgeFit(0.6, -2.2, 3.3, 1.0)) == pytest.approx((2.0, -2.0, 0.0), abs=1e-12)


def test_the_published_sky_has_no_pulls_whatever_the_weights(components):
    found = fit_line(sky(components @ [1.0, 1.0, 1.0]), "inner")
    assert np.abs(found.pulls).max() < 1e-4


def test_weights_are_those_of_weighted_least_squares():
    shape = rival("sn_ia").sky(NSIDE)
    templates, published, errors, field = _line_templates(NSIDE)
    seen = smooth(shape, GaussianBeam(LINE_BEAM)).values[field]
    inverse = pixel_weights("inner", NSIDE)[field]
    normal = (templates.T * inverse) @ templates
    fluxes = np.linalg.solve(normal, (templates.T * inverse) @ seen) * published
    scale = np.sum(fluxes * published / errors**2) / np.sum(fluxes**2 / errors**2)
    found, even = fit_line(shape, "inner"), fit_line(shape)
    assert found.fluxes == pytest.approx(scale * fluxes, rel=1e-6)
    assert found.chi_square > 1.2 * even.chi_square  # a sky that is not the published one: the weights matter


def test_the_difference_of_a_bulge_is_its_largest():
    assert inflight().distance(BulgeFit(-1.4, 0.3, 4.3, 1.0)) == pytest.approx(1.0)

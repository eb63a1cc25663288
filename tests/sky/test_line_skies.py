"""Published line skies: shares against closed forms, scipy and containments computed by others."""

import numpy as np
import pytest
import yaml
from scipy.integrate import dblquad, quad

from skymodel.datafiles import data_path
from skymodel.sky.line_skies import FWHM, LINE_SKIES, Gaussian
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Circle


def component(lon=0.0, lat=0.0, sigma_lon=3.0, sigma_lat=None):
    return Gaussian(1.0, 0.1, lon, lat, sigma_lon, sigma_lat or sigma_lon, "test")


def published(kind):
    return yaml.safe_load(data_path("validation.yaml").read_text())["skinner2014_containment"][kind]


def test_eighty_per_cent_within_six_degrees_is_one_gaussian_of_eight_degrees():
    sigma = 8 / FWHM
    share = component(sigma_lon=sigma).share(INTEGRAL_CIRCLE)

    def ring(theta):
        return np.sin(np.radians(theta)) * np.exp(-((theta / sigma) ** 2) / 2)

    expected = quad(ring, 0, 6, epsabs=0, epsrel=1e-12)[0]
    expected /= quad(ring, 0, 180, points=[6, 20, 60], epsabs=0, epsrel=1e-12)[0]
    assert share == pytest.approx(expected, rel=1e-10)
    assert share == pytest.approx(0.79016, abs=5e-6)
    assert share == pytest.approx(1 - 2 ** -((6 / 4) ** 2), abs=4e-4)  # the flat sky: sigma^2 / 6 = 6e-4


def test_a_disk_agrees_with_adaptive_quadrature_in_longitude_and_latitude():
    def shape(b, lon):
        return np.exp(-((lon / 60) ** 2) / 2 - (b / 10.5) ** 2 / 2) * np.cos(np.radians(b))

    whole = dblquad(shape, -180, 180, -90, 90, epsrel=1e-10)[0]
    box = dblquad(shape, -30, 30, -5, 5, epsrel=1e-10)[0] / whole
    assert component(sigma_lon=60, sigma_lat=10.5).share(COMPTEL_WINDOW) == pytest.approx(box, rel=1e-7)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("narrow", component(lon=-1.25, lat=-0.25, sigma_lon=2.5)),
        ("broad", component(sigma_lon=8.7)),
        ("thin", component(sigma_lon=90, sigma_lat=3)),
        ("thick", component(sigma_lon=60, sigma_lat=10.5)),
    ],
)
def test_shares_are_those_computed_by_others(name, shape):
    # 0.005: the tolerance the table states for its 0.075 deg grid
    assert shape.share(INTEGRAL_CIRCLE) == pytest.approx(published("containment_6deg")[name], rel=0.005)
    assert shape.share(COMPTEL_WINDOW) == pytest.approx(published("containment_box_l30_b5")[name], rel=0.005)


@pytest.mark.parametrize("shape", [component(lon=4, lat=-1), component(sigma_lon=60, sigma_lat=10.5)])
def test_a_region_and_the_rest_of_the_sky_hold_everything(shape):
    region = Circle(lon=5, lat=3, radius=12)
    assert shape.share(region) + shape.share(~region) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "circle", "box"), [("knoedlseder2005", 0.0241, 0.00495), ("siegert2016", 0.0158, 0.00500)]
)
def test_published_skies_have_the_known_mean_intensities_in_both_windows(name, circle, box):
    sky = LINE_SKIES[name]()
    assert sky.mean_intensity(INTEGRAL_CIRCLE)[0] == pytest.approx(circle, rel=0.003)  # three printed digits
    assert sky.mean_intensity(COMPTEL_WINDOW)[0] == pytest.approx(box, rel=0.003)


def test_errors_of_components_measured_as_one_add_and_others_are_independent():
    sky = LINE_SKIES["siegert2016"]()
    area = INTEGRAL_CIRCLE.solid_angle
    flux = {(c.measured_as, c.sigma_lon): c.flux * c.share(INTEGRAL_CIRCLE) for c in sky.components}
    bulge = 0.07 / 0.96 * sum(value for (name, _), value in flux.items() if name == "bulge")
    disk = 0.35 / 1.66 * flux["disk", 60]
    source = 0.2 / 0.8 * flux["central_source", 1.3]
    expected = np.sqrt(bulge**2 + disk**2 + source**2) / area
    assert sky.mean_intensity(INTEGRAL_CIRCLE)[1] == pytest.approx(expected, rel=1e-12)


def test_an_elongated_component_off_the_plane_is_refused():
    with pytest.raises(ValueError, match="allowed: lat = 0"):
        component(lat=3, sigma_lon=60, sigma_lat=10)

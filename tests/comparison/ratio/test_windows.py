import math

import numpy as np
import pytest

from profiles import NFW, Burkert, ExponentialDisk, GaussianBulge, from_function
from skymodel.comparison.ratio.windows import boxes, circles, mapped_window_factors, matching, share, window_curve
from skymodel.galaxy import SkyModel
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

ONE = from_function(lambda x, y, z: 1 + 0 * x, unit="GeV cm-3", symmetry="spherical")
DISK = ExponentialDisk(R_d=2.6, z_d=0.3)


def test_a_distant_gaussian_ball_has_the_containment_of_a_gaussian_on_the_sky():
    sigma = math.radians(8 / math.sqrt(8 * math.log(2)))  # 8 deg full width at half maximum
    found = share(SkyModel(ONE, GaussianBulge(sigma=8.2 * sigma)), INTEGRAL_CIRCLE)
    # 0.790 for the flat Gaussian; nearer parts of the ball look wider and farther ones brighter per angle: O(sigma^2)
    assert found.value == pytest.approx(1 - 2 ** -((6 / 4) ** 2), abs=3 * sigma**2)
    assert found.error < 1e-4


def test_the_share_of_a_gaussian_ball_is_its_volume_integral_over_distance_squared():
    from scipy.integrate import dblquad

    sigma, r_sun = 0.5, 8.2

    def ball(s, theta):
        r2 = r_sun**2 + s**2 - 2 * r_sun * s * math.cos(theta)
        return math.exp(-r2 / (2 * sigma**2)) * math.sin(theta)

    inside = dblquad(ball, 0, math.radians(6), 3, 14, epsabs=1e-12)[0]  # 10 sigma to either side
    everywhere = dblquad(ball, 0, math.radians(60), 3, 14, epsabs=1e-12)[0]
    found = share(SkyModel(ONE, GaussianBulge(sigma=sigma)), INTEGRAL_CIRCLE)
    assert abs(found.value - inside / everywhere) < found.error + 1e-8


def test_shares_of_parts_add_up_to_the_whole():
    model = SkyModel(NFW(), DISK)
    inside, outside = (share(model, region) for region in (INTEGRAL_CIRCLE, ~INTEGRAL_CIRCLE))
    assert abs(inside.value + outside.value - 1) < inside.error + outside.error


def test_a_uniform_sky_has_a_window_factor_of_one_in_every_window():
    sphere = SkyModel(ONE, from_function(lambda x, y, z: 1 + 0 * x, unit="cm-3", symmetry="spherical"), s_max=5.0)
    curve = window_curve(sphere, [*circles([1, 30, 120]), *boxes([3, 60], [4, 80])])
    assert [found.value for found in curve] == pytest.approx([1] * 5, rel=1e-9)


def test_the_curve_of_windows_passes_through_the_published_value_and_falls_outwards():
    model = SkyModel(NFW(r_s=20), DISK)
    values = [found.value for found in window_curve(model, boxes([10, 20, 30, 60]))]
    assert values[2] == pytest.approx(0.3810354, rel=1e-4)  # the tolerance asked for
    assert np.all(np.diff(values) < 0)
    rising = [found.value for found in window_curve(model, circles([3, 6, 12]))]
    assert rising[1] == pytest.approx(1, abs=1e-12)
    assert rising[0] > 1 > rising[2]


def test_matched_windows_are_those_in_which_every_pair_agrees():
    models = [SkyModel(halo, electrons) for halo in (NFW(), Burkert()) for electrons in (DISK, GaussianBulge())]
    found = matching(models, boxes([6, 15, 30]))
    assert found.factors.shape == (4, 3)
    expected = [[each.value for each in window_curve(model, boxes([6, 15, 30]))] for model in models]
    assert np.allclose(found.factors, expected, rtol=1e-12)
    assert found.best == boxes([6])[0]
    assert found.within(0.1) == boxes([6])
    assert found.departure[2] == pytest.approx(1 / found.low[2] - 1)
    assert found.within(1e-3) == ()


def test_published_line_maps_have_the_window_factors_of_the_literature_table():
    import yaml

    from skymodel.datafiles import data_path

    table = yaml.safe_load(data_path("line511.yaml").read_text())["derived_here"]["mean_line_intensity"]
    for found, row in zip(mapped_window_factors(), table[:2], strict=True):
        # sums over HEALPix pixels of nside 256, printed to three digits
        assert found.value == pytest.approx(row["box_l30_b5"] / row["circle6"], rel=1e-2)


def test_mapped_factors_of_one_region_are_one():
    assert [f.value for f in mapped_window_factors(numerator=COMPTEL_WINDOW, denominator=COMPTEL_WINDOW)] == [1, 1]

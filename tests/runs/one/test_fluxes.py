"""The flux table follows from means, solid angles and photons per line photon; its errors are bounds."""

import math

import numpy as np
import pytest
from astropy import units as u

from skymodel.bounded import Bounded
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511
from skymodel.runs.one.fluxes import Part, flux_table


@pytest.fixture
def table():
    """Two regions of a sky that is twice as bright in the first, the anchor's."""
    anchor, other = 0.03, 0.2
    whole = (6.0 * anchor + 3.0 * other) / (4 * math.pi)
    parts = [
        Part("integral_circle", anchor, (Bounded(6.0, 0.06),), (Bounded(1.0, 0.0),)),
        Part("comptel_window", other, (Bounded(3.0, 0.03),), (Bounded(0.5, 0.01),)),
    ]
    sky = Part("all_sky", 4 * math.pi, (Bounded(whole, 0.0),), (Bounded(whole / 6.0, 0.0),))
    return flux_table(parts, sky, 0.025, {LINE_511: (1.0,), CONTINUUM_1_20: (0.5,)}, relative_error=0.04)


def test_the_columns_are_those_that_others_read(table):
    names = (
        "region band e_min e_max solid_angle mean mean_error mean_error_measured flux flux_error flux_error_measured"
    )
    assert table.colnames == [*names.split(), "share_of_sky"]
    assert table["mean"].unit == u.Unit("cm-2 s-1 sr-1")
    assert table["flux"].unit == u.Unit("cm-2 s-1")
    assert table["solid_angle"].unit == u.sr
    assert table["e_min"].unit == u.MeV
    assert all(table[name].info.description for name in table.colnames)


def test_there_is_a_row_for_each_region_and_band_the_whole_sky_last(table):
    assert list(table["region"]) == ["integral_circle"] * 2 + ["comptel_window"] * 2 + ["all_sky"] * 2
    assert list(table["band"]) == ["LINE_511", "CONTINUUM_1_20"] * 3
    assert list(table["e_min"].value[:2]) == [0.506, 1.0]


def test_the_anchors_region_has_the_measured_line_and_the_others_follow(table):
    mean = table["mean"].value
    np.testing.assert_allclose(mean[:4], [0.025, 0.0125, 0.0125, 0.00625], rtol=1e-15)
    np.testing.assert_allclose(table["mean_error"].value[:4], [0, 0, 2.5e-4, 1.25e-4], rtol=1e-13)


def test_a_flux_is_the_mean_times_the_solid_angle(table):
    np.testing.assert_allclose(table["flux"].value, table["mean"].value * table["solid_angle"].value, rtol=1e-15)
    np.testing.assert_allclose(
        table["flux_error"].value, (table["mean_error"] * table["solid_angle"]).value, rtol=1e-15
    )


def test_shares_are_those_of_the_flux_and_the_whole_sky_has_all(table):
    share = table["share_of_sky"]
    assert share[0] == pytest.approx(0.18 / 0.78, rel=1e-14)  # 6 x 0.03 of 6 x 0.03 + 3 x 0.2
    assert share[0] + share[2] == pytest.approx(1.0, rel=1e-14)
    assert share[-1] == 1.0
    assert table.meta["share_of_sky_error"]["integral_circle"] == pytest.approx(0.01 * 0.18 / 0.78, rel=1e-9)


def test_the_anchors_error_is_the_same_share_of_every_row_and_apart_from_the_numerical_one(table):
    for name in ("mean", "flux"):
        np.testing.assert_allclose(table[f"{name}_error_measured"].value, 0.04 * table[name].value, rtol=1e-15)
        assert table[f"{name}_error"].value[0] == 0  # the anchor's own region has no numerical error here

"""The tables of pairs and of rivals against data."""

import numpy as np
import pytest

from profiles.shelf.tracers import INTERSTELLAR, PRINTED
from skymodel.comparison.ratio import candidates
from skymodel.comparison.rivals.confront import confront, confront_rivals
from skymodel.comparison.rivals.skies import LISTED
from tests.comparison.rivals.test_components import ERRORS, NSIDE, PUBLISHED


@pytest.mark.slow
def test_the_table_says_which_pairs_are_compatible_and_why():
    halos, electrons = candidates.default_halos(), candidates.default_electrons()
    table = confront(
        {"pppc4dmid_moore": halos["pppc4dmid_moore"]}, {"mcmillan2017_gas": electrons["mcmillan2017_gas"]}, nside=NSIDE
    )
    row = table[0]
    pulls = np.array([row[f"pull_line_{name}"] for name in ("bulge", "disk", "central_source")])
    fluxes = np.array([row[f"flux_{name}"].value for name in ("bulge", "disk", "central_source")])
    assert pulls == pytest.approx((fluxes - PUBLISHED) / ERRORS, rel=1e-9)
    assert row["line_compatible"] == (float(pulls @ pulls) < 5.991464547107979)  # 5 % of chi-square with 2 degrees
    differences = [abs(row[f"pull_bulge_{name}"]) for name in ("lon", "lat", "sigma")]  # errors of 1 deg are assumed
    assert row["bulge_compatible_from"].value == pytest.approx(max(differences) / 2, rel=1e-9)
    assert (row["weights"], table.meta["weights"]) == ("even", {"even": "even"})
    assert not row["compatible"]  # gas has a hole at the centre, the line a bulge
    assert abs(row["bulge_lon"].value) < 0.1  # the pair is symmetric about the centre


@pytest.mark.slow
def test_by_default_both_tracers_are_confronted_and_a_cusp_of_gas_is_no_bulge(monkeypatch):
    for found, name in (("default_electrons", "mcmillan2017_disks"), ("interstellar_electrons", "ne2001")):
        one = {name: getattr(candidates, found)()[name]}
        monkeypatch.setattr(candidates, found, lambda one=one: one)
    halo = {"pppc4dmid_nfw": candidates.default_halos()["pppc4dmid_nfw"]}
    stars, inner, gas, _ = confront(halo, nside=NSIDE, weights=("even", "inner"))
    assert (stars["tracer"], gas["tracer"]) == (PRINTED, INTERSTELLAR)
    assert (stars["weights"], inner["weights"]) == ("even", "inner")
    assert not stars["line_compatible"]  # on the limit, and the weights decide
    assert inner["line_compatible"]
    assert gas["pull_line_bulge"] < -5  # the line's bulge is wider than the gas of the centre
    assert abs(stars["pull_line_bulge"]) < 1
    assert not gas["compatible"]


def test_every_rival_of_the_line_has_its_numbers_and_their_status():
    table = confront_rivals(("siegert2016", "galactic_centre_source"), nside=NSIDE)
    published, source = table
    assert published["chi_square"] == pytest.approx(0.0, abs=0.1)  # its own components, 3 % rounder in flux
    assert source["chi_square"] > 100  # a point is no bulge
    assert source["mean_circle"].value * 0.0344196 == pytest.approx(
        0.8e-4, rel=1e-4
    )  # all of it, the pixels of the edge bent
    assert "read" in source["reference"]


def test_the_rivals_that_are_listed_are_the_default():
    table = confront_rivals(LISTED[:1], nside=NSIDE, weights="inner")
    assert table.meta["weights"].startswith("inner Galaxy, assumed")

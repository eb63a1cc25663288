from dataclasses import replace

import numpy as np
import pytest

from profiles import NFW, from_function
from skymodel.comparison.comptel.backgrounds import background
from skymodel.comparison.comptel.points import template
from skymodel.comparison.comptel.spectra import WINDOWS, comptel
from skymodel.comparison.ratio.candidates import default_electrons, default_halos
from skymodel.comparison.ratio.falsify import window_test
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.galaxy import SkyModel

CUSPY = SkyModel(default_halos()["pppc4dmid_nfw"], default_electrons()["mcmillan2017_bulge"])
UNIT = NuggetEmission(chi=1.0)
EXTENDED = SkyModel(default_halos()["pppc4dmid_burkert"], default_electrons()["mcmillan2017_gas"])


@pytest.mark.parametrize("name", ["none", "Ackermann"])
def test_the_one_chi_is_the_minimum_over_all_nine_points(name):
    found = window_test(EXTENDED, background=name)
    assert found.windows == WINDOWS
    measured = [comptel(window) for window in WINDOWS]
    model = np.array([f.value * template(UNIT, m) for f, m in zip(found.factors, measured, strict=True)])
    points, errors = np.array([m.intensity for m in measured]), np.array([m.error for m in measured])
    below = np.array([background(name, m) for m in measured])

    def chi_square(chi):
        return np.sum(((points - below - chi * model) / errors) ** 2)

    chi = np.linspace(0, 0.2, 20001)
    best = chi[np.argmin([chi_square(value) for value in chi])]
    assert found.one_chi.chi == pytest.approx(best, abs=1e-5)  # the step of the scan
    assert found.one_chi.chi_square == pytest.approx(chi_square(found.one_chi.chi), rel=1e-12)
    assert found.one_chi.dof == 8
    assert found.one_chi.background == name


def test_any_spectrum_fits_better_than_one_and_has_three_amplitudes():
    found = window_test(EXTENDED)
    assert found.any_spectrum.amplitudes.shape == (3,)
    assert found.any_spectrum.pulls.shape == (3, 3)
    assert found.any_spectrum.dof == 6
    assert found.any_spectrum.chi_square < found.one_chi.chi_square
    w = np.array([factor.value for factor in found.factors])
    for column, window in enumerate(comptel("l30_b5").bins):
        data = np.array([comptel(name).intensity[column] for name in WINDOWS])
        sigma = np.array([comptel(name).error[column] for name in WINDOWS])
        closed = np.sum(w * data / sigma**2) / np.sum(w**2 / sigma**2)
        assert found.any_spectrum.amplitudes[column] == pytest.approx(closed, rel=1e-12), window


def test_an_isotropic_sky_is_a_worse_fit_than_a_disk():
    # COMPTEL's points fall by half from |b| < 5 to |b| < 20 deg: no isotropic sky does, whatever its spectrum
    ball = from_function(lambda x, y, z: 1 + 0 * x, unit="GeV cm-3", symmetry="spherical")
    flat = SkyModel(ball, from_function(lambda x, y, z: 1 + 0 * x, unit="cm-3", symmetry="spherical"), s_max=5.0)
    found = window_test(flat)
    assert [factor.value for factor in found.factors] == pytest.approx([1, 1, 1], rel=1e-9)
    assert found.any_spectrum.chi_square > window_test(EXTENDED).any_spectrum.chi_square


def test_points_made_from_a_pair_give_its_chi_back_and_falsify_another():
    def made(name, factor):
        model = 0.07 * factor.value * template(UNIT, comptel(name))
        return replace(comptel(name), intensity=tuple(model), error=tuple(0.02 * model))

    points = [made(name, factor) for name, factor in zip(WINDOWS, window_test(CUSPY).factors, strict=True)]
    found = window_test(CUSPY, measurements=points)
    assert found.one_chi.chi == pytest.approx(0.07, rel=1e-9)
    assert not found.model_falsified
    assert not found.pair_falsified
    assert window_test(EXTENDED, measurements=points).pair_falsified


def test_without_a_background_a_cuspy_pair_is_too_narrow_for_any_spectrum_and_a_wide_one_is_not():
    assert window_test(CUSPY).pair_falsified
    assert not window_test(EXTENDED).pair_falsified


def test_at_20_mev_the_model_is_falsified_by_its_spectrum_for_every_pair():
    assert NuggetEmission().mu == 20
    for model in (CUSPY, EXTENDED):
        assert window_test(model).model_falsified


def test_one_window_is_no_test():
    with pytest.raises(ValueError, match="1 measurement given"):
        window_test(SkyModel(NFW(), default_electrons()["mcmillan2017_gas"]), measurements=[comptel()])

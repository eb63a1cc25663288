"""The computed electrosphere: limits in closed form, an independent boundary-value solution, conservation laws."""

import numpy as np
import pytest
from scipy.integrate import quad, solve_bvp

from skymodel.emission.electrosphere.solved import SolvedElectrosphere
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.constants import ALPHA
from skymodel.runs.config.model import RunConfig

STARS = {
    "massless": SolvedElectrosphere(20.0, mass=0.0),
    "cold": SolvedElectrosphere(20.0),
    "hot": SolvedElectrosphere(20.0, temperature=0.008),
    "very hot": SolvedElectrosphere(5.0, temperature=0.03),
}


def heights(star, count=120):
    return np.minimum(np.concatenate([[0.0], np.geomspace(1e-3, star.thickness, count)]), star.thickness)


@pytest.mark.parametrize("name", list(STARS))
def test_the_first_integral_of_poissons_equation_is_kept(name):
    star = STARS[name]
    # the equation of second order is integrated; nothing but its accuracy keeps the first integral
    worst = np.abs(star.first_integral(heights(star))).max()
    assert worst < 1e-8 * star.field(0.0) ** 2 / 2


def test_without_mass_and_temperature_it_is_the_papers_closed_form():
    star, paper = STARS["massless"], Electrosphere(20.0, 30.0, v_e=0.1)
    z = np.geomspace(0.01, 1e3, 50)
    np.testing.assert_allclose(star.mu(z), 20.0 / (1 + z), rtol=1e-8)
    assert star.z_0 == paper.z_0
    assert float(star.mu(30.0)) == pytest.approx(float(paper.mu(30.0)), rel=1e-9)


def test_the_tail_is_boltzmanns():
    star = STARS["hot"]
    outer = star.thickness * np.array([0.7, 0.8, 0.9])
    root = star.density(outer) ** -0.5  # n = T / 2 pi alpha (z + z_B)^2: the root grows evenly
    slope = np.diff(root) / np.diff(outer * star.z_0)
    np.testing.assert_allclose(slope, np.sqrt(2 * np.pi * ALPHA / star.temperature), rtol=1e-3)


@pytest.mark.parametrize("name", ["cold", "hot"])
def test_the_charge_is_that_of_all_positrons_so_the_whole_is_neutral(name):
    star = STARS[name]
    total = quad(
        lambda w: float(star.density(np.expm1(w))) * np.exp(w) * star.z_0,
        0,
        np.log1p(star.thickness),
        epsrel=1e-9,
        limit=400,
    )[0]
    assert total == pytest.approx(star.charge, rel=1e-7)
    assert star.field(star.thickness) < 1e-6 * star.field(0.0)  # no field is left outside


def test_a_boundary_value_solver_finds_the_same_electrosphere():
    star, end = STARS["hot"], 40.0
    z = np.linspace(0, end, 4001)
    found = solve_bvp(
        lambda z, y: [y[1], 4 * np.pi * ALPHA * star.gas.density(y[0]) * star.z_0**2],
        lambda a, b: [a[0] - 20.0, b[0] - float(star.mu(end))],
        z,
        [20.0 / (1 + z), -20.0 / (1 + z) ** 2],
        tol=1e-8,
        max_nodes=100_000,
    )
    inside = np.array([0.5, 1.0, 5.0, 20.0])
    np.testing.assert_allclose(found.sol(inside)[0], star.mu(inside), rtol=1e-6)


def test_an_electron_turns_where_the_potential_takes_all_its_energy():
    star = SolvedElectrosphere(60.0)
    for energy in (2.6e-7, 0.012, 1.0):
        assert float(star.potential(star.turning_point(energy))) == pytest.approx(energy, rel=1e-6)
    assert star.turning_point(60.0) == 0.0
    assert float(star.potential(0.0)) == pytest.approx(59.5, abs=0.02)
    # (A.1) has 1.42 MeV at 30 z_0; the mass raises mu there by 5 %
    assert float(star.potential(30.0)) == pytest.approx(1.42, rel=0.06)


def test_it_is_a_type_of_emission_of_the_configuration():
    entry = {"type": "solved_electrosphere", "v_e": 0.22, "temperature": "1 keV", "barrier": False}
    densities = {"dark_matter": {"type": "nfw"}, "electrons": {"type": "exponential_disk"}}
    config = RunConfig(**densities, emission=entry)
    assert config.emission.build().chi == pytest.approx(0.068, rel=0.02)
    assert RunConfig(**config.resolved()) == config


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mu_0": 0.5}, "no positrons are held"),
        ({"mu_0": 20.0, "temperature": 5.0}, "allowed: up to a tenth of mu_0"),
        ({"mu_0": 20.0, "temperature": -1.0}, "temperature"),
        ({"mu_0": -1.0}, "mu_0"),
    ],
)
def test_what_has_no_solution_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        SolvedElectrosphere(**arguments)

"""The computed electrosphere: limits in closed form, an independent boundary-value solution, conservation laws."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad, solve_bvp, trapezoid

from skymodel.emission.electrosphere.capture import BINDING, Capture, radiative_capture, sommerfeld
from skymodel.emission.electrosphere.gas import PositronGas
from skymodel.emission.electrosphere.solved import SolvedElectrosphere
from skymodel.emission.electrosphere.solved_spectrum import SolvedElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.annihilation import total_cross_section
from skymodel.emission.event.bands import Band, band_photon_rate
from skymodel.emission.event.constants import ALPHA, ELECTRON_MASS
from skymodel.runs.config.model import RunConfig

EVERYTHING = Band("ALL", 1e-4, 1e4)
STARS = {
    "massless": SolvedElectrosphere(20.0, mass=0.0),
    "cold": SolvedElectrosphere(20.0),
    "hot": SolvedElectrosphere(20.0, temperature=0.008),
    "very hot": SolvedElectrosphere(5.0, temperature=0.03),
}


def heights(star, count=120):
    return np.minimum(np.concatenate([[0.0], np.geomspace(1e-3, star.thickness, count)]), star.thickness)


@pytest.mark.parametrize("temperature", [0.001, 0.008, 0.1])
@pytest.mark.parametrize("mu", [0.45, 0.505, 0.52, 1.0, 20.0])
def test_the_density_of_the_gas_is_the_integral_over_its_states(temperature, mu):
    gas, m = PositronGas(temperature, ELECTRON_MASS), ELECTRON_MASS

    def states(energy):
        return np.sqrt(energy**2 - m**2) * energy / np.pi**2 / (np.exp(min((energy - mu) / temperature, 600)) + 1)

    cuts = mu + temperature * np.array([-40, -10, -3, 0, 3, 10, 40])
    edges = [m, *(cut for cut in cuts if cut > m), max(mu, m) + 60 * temperature]
    parts = sum(quad(states, low, high, epsabs=0, epsrel=1e-11, limit=500)[0] for low, high in pairwise(edges))
    assert float(gas.density(mu)) == pytest.approx(parts, rel=1e-8)  # quad meets a root at the rest energy
    step = 1e-3 * temperature
    slope = float(gas.pressure(mu + step) - gas.pressure(mu - step)) / (2 * step)
    assert slope == pytest.approx(float(gas.density(mu)), rel=1e-5)  # dP/dmu = n, to the step's square


def test_the_cold_pressure_is_the_closed_form():
    mu = np.array([0.6, 2.0, 20.0])
    x = np.sqrt((mu / ELECTRON_MASS) ** 2 - 1)
    closed = ELECTRON_MASS**4 / (24 * np.pi**2) * (x * (2 * x**2 - 3) * np.sqrt(1 + x**2) + 3 * np.arcsinh(x))
    np.testing.assert_allclose(PositronGas(0.0, ELECTRON_MASS).pressure(mu), closed, rtol=1e-11)


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


def test_tunnelling_is_the_exponential_of_the_closed_form_of_a_steep_barrier():
    star = STARS["cold"]
    energy = 0.012
    outer, inner = star.turning_point(energy), star.turning_point(energy + 2 * ELECTRON_MASS)

    def deficit(z):
        left = ELECTRON_MASS**2 - (ELECTRON_MASS + energy - float(star.potential(z))) ** 2
        return np.sqrt(max(left, 0.0)) * star.z_0

    depth = quad(deficit, inner, outer, epsrel=1e-8, limit=400)[0]
    assert np.log(star.tunnelling(energy)) == pytest.approx(-2 * depth, rel=1e-6)


def test_capture_has_the_textbook_limits():
    # 2 eta -> 0: sigma of recombination falls as v^-5; slow: as v^-2 (Sommerfeld and detailed balance)
    fast = radiative_capture(np.array([0.2, 0.1]))
    assert fast[1] / fast[0] == pytest.approx(2**5, rel=0.5)
    slow = radiative_capture(np.array([2e-5, 1e-5]))
    assert slow[1] / slow[0] == pytest.approx(4, rel=1e-3)
    # hydrogen's 1S coefficient at 1e4 K is 1.58e-13 cm3/s (Osterbrock 1989, table 2.1); at the same energy over binding
    # energy positronium's cross-section is 4 times as large: sigma ~ alpha a^2 (w / p)^2, a is twice, w / p the same
    x = np.linspace(1e-4, 12, 4001)
    thermal = 8.617e-11 * 1e4 / 13.6057e-6 * BINDING  # the energy that is as many binding energies
    speed = np.sqrt(4 * x * thermal / ELECTRON_MASS)
    mean = trapezoid(radiative_capture(speed) * speed * np.sqrt(x) * np.exp(-x), x) * 2 / np.sqrt(np.pi)
    hydrogen = 1.58e-13 / 2.99792458e10 / 1.973269804e-11**2
    assert mean / hydrogen == pytest.approx(4, rel=0.02)
    assert float(sommerfeld(np.array(1e-4))) == pytest.approx(2 * np.pi * ALPHA / 1e-4, rel=1e-9)


@pytest.mark.parametrize("barrier", [False, True])
@pytest.mark.parametrize("formation", ["radiative", "resonant"])
def test_every_electron_has_one_fate(barrier, formation):
    fates = Capture(STARS["cold"], 0.01, barrier, formation).fates
    assert sum(fates) == pytest.approx(1, abs=1e-12)
    assert min(fates) > -1e-12


def test_the_barrier_takes_the_continuum_away_by_orders_of_magnitude():
    free, held = (SolvedElectrosphereEmission(STARS["cold"], 0.22, barrier=barrier) for barrier in (False, True))
    assert free.chi > 0.05
    assert held.chi < 1e-3 * free.chi
    assert 0 < held.positronium_fraction <= 1


def test_each_direct_annihilation_has_two_photons_and_the_energy_that_went_in():
    model = SolvedElectrosphereEmission(STARS["cold"], 0.22, barrier=False)
    _, events = model._events
    assert model._direct_photons(EVERYTHING) == pytest.approx(2 * events.sum(), rel=1e-9)
    for value in (1.0, 5.0, 20.0):  # energy of the photons is that of the pairs, weighted with their rate

        def rate(p, value=value, power=0):
            energy = np.hypot(p, ELECTRON_MASS)
            return p**2 / np.pi**2 * p / energy * float(total_cross_section(energy)) * (energy + ELECTRON_MASS) ** power

        top = np.sqrt(value**2 - ELECTRON_MASS**2)
        energy = quad(lambda p: rate(p, power=1), 0, top, epsrel=1e-12)[0]
        assert float(band_photon_rate(0, np.inf, value, energy_power=1)) == pytest.approx(energy, rel=1e-9)


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

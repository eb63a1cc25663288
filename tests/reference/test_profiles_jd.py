"""Published J- and D-factors of dark halos, computed by programs that share nothing with this one."""

import numpy as np
import pytest
import yaml
from astropy import units

import skymodel as sm
from profiles import NFW, Burkert, Einasto, GeneralizedNFW, library

with sm.data_path("validation.yaml").open(encoding="utf-8") as stream:
    VALIDATION = yaml.safe_load(stream)
KPC_CM = float(units.kpc.to("cm"))


HALOS = {
    "NFW rho_s=0.3452 r_s=20": NFW(rho_s=0.3452, r_s=20.0),
    "gNFW gamma=1.3 rho_s=0.2401 r_s=20": GeneralizedNFW(rho_s=0.2401, r_s=20.0, gamma=1.3),
}


def at_angle(psi):
    """Longitude and latitude [deg] of directions at the angle psi [deg] from the centre, over the north pole."""
    return np.where(psi > 90, 180.0, 0.0), np.where(psi > 90, 180 - psi, psi)


@pytest.mark.parametrize("power", ["J", "D"])
@pytest.mark.parametrize("name", HALOS)
def test_lines_of_sight_are_those_of_dmsky(name, power):
    density = HALOS[name] * HALOS[name] if power == "J" else HALOS[name]
    table = VALIDATION["dmsky_line_of_sight"][name][power]
    lon, lat = at_angle(np.array([float(psi) for psi in table]))
    found = sm.line_of_sight(density, lon, lat, observer=sm.Observer(8.5, 0.0), r_max=100.0, rtol=1e-9)
    np.testing.assert_allclose(found.value, [*table.values()], rtol=1e-7)  # printed to eight digits


def test_the_hazma_cone_means_are_met():
    published = VALIDATION["hazma_10deg_cone"]
    density = library.build("desalas2019_b2")
    cone = sm.Circle(lon=0, lat=0, radius=10)
    options = {"observer": sm.Observer(8.122, 0.0), "r_max": 200.0, "rtol": 1e-5}
    d_factor = sm.region_mean(density, cone, **options)
    j_factor = sm.region_mean(density * density, cone, **options)
    mev = 1e3 * KPC_CM
    # 0.5 %: the halo's parameters are printed to three digits
    assert d_factor.value * mev == pytest.approx(published["D_MeV_cm-2_sr-1"], rel=published["rtol"])
    assert j_factor.value * 1e3 * mev == pytest.approx(published["J_MeV2_cm-5_sr-1"], rel=published["rtol"])


@pytest.mark.parametrize("name", ["NFW", "Burkert", "Einasto"])
def test_all_sky_factors_are_those_of_galdm(name):
    recipe = {
        "NFW": NFW.from_local_density(0.4, r_sun=8.5, r_s=20.0),
        "Burkert": Burkert.from_local_density(0.4, r_sun=8.5, r_s=14.0),
        "Einasto": Einasto.from_local_density(0.4, r_sun=8.5, r_s=20.0, alpha=0.17),
    }[name]
    published = VALIDATION["galdm_all_sky"]
    node, weight = np.polynomial.legendre.leggauss(60)
    edges = np.concatenate([[0.0], np.geomspace(1e-6, np.pi, 12)])
    half = np.diff(edges)[:, None] / 2
    psi = (edges[:-1, None] + half * (1 + node)).ravel()
    share = (half * weight).ravel() * 2 * np.pi * np.sin(psi)
    lon, lat = at_angle(np.degrees(psi))
    options = {"observer": sm.Observer(8.5, 0.0), "s_max": 200.0, "rtol": 1e-6}
    j_factor = share @ sm.line_of_sight(recipe * recipe, lon, lat, **options).value * KPC_CM
    d_factor = share @ sm.line_of_sight(recipe, lon, lat, **options).value * KPC_CM
    # 1e-3: the program sums left rectangles
    assert j_factor == pytest.approx(published["J_GeV2_cm-5_sr"][name], rel=published["rtol"])
    assert d_factor == pytest.approx(published["D_GeV_cm-2_sr"][name], rel=published["rtol"])

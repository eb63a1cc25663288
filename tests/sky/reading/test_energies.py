"""The planes of a cube are chosen by energy, whoever wrote it."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits

import skymodel as sm
from tests.sky.reading.written import A, signal, table


def energies(values, title="ENERGY", unit="MeV", name="ENERGIES"):
    hdu = fits.BinTableHDU.from_columns([fits.Column(title, "D", array=np.array(values), unit=unit)])
    hdu.header["EXTNAME"] = name
    return hdu


def galprop_columns():
    columns = [(f"ENERGY{i + 1}", "D", (i + 1) * A, {}) for i in range(3)]
    return table(columns, "SKYMAP", BUNIT="cm-2 s-1 sr-1 MeV-1"), energies([0.5, 1.0, 2.0])


def galprop_vectors():
    spectra = A[:, None] * [1.0, 2.0, 3.0]
    return table([("Spectra", "3D", spectra, {})], "SKYMAP2", BUNIT="cm-2 s-1 sr-1 MeV-1"), energies([0.5, 1.0, 2.0])


def gadf_bands():
    columns = [(f"CHANNEL{i + 1}", "D", (i + 1) * A, {}) for i in range(3)]
    bounds = {"E_MIN": [400.0, 800.0, 1600.0], "E_MAX": [800.0, 1600.0, 3200.0]}
    bands = [fits.Column(name, "D", array=np.array(keV), unit="keV") for name, keV in bounds.items()]
    sky = table(columns, "SKYMAP", BUNIT="cm-2 s-1 sr-1", BANDSHDU="SKYMAP_BANDS", HPX_CONV="GADF")
    return sky, fits.BinTableHDU.from_columns(bands, name="SKYMAP_BANDS")


@pytest.mark.parametrize("layout", [galprop_columns, galprop_vectors, gadf_bands])
def test_the_planes_of_an_energy_cube_are_chosen_by_energy_or_by_index(save, layout):
    path, name = save(*layout()), layout()[0].name
    for choice in ("[1 MeV]", "[1000 keV]", f"[{name}][1]", f"[{name}][1 MeV]"):
        assert np.array_equal(sm.read_map(f"{path}{choice}").values, 2 * A), choice
    with pytest.raises(ValueError, match=r"holds 3 energies; choose one: .*MeV"):
        sm.read_map(path)
    with pytest.raises(ValueError, match=r"holds no map '7 MeV'; it holds .*MeV"):
        sm.read_map(f"{path}[7 MeV]")


def test_one_table_for_each_energy_as_hermes_writes_them_is_a_cube(save):
    joule = (1 * u.MeV).to_value("J")
    unit, at = "GeV^-1 m^-2 s^-1 sr^-1", (0.5, 1.0, 2.0)
    tables = [signal((i + 1) * A, "E", unit=unit, ENERGY=energy * joule) for i, energy in enumerate(at)]
    path = save(*tables, primary={"SOFTWARE": "HERMES"})
    sky = sm.read_map(f"{path}[xtension][1 MeV]")
    assert np.array_equal(sky.values, (2 * A).astype(np.float32))
    assert sky.unit == u.Unit("GeV-1 m-2 s-1 sr-1")
    assert sky.meta["energy"] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="holds 3 energies; choose one"):
        sm.read_map(path)


@pytest.mark.parametrize("bounds", [(2.0, 1.0), (-1.0, 1.0), (1.0, float("nan")), (float("inf"), float("inf"))])
def test_energies_that_are_none_are_refused(save, bounds):
    bands = [fits.Column(name, "D", array=np.array([at])) for name, at in zip(("E_MIN", "E_MAX"), bounds, strict=True)]
    path = save(signal(A), fits.BinTableHDU.from_columns(bands, name="EBOUNDS"))
    with pytest.raises(ValueError, match=r"energies from .* MeV; allowed: 0 <= low <= high"):
        sm.read_map(path)


def test_a_card_of_another_kind_says_no_energy(save):
    assert sm.read_map(save(signal(A, E_MIN=True, E_MAX=True))).meta.get("energy") is None
    with pytest.raises(ValueError, match="energies from 2 to 1 MeV"):
        sm.read_map(save(signal(A, E_MIN=2.0, E_MAX=1.0)))

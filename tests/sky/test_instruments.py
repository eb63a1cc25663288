"""The table of instruments: numbers as shipped, their status beside them, words never turned into numbers."""

import numpy as np
import pytest

from skymodel.sky.instruments import load_instruments

TABLE = load_instruments()


def test_the_shipped_instruments_are_there():
    assert {"spi", "comptel", "cosi", "amego_x", "e_astrogam"} <= set(TABLE)
    assert TABLE["spi"].energy_range == (0.02, 8.0)
    assert TABLE["cosi"].energy_range == (0.2, 5)


@pytest.mark.parametrize(
    ("name", "energy", "width"),
    [
        ("spi", 0.511, 2.5),  # Vedrenne 2003, abstract
        ("cosi", 0.511, 4.1),
        ("cosi", 1.809, 2.1),
        ("e_astrogam", 1.0, 1.5),
        ("amego_x", 0.9809, 6.29),
        ("amego_x", np.sqrt(0.4945 * 0.9809), (6.46 + 6.29) / 2),  # half way in the logarithm
    ],
)
def test_resolutions_come_from_the_table(name, energy, width):
    found = TABLE[name].resolution(energy)
    assert found.value == pytest.approx(width)
    assert found.source.startswith(f"{name}.angular_resolution")
    assert TABLE[name].beam(energy).width == found.value


def test_unverified_numbers_say_so():
    assert TABLE["cosi"].resolution(0.511).status == "memory, unverified"
    assert TABLE["spi"].resolution(0.511).status.startswith("read")


def test_every_number_of_the_table_says_where_it_comes_from():
    for instrument in TABLE.values():
        for key in instrument.entries:
            status = instrument.status_of(key)
            assert status.startswith(("read", "memory, unverified", "as each says")), (instrument.name, key, status)


@pytest.mark.parametrize(
    ("name", "energy", "words"),
    [
        ("comptel", 5.0, "Bloemen abstract"),  # given in words only: the user decides
        ("cosi", 3.0, "no number at 3 MeV"),
        ("amego", 1.0, "gives no angular_resolution"),
    ],
)
def test_what_the_table_does_not_give_is_refused(name, energy, words):
    with pytest.raises(ValueError, match=words):
        TABLE[name].resolution(energy)


def test_a_users_table_has_the_same_form(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("lens:\n  energy_range_MeV: [0.4, 0.6]\n  angular_resolution_deg: {value: 0.5, status: design}\n")
    lens = load_instruments(mine)["lens"]
    assert (lens.energy_range, lens.resolution(0.511).status) == ((0.4, 0.6), "design")
    mine.write_text("lens:\n  angular_resolution_deg: {value: 0.5}\n")
    assert load_instruments(mine)["lens"].resolution(0.511).status == "origin not given"
    mine.write_text("- nothing\n")
    with pytest.raises(ValueError, match="no table of instruments"):
        load_instruments(mine)

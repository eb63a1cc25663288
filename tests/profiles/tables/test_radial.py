"""Radial tables: how well they follow, where they end, what they refuse."""

import numpy as np
import pytest
from astropy import units
from astropy.table import QTable

from profiles import NFW, Burkert, Einasto, ExponentialDisk, GaussianBulge, RadialTable, Zhao, library


def table_of(density, points=200, low=1e-3, high=100.0, **ends):
    r = np.geomspace(low, high, points)
    return RadialTable.from_arrays(r, density.radial(r), unit=density.unit, **ends)


@pytest.mark.parametrize("points", [25, 60, 200])
@pytest.mark.parametrize("density", [NFW(), Einasto(), Burkert(), Zhao(alpha=3.0)], ids=lambda d: type(d).__name__)
def test_the_interpolation_error_is_honest(density, points):
    table = table_of(density, points)
    between = np.geomspace(2e-3, 50.0, 4001)
    true = np.max(np.abs(table.radial(between) / density.radial(between) - 1))
    assert true <= table.interpolation_error
    assert table.interpolation_error <= 200 * true  # a promise, not an excuse


def test_a_table_of_200_points_gives_the_closed_forms_lines_of_sight_within_its_own_error():
    import skymodel as sm

    table, halo = table_of(NFW()), NFW()
    lon, lat = np.array([0.5, 6.0, 30.0, 120.0]), np.array([0.1, 2.0, -5.0, 40.0])
    options = {"observer": sm.Observer(8.2, 0.0), "r_max": 60.0, "rtol": 1e-9}
    ours, theirs = sm.line_of_sight(table, lon, lat, **options), sm.line_of_sight(halo, lon, lat, **options)
    allowed = table.interpolation_error * theirs.value + ours.error + theirs.error
    assert np.all(np.abs(ours.value - theirs.value) <= allowed)
    assert table.interpolation_error < 1e-7


def test_a_table_of_200_points_gives_the_closed_forms_map_within_its_own_error():
    import skymodel as sm

    disk, table = ExponentialDisk(), table_of(NFW())
    options = {"observer": sm.Observer(8.2, 0.0), "r_max": 60.0, "rtol": 1e-6}
    ours, theirs = sm.project(table * disk, 2, **options), sm.project(NFW() * disk, 2, **options)
    allowed = table.interpolation_error * theirs.values + ours.error + theirs.error
    assert np.all(np.abs(ours.values - theirs.values) <= allowed)


def test_the_points_themselves_are_met():
    table = table_of(Einasto(), 40)
    np.testing.assert_allclose(table.radial(np.array(table.r)), table.values, rtol=1e-13)


def test_ends_are_as_declared():
    halo = NFW()
    inside = np.array([1e-6, 1e-5])
    power = table_of(halo).radial(inside)
    np.testing.assert_allclose(power, halo.radial(inside), rtol=1e-3)  # an NFW cusp is a power law only nearly
    constant = table_of(halo, inside="constant").radial(inside)
    np.testing.assert_allclose(constant, halo.radial(np.asarray(1e-3)), rtol=1e-13)
    assert np.all(table_of(halo, beyond="zero").radial(np.array([101.0, 1e4])) == 0)
    steep = table_of(halo).radial(np.array([200.0, 400.0]))
    assert np.log2(steep[0] / steep[1]) == pytest.approx(1 + 2 * 100 / (100 + halo.r_s), abs=1e-3)
    for ends in ({"inside": "refuse"}, {"beyond": "refuse"}):
        with pytest.raises(ValueError, match="radial table (begins|ends) at"):
            table_of(halo, **ends).radial(np.array([1e-5, 1e3]))


def test_a_file_states_its_units_and_they_are_converted(tmp_path):
    path = tmp_path / "halo.ecsv"
    r = np.geomspace(1, 1e5, 60)
    rho = NFW().radial(r / 1e3) / 37.9649
    QTable({"r": r * units.pc, "rho": rho * units.Unit("Msun pc-3")}).write(path)
    density = library.build({"type": "radial_table", "file": str(path), "beyond": "zero"})
    np.testing.assert_allclose(density.radial(np.array([0.02, 8.0])), NFW().radial(np.array([0.02, 8.0])), rtol=1e-4)
    assert library.build(library.describe(density)) == density


def test_a_file_without_units_is_refused(tmp_path):
    path = tmp_path / "halo.ecsv"
    QTable({"r": [1.0, 2, 3, 4], "rho": [4.0, 3, 2, 1]}).write(path)
    with pytest.raises(ValueError, match="column 'r' has no unit; state it"):
        RadialTable.from_file(str(path))
    with pytest.raises(ValueError, match="no radial table at"):
        RadialTable.from_file(str(tmp_path / "none.ecsv"))


def test_a_table_in_a_configuration_survives_the_round_trip():
    table = table_of(GaussianBulge(), 20, 0.01, 3.0, beyond="zero", inside="constant")
    assert library.build(library.describe(table)) == table


BAD = [
    ([1, 2, 2, 3], [4, 3, 2, 1], "must be positive and increase"),
    ([3, 2, 1, 0.5], [1, 2, 3, 4], "must be positive and increase"),
    ([0, 1, 2, 3], [4, 3, 2, 1], "must be positive and increase"),
    ([1, 2, 3, 4], [4, -3, 2, 1], r"density -3 at r = 2 kpc; allowed: finite numbers > 0"),
    ([1, 2, 3, 4], [4, 3, np.nan, 1], r"density nan at r = 3 kpc"),
    ([1, 2, 3, 4], [4, 3, 2, 0], "declare beyond = 'zero'"),
    ([1, 2, 3], [3, 2, 1], "at least four"),
    ([1, 2, 3, 4], [3, 2, 1], "as many radii as values"),
]


@pytest.mark.parametrize(("r", "values", "message"), BAD)
def test_a_bad_table_is_refused_with_the_reason(r, values, message):
    with pytest.raises(ValueError, match=message):
        RadialTable.from_arrays(r, values, unit="GeV cm-3")


def test_a_wrong_unit_or_end_is_refused():
    with pytest.raises(ValueError, match="is not a density"):
        RadialTable.from_arrays([1, 2, 3, 4], [4, 3, 2, 1], unit="kpc")
    with pytest.raises(ValueError, match="did you mean 'zero'"):
        RadialTable.from_arrays([1, 2, 3, 4], [4, 3, 2, 1], unit="cm-3", beyond="zeroes")


def test_columns_and_units_may_be_named_and_survive_the_configuration(tmp_path):
    path, halo = tmp_path / "halo.dat", NFW()
    r = np.geomspace(0.01, 100, 60)
    rows = "\n".join(
        f"{i} {rho!r} {R!r}" for i, (R, rho) in enumerate(zip(r.tolist(), halo.radial(r).tolist(), strict=True))
    )
    path.write_text(f"# from a simulation\n# snap rho R\n{rows}\n")
    spec = {"type": "radial_table", "file": str(path), "columns": ["R", "rho"]}
    spec |= {"length_unit": "kpc", "unit": "GeV cm-3"}
    table = library.build(spec)
    assert float(table.radial(np.asarray(r[7]))) == pytest.approx(float(halo.radial(r[7])), rel=1e-13)
    assert library.build(library.describe(table)) == table
    assert library.describe(table)["columns"] == ["R", "rho"]
    with pytest.raises(ValueError, match="no column 'Rho'.*did you mean 'rho'"):
        library.build(spec | {"columns": ["R", "Rho"]})
    with pytest.raises(ValueError, match="columns = 'rho'; allowed: two names"):
        library.build(spec | {"columns": "rho"})
    with pytest.raises(ValueError, match="the column 'R' has no unit; .* give length_unit"):
        library.build({name: value for name, value in spec.items() if name != "length_unit"})


def test_columns_of_a_file_without_names_are_in_the_order_told(tmp_path):
    """And the configuration reads it again."""
    (tmp_path / "bare.dat").write_text("# from a simulation of ours\n1.0 3.0\n2.0 2.0\n4.0 1.0\n8.0 0.5\n")
    spec = {"type": "radial_table", "file": str(tmp_path / "bare.dat"), "columns": ["r", "rho"]}
    table = library.build(spec | {"length_unit": "kpc", "unit": "GeV cm-3"})
    assert float(table.radial(np.asarray(2.0))) == pytest.approx(2.0)
    assert library.build(library.describe(table)) == table

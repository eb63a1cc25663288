"""Tables and cubes from files of every kind in use: the right numbers, or one line that says what is wrong."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import QTable, Table

from profiles import NFW, Grid, RadialTable, library
from profiles.tables.arrayfiles import read_arrays
from profiles.tables.cubes import grid
from tests.conftest import require

R = np.geomspace(0.01, 100, 60)
HALO = NFW(rho_s=0.3, r_s=20.0)
AT_SUN = 0.368044  # GeV cm-3 at 8.2 kpc: 0.3 / (0.41 * 1.41^2)
AXIS = np.linspace(-2, 2, 21)
X, Y, Z = np.meshgrid(AXIS, AXIS, AXIS, indexing="ij")
CUBE = np.exp(-(X**2) - 2 * Y**2 - 3 * Z**2)


def at(density, *place):
    return float(density(*(np.asarray(float(coordinate)) for coordinate in place)))


def radial(path, **options):
    return float(RadialTable.from_file(str(path), **options).radial(np.asarray(8.2)))


# radial tables


@pytest.mark.parametrize("name", ["t.ecsv", "t.dat", "t.txt"])
def test_an_ecsv_table_is_one_whatever_its_ending(tmp_path, name):
    QTable({"r": R * u.kpc, "rho": HALO.radial(R) * u.Unit("GeV cm-3")}).write(tmp_path / name, format="ascii.ecsv")
    assert radial(tmp_path / name) == pytest.approx(AT_SUN, rel=1e-5)


def test_csv_says_its_units_in_brackets_or_is_told(tmp_path):
    rows = "\n".join(f"{r!r},{rho!r}" for r, rho in zip(R.tolist(), HALO.radial(R).tolist(), strict=True))
    (tmp_path / "b.csv").write_text(f"r [kpc],rho [GeV cm-3]\n{rows}\n")
    (tmp_path / "n.csv").write_text(f"r,rho\n{rows}\n")
    assert radial(tmp_path / "b.csv") == pytest.approx(AT_SUN, rel=1e-5)
    assert radial(tmp_path / "n.csv", unit="GeV cm-3", length_unit="kpc") == pytest.approx(AT_SUN, rel=1e-5)
    spec = {"type": "radial_table", "file": f"{tmp_path}/n.csv", "unit": "GeV cm-3", "length_unit": "kpc"}
    assert float(library.build(spec).radial(np.asarray(8.2))) == pytest.approx(AT_SUN, rel=1e-5)
    with pytest.raises(ValueError, match="column 'r' has no unit"):
        radial(tmp_path / "n.csv")


@pytest.mark.parametrize("name", ["t.fits", "t.npz", "t.npy", "t.h5"])
def test_binary_tables_are_read(tmp_path, name):
    path, rho = tmp_path / name, HALO.radial(R)
    if name.endswith("fits"):
        QTable({"r": R * u.kpc, "rho": rho * u.Unit("GeV cm-3")}).write(path)
    elif name.endswith("npz"):
        np.savez(path, r=R, rho=rho, unit=np.array(["GeV cm-3"]), length_unit="kpc")
    elif name.endswith("npy"):
        np.save(path, np.stack([R, rho], axis=1))
    else:
        with require("h5py").File(path, "w") as file:
            file.create_dataset("r", data=R).attrs["unit"] = "kpc"
            file.create_dataset("rho", data=rho).attrs["unit"] = "GeV cm-3"
    options = {"unit": "GeV cm-3", "length_unit": "kpc"} if name.endswith("npy") else {}
    assert radial(path, **options) == pytest.approx(AT_SUN, rel=1e-5)


def test_a_column_in_dex_is_raised_to_its_power(tmp_path):
    unit = u.Unit("Msun kpc-3")
    rho = (HALO.radial(R) * u.Unit("GeV cm-3")).to_value(unit, u.mass_energy())
    QTable({"r": R * u.kpc, "rho": u.Dex(rho * unit)}).write(tmp_path / "d.ecsv")
    columns = [("r", R, "kpc"), ("rho", np.log10(rho), "dex(Msun kpc-3)")]
    made = [fits.Column(name, "D", array=array, unit=text) for name, array, text in columns]
    fits.BinTableHDU.from_columns(made).writeto(tmp_path / "d.fits")
    for name in ("d.ecsv", "d.fits"):
        assert radial(tmp_path / name) == pytest.approx(AT_SUN, rel=1e-5)
    found = RadialTable.from_arrays(R, np.log10(rho), unit="dex(Msun kpc-3)")
    assert float(found.radial(np.asarray(8.2))) == pytest.approx(AT_SUN, rel=1e-5)


def test_masked_rows_of_a_table_are_left_out(tmp_path):
    rho = np.ma.masked_array(HALO.radial(R), mask=np.arange(R.size) == R.size - 1)
    rho.data[-1] = 9e9
    found = RadialTable.from_arrays(R, rho, unit="GeV cm-3")
    assert len(found.r) == R.size - 1
    assert max(found.values) < 1e4
    Table({"r": R * u.kpc, "rho": rho}, units={"rho": "GeV cm-3"}).write(tmp_path / "m.ecsv")
    with pytest.raises(ValueError, match="density nan at r = 100"):  # a file's gap is not silently bridged
        radial(tmp_path / "m.ecsv")


ROWS = "".join(f"{r} {1 / r}\n" for r in (1, 2, 4, 8))


@pytest.mark.parametrize(
    "remark", ["computed yesterday", "2024 11", "a longer remark\n# my halo", "my halo\n# not 2 words"]
)
def test_a_remark_with_as_many_words_as_there_are_columns_is_no_row_of_names(tmp_path, remark):
    (tmp_path / "r.dat").write_text(f"# {remark}\n{ROWS}")
    assert [*read_arrays(f"{tmp_path}/r.dat").columns] == ["col1", "col2"]
    found = RadialTable.from_file(f"{tmp_path}/r.dat", unit="cm-3", length_unit="kpc", columns=("r", "rho"))
    assert (found.r, found.values) == ((1.0, 2.0, 4.0, 8.0), (1.0, 0.5, 0.25, 0.125))
    with pytest.raises(ValueError, match="the column 'col1' has no unit"):
        radial(tmp_path / "r.dat")


@pytest.mark.parametrize(
    ("header", "asked", "names"),
    [
        ("# R rho_dm", (), ["R", "rho_dm"]),
        ("# abstand dichte", ("abstand", "dichte"), ["abstand", "dichte"]),  # whatever they are called, if asked for
        ("# abstand[kpc] dichte[cm-3]", (), ["abstand", "dichte"]),
        ("# a table of ours\n# r n_e", (), ["r", "n_e"]),
        ("# computed yesterday\nabstand dichte", (), ["abstand", "dichte"]),
        ("abstand dichte", (), ["abstand", "dichte"]),
    ],
)
def test_names_are_the_usual_ones_those_asked_for_with_units_or_on_a_line_without_a_mark(
    tmp_path, header, asked, names
):
    (tmp_path / "n.dat").write_text(f"{header}\n{ROWS}")
    assert [*read_arrays(f"{tmp_path}/n.dat", asked).columns] == names


def test_a_misspelt_name_is_still_told_from_a_remark(tmp_path):
    (tmp_path / "m.dat").write_text(f"# radius density\n{ROWS}")
    with pytest.raises(ValueError, match="no column 'raduis'; did you mean 'radius'"):
        radial(tmp_path / "m.dat", columns=("raduis", "dens"))


def test_a_cube_under_a_remark_of_four_words_says_how_to_name_its_columns(tmp_path):
    (tmp_path / "c.dat").write_text("# computed on a laptop\n0 0 0 1\n0 0 1 1\n")
    with pytest.raises(
        ValueError, match="it holds col1, col2, col3, col4; name its columns in the first line, '# x y z"
    ):
        Grid.from_file(f"{tmp_path}/c.dat", edge="zero")


# cubes


def write_cube(path, values=CUBE, ctype=None, **cards):
    image = fits.PrimaryHDU(values.transpose(2, 1, 0))
    units = {f"CUNIT{i}": "kpc" for i in (1, 2, 3)} | {"BUNIT": "cm-3"}
    places = {f"CRPIX{i}": 11.0 for i in (1, 2, 3)} | {f"CRVAL{i}": 0.0 for i in (1, 2, 3)}
    image.header.update({**units, **places, **cards})
    image.writeto(path, overwrite=True)
    return str(path)


PC = {f"CDELT{i}": 1.0 for i in (1, 2, 3)} | {f"PC{i}_{i}": 0.2 for i in (1, 2, 3)}
CD = {f"CD{i}_{i}": 0.2 for i in (1, 2, 3)}


@pytest.mark.parametrize("cards", [PC, CD, CD | {f"CDELT{i}": 7.0 for i in (1, 2, 3)}], ids=["PC", "CD", "both"])
def test_steps_by_pc_or_cd_are_followed_and_cd_wins(tmp_path, cards):
    found = Grid.from_file(write_cube(tmp_path / "c.fits", **cards), edge="zero")
    assert at(found, 1, 0, 0) == pytest.approx(np.exp(-1), rel=1e-12)
    assert at(found, 0, 1, 0) == pytest.approx(np.exp(-2), rel=1e-12)
    assert at(found, 0, 0, 2.0) == pytest.approx(np.exp(-12), rel=1e-9)
    assert at(found, 0, 0, 2.01) == 0


def test_a_cube_turned_by_pc_lies_turned_in_the_galaxy_and_survives_the_configuration(tmp_path):
    c, s = np.cos(np.radians(30)), np.sin(np.radians(30))
    turned = {"PC1_1": c, "PC1_2": -s, "PC2_1": s, "PC2_2": c, **{f"CDELT{i}": 0.2 for i in (1, 2, 3)}}
    path = write_cube(tmp_path / "t.fits", **turned)
    found = grid(path, edge="zero")
    assert at(found, c, s, 0) == pytest.approx(np.exp(-1), rel=1e-12)
    assert at(found, -s, c, 0) == pytest.approx(np.exp(-2), rel=1e-12)
    again = library.build(library.describe(found))
    assert at(again, c, s, 0) == pytest.approx(np.exp(-1), rel=1e-12)


def test_the_reference_pixel_is_0_where_it_is_missing(tmp_path):
    image = fits.PrimaryHDU(CUBE.transpose(2, 1, 0))
    image.header.update({"BUNIT": "cm-3", **{f"CUNIT{i}": "kpc" for i in (1, 2, 3)}, **CD})
    image.header.update({f"CRVAL{i}": -2.2 for i in (1, 2, 3)})
    image.writeto(tmp_path / "r.fits")
    assert at(Grid.from_file(f"{tmp_path}/r.fits", edge="zero"), 1, 0, 0) == pytest.approx(np.exp(-1), rel=1e-9)


def test_axes_are_those_that_ctype_names_and_may_run_backwards(tmp_path):
    names = {"CTYPE1": "Z", "CTYPE2": "X", "CTYPE3": "Y"}
    steps = {"CDELT1": -0.2, "CDELT2": 0.2, "CDELT3": 0.2}
    shifted = np.exp(-(X**2) - 2 * Y**2 - 3 * (Z - 0.4) ** 2)
    values = np.flip(shifted, axis=2).transpose(2, 0, 1)
    found = Grid.from_file(write_cube(tmp_path / "n.fits", values, **names, **steps), edge="zero")
    assert at(found, 1, 0, 0.4) == pytest.approx(np.exp(-1), rel=1e-12)
    assert at(found, 0, 1, 0.4) == pytest.approx(np.exp(-2), rel=1e-12)
    assert at(found, 0, 0, 1.4) == pytest.approx(np.exp(-3), rel=1e-12)


def test_axes_that_are_not_at_right_angles_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not at right angles"):
        grid(write_cube(tmp_path / "s.fits", **CD, CD1_2=0.1))


def test_a_text_cube_has_a_row_for_each_point_in_any_order(tmp_path):
    order = np.random.default_rng(1).permutation(CUBE.size)
    columns = {name: part.ravel()[order] for name, part in (("x", X), ("y", Y), ("z", Z), ("n", CUBE))}
    Table(columns).write(tmp_path / "c.csv")
    found = Grid.from_file(f"{tmp_path}/c.csv", unit="cm-3", length_unit="kpc", edge="zero")
    assert at(found, 1, 0, 0) == pytest.approx(np.exp(-1), rel=1e-12)
    Table({name: column[:-1] for name, column in columns.items()}).write(tmp_path / "h.csv")
    with pytest.raises(ValueError, match=r"9260 points .* on a lattice of 21 x 21 x 21"):
        Grid.from_file(f"{tmp_path}/h.csv", unit="cm-3", length_unit="kpc")


def test_a_name_that_is_no_text_is_named_all_the_same(tmp_path):
    with require("h5py").File(tmp_path / "c.h5", "w") as file:
        file[b"\xff\xfe"] = np.ones((2, 2, 2))
    with pytest.raises(ValueError, match="the array 'x' is missing; it holds"):
        Grid.from_file(str(tmp_path / "c.h5"))


def test_cubes_in_npz_and_hdf5_take_units_from_arrays_of_one_string_and_attributes(tmp_path):
    np.savez(tmp_path / "c.npz", x=AXIS, y=AXIS, z=AXIS, values=CUBE, unit=np.array(["cm-3"]), length_unit="kpc")
    with require("h5py").File(tmp_path / "c.h5", "w") as file:
        for name, array in (("x", AXIS), ("y", AXIS), ("z", AXIS), ("values", CUBE)):
            file[name] = array
        file.attrs["unit"], file.attrs["length_unit"] = "cm-3", "kpc"
    for name in ("c.npz", "c.h5"):
        assert at(Grid.from_file(f"{tmp_path}/{name}", edge="zero"), 1, 0, 0) == pytest.approx(np.exp(-1), rel=1e-12)


def test_axes_of_single_precision_are_regular_to_their_own_precision():
    axis = np.linspace(-4, 4, 41, dtype=np.float32)
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    values = np.exp(-((x**2 + y**2 + z**2).astype(float)))
    for given in (axis, (axis * u.kpc).to("kpc"), axis.astype(np.float64)):
        assert at(Grid.from_arrays(given, given, given, values, unit="cm-3"), 0.2, 0, 0) == pytest.approx(
            np.exp(-0.04), rel=1e-6
        )


def test_masked_values_of_a_cube_are_refused():
    values = np.ma.masked_array(CUBE, mask=CUBE > 0.9)
    with pytest.raises(ValueError, match="values are not densities, the first nan"):
        Grid.from_arrays(AXIS, AXIS, AXIS, values, unit="cm-3")


# what cannot be read


def test_files_of_no_known_kind_and_damaged_ones_are_refused_in_one_line(tmp_path):
    good = {"c.fits": None, "c.npz": None, "c.h5": None}
    write_cube(tmp_path / "c.fits", **CD)
    np.savez(tmp_path / "c.npz", x=AXIS, y=AXIS, z=AXIS, values=CUBE, unit="cm-3", length_unit="kpc")
    with require("h5py").File(tmp_path / "c.h5", "w") as file:
        file["x"] = AXIS
    (tmp_path / "c.xyz").write_text("1 2 3")
    (tmp_path / "c.csv").write_bytes(bytes(100))
    (tmp_path / "d.npy").write_bytes(np.lib.format.magic(1, 0) + b"\x10\x00{'descr': 'O'}")
    for name in good:
        content = (tmp_path / name).read_bytes()
        (tmp_path / f"half-{name}").write_bytes(content[: len(content) // 2])
    names = [f"half-{name}" for name in good] + ["c.xyz", "c.csv", "d.npy", "c.h5"]
    for name in names:
        for reader in (Grid.from_file, RadialTable.from_file):
            with pytest.raises((ValueError, OSError), match=name.replace("half-", "")) as caught:
                reader(f"{tmp_path}/{name}")
            assert len(str(caught.value)) < 500


def test_a_missing_library_is_named_only_where_the_file_needs_it(tmp_path, monkeypatch):
    import importlib

    def missing(name):
        raise ImportError(f"No module named {name!r}")

    (tmp_path / "c.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "c.csv").write_text("a,b\n1,2\n")
    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ValueError, match=r"needs the library h5py: pip install 'skymodel\[profiles\]'"):
        Grid.from_file(f"{tmp_path}/c.h5")
    with pytest.raises(ValueError, match="the array 'x' is missing"):
        Grid.from_file(f"{tmp_path}/c.csv")


def test_a_configuration_names_the_digest_of_its_files_and_refuses_others(tmp_path):
    path = write_cube(tmp_path / "c.fits", **CD)
    spec = library.describe(grid(path, edge="zero"))
    assert spec["sha256"].startswith("sha256:")
    assert at(library.build(spec), 1, 0, 0) == pytest.approx(np.exp(-1), rel=1e-12)
    write_cube(tmp_path / "c.fits", 2 * CUBE, **CD)
    with pytest.raises(ValueError, match="no longer the file that was meant: its sha256 is"):
        library.build(spec)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("# from a simulation\n# r rho\n1 2\n2 3\n", ["r", "rho"]),
        ("# r rho\n1 2\n2 3\n", ["r", "rho"]),
        ("# two words more here\n#\n1 2\n2 3\n", ["col1", "col2"]),
        ("# by hand\n# twice\nr,rho\n1,2\n2,3\n", ["r", "rho"]),
    ],
)
def test_of_several_lines_of_remarks_the_last_may_name_the_columns(text, names, tmp_path):
    path = tmp_path / "table.dat"
    path.write_text(text)
    columns = read_arrays(str(path)).columns
    assert list(columns) == names
    assert [column.values.tolist() for column in columns.values()] == [[1, 2], [2, 3]]

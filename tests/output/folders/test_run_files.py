"""What `skymodel run` leaves behind: every file, readable by others, repeatable to the byte."""

import json
import shutil
from pathlib import Path

import healpy
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import QTable
from typer.testing import CliRunner

from skymodel.cli.app import app
from skymodel.comparison.ratio import candidates
from skymodel.runs.config.model import load_config
from skymodel.runs.one.run import run
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
FILES = [
    "band_ratios.ecsv",
    "centre.png",
    "claims.ecsv",
    "claims.txt",
    "config.resolved.yaml",
    "cut_comptel.fits",
    "cut_integral.fits",
    "excess.ecsv",
    "fits.ecsv",
    "fluxes.ecsv",
    "maps.fits",
    "nugget_bands.ecsv",
    "ratio.ecsv",
    "ratio.png",
    "report.html",
    "sky.png",
    "spectrum.ecsv",
    "spectrum.png",
    "verdict.txt",
]
RATIO = [
    "dark_matter",
    "electrons",
    "mean_circle",
    "mean_circle_error",
    "mean_window",
    "mean_window_error",
    "W",
    "W_error",
    "band_ratio_same_window",
    "chi",
    "chi_with_window",
    "chi_square",
    "background",
    "tracer",
    "chi_error",
    "chi_error_measured",
    "chi_with_window_error_measured",
]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of the user's own profile given as "plummer:Plummer", run from the command line, and its repetition.

    The verdict is taken over one published pair here; that over all is the shipped run's, in another test.
    """
    home = tmp_path_factory.mktemp("user")
    shutil.copy(EXAMPLES / "plummer.py", home)
    shutil.copy(EXAMPLES / "plummer.yaml", home)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        for name in ("default_halos", "default_electrons"):
            last = dict(list(getattr(candidates, name)().items())[-1:])
            patch.setattr(candidates, name, lambda last=last: last)
        patch.setattr(candidates, "interstellar_electrons", dict)
        for arguments in (["plummer.yaml", "--out", "first"], ["first/config.resolved.yaml", "--out", "second"]):
            outcome = CliRunner().invoke(app, ["run", *arguments], catch_exceptions=False)
            assert outcome.exit_code == 0, outcome.output
        result = run(load_config("plummer.yaml"))
    return home, outcome.stdout, result


def test_the_folder_holds_exactly_the_promised_files(written):
    home, _, _ = written
    assert sorted(path.name for path in (home / "first").iterdir()) == FILES
    assert sorted(path.name for path in home.iterdir() if path.is_dir() and path.name != "__pycache__") == [
        "first",
        "second",
    ]


@pytest.mark.parametrize("name", FILES)
def test_the_resolved_configuration_repeats_the_run_to_the_byte(written, name):
    home, _, _ = written
    assert (home / "first" / name).read_bytes() == (home / "second" / name).read_bytes()


def test_what_is_printed_names_the_model_the_tables_and_the_folder(written):
    _, printed, result = written
    for part in (result.config.label, "fluxes", "COMPTEL's window over", "chi-square", "second: "):
        assert part in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert "repeats      first, which holds the same configuration" in printed


def test_the_verdict_in_words_has_a_file_of_its_own(written):
    home, _, result = written
    assert (home / "first" / "verdict.txt").read_text() == f"{result.statement}\n"


def test_healpy_reads_the_maps_of_the_run(written):
    home, _, result = written
    path = home / "first" / "maps.fits"
    with fits.open(path) as hdus:
        names = [hdu.name for hdu in hdus[1:]]
    bands = ["LINE_511", "CONTINUUM_1_20", "J"]
    assert names == [part for band in bands for part in (band, f"{band}_ERROR")] + [
        "COVERAGE_INTEGRAL",
        "COVERAGE_COMPTEL",
    ]
    for band in bands:
        hdu = names.index(band) + 1
        np.testing.assert_array_equal(healpy.read_map(path, hdu=hdu, dtype=float), result.maps[band].values)
        np.testing.assert_array_equal(healpy.read_map(path, hdu=hdu + 1, dtype=float), result.maps[band].error)


def test_the_header_alone_repeats_the_run(written):
    home, _, result = written
    told = result.config.resolved()
    told["map"]["shortfall"] = "state"  # what the command line does unless the file says otherwise
    assert json.loads(fits.getheader(home / "first" / "maps.fits")["CONFIG"]) == told


@pytest.mark.parametrize(("name", "region"), [("integral", INTEGRAL_CIRCLE), ("comptel", COMPTEL_WINDOW)])
def test_cut_maps_hold_the_bands_where_the_region_is_and_unseen_elsewhere(written, name, region):
    home, _, result = written
    cut = healpy.read_map(home / "first" / f"cut_{name}.fits", hdu=1, dtype=float)
    inside = region.coverage(32) > 0
    np.testing.assert_array_equal(cut[inside], result.maps["LINE_511"].values[inside])
    assert np.all(cut[~inside] == healpy.UNSEEN)


def test_the_tables_have_the_promised_columns_and_say_where_they_come_from(written):
    home, _, result = written
    tables = {name: QTable.read(home / "first" / f"{name}.ecsv") for name in ("fluxes", "ratio", "spectrum")}
    assert tables["ratio"].colnames == RATIO
    settings = result.config.resolved()
    settings["map"] |= {"shortfall": "state"}  # as the command line has it
    for name, table in tables.items():
        assert table.colnames == getattr(result, name).colnames
        assert all(table[column].info.description for column in table.colnames)
        assert dict(table.meta["config"]) == settings
        assert table.meta["label"] == result.config.label
    np.testing.assert_array_equal(tables["fluxes"]["flux"], result.fluxes["flux"])


def test_the_flux_of_the_map_over_the_coverage_is_that_of_the_table(written):
    home, _, result = written
    path = home / "first" / "maps.fits"
    line, share = (healpy.read_map(path, hdu=hdu, dtype=float) for hdu in (1, 8))
    mean = (line * share).sum() / share.sum()
    row = next(row for row in result.fluxes if (row["region"], row["band"]) == ("comptel_window", "LINE_511"))
    # at nside 32 pixels are 1.8 deg wide and the window 10 deg high: the edge's gradient costs up to a per cent
    assert mean == pytest.approx(row["mean"].value, rel=1e-2)

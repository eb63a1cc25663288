"""``skymodel compare``: any two HEALPix files, handled or refused in one line; nothing half-written."""

import healpy
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import QTable
from typer.testing import CliRunner

from skymodel.cli import app as cli
from skymodel.comparison.rivals.skies import Blob
from skymodel.output.files.fits_write import read_maps, write_maps
from skymodel.sky.line_skies import Gaussian
from skymodel.sky.skymap import SkyMap
from tests.conftest import require

SIGMA = 8.0


def gaussian(nside, sigma=SIGMA, lon=0.0, flux=1.0, name="A"):
    sky = Blob(Gaussian(flux, 0.0, lon, 0.0, sigma, sigma, "")).sky(nside)
    return SkyMap(sky.values, sky.error, sky.unit, name=name)


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Return a function that calls the command in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli.app, ["compare", *map(str, arguments)])


@pytest.fixture
def undrawn(monkeypatch):
    """Leave out the figure and the page, which take longer than all tables."""
    monkeypatch.setattr("skymodel.output.figures.comparison.comparison_figure", lambda comparison: None)
    monkeypatch.setattr("skymodel.output.figures.run.save", lambda figure, path: None)
    monkeypatch.setattr("skymodel.output.report.comparison.report", lambda *_: "")


@pytest.fixture
def files(tmp_path):
    """Write two maps, the second three times as bright, and return their paths."""
    paths = tmp_path / "a.fits", tmp_path / "b.fits"
    for path, sky in zip(paths, (gaussian(16), gaussian(16, flux=3.0, name="B")), strict=True):
        write_maps(path, [sky])
    return paths


def foreign(path, values, *, frame="G", unit="cm-2 s-1 sr-1", ordering="RING"):
    """Write a map as others do."""
    column = fits.Column(name="SIGNAL", format="E", array=values.astype(np.float32), unit=unit)
    hdu = fits.BinTableHDU.from_columns([column], name="MAP")
    hdu.header.update(PIXTYPE="HEALPIX", NSIDE=healpy.npix2nside(values.size), ORDERING=ordering, INDXSCHM="IMPLICIT")
    if frame is not None:
        hdu.header["COORDSYS"] = frame
    hdu.writeto(path)
    return path


def refused(outcome, *parts):
    """Assert that a call ended with code 2 and one line on standard error that holds all parts."""
    assert outcome.exit_code == 2, outcome.output
    lines = outcome.stderr.splitlines()
    assert len(lines) == 1, lines
    assert [part for part in parts if part not in lines[0]] == [], lines[0]


@pytest.mark.usefixtures("undrawn")
def test_a_scaled_map_is_alike_in_shape_and_three_times_as_bright(call, files, tmp_path):
    outcome = call(*files, "--out", "cmp")
    assert outcome.exit_code == 0, outcome.output
    table = QTable.read(tmp_path / "cmp/likeness.ecsv", format="ascii.ecsv")
    value = dict(zip(map(str, table["statistic"]), map(float, table["value"]), strict=True))
    assert value["pearson"] == pytest.approx(1.0, abs=1e-9)
    assert value["amplitude"] == pytest.approx(3.0, rel=1e-9)
    assert "pearson" in outcome.stdout
    assert "written to cmp" in outcome.stdout


def test_the_folder_holds_tables_residual_and_figure_and_nothing_else(call, files, tmp_path):
    call(*files, "--region", "integral_circle", "--out", "cmp")
    names = sorted(path.name for path in (tmp_path / "cmp").iterdir())
    assert names == ["comparison.png", "likeness.ecsv", "report.html", "residual.fits", "shapes.ecsv"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    residual = read_maps(tmp_path / "cmp/residual.fits")["RESIDUAL"]
    assert np.abs(residual.values[~residual.masked]).max() < 1e-9
    assert residual.masked.mean() > 0.99  # the circle is 0.3 % of the sky


def test_without_out_nothing_is_written(call, files, tmp_path):
    before = sorted(tmp_path.iterdir())
    assert call(*files).exit_code == 0
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.slow
def test_the_beam_adds_to_the_width_in_quadrature(call, files, tmp_path):
    call(*files, "--beam", "12", "--out", "cmp")
    table = QTable.read(tmp_path / "cmp/shapes.ecsv", format="ascii.ecsv")
    width = next(float(row["first"]) for row in table if row["statistic"] == "width_lat")
    beam = 12 / np.sqrt(8 * np.log(2))
    # widths on the sphere are rms angles: 0.6 % below the plane's for 9.5 deg, measured to 1e-3 by the statistics
    assert width == pytest.approx(np.hypot(SIGMA, beam), rel=0.01)


@pytest.mark.slow
def test_a_beam_by_instrument_and_energy_is_the_same_as_by_its_width(call, tmp_path):
    write_maps(tmp_path / "a.fits", [gaussian(64)])  # the beam needs two pixels
    outcomes = [call("a.fits", "a.fits", "--beam", beam, "--region", "comptel_window") for beam in ("2.5", "spi@0.511")]
    assert outcomes[0].exit_code == 0, outcomes[0].output
    lines = [outcome.stdout.splitlines() for outcome in outcomes]
    beams = [next(line for line in each if line.startswith("beam: 2.5 deg")) for each in lines]
    assert beams[0] == "beam: 2.5 deg (as given)"
    assert beams[1].startswith("beam: 2.5 deg (spi.angular_resolution_deg: read, Vedrenne 2003")
    keys = ("pearson", "cosine", "amplitude", "width_lat", "radius_68%")
    numbers = [[line for line in each if line.strip().startswith(keys)] for each in lines]
    assert numbers[0] == numbers[1] != []


@pytest.mark.slow
def test_a_beam_from_memory_says_so_on_the_screen_and_in_the_table(call, tmp_path):
    write_maps(tmp_path / "a.fits", [gaussian(64)])
    outcome = call("a.fits", "a.fits", "--beam", "cosi@0.511", "--region", "comptel_window", "--out", "cmp")
    assert "memory, unverified" in outcome.stdout
    table = QTable.read(tmp_path / "cmp/likeness.ecsv", format="ascii.ecsv")
    assert table.meta["beam"] == "cosi.angular_resolution_deg: memory, unverified"
    assert table.meta["beam_fwhm_deg"] == 4.1


@pytest.mark.usefixtures("undrawn")
def test_other_nside_ordering_and_photons_in_the_unit_are_handled(call, tmp_path):
    fine = gaussian(32, flux=2.0)
    foreign(tmp_path / "f.fits", healpy.reorder(fine.values, r2n=True), ordering="NESTED", unit="ph cm-2 s-1 sr-1")
    write_maps(tmp_path / "a.fits", [gaussian(16)])
    outcome = call("a.fits", "f.fits", "--out", "cmp")
    assert outcome.exit_code == 0, outcome.output
    table = QTable.read(tmp_path / "cmp/likeness.ecsv", format="ascii.ecsv")
    amplitude = next(float(row["value"]) for row in table if row["statistic"] == "amplitude")
    assert amplitude == pytest.approx(2.0, rel=1e-6)  # single precision


@pytest.mark.slow
def test_convertible_units_are_converted(call, tmp_path):
    foreign(tmp_path / "f.fits", gaussian(16).values, unit="m-2 s-1 sr-1")
    write_maps(tmp_path / "a.fits", [gaussian(16)])
    outcome = call("a.fits", "f.fits", "--out", "cmp")
    assert outcome.exit_code == 0, outcome.output
    table = QTable.read(tmp_path / "cmp/likeness.ecsv", format="ascii.ecsv")
    amplitude = next(float(row["value"]) for row in table if row["statistic"] == "amplitude")
    assert amplitude == pytest.approx(1e-4, rel=1e-6)


def test_a_region_given_as_a_mapping_is_that_region(call, files):
    named = call(*files, "--region", "integral_circle")
    spelled = call(*files, "--region", "{lon: 0 deg, lat: 0 deg, radius: 6 deg}")
    assert named.exit_code == spelled.exit_code == 0
    assert named.stdout.splitlines()[3:] == spelled.stdout.splitlines()[3:]


def test_missing_unit_and_frame_are_refused_until_they_are_given(call, tmp_path):
    foreign(tmp_path / "u.fits", gaussian(16).values, unit=None)
    foreign(tmp_path / "f.fits", gaussian(16).values, frame=None)
    refused(call("u.fits", "u.fits"), "unit")
    refused(call("f.fits", "f.fits"), "frame")
    assert call("u.fits", "u.fits", "--unit", "cm-2 s-1 sr-1").exit_code == 0
    assert call("f.fits", "f.fits", "--galactic").exit_code == 0


@pytest.mark.usefixtures("undrawn")
def test_another_frame_is_turned(call, tmp_path):
    foreign(tmp_path / "c.fits", gaussian(8).values, frame="C")
    foreign(tmp_path / "g.fits", gaussian(8).values, frame="G")
    outcome = call("c.fits", "g.fits", "--out", "cmp")
    assert outcome.exit_code == 0, outcome.output
    table = QTable.read(tmp_path / "cmp/shapes.ecsv", format="ascii.ecsv")
    turned, kept = next((row["first"], row["second"]) for row in table if row["statistic"] == "centroid_lon")
    assert float(turned) == pytest.approx(96.337, abs=0.1)  # where (ra, dec) = (0, 0) lies in the Galaxy
    assert float(kept) == pytest.approx(0.0, abs=0.1)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("hole", [healpy.UNSEEN, np.nan])
def test_masked_pixels_are_left_out_and_it_is_said_how_much_is_left(call, tmp_path, hole):
    require("ot")
    values = gaussian(16).values.copy()
    values[healpy.query_disc(16, healpy.ang2vec(90.0, 40.0, lonlat=True), np.radians(20))] = hole
    foreign(tmp_path / "m.fits", values)
    foreign(tmp_path / "w.fits", gaussian(16).values)
    outcome = call("m.fits", "w.fits", "--out", "cmp")
    assert outcome.exit_code == 0, outcome.output
    assert "compared where both hold values: 100 % of m MAP and 97 % of w MAP" in outcome.stdout
    table = QTable.read(tmp_path / "cmp/likeness.ecsv", format="ascii.ecsv")
    numbers = dict(zip(map(str, table["statistic"]), map(float, table["value"]), strict=True))
    assert numbers["cosine"] == pytest.approx(1.0, abs=1e-12)
    assert numbers["earth_mover"] == 0.0


def test_maps_without_a_common_pixel_are_refused(call, tmp_path):
    whole, half = gaussian(16).values, np.arange(12 * 16**2) < 6 * 16**2
    foreign(tmp_path / "n.fits", np.where(half, whole, np.nan))
    foreign(tmp_path / "s.fits", np.where(half, np.nan, whole))
    refused(call("n.fits", "s.fits"), "hold values together in 0 of the 3072 pixels")


@pytest.mark.usefixtures("undrawn")
def test_negative_maps_are_compared_without_what_needs_a_flux(call, tmp_path):
    require("ot")
    values = gaussian(16).values - 1e-3
    outcome = call(foreign(tmp_path / "n.fits", values), foreign(tmp_path / "o.fits", 2 * values), "--out", "cmp")
    assert outcome.exit_code == 0, outcome.output
    assert "earth_mover is absent: it needs a flux: the map 'n MAP' is negative in places" in outcome.stdout
    table = QTable.read(tmp_path / "cmp/likeness.ecsv", format="ascii.ecsv")
    numbers = dict(zip(map(str, table["statistic"]), map(float, table["value"]), strict=True))
    assert numbers["cosine"] == pytest.approx(1.0, abs=1e-12)
    assert numbers["amplitude"] == pytest.approx(2.0, rel=1e-6)
    assert "earth_mover" not in numbers
    shapes = QTable.read(tmp_path / "cmp/shapes.ecsv", format="ascii.ecsv")
    assert np.isnan(np.asarray(shapes["first"], dtype=float)).all()


def test_a_constant_map_has_no_correlation_and_that_is_said(call, tmp_path):
    foreign(tmp_path / "c.fits", np.ones(12 * 16**2))
    refused(call("c.fits", "c.fits"), "constant", "undefined")


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--region", "{intersection: [integral_circle, {lon: 90 deg, lat: 0 deg, radius: 5 deg}]}"), ("empty",)),
        (("--region", "integral_circel"), ("did you mean 'integral_circle'",)),
        (("--region", "{lon: 0 deg"), ("--region",)),
        (("--region", "integral_circle", "--beam", "15"), ("15 deg", "wider")),
        (("--beam", "narrow"), ("--beam", "narrow", "3 deg")),
        (("--beam", "spy@0.511"), ("'spy'", "did you mean 'spi'")),
        (("--beam", "0.5"), ("two pixels",)),
    ],
)
def test_bad_options_are_refused_in_one_line_and_leave_nothing(call, files, tmp_path, options, parts):
    refused(call(*files, *options, "--out", "cmp"), *parts)
    assert not (tmp_path / "cmp").exists()


def test_a_folder_that_exists_is_kept(call, files, tmp_path):
    (tmp_path / "cmp").mkdir()
    refused(call(*files, "--out", "cmp"), "cmp", "exists")


def test_files_that_are_missing_or_no_maps_are_refused(call, files, tmp_path):
    (tmp_path / "text.fits").write_text("no FITS")
    refused(call(files[0], "absent.fits"), "absent.fits")
    refused(call(files[0], "text.fits"), "text.fits")
    refused(call(f"{files[0]}[Z]", files[1]), "'Z'", "A")


@pytest.mark.slow
def test_each_map_may_have_its_own_beam_and_an_exposure_gives_a_p_value(call, tmp_path):
    wide, narrow = gaussian(16, name="WIDE"), gaussian(16, sigma=5.0, name="NARROW")
    write_maps(tmp_path / "a.fits", [wide, narrow])
    pair = ("a.fits[WIDE]", "a.fits[NARROW]", "--region", "circle 0 0 40")
    outcome = call(*pair, "--beam", "8 deg", "--beam", "12 deg", "--exposure", "1e4 cm2 s", "--out", "cmp")
    assert outcome.exit_code == 0, outcome.output
    assert "beam: 8 and 12 deg (as given and as given)" in outcome.stdout
    table = QTable.read(tmp_path / "cmp/likeness.ecsv", format="ascii.ecsv")
    assert list(table.meta["beam_fwhm_deg"]) == [8.0, 12.0]
    assert 0 < table.meta["p_value"] < 0.05  # a flux of 1 and 1e4 cm2 s are thousands of counts
    assert table.meta["exposure_cm2_s"] == 1e4
    shapes = QTable.read(tmp_path / "cmp/shapes.ecsv", format="ascii.ecsv")
    (width,) = (row for row in shapes if row["statistic"] == "width_lat")
    sigma = 1 / np.sqrt(8 * np.log(2))  # of a beam of width 1
    assert float(width["first"]) == pytest.approx(np.hypot(SIGMA, 8 * sigma), rel=0.02)  # pixels, curvature
    assert float(width["second"]) == pytest.approx(np.hypot(5.0, 12 * sigma), rel=0.02)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--beam", "1", "--beam", "2", "--beam", "3"], "--beam is given 3 times"),
        (["--exposure", "5 kpc"], "--exposure '5 kpc'; write an area times a time"),
        (["--exposure", "-1"], "--exposure '-1'; allowed: more than 0 cm2 s"),
        (["--beam", "2 deg", "--beam", "30 deg", "--region", "circle 0 0 6"], "a beam of 30 deg is wider than"),
    ],
)
def test_beams_and_exposures_that_mean_nothing_are_refused_in_one_line(call, tmp_path, options, words):
    write_maps(tmp_path / "a.fits", [gaussian(8)])
    outcome = call("a.fits", "a.fits", *options)
    assert outcome.exit_code == 2
    assert words in outcome.stderr

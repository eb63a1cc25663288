"""One number from the command line: the same as from Python, with its errors and its unit; wrong words in one line."""

import contextlib
import json

import pytest
from typer.testing import CliRunner

import skymodel as sm
from profiles import NFW, Burkert, HernquistBulge, library
from skymodel import workers
from skymodel.cli.app import app


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def answer(*arguments):
    outcome = call(*arguments, "--json")
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout)


def test_a_flux_is_the_anchored_mean_times_the_solid_angle():
    found = answer("flux", "--halo", "nfw", "--electrons", "hernquist_bulge", "--region", "circle 0 0 10")
    pair = NFW() * HernquistBulge()
    region = sm.Circle(lon=0, lat=0, radius=10)
    ratio = sm.window_factor(pair, numerator=region, denominator=sm.INTEGRAL_CIRCLE, r_max=60)
    assert found["value"] == pytest.approx(0.025 * ratio.value * region.solid_angle, rel=1e-4)
    assert found["error"] <= 2e-4 * found["value"]
    assert found["error_measured"] == pytest.approx(0.0014 / 0.025 * found["value"], rel=1e-9)
    assert found["unit"] == "cm-2 s-1"


def test_a_band_is_a_number_times_the_line():
    line, band = (
        answer("flux", "--halo", "nfw", "--electrons", "hernquist_bulge", *more)
        for more in ((), ("--band", "1-20 MeV"))
    )
    assert band["value"] / line["value"] == pytest.approx(sm.NuggetEmission().band_factor(sm.CONTINUUM_1_20), rel=1e-12)


def test_a_sight_line_is_that_of_python():
    found = answer("los", "30", "2", "--halo", "burkert", "--electrons", "{type: hernquist_bulge, a: 1 kpc}")
    here = sm.line_of_sight(Burkert() * HernquistBulge(a=1.0), 30, 2, r_max=60, rtol=1e-8)
    assert abs(found["value"] - here.value) <= found["error"] + here.error
    assert found["unit"] == "GeV kpc cm-6"


def test_a_negative_latitude_is_a_number_and_no_option():
    below, above = (answer("los", 30, lat, "--halo", "nfw", "--electrons", "hernquist_bulge") for lat in (-2, 2))
    assert below["value"] == pytest.approx(above["value"], rel=1e-9)


def test_the_window_factor_is_that_of_the_preset():
    found = answer("window")
    assert found["value"] == pytest.approx(0.269824, abs=2e-5)  # of the preset paper, six printed digits
    words = call("window").stdout
    assert words.startswith("W, mean of J in comptel_window over that in integral_circle = 0.2698")


def test_a_preset_of_the_shelf_goes_by_its_name():
    found = answer("los", "0", "45", "--halo", "fermi_nfw", "--electrons", "miller_bregman2013")
    halo, electrons = library.dark_matter("fermi_nfw"), library.electrons("miller_bregman2013")
    assert found["value"] == pytest.approx(float(sm.line_of_sight(halo * electrons, 0, 45, r_max=60).value), rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("flux", "--halo", "nwf"), ("'nwf'", "did you mean 'nfw'")),
        (("flux", "--region", "circle 0 0"), ("'circle 0 0'", "radius")),
        (("flux", "--band", "LINE_512"), ("LINE_512", "no band")),
        (("flux", "--bnd", "x"), ("--bnd", "--band", "skymodel flux --help")),
        (("fluxx",), ("fluxx", "'flux'")),
        (("los", "30"), ("lat", "skymodel los --help")),
        (("los", "0", "95"), ("95",)),
        (("window", "--rtol", "0"), ("rtol",)),
        (("run", "--out"), ("--out",)),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_line_and_exit_code_2(arguments, parts):
    outcome = call(*arguments)
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    lines = outcome.stderr.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("skymodel: ")
    assert [part for part in parts if part not in lines[0]] == [], lines[0]


@pytest.mark.parametrize(
    "command", ["run", "flux", "los", "window", "init", "presets", "schema", "validate", "profiles"]
)
def test_every_command_explains_itself_with_an_example(command):
    outcome = call(command, "-h")
    assert outcome.exit_code == 0
    assert f"Example: skymodel {command}" in " ".join(outcome.stdout.split())
    assert "<bool>" not in outcome.stdout


def test_the_command_alone_lists_the_commands_and_the_exit_codes():
    outcome = call()
    assert outcome.exit_code == 0
    assert "Exit codes: 0 done, 2 bad input" in outcome.stdout


ASKED = [("window", "--electrons", "dwek_bar"), ("flux", "--electrons", "dwek_bar", "--region", "circle 3 2 8")]


@pytest.mark.parametrize("command", ASKED, ids=lambda command: command[0])
def test_one_worker_and_two_give_the_same_bits(command, monkeypatch):
    monkeypatch.setattr("skymodel.sightlines.ray.integrate.BLOCK", 50)
    crews, each = [], workers.Crew.each
    monkeypatch.setattr(
        workers.Crew, "each", lambda crew, *do, **how: crews.append(crew.count) or each(crew, *do, **how)
    )
    one, two = (answer(*command, "--workers", number) for number in (1, 2))
    assert one == two
    assert {1, 2} <= set(crews)
    assert call(*command, "--workers", 0).exit_code == 2


@pytest.mark.parametrize("command", ASKED, ids=lambda command: command[0])
def test_a_long_answer_shows_how_far_it_is(command, monkeypatch):
    shares = []

    @contextlib.contextmanager
    def bar():
        yield lambda _, share: shares.append(share)

    monkeypatch.setattr("skymodel.cli.small.progress", bar)
    answer(*command)
    assert len(shares) >= 2
    assert shares == sorted(shares)
    assert shares[-1] == 1

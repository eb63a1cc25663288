"""The command line: results on standard output, one line and exit code 2 for bad input, nothing half-written."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

import pytest
import yaml
from typer.testing import CliRunner

from skymodel.cli import app as cli
from skymodel.output import first_screen
from skymodel.output.files import whole
from skymodel.output.folders import run as folder
from skymodel.runs.one import run as run_module

QUICK = {
    "label": "a quick model",
    "dark_matter": {"type": "nfw", "rho_s": "0.3 GeV cm-3", "r_s": "20 kpc"},
    "electrons": [{"type": "exponential_disk", "n_0": "1 cm-3", "R_d": "2.6 kpc", "z_d": "0.3 kpc"}],
    "map": {"nside": 4, "rtol": 1e-2},
}


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Return a function that calls the command in an empty directory."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


@pytest.fixture
def config(tmp_path):
    """Return a function that writes a configuration, changed as told, beside the working directory's entries."""

    def write(**changes):
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump({**QUICK, **changes}))
        return path

    return write


def assert_refused(outcome, *parts):
    """Assert that a call ended with code 2 and exactly one line on standard error that holds all parts."""
    assert outcome.exit_code == 2, outcome.output
    assert outcome.stdout == ""
    lines = outcome.stderr.splitlines()
    assert len(lines) == 1, lines
    assert [part for part in parts if part not in lines[0]] == [], lines[0]


def test_the_version_is_that_of_the_installed_package(call):
    from importlib.metadata import version

    assert call("--version").stdout == f"skymodel {version('skymodel')}\n"


def test_validate_prints_what_the_configuration_resolves_to(call, config):
    outcome = call("validate", config(observer={"r_sun": "8200 pc"}))
    assert outcome.exit_code == 0
    resolved = yaml.safe_load(outcome.stdout)
    assert resolved["observer"] == {"r_sun": "8.2 kpc", "z_sun": "0.0 kpc"}
    assert resolved["emission"]["mu"] == "20.0 MeV"


@pytest.mark.parametrize(("parameter", "code"), [("dark_matter.rho_s", 0), ("dark_matter.rho", 2)])
def test_validate_reads_the_ensemble_too(call, config, parameter, code):
    prior = {"parameter": parameter, "distribution": "uniform", "low": "0.1 GeV cm-3", "high": "0.5 GeV cm-3"}
    outcome = call("validate", config(ensemble={"priors": [prior]}))
    assert outcome.exit_code == code, outcome.stderr
    assert code == 0 or f"ensemble: prior on {parameter}" in outcome.stderr


def test_validate_refuses_with_one_line(call, config):
    assert_refused(call("validate", config(map={"nside": 63})), "map.nside", "63", "32 and 64")


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"observer": {"r_sun": 8.2}}, ("observer.r_sun", "no unit")),
        ({"emision": {}}, ("'emision'", "did you mean 'emission'?")),
        ({"dark_matter": {"type": "nwf"}}, ("'nwf'", "did you mean 'nfw'?")),
        ({"emission": {"mu": "0.5 MeV"}}, ("mu = 0.5 MeV", "electron mass")),
        (
            {"dark_matter": {"type": "generalized_nfw", "gamma": 2.5}, "electrons": {"type": "hernquist_bulge"}},
            ("r^-3.5", "flux is infinite", "core"),
        ),
    ],
)
def test_a_bad_configuration_ends_with_one_line_and_no_folder(call, config, tmp_path, changes, parts):
    assert_refused(call("run", config(**changes), "--out", "out"), *parts)
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.yaml"]


def test_a_missing_configuration_is_refused(call):
    assert_refused(call("run", "missing.yaml"), "no configuration file 'missing.yaml'", "presets: ", "paper")


def test_a_folder_that_holds_a_run_is_refused_before_anything_is_computed(call, config, tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "config.resolved.yaml").write_text("label: old\n")
    monkeypatch.setattr(run_module, "run", lambda *_, **__: pytest.fail("it was computed"))
    assert_refused(call("run", config(), "--out", "out"), "'out'", "already holds a run", "kept")
    assert (tmp_path / "out" / "config.resolved.yaml").read_text() == "label: old\n"


def test_an_interrupt_ends_with_130_and_leaves_nothing(call, config, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module, "run", interrupted)
    outcome = call("run", config(), "--out", "out")
    assert outcome.exit_code == 130
    assert outcome.stderr == "skymodel: interrupted; no output was left behind\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.yaml"]


def test_an_interrupt_while_printing_says_that_the_run_is_complete(call, config, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module, "run", lambda *_, **__: SimpleNamespace(maps={"J": SimpleNamespace(meta={})}))
    monkeypatch.setattr(folder, "write", lambda *_, **__: tmp_path / "out")
    monkeypatch.setattr(first_screen, "first_screen", interrupted)
    outcome = call("run", config(), "--out", "out")
    assert outcome.exit_code == 130
    assert outcome.stderr == f"skymodel: interrupted while printing; the run is complete in '{tmp_path / 'out'}'\n"


OWN_PROFILES = """
import numpy as np
from dataclasses import dataclass
from profiles import Spherical, from_function

@dataclass(frozen=True)
class Plummer(Spherical):
    rho_0: float = 0.4
    a: float = 5.0
    def radial(self, r):
        return self.rho_0 * (1 + (r / self.a) ** 2) ** -2.5

def of(function):
    return from_function(function, unit="GeV cm-3")

nan = of(lambda x, y, z: np.where(x > 0, np.nan, 1.0))
negative = of(lambda x, y, z: z)
scalar = of(lambda x, y, z: 1.0)
broken = of(lambda x, y, z: 1.0 if x > 0 else 0.0)
"""


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("nan", ("dark_matter is nan at (x, y, z) =", "finite")),
        ("negative", ("dark_matter is -", ">= 0")),
        ("scalar", ("dark_matter returned", "shape ()", "one real number for each place")),
        ("broken", ("dark_matter raised ValueError", "arrays x, y, z [kpc]")),
        ("missing", ("missing",)),
    ],
)
def test_a_users_profile_that_is_no_density_is_refused_by_field_and_place(call, config, tmp_path, name, parts):
    module = f"own_profiles_{name}"
    (tmp_path / f"{module}.py").write_text(OWN_PROFILES)
    outcome = call("run", config(dark_matter={"type": f"{module}:{name}"}), "--out", "out")
    assert_refused(outcome, "dark_matter", *parts)
    assert not (tmp_path / "out").exists()


def test_the_catalogue_lists_profiles_and_presets_and_describes_one(call):
    listed = call("profiles")
    assert listed.exit_code == 0
    assert all(name in listed.stdout for name in ("nfw", "exponential_disk", "mcmillan2017_baryons"))
    described = call("profiles", "nfw")
    assert all(part in described.stdout for part in ("rho_s", "GeV cm-3", "r_s", "kpc"))


def test_a_misspelt_profile_is_answered_with_the_nearest(call):
    assert_refused(call("profiles", "burkret"), "burkret", "did you mean 'burkert'?")


def started(folder, *arguments):
    """Return a real command that hears signals, though the tests themselves may run in a script's background."""
    heard = "import signal\nfor n in (1, 2, 15):\n    signal.signal(n, signal.SIG_DFL)\n"
    command = [sys.executable, "-c", f"{heard}from skymodel.__main__ import main\nmain()", *arguments]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_real_run_cleanly(tmp_path, number, code):
    process = started(tmp_path, "run", "--out", "out", "--no-cache")
    while not (tmp_path / ".out.claim").exists():  # from then on it computes, for seconds
        time.sleep(0.02)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_a_working_directory_that_has_been_removed_is_named(call, config, monkeypatch):
    path = config()

    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setenv("PWD", "/data/gone")
    monkeypatch.setattr(os, "getcwd", gone)
    assert_refused(call("run", path), "the working directory '/data/gone' has been removed; change to another")


def test_what_a_killed_run_left_is_removed_by_the_next_which_says_so(call, config, tmp_path, monkeypatch):
    workspace = tempfile.mkdtemp(prefix=f".old.{whole._MACHINE}.", suffix=".partial", dir=tmp_path)
    monkeypatch.setattr(run_module, "run", lambda *_, **__: 1 / 0)
    outcome = call("run", config(), "--out", "out")
    assert outcome.stderr.startswith("skymodel: removed what a killed process had left half-written of 'old'\n")
    assert not os.path.exists(workspace)


def test_an_interrupt_while_the_code_is_loading_ends_without_a_traceback(tmp_path):
    (tmp_path / "typer.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)\n")
    with started(tmp_path, "run") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT  # which shells report as 130
    assert errors == ""
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "__pycache__"] == ["typer.py"]


@pytest.mark.slow
def test_a_map_short_of_its_budget_is_written_with_its_true_errors_and_one_line(call, config):
    bar = [{"type": "freudenreich_bar"}]
    short = {"nside": 4, "rtol": 1e-6, "budget": 10_000_000}
    outcome = call("run", config(electrons=bar, map=short, verdict="none"), "--out", "out", "--no-report", "--no-cache")
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stderr.count("\n") == 1
    assert "short of map.rtol" in outcome.stderr
    refusing = config(electrons=bar, map={**short, "shortfall": "refuse"}, verdict="none")
    assert_refused(call("run", refusing, "--out", "out2", "--no-cache"), "budget")

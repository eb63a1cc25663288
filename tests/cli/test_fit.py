"""``skymodel fit``: chi of a configuration as a table, a figure and a page, or one line that says what is wrong."""

import json

import pytest
from astropy.table import QTable
from typer.testing import CliRunner

from skymodel.cli import app as cli
from skymodel.runs.one import chi
from skymodel.sightlines.means import Ratio


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Return a function that calls the command in an empty directory, where every W is 0.4."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(chi, "window_factor", lambda *_, **__: Ratio(0.4, 1e-6, numerator=None, denominator=None))
    return lambda *arguments: CliRunner().invoke(cli.app, ["fit", *map(str, arguments)])


def test_without_a_file_the_papers_model_is_fitted_and_nothing_is_written(call, tmp_path):
    outcome = call()
    assert outcome.exit_code == 0, outcome.output
    line = next(line for line in outcome.stdout.splitlines() if line.split()[:1] == ["none"])
    assert line.split()[1:] == ["0.0289", "+-", "0.0046", "0.072", "+-", "0.012", "32.5/2", "9e-08"]
    assert max(map(len, outcome.stdout.splitlines())) <= 80
    assert list(tmp_path.iterdir()) == []


def test_the_folder_holds_table_figure_and_page_and_is_kept(call, tmp_path):
    (tmp_path / "mine.yaml").write_text("preset: paper\nlabel: my own\nemission: {mu: 10 MeV}\n")
    outcome = call("mine.yaml", "--out", "my-fit")
    assert "written to my-fit" in outcome.stdout
    assert sorted(path.name for path in (tmp_path / "my-fit").iterdir()) == ["chi.png", "fits.ecsv", "report.html"]
    table = QTable.read(tmp_path / "my-fit/fits.ecsv", format="ascii.ecsv")
    assert table.meta["label"] == "my own"
    assert str(table["spectrum"][0]) == "eq. (6), mu = 10 MeV"
    assert "my own" in (tmp_path / "my-fit/report.html").read_text(encoding="utf-8")
    again = call("--out", "my-fit")
    assert again.exit_code == 2
    assert again.stderr == "skymodel: 'my-fit' exists and is kept; choose another folder\n"


def test_the_numbers_as_json(call):
    found = json.loads(call("--json").stdout)
    assert found["W"] == {"value": 0.4, "error": 1e-6}
    assert len(found["fits"]) == 90
    assert found["fits"][0]["chi"] == pytest.approx(0.02893, abs=5e-6)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [(("nowhere.yaml",), "nowhere.yaml"), (("--rtol", "x"), "rtol"), (("--out", "/proc/x"), "/proc")],
)
def test_what_is_wrong_is_said_in_one_line(call, arguments, part):
    outcome = call(*arguments)
    assert outcome.exit_code == 2
    assert outcome.stderr.count("\n") == 1
    assert part in outcome.stderr

"""What the README and the documents say is true: their commands, their code, their configurations, their links."""

import contextlib
import io
import re
from pathlib import Path

import pytest
import yaml

from skymodel.runs.config.emission import EMISSIONS
from skymodel.runs.config.model import RunConfig, load_config
from skymodel.runs.many.ensemble import EnsembleConfig

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language, path=ROOT / "README.md"):
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def promised(code):
    """Return what the comments after `print` calls say is printed."""
    return [comment.strip() for comment in re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)]


def printed(code):
    """Return the lines that code prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, "README.md", "exec"), {})
    return output.getvalue().splitlines()


def test_the_two_commands_stand_first_and_alone_in_their_blocks():
    first, second, *_ = blocks("bash")
    assert first == "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/skymodel run\n"
    assert second == '.venv/bin/pip install -e ".[test]" && .venv/bin/pytest\n'


def test_every_command_it_names_exists():
    from typer.main import get_command

    from skymodel.cli.app import app

    named = set(re.findall(r"^(?:\S*/)?skymodel (\w+)", "".join(blocks("bash")), re.MULTILINE))
    assert named
    assert named <= set(get_command(app).commands)


@pytest.mark.slow
@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_examples_print_what_they_promise(code):
    assert promised(code)
    assert printed(code) == promised(code)


def test_the_check_of_the_examples_sees_a_broken_promise():
    code = "print(1 + 1)  # 3\n"
    assert printed(code) != promised(code) == ["3"]


def configurations():
    for path in DOCUMENTS:
        for number, text in enumerate(blocks("yaml", path)):
            yield pytest.param(text, id=f"{path.name}-{number}")


@pytest.mark.parametrize("text", list(configurations()))
def test_every_configuration_it_shows_is_valid(text, monkeypatch):
    monkeypatch.chdir(ROOT / "docs" / "examples")
    content = yaml.safe_load(text)
    if "priors" in content:
        assert EnsembleConfig(**content)
        return
    content.setdefault("electrons", [{"preset": "mcmillan2017_baryons"}])
    assert RunConfig(**content)


def test_the_documented_defaults_are_the_defaults():
    text = blocks("yaml", ROOT / "docs" / "configuration.md")[0]
    shown, paper = RunConfig(**yaml.safe_load(text)), load_config("paper")
    assert {**shown.resolved(), "label": ""} == {**paper.resolved(), "label": ""}


def test_every_key_of_the_configuration_is_explained():
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    emission = [f"emission.{key}" for section in EMISSIONS.values() for key in section.model_fields]
    keys = [key for key in RunConfig.model_fields if key != "emission"] + emission
    assert [key for key in keys if f"`{key}`" not in text] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(path):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).is_file()] == []


def test_the_figure_is_small_enough_to_load():
    assert (ROOT / "docs" / "figures" / "centre.png").stat().st_size < 300 * 1024


def test_the_example_of_an_own_profile_is_what_the_readme_shows(monkeypatch):
    monkeypatch.chdir(ROOT / "docs" / "examples")
    shown = yaml.safe_load(blocks("yaml")[-1])["dark_matter"]
    used = yaml.safe_load(Path("plummer.yaml").read_text(encoding="utf-8"))["dark_matter"]
    assert shown == used
    assert type(load_config("plummer.yaml").dark_matter).__name__ == "Plummer"

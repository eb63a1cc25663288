"""The guide to the objects prints what it says it prints, and names what else a session starts with."""

import inspect
from pathlib import Path

import pytest

import profiles
import skymodel as sm
from profiles import library
from tests.docs.test_readme import blocks, printed, promised

GUIDE = Path(__file__).parents[2] / "docs" / "python.md"
NAMES = ("energy_cube", "published_anchor", "SkyModel", "NuggetEmission", "Band", "GaussianBeam", "confront")


@pytest.mark.slow
def test_the_blocks_of_the_guide_follow_on_one_another_and_print_what_they_promise():
    code = "\n".join(blocks("python", GUIDE))
    assert len(promised(code)) == code.count("print(")
    assert printed(code) == promised(code)


def test_the_objects_of_a_session_are_in_it():
    text = GUIDE.read_text(encoding="utf-8")
    assert [name for name in NAMES if name not in text or not hasattr(sm, name)] == []
    assert "library.build" in text


@pytest.mark.parametrize("module", [sm, profiles, library], ids=["skymodel", "profiles", "profiles.library"])
def test_the_help_of_every_public_name_has_an_example(module):
    listed = getattr(module, "__all__", dir(module))
    names = [name for name in listed if not name.startswith("_") and callable(getattr(module, name))]
    assert len(names) > 10
    assert [name for name in names if ">>> " not in (inspect.getdoc(getattr(module, name)) or "")] == []

"""The guide to the objects prints what it says it prints, and names what else a session starts with."""

from pathlib import Path

import pytest

import skymodel as sm
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

"""The folder of an ensemble with empty figures and an empty page, where they are not what is tested."""

import pytest

from skymodel.output.figures.picture import Picture
from skymodel.output.folders import ensemble


@pytest.fixture
def undrawn(monkeypatch):
    """Leave out what takes four times as long as the draws and the tables."""
    for figure in ("corner", "sensitivity_bars"):
        monkeypatch.setattr(ensemble, figure, lambda *_, **__: Picture())
    monkeypatch.setattr(ensemble, "report", lambda *_: "")

"""Saved figures."""

import pytest

from skymodel.output.figures import run as plots


@pytest.fixture
def saved(tmp_path):
    """Return a function that saves a figure, which must raise no warning, and returns its bytes."""

    def save(made, name="figure.png"):
        plots.save(made, tmp_path / name)
        return (tmp_path / name).read_bytes()

    return save

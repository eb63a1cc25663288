"""What all tests share: optional libraries that skip with a reason, or fail where nothing may be skipped."""

import importlib
import os

import matplotlib
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Keep the user's cache folder out of the tests."""
    monkeypatch.setenv("SKYMODEL_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


def pytest_collection_modifyitems(items):
    """Mark what may be skipped where a library or a browser is absent, so that it can be run again where they are."""
    for item in items:
        if {"require", "chromium"} & set(vars(getattr(item, "module", None) or object)):
            item.add_marker("optional")


def require(name):
    """Return the optional module `name`; skip the test without it, or fail if SKYMODEL_NO_SKIP is set."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        message = f"needs the optional library {name!r}: {error}"
        if os.environ.get("SKYMODEL_NO_SKIP"):
            pytest.fail(message)
        pytest.skip(message)

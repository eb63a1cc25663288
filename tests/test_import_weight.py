"""``import skymodel`` is light: heavy libraries load when they are used."""

import subprocess
import sys

import pytest

HEAVY = ("scipy", "healpy", "matplotlib", "bokeh", "pydantic")


def loaded_after(statement):
    """Return which heavy libraries a fresh interpreter holds after `statement`."""
    code = f"{statement}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("package", ["skymodel", "profiles", "skymodel.cli.app"])
def test_importing_a_package_loads_no_heavy_library(package):
    assert loaded_after(f"import {package}") == []


def test_the_probe_sees_a_heavy_library_when_one_is_loaded():
    assert loaded_after("import scipy") == ["scipy"]


def test_every_public_name_resolves():
    import skymodel

    assert [name for name in skymodel.__all__ if not hasattr(skymodel, name)] == []


def test_a_module_of_the_users_that_hides_the_package_profiles_is_named(tmp_path):
    (tmp_path / "profiles.py").write_text("MINE = 1\n")
    code = "import skymodel as sm; sm.region_mean"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert f"'{tmp_path / 'profiles.py'}' stands before skymodel's package 'profiles'" in done.stderr.splitlines()[-1]

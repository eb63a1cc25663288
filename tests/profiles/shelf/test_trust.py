"""What a configuration may import, and that nothing else is ever imported or called."""

import sys

import pytest

from profiles import NFW, library
from profiles.shelf import registry, trust

PLUMMER = """
from dataclasses import dataclass
from profiles import NFW
import pathlib
pathlib.Path("imported").touch()
ready = NFW(r_s=7.0)
number = 5
class Mine(NFW):
    pass
class Other:
    def __init__(self):
        pathlib.Path("called").touch()
def shape(x, y, z):
    return 0 * x + 1
def factory(a=1):
    pathlib.Path("called").touch()
    return NFW()
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mymodule_of_tests.py").write_text(PLUMMER, encoding="utf-8")
    yield tmp_path
    sys.modules.pop("mymodule_of_tests", None)


@pytest.mark.parametrize(
    "path",
    ["os:system", "subprocess:getoutput", "shutil:rmtree", "sys:exit", "builtins:exec", "os.path:join", "posix:system"],
)
def test_the_standard_library_is_refused_before_anything_is_imported(path, home):
    with pytest.raises(ValueError, match="is part of Python"):
        library.build({"type": path, "command": "touch called"})
    assert not (home / "called").exists()


@pytest.mark.parametrize("path", ["numpy:zeros", "yaml:unsafe_load", "numpy.ctypeslib:load_library", "typer:launch"])
def test_an_installed_module_that_offers_no_profiles_is_refused(path, home):
    with pytest.raises(ValueError, match="--plugin"):
        library.build({"type": path})


@pytest.mark.parametrize("name", ["number", "Other", "factory", "pathlib"])
def test_what_is_no_density_is_not_called(name, home):
    with pytest.raises(ValueError, match="allowed: a Density class, a Density, or a function of x, y, z"):
        library.build({"type": f"mymodule_of_tests:{name}"})
    assert not (home / "called").exists()


@pytest.mark.parametrize(("name", "more"), [("ready", {}), ("Mine", {}), ("shape", {"unit": "cm-3"})])
def test_densities_in_the_working_directory_are_found(name, more, home):
    assert library.build({"type": f"mymodule_of_tests:{name}", **more}).symmetry in ("spherical", "none")


def test_a_file_beside_the_configuration_goes_before_the_working_directory(home, tmp_path_factory):
    other = tmp_path_factory.mktemp("beside")
    (other / "twin_of_tests.py").write_text("from profiles import NFW\nready = NFW(r_s=3.0)\n", encoding="utf-8")
    (home / "twin_of_tests.py").write_text("from profiles import NFW\nready = NFW(r_s=4.0)\n", encoding="utf-8")
    with trust.trusting(beside=other):
        assert library.build({"type": "twin_of_tests:ready"}).r_s == 3.0
    sys.modules.pop("twin_of_tests")


def test_two_folders_with_files_of_one_name_each_get_their_own(tmp_path, monkeypatch):
    for folder, scale in (("first", 3.0), ("second", 4.0)):
        (tmp_path / folder).mkdir()
        source = f"from profiles import NFW\nready = NFW(r_s={scale})\n"
        (tmp_path / folder / "same_name_of_tests.py").write_text(source, encoding="utf-8")
        monkeypatch.chdir(tmp_path / folder)
        assert library.build({"type": "same_name_of_tests:ready"}).r_s == scale


def test_a_module_that_exits_is_an_error_and_not_an_exit(home):
    (home / "leaves_of_tests.py").write_text("raise SystemExit(0)", encoding="utf-8")
    with pytest.raises(ValueError, match="SystemExit"):
        library.build({"type": "leaves_of_tests:X"})


def test_a_named_plug_in_may_be_imported(home):
    with trust.trusting(plugins=("numpy",)), pytest.raises(ValueError, match="allowed: a Density class"):
        library.build({"type": "numpy:zeros"})


def test_without_strangers_only_the_built_in_profiles_are_left(home):
    with trust.trusting(strangers=False):
        assert library.build("nfw") == NFW()
        with pytest.raises(ValueError, match="switched off"):
            library.build({"type": "mymodule_of_tests:ready"})
    assert not (home / "imported").exists()


def test_a_file_with_the_name_of_a_loaded_module_is_named(home):
    (home / "numpy.py").write_text("ready = 1", encoding="utf-8")
    with pytest.raises(ValueError, match="rename the file"):
        library.build({"type": "numpy:ready"})


def test_a_stray_galpy_is_not_taken_for_the_library(home, monkeypatch):
    (home / "galpy.py").write_text("import pathlib; pathlib.Path('imported').touch()", encoding="utf-8")
    monkeypatch.setattr(trust, "packages_distributions", dict)
    with pytest.raises(ValueError, match="needs galpy"):
        library.build({"type": "galpy", "potential": "galpy.potential:MWPotential2014"})
    assert not (home / "imported").exists()


@pytest.mark.parametrize("kind", ["galpy", "gala", "agama"])
@pytest.mark.parametrize("path", ["os:system", "subprocess:Popen", "numpy:zeros"])
def test_potentials_come_from_their_library_or_a_file_of_the_users(kind, path, home):
    field = "source" if kind == "agama" else "potential"
    with pytest.raises(ValueError, match="is part of Python|--plugin"):
        library.build({"type": kind, field: path})


def test_every_registered_name_still_loads():
    for name in registry.names():
        assert callable(registry.get(name))

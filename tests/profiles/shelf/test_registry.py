"""Finding profiles: built-ins and strangers alike, and what goes wrong with strangers."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from profiles import NFW, library
from profiles.shelf import registry

PLUGIN = Path(__file__).parents[1] / "example_plugin"


@pytest.fixture
def offers(monkeypatch):
    """Put entry points of invented packages beside the real ones."""
    real = importlib.metadata.entry_points

    class Package:
        def __init__(self, name):
            self.name = name

    def offer(*claims):
        made = []
        for name, value, package in claims:
            point = importlib.metadata.EntryPoint(name, value, registry.GROUP)
            object.__setattr__(point, "dist", Package(package))
            made.append(point)
        monkeypatch.setattr(registry, "entry_points", lambda group: [*real(group=group), *made])
        registry._offers.cache_clear()

    yield offer
    monkeypatch.undo()
    registry._offers.cache_clear()


def test_the_built_in_profiles_are_found_through_the_packages_metadata():
    points = importlib.metadata.entry_points(group="skymodel.profiles")
    assert {"nfw", "einasto", "exponential_disk"} <= {point.name for point in points}
    assert library.get("nfw") is NFW


def test_an_unknown_name_suggests_the_nearest_and_says_what_lists_the_installed():
    allowed = "installed: nfw, .* and \\d+ more \\(`skymodel profiles` lists all\\)"
    with pytest.raises(ValueError, match="no profile 'nwf'; did you mean 'nfw'\\? " + allowed):
        library.get("nwf")


def test_a_strangers_profile_is_found_like_our_own(offers):
    offers(("theirs", "profiles.forms.halos:Burkert", "stranger"))
    assert "theirs" in library.names()
    assert library.build({"type": "theirs", "r_s": "9 kpc"}).r_s == 9.0


def test_a_name_claimed_by_two_packages_names_both(offers):
    offers(("nfw", "somewhere.else:NFW", "stranger"))
    with pytest.raises(
        ValueError, match=r"skymodel \(profiles\.forms\.halos:NFW\) and stranger \(somewhere\.else:NFW\)"
    ):
        library.get("nfw")
    assert library.build({"type": "profiles.forms.halos:NFW"}) == NFW()


def test_a_plugin_that_raises_on_import_is_named_and_the_rest_works(offers, tmp_path, monkeypatch):
    (tmp_path / "broken_profiles.py").write_text("raise RuntimeError('no licence')\n")
    monkeypatch.syspath_prepend(tmp_path)
    offers(("broken", "broken_profiles:Halo", "stranger"))
    with pytest.raises(ValueError, match="'broken' of the package 'stranger' cannot be loaded: RuntimeError: no lic"):
        library.get("broken")
    assert library.get("nfw") is NFW
    row = next(row for row in library.catalogue() if row.name == "broken")
    assert "no licence" in row.status
    assert row.package == "stranger"


def test_a_profile_in_the_working_directory_is_found_by_its_path(tmp_path, monkeypatch):
    (tmp_path / "my_own_halo.py").write_text(
        "from dataclasses import dataclass\n"
        "from profiles.contract.density import Length, MassDensity, Spherical\n"
        "@dataclass(frozen=True)\n"
        "class Mine(Spherical):\n"
        "    rho_s: MassDensity = 0.4\n"
        "    r_s: Length = 10.0\n"
        "    def radial(self, r):\n"
        "        return self.rho_s / (1 + r / self.r_s) ** 3\n"
    )
    monkeypatch.chdir(tmp_path)
    density = library.build({"type": "my_own_halo:Mine", "r_s": "5 kpc"})
    assert float(density.radial(np.asarray(5.0))) == pytest.approx(0.05)
    assert library.describe(density) == {"type": "my_own_halo:Mine", "rho_s": "0.4 GeV cm-3", "r_s": "5.0 kpc"}
    assert library.build(library.describe(density)) == density


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("no_such_module:X", "there is no no_such_module.py"),
        ("profiles.forms.halos:Nwf", "AttributeError"),
        (":", "cannot be loaded"),
    ],
)
def test_a_path_that_leads_nowhere_says_why(path, why):
    with pytest.raises(ValueError, match=why):
        library.get(path)


@pytest.mark.slow
def test_a_really_installed_package_offers_its_profile(tmp_path):
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*command, "--target", str(target), str(PLUGIN)], check=True)
    script = (
        "from profiles import library\n"
        "row = next(r for r in library.catalogue() if r.name == 'plummer')\n"
        "print(row.package, library.build({'type': 'plummer', 'a': '2 kpc'}).a, library.about('plummer').parameters[1])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(target), "PATH": ""},
    )
    assert found.stdout.startswith("skymodel-example-profiles 2.0 Parameter(name='a', unit='kpc'")

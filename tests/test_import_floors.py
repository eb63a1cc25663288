"""Data flows downward only: a module imports its own floor or a lower one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = [
    "profiles",
    "skymodel.datafiles",
    "skymodel.bounded",
    "skymodel.progress",
    "skymodel.sky",
    "skymodel.sightlines",
    "skymodel.emission",
    "skymodel.galaxy",
    "skymodel.comparison",
    "skymodel.runs",
    "skymodel.output",
    "skymodel.cli",
]
DOORS = {"skymodel.cli", "skymodel.explore", "skymodel.__main__"}


def floor(module):
    """Return the height of a module's floor, or None for a module that is not ours."""
    if any(module == name or module.startswith(f"{name}.") for name in DOORS):
        return FLOORS.index("skymodel.cli")
    heights = [i for i, name in enumerate(FLOORS) if module == name or module.startswith(f"{name}.")]
    if not heights and module.split(".")[0] == "skymodel":
        raise ValueError(f"{module} stands on no floor; give it one in FLOORS")
    return heights[0] if heights else None


def imported(source, package):
    """Yield every module that `source`, a module of `package`, imports, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stem = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            name = ".".join([*stem, *([node.module] if node.module else [])])
            yield from (f"{name}.{alias.name}" if name in ("skymodel", "") else name for alias in node.names)


def climbs(module, source, package):
    """Return the imports of `source` that lie on a higher floor than `module`."""
    here = floor(module)
    heights = {name: floor(name) for name in imported(source, package)}
    return sorted(name for name, height in heights.items() if height is not None and height > here)


def modules():
    for path in sorted([*ROOT.glob("profiles/**/*.py"), *ROOT.glob("skymodel/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        package = ".".join(parts[:-1])
        module = package if parts[-1] == "__init__" else ".".join(parts)
        if module != "skymodel":  # the lazy export table reaches every floor on purpose, by name
            yield pytest.param(module, path, package, id=module)


@pytest.mark.parametrize(("module", "path", "package"), list(modules()))
def test_a_module_imports_its_own_floor_or_a_lower_one(module, path, package):
    assert climbs(module, path.read_text(encoding="utf-8"), package) == []


@pytest.mark.parametrize(
    "source",
    [
        "from skymodel.runs.config.model import RunConfig",
        "import skymodel.output.files.fits_write",
        "def f():\n    from skymodel.cli.app import main",
        "from ..output import fits",
        "from skymodel import cli",
    ],
)
def test_an_import_from_a_higher_floor_is_caught_wherever_it_hides(source):
    assert climbs("skymodel.sky.regions", source, "skymodel.sky")


def test_the_public_namespace_is_not_used_inside_since_it_would_hide_the_floor():
    with pytest.raises(ValueError, match="no floor"):
        climbs("skymodel.sky.regions", "import skymodel as sm", "skymodel.sky")


def test_profiles_know_nothing_of_skymodel():
    assert climbs("profiles.contract.density", "from skymodel.datafiles import data_path", "profiles") == [
        "skymodel.datafiles"
    ]

"""Data flows downward only: a module imports its own floor or a lower one, and none imports itself round a circle."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = [
    "profiles.contract",
    "profiles.mass",
    "profiles.tables",
    "profiles.forms",
    "profiles.shelf",
    "profiles.adapters",
    "profiles.library",
    "profiles",
    "skymodel.datafiles",
    "skymodel.bounded",
    "skymodel.progress",
    "skymodel.forks",
    "skymodel.workers",
    "skymodel.sky",
    "skymodel.sightlines.ray",
    "skymodel.sightlines.cubature",
    "skymodel.sightlines.surface",
    "skymodel.sightlines.pixels",
    "skymodel.sightlines",
    "skymodel.emission.event",
    "skymodel.emission.nuggets",
    "skymodel.emission.electrosphere",
    "skymodel.emission.claims",
    "skymodel.emission",
    "skymodel.galaxy",
    "skymodel.comparison.comptel",
    "skymodel.comparison.ratio",
    "skymodel.comparison.likeness",
    "skymodel.comparison.rivals",
    "skymodel.comparison.forecast",
    "skymodel.comparison",
    "skymodel.runs.config",
    "skymodel.runs.fits",
    "skymodel.runs.one",
    "skymodel.runs",
    "skymodel.output.files",
    "skymodel.output.export",
    "skymodel.output.figures",
    "skymodel.output.numbers",
    "skymodel.output.console",
    "skymodel.output.report",
    "skymodel.output.folders",
    "skymodel.output",
    "skymodel.cli",
]
DOORS = {"skymodel.cli", "skymodel.explore", "skymodel.notebook", "skymodel.__main__"}


def within(module, name):
    return module == name or module.startswith(f"{name}.")


def floor(module):
    """Return the height of a module's floor, or None for a module that is not ours."""
    if any(within(module, name) for name in DOORS):
        return FLOORS.index("skymodel.cli")
    rooms = [name for name in FLOORS if within(module, name)]
    if not rooms and module.split(".")[0] == "skymodel":
        raise ValueError(f"{module} stands on no floor; give it one in FLOORS")
    return FLOORS.index(max(rooms, key=len)) if rooms else None


def imported(source, package):
    """Yield every module that `source`, a module of `package`, imports, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stem = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            name = ".".join([*stem, *([node.module] if node.module else [])])
            modules = [f"{name}.{alias.name}" for alias in node.names]
            yield from (each if name in ("skymodel", "") or each in MODULES else name for each in modules)


def climbs(module, source, package):
    """Return the imports of `source` that lie on a higher floor than `module`."""
    here = floor(module)
    heights = {name: floor(name) for name in imported(source, package)}
    return sorted(name for name, height in heights.items() if height is not None and height > here)


def found():
    for path in sorted([*ROOT.glob("profiles/**/*.py"), *ROOT.glob("skymodel/**/*.py")]):
        parts = path.relative_to(ROOT).with_suffix("").parts
        package = ".".join(parts[:-1])
        module = package if parts[-1] == "__init__" else ".".join(parts)
        if module != "skymodel":  # the lazy export table reaches every floor on purpose, by name
            yield module, path.read_text(encoding="utf-8"), package


MODULES = {module: (source, package) for module, source, package in found()}


def circles(imports):
    """Return the modules of each circle of imports: those that reach one another."""
    reached = {module: {module} for module in imports}
    grown = True
    while grown:
        grown = False
        for module, names in imports.items():
            more = set().union(*(reached.get(name, set()) for name in names)) - reached[module]
            reached[module] |= more
            grown = grown or bool(more)
    together = {frozenset(b for b in reached[a] if a in reached[b]) for a in imports}
    return sorted(sorted(group) for group in together if len(group) > 1)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_its_own_floor_or_a_lower_one(module):
    source, package = MODULES[module]
    assert climbs(module, source, package) == []


def test_no_module_imports_itself_round_a_circle_not_even_inside_a_function():
    imports = {module: set(imported(*rest)) - {module} for module, rest in MODULES.items()}
    assert circles(imports) == []


def test_a_circle_is_found_when_there_is_one():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


@pytest.mark.parametrize("room", [name for name in FLOORS if (ROOT / name.replace(".", "/")).is_dir()])
def test_each_room_says_at_its_door_what_lives_there_and_what_may_not(room):
    plate = ast.get_docstring(ast.parse((ROOT / room.replace(".", "/") / "__init__.py").read_text(encoding="utf-8")))
    assert plate is not None
    assert len(plate.splitlines()) >= 3


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


def test_an_import_from_a_higher_room_of_the_same_floor_is_caught():
    assert climbs("profiles.contract.density", "from profiles.forms.halos import NFW", "profiles.contract")
    assert not climbs("profiles.forms.halos", "from profiles.contract.density import Density", "profiles.forms")


def test_the_public_namespace_is_not_used_inside_since_it_would_hide_the_floor():
    with pytest.raises(ValueError, match="no floor"):
        climbs("skymodel.sky.regions", "import skymodel as sm", "skymodel.sky")


def test_profiles_know_nothing_of_skymodel():
    assert climbs("profiles.contract.density", "from skymodel.datafiles import data_path", "profiles") == [
        "skymodel.datafiles"
    ]

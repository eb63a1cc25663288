"""The tests stand as the rooms do: each module has a test of its own, or is listed with the test of its door.

A test named after a module lies in the folder of the module's room. A module that is called only through another, as
a kernel of the engine or a form of the shelf is, may be tested there: `THROUGH` says where.
"""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OTHER = {"bench", "docs", "profiles", "reference", "scripts"}  # profiles mirrors a package beside skymodel

# what is tested through a door, by the test of the door: the list is to shrink
THROUGH = {
    "profiles/test_battery.py": """
        profiles/contract: fields hints shown
        profiles/forms: bars bulges cores disks ferriere gas halo halos nuclear peanut ymw16""",
    "profiles/test_mass.py": "profiles/contract: nodes normalise operations; profiles/forms: masses",
    "profiles/test_library.py": "profiles/shelf: literature schema",
    "profiles/contract/test_density.py": "profiles/contract: algebra functions",
    "profiles/tables/test_radial.py": "profiles/contract: unknown",
    "profiles/tables/test_cubes.py": "profiles/contract: mesh; profiles/tables: axes interpolation reach turned",
    "profiles/tables/test_arrayfiles.py": "profiles/tables: cubefiles imagefiles",
    "sky/reading/test_columns.py": "profiles/tables: unitwords",
    "test_bounded.py": "profiles/contract: arrays",
    "test_workers.py": "skymodel: forks",
    "sky/test_outlines.py": "skymodel/sky: polygon",
    "sky/reading/test_maps.py": "skymodel/sky/reading: addresses",
    "sightlines/test_project.py": "skymodel/sightlines/cubature: direct",
    "sightlines/test_means.py": "skymodel/sightlines/cubature: polar rings",
    "sightlines/cubature/test_cubes.py": "skymodel/sightlines/cubature: fibonacci",
    "sightlines/pixels/test_tiling.py": """
        skymodel/sightlines/pixels: canvas painting patches
        skymodel/sightlines/ray: error_shares
        skymodel/sightlines/surface: angle partition""",
    "sightlines/ray/test_quadrature.py": "skymodel/sightlines/ray: rules",
    "sightlines/ray/test_integrate.py": "skymodel/sightlines/ray: centre integrand meter",
    "sightlines/ray/test_voxels.py": "skymodel/sightlines/ray: voxelfaces",
    "sightlines/surface/test_tiles.py": "skymodel/sightlines/surface: batch filling fitting probing",
    "emission/event/test_annihilation.py": "skymodel/emission/event: constants inputs",
    "emission/nuggets/test_model.py": "skymodel/emission/event: origins",
    "runs/config/test_emission.py": "skymodel/emission/nuggets: tied",
    "emission/claims/test_paper_claims.py": """
        skymodel/emission/claims: comptel derived electrosphere evidence nuggets sky spectrum""",
    "comparison/comptel/test_backgrounds.py": "skymodel/comparison/comptel: backdrops; skymodel: datafiles",
    "comparison/likeness/test_morphology.py": "skymodel/comparison/likeness: common looks",
    "comparison/ratio/test_verdict.py": "skymodel/comparison/ratio: pair statement",
    "runs/config/test_model.py": "skymodel/runs/config: messages section",
    "runs/config/test_questions.py": "skymodel/runs/config: bands names regions",
    "runs/fits/test_table.py": "skymodel/runs/fits: evidence",
    "runs/many/test_ensemble.py": "skymodel/runs/many: maps",
    "runs/many/test_priors.py": "skymodel/runs/many: distributions",
    "runs/one/test_run.py": """
        skymodel: progress
        skymodel/runs/one: centre columns correlations judgement ratios result""",
    "cli/test_small.py": "skymodel/runs/one: quick",
    "cli/test_app.py": "skymodel/cli: run shelf",
    "cli/test_compare.py": """
        skymodel/comparison/forecast: told_apart
        skymodel/output/folders: compare comparison fresh""",
    "cli/test_start.py": "skymodel/runs/config: schema",
    "cli/test_fit.py": "skymodel/output/folders: chi",
    "explore/test_page.py": "skymodel/cli: explore; skymodel/explore: charts server widgets",
    "explore/test_choices.py": "skymodel/explore: texts",
    "output/test_views.py": "skymodel: notebook",
    "output/export/test_formats.py": "skymodel/cli: export; skymodel/output/export: moc models objects",
    "output/figures/test_sky.py": "skymodel/output/figures: names picture",
    "output/files/test_store.py": "skymodel/output/files: parts",
    "output/folders/test_run.py": "skymodel/output/files: tables",
    "output/report/test_run.py": "skymodel/output/report: charts run_charts sections text",
}


def room(path):
    """Return the folder under tests that mirrors a module's."""
    inside = path.relative_to(ROOT)
    return (inside.relative_to("skymodel") if inside.parts[0] == "skymodel" else inside).parent


def places():
    """Return the rooms that hold a module, by its name."""
    found = {}
    for package in ("skymodel", "profiles"):
        for path in (ROOT / package).rglob("*.py"):
            found.setdefault(path.stem, set()).add(room(path))
    return found


def test_a_test_named_after_a_module_lies_where_the_module_does():
    homes = places()
    strays = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if (name := path.stem.removeprefix("test_")) in homes
        and path.relative_to(ROOT / "tests").parts[0] not in OTHER - {"profiles"}
        and path.relative_to(ROOT / "tests").parent not in homes[name]
    ]
    assert strays == []


def test_every_folder_of_tests_mirrors_a_room():
    rooms = {home for all_of_a_name in places().values() for home in all_of_a_name}
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    assert {
        str(folder) for folder in folders if folder.parts and folder.parts[0] not in OTHER and folder not in rooms
    } == set()


@functools.cache
def through():
    """Return the test of the door for each module that is listed, as paths ``skymodel/room/module.py``."""
    found = {}
    for door, text in THROUGH.items():
        for part in text.replace(";", "\n").split("\n"):
            place, _, names = part.strip().partition(":")
            found.update({f"{place}/{name}.py": door for name in names.split()})
    return found


def modules():
    """Return the modules of both packages and the place of the test that mirrors each."""
    paths = [path for package in ("skymodel", "profiles") for path in (ROOT / package).rglob("*.py")]
    return {
        str(path.relative_to(ROOT)): room(path) / f"test_{path.stem}.py"
        for path in paths
        if not path.stem.startswith("__")
    }


@functools.cache
def imported(path):
    """Return the modules of both packages that a file names: in imports, in texts that import later or are run."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            names += re.findall(r"\b(?:skymodel|profiles)(?:\.\w+)+", node.value)
    places = [name.replace(".", "/") for name in names]
    return {one for place in places for one in (f"{place}.py", f"{place}/__init__.py") if (ROOT / one).is_file()}


def reached(test):
    """Return all that a test imports, directly or by way of what it imports."""
    found, todo = set(), [f"tests/{test}"]
    while todo:
        new = imported(todo.pop()) - found
        found |= new
        todo += new
    return found


def test_every_module_has_a_test_of_its_own_or_is_listed_with_that_of_its_door():
    without = {path for path, mirror in modules().items() if not (ROOT / "tests" / mirror).is_file()}
    assert without - set(through()) == set(), "write its test, or name it in THROUGH beside the test of its door"
    assert set(through()) - set(modules()) == set(), "these are gone: take them off THROUGH"


@pytest.mark.parametrize("door", THROUGH)
def test_the_test_of_a_door_leads_to_what_is_listed_with_it(door):
    assert {path for path, listed in through().items() if listed == door} - reached(door) == set()

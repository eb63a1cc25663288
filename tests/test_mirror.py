"""The tests stand as the rooms do: a test named after a module lies in the folder of the module's room."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
OTHER = {"bench", "docs", "profiles", "reference", "scripts"}  # profiles mirrors a package beside skymodel


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

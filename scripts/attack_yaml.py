"""Configurations that should not be: mutated, random, bombs, strangers' code; each a function of a random generator."""

from __future__ import annotations

import copy
import os
import re
from pathlib import Path
from random import Random
from typing import Any

import yaml

from skymodel.runs.config.files import preset_text, presets, template

ROOT = Path(__file__).parents[1]
WORDS = (
    "!!bool abc", "!!int ''", "!!float ''", "!!timestamp abc", "!!omap [a: 1]", "!!set {a}", "!!binary x",
    "!!python/name:os.system", "!!python/object/apply:os.system [touch called]", "&a [*a]", "*nowhere",
    "{region: &r {complement: *r}}", "<<: *x", ".nan", "-.inf", "1e999", "1e-999", "9" * 39, "9" * 500,
    "0x7fffffffffffffffffff", "0b1", "1_0", "190:20:30", "2026-01-01", "null", "~", "yes", "''", "' '", "[]", "{}",
    "[[[[]]]]", "{a: {b: {c: 1}}}", "'\\x1b[2J'", '"\\e[2J"', '"\\0"', "'$\\alpha_{x$'", "nan kpc", "inf MeV",
    "-1 kpc", "0 kpc", "1e400 kpc", "20 kpcs", "20 MeV MeV", "20 ** 9 kpc", "1 MeV^999999999", "kpc", "1 kpc / 0",
    "circle 0 0 0", "circle 0 0 nan", "box 10 -10 0 0", "circle 1e400 0 1", "1-20 MeV", "20-1 MeV", "0-0 MeV",
    "spi@0", "-", "?", "- -",
)  # fmt: skip
CODE = (
    "os:system", "subprocess:getoutput", "shutil:rmtree", "sys:exit", "builtins:exec", "this:s", "antigravity:fly",
    "turtle:Turtle", "pip:main", "numpy:load", "numpy.f2py:compile", "yaml:unsafe_load", "decoy:run", "decoy:Made",
    "decoy:shape", "decoy:number", "../decoy:run", "/etc/passwd:x", ":x", "x:", "a.b.c:d.e.f",
    "decoy:__class__.__init__", "skymodel:run", "profiles:library", "skymodel.cli.app:main", "os.path:join",
    "decoy:NFW.from_mass", "decoy:__builtins__", "profiles.forms.halos:NFW.__init__",
)  # fmt: skip
DECOY = """
import pathlib
from profiles import NFW
def run(command="", **more):
    pathlib.Path("called").touch()
class Made:
    def __init__(self, *_, **__):
        pathlib.Path("called").touch()
def shape(x, y, z):
    return 0 * x + 1
number = 5
"""


def seeds() -> list[Any]:
    """Return the configurations that mutations start from: presets, the template, the examples of the docs."""
    texts = [template(), *map(preset_text, presets())]
    for page in sorted((ROOT / "docs").glob("*.md")):
        texts += re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    found = [yaml.safe_load(text) for text in texts]
    return [one for one in found if isinstance(one, dict) and "type" not in one]


def write_case(chance: Random, folder: Path, found: list[Any]) -> tuple[str, Path]:
    """Write one configuration into a folder; return its kind and its path."""
    path = folder / "case.yaml"
    kind = chance.choice(KINDS)
    content = kind(chance, found)
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8", errors="surrogatepass")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path = content(path)
    return kind.__name__, path


def _whole(one: dict[str, Any]) -> dict[str, Any]:
    base: dict[str, Any] = {"dark_matter": {"type": "nfw"}, "electrons": [{"type": "hernquist_bulge"}]}
    return copy.deepcopy(base | one)


def mutated_tree(chance: Random, found: list[Any]) -> str:
    tree = _whole(chance.choice(found))
    for _ in range(chance.choice((1, 1, 2, 4))):
        _mutate(chance, tree)
    return _dumped(tree)


def _places(node: Any) -> list[tuple[Any, Any]]:
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [(node, key) for key in keys] + [place for key in keys for place in _places(node[key])]


def _mutate(chance: Random, tree: Any) -> None:
    places = _places(tree)
    if not places:
        return
    parent, key = chance.choice(places)
    act = chance.randrange(7)
    if act == 0:
        del parent[key]
    elif act == 1:
        parent[key] = _value(chance)
    elif act == 2:
        parent[key] = chance.choice(([parent[key]], {"type": parent[key]}, {str(key): parent[key]}, [parent[key]] * 3))
    elif act == 3:
        other, place = chance.choice(places)
        parent[key] = copy.deepcopy(other[place] if place in _keys(other) else None)
    elif act == 4 and isinstance(parent, dict):
        parent[chance.choice((_text(chance), str(key)[:-1], "type", "file", "preset", 3, None, True))] = _value(chance)
    elif act == 5:
        parent[key] = chance.choice(CODE)
    else:
        parent[key] = _number_moved(chance, parent[key])


def _keys(node: Any) -> Any:
    return node if isinstance(node, dict) else range(len(node))


def _number_moved(chance: Random, value: Any) -> Any:
    factor = chance.choice((0, -1, 1e300, 1e-300, 1e6, float("nan"), float("inf"), 10**30))
    if isinstance(value, int | float):
        return value * factor
    return re.sub(r"[-+]?\d[\d.]*", lambda _: str(factor), str(value), count=1)


def _value(chance: Random) -> Any:
    plain = (None, True, 0, -1, 3, 10**19, 1.5, float("nan"), float("inf"), "", [], {}, [[]], {"a": 1}, b"\xff")
    return chance.choice((chance.choice(plain), Raw(chance.choice(WORDS)), _text(chance), chance.choice(CODE)))


def _text(chance: Random) -> str:
    kinds = ((32, 126), (1, 0x2FF), (0x202E, 0x202E), (0x1F30C, 0x1F30C))
    return "".join(chr(chance.randint(*chance.choice(kinds))) for _ in range(6))


class Raw(str):
    """A word that goes into the YAML text as it is."""

    __slots__ = ()


def _dumped(tree: Any) -> str:
    marks: list[str] = []

    def marked(node: Any) -> Any:
        if isinstance(node, Raw):
            marks.append(str(node))
            return f"@@{len(marks) - 1}@@"
        if isinstance(node, dict):
            return {marked(key): marked(value) for key, value in node.items()}
        return [marked(value) for value in node] if isinstance(node, list) else node

    text = yaml.safe_dump(marked(tree), sort_keys=False, allow_unicode=True)
    return re.sub(r"'?@@(\d+)@@'?", lambda match: marks[int(match[1])], text)


def mutated_text(chance: Random, found: list[Any]) -> str:
    text = yaml.safe_dump(_whole(chance.choice(found)), sort_keys=False, allow_unicode=True)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, length = chance.randrange(len(text) + 1), chance.randint(0, 12)
        put = chance.choice(("", chance.choice(WORDS), chr(chance.randrange(0xD7FF)), "\n", ":", "- ", "{", "\t", '"'))
        text = text[:at] + put + text[at + length :]
    return text


def random_tree(chance: Random, found: list[Any]) -> str:
    names = sorted({key for one in found for key in one})
    tree = {name: _random(chance, 3) for name in chance.sample(names, chance.randint(1, min(6, len(names))))}
    return _dumped(_whole(tree) if chance.random() < 0.7 else tree)


def _random(chance: Random, depth: int) -> Any:
    if depth and chance.random() < 0.5:
        keys = ("type", "preset", "file", "region", "of", "complement", "parts", "value", "low", "lon", "energies", "a")
        if chance.random() < 0.5:
            return {key: _random(chance, depth - 1) for key in chance.sample(keys, chance.randint(0, 4))}
        return [_random(chance, depth - 1) for _ in range(chance.randint(0, 4))]
    return _value(chance)


def strangers_code(chance: Random, _: list[Any]) -> str:
    name, field = chance.choice(CODE), chance.choice(("dark_matter", "electrons", "potential", "emission", "phase"))
    spec: dict[str, Any] = {"type": name, "command": "touch called"}
    if field == "potential":
        spec = {"type": chance.choice(("galpy", "gala", "agama")), "potential": name, "source": name}
        field = "dark_matter"
    if field == "phase":
        spec, field = {"chi": {"type": "by_phase", "phases": [{"value": 1, "electrons": spec}]}}, "fields"
    return yaml.safe_dump(_whole({field: spec}))


def bomb(chance: Random, _: list[Any]) -> str:
    size = chance.choice((50, 500, 3000, 20_000))
    head = "dark_matter: {type: nfw}\nelectrons: "
    return head + chance.choice(
        (
            "[" * size,
            "{a: " * size,
            "[" + ", ".join(["{type: nfw, rho_s: 1 cm-3}"] * min(size, 900)) + "]",
            "{" + ", ".join(f"k{number}: 1" for number in range(size)) + "}",
            "'" + "x" * (500 * size) + "'",
            "9" * size,
            "&a0 [x]\n" + "".join(f"k{n}: &a{n + 1} [*a{n}, *a{n}, *a{n}]\n" for n in range(min(size, 60))),
            "&a {type: nfw}\nk: [" + "*a, " * size + "]",
            "{polygon: [" + "[1, 2], " * size + "]}",
            "? " * size,
            "!!omap [" + "a: 1, " * size + "]",
            "\nregions: [" + "circle 0 0 1, " * size + "]",
            "\nlabel: " + "\\e[1m" * size,
        )
    )


def not_text(chance: Random, _: list[Any]) -> Any:
    def fifo(path: Path) -> Path:
        os.mkfifo(path)
        return path

    def folder(path: Path) -> Path:
        path.mkdir()
        return path

    def loop(path: Path) -> Path:
        path.symlink_to(path)
        return path

    noise = bytes(chance.randrange(256) for _ in range(300))
    odd = (b"", b"\xff\xfe\x00", "dark_matter: nfw".encode("utf-16"), b"\x00" * 50, noise, b"\x1f\x8b" + noise)
    devices = (lambda _: Path("/dev/zero"), lambda _: Path("/dev/null"), lambda _: Path("/proc/self/mem"))
    return chance.choice((*odd, fifo, folder, loop, *devices))


KINDS = (mutated_tree,) * 6 + (mutated_text,) * 4 + (random_tree,) * 4 + (strangers_code,) * 2 + (bomb, not_text)

"""Change the code in one place at a time and see whether the tests notice: what survives is not tested.

``python scripts/mutants.py --only arcs means --sample 40`` mutates comparisons, signs, factors, numbers and choices of
modules whose numbers everything rests on, runs the tests that match each, and prints the mutants that survive and the
share that is killed. A mutant is made in memory, in a child process: no file is touched.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import random
import resource
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECONDS = 30  # of computing; a mutant that takes longer hangs, which is noticed
MEANS = (  # the others take a minute
    "test_means.py::test_what_a_mean_has_cost_and_may_have_missed_is_said",
    "test_means.py::test_a_ratio_of_masks_costs_both_and_shares_its_budget",
    "test_means.py::test_a_ratio_knows_its_two_means_in_their_order",
    "test_means.py::test_a_door_asks_for_a_millionth_unless_told",
    "test_means.py::test_two_means_are_gone_on_with_if_their_ratio_is_not_good_enough",
    "test_means.py::test_a_mean_that_is_its_error_is_dark",
    "test_means.py::test_the_window_factor_of_a_region_with_itself_is_one",
    "test_means.py::test_a_tolerance_that_cannot_be_met_or_means_nothing_is_refused_as_it_was_given",
    "test_promise.py::test_a_mean_that_falls_short_says_so",
    "test_promise.py::test_a_ratio_that_falls_short_says_so_of_both_means",
    "test_means.py::test_half_of_the_work_is_told_as_between_a_quarter_and_three_quarters",
    "test_means.py::test_progress_never_goes_back_and_ends_with_the_work",
)
TARGETS = {
    "skymodel/bounded.py": ("tests/test_bounded.py",),
    "skymodel/sky/arcs.py": ("tests/sky/test_arcs.py",),
    "skymodel/sky/shapes.py": ("tests/sky/test_regions.py",),
    "skymodel/sky/circles.py": ("tests/sky/test_circles.py", "tests/sky/test_arcs.py"),
    "skymodel/emission/event/annihilation.py": ("tests/emission/event/test_annihilation.py",),
    "skymodel/sightlines/ray/quadrature.py": (
        "tests/sightlines/ray/test_quadrature.py",
        "tests/sightlines/test_best_effort.py",
    ),
    "skymodel/sightlines/ray/rules.py": ("tests/sightlines/ray/test_quadrature.py",),
    "skymodel/sightlines/means.py": tuple(f"tests/sightlines/{test}" for test in MEANS),
    "skymodel/sightlines/cubature/regions.py": ("tests/sightlines/cubature/test_regions.py",),
    "skymodel/sightlines/cubature/sampled.py": ("tests/sightlines/cubature/test_sampled.py",),
    "skymodel/sightlines/cubature/refine.py": ("tests/sightlines/cubature/test_refine.py",),
    "skymodel/sightlines/cubature/cells.py": ("tests/sightlines/cubature/test_cells.py",),
}
SWAPS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
Act = Callable[[Any], None]
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="names of modules, such as arcs")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants of each module; by default all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    _load()
    killed = total = 0
    for name, tests in TARGETS.items():
        if options.only and Path(name).stem not in options.only:
            continue
        if not survives(name, ast.parse((ROOT / name).read_text(encoding="utf-8")), tests):
            raise RuntimeError(f"{tests} fail without any mutant")
        made = list(mutants((ROOT / name).read_text(encoding="utf-8")))
        if options.sample:
            made = random.Random(f"{options.seed} {name}").sample(made, min(options.sample, len(made)))
        dead = 0
        for words, tree in made:
            if survives(name, tree, tests):
                print(f"  survives: {name}:{words}", flush=True)
            else:
                dead += 1
        print(f"{name}: {dead} of {len(made)} killed", flush=True)
        killed, total = killed + dead, total + len(made)
    print(f"{killed} of {total} killed, {100 * killed / max(total, 1):.0f} %")
    return 0


def mutants(source: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield each mutant of a module as where and what was changed, and its tree."""
    tree = ast.parse(source)
    for number, node in enumerate(_places(tree)):
        for act in _acts(node):
            made = copy.deepcopy(tree)
            twin = _places(made)[number]
            before = ast.unparse(twin)
            act(twin)
            yield (
                f"{getattr(twin, 'lineno', 0)}: {before[:60]} -> {ast.unparse(twin)[:60]}",
                ast.fix_missing_locations(made),
            )


def _places(tree: ast.Module) -> list[ast.AST]:
    """Return what may be changed: neither types nor decorators, which no number depends on, nor text for readers."""
    idle = {
        id(part)
        for node in ast.walk(tree)
        for field in ("annotation", "returns", "decorator_list")
        for root in _listed(getattr(node, field, None))
        for part in ast.walk(root)
    }
    told = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    idle |= set(map(id, told))
    return [node for node in ast.walk(tree) if id(node) not in idle]


def _listed(field: Any) -> list[ast.AST]:
    return field if isinstance(field, list) else [] if field is None else [field]


def _acts(node: ast.AST) -> Iterator[Act]:
    """Yield the changes of a node, each a function of its twin."""
    if isinstance(node, ast.Compare):
        yield from (_operator(swapped, "ops") for swapped in SWAPS.get(type(node.ops[0]), ()))
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        yield from (_operator(swapped, "op") for swapped in SWAPS.get(type(node.op), ()))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield _another_number
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield _another_sign
    elif isinstance(node, ast.Name | ast.Attribute):
        field = "id" if isinstance(node, ast.Name) else "attr"
        if (word := getattr(node, field)) in NAMES:
            yield lambda twin: setattr(twin, field, NAMES[word])


def _operator(swapped: type, field: str) -> Act:
    return lambda twin: setattr(twin, field, [swapped(), *twin.ops[1:]] if field == "ops" else swapped())


def _another_number(twin: Any) -> None:
    value = twin.value
    twin.value = not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else value * 1.5 or 1.0


def _another_sign(twin: Any) -> None:
    if isinstance(twin.op, ast.Not):
        twin.operand = ast.UnaryOp(ast.Not(), twin.operand)
    else:
        twin.op = ast.UAdd()


def survives(name: str, tree: ast.Module, tests: tuple[str, ...]) -> bool:
    """Return whether the tests pass with a module in this form, in a child process."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os._exit(_tested(str(ROOT / name), tree, [str(ROOT / test) for test in tests]))
    _, status = os.waitpid(child, 0)
    return status == 0


def _tested(path: str, tree: ast.Module, tests: list[str]) -> int:
    import pytest
    from hypothesis import Phase, settings

    settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), database=None)
    settings.load_profile("mutants")  # nobody reads what a failure shrinks to
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
    plain = SourceFileLoader.get_code

    def mutated(self: SourceFileLoader, fullname: str) -> Any:
        return compile(tree, path, "exec") if self.path == path else plain(self, fullname)

    SourceFileLoader.get_code = mutated  # type: ignore[method-assign]
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        quiet = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        return int(pytest.main([*quiet, f"--rootdir={ROOT}", *tests]))
    except BaseException:
        return 1


def _load() -> None:
    """Import what every child needs and no mutant is of."""
    plugins = "matplotlib", "_hypothesis_pytestplugin", "hypothesis", "mpmath", "xdist.plugin", "xdist.looponfail"
    for name in (
        "astropy.coordinates",
        "healpy",
        "pytest",
        "scipy.integrate",
        "scipy.interpolate",
        "profiles",
        *plugins,
    ):
        importlib.import_module(name)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))


if __name__ == "__main__":
    sys.exit(main())

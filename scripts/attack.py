"""Throw what should not be at the readers: configurations at ``validate``, data files at all functions that read them.

``python scripts/attack.py --minutes 60 --seed 1`` reports what it threw and what fell: tracebacks (anything but exit
code 0 or 2 with one line, anything but ValueError and OSError in Python), hangs over 5 s of computing, memory over 2
GiB, files left over, imports and calls beyond what a configuration may do. It exits with 1 if anything fell; ``--case
17`` repeats one. A child process does the work within limits of the system and is started anew when one strikes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

HANG, SILENCE = 5.0, 120.0  # seconds of computing; seconds of waiting, on a busy machine
MEMORY, ROOM = 2 * 2**30, 4 * 2**30  # what may be used; what can be asked for before the system refuses
LINE = 1000  # characters of a message
CHILD_CASES = 2000  # then a new child, so that memory found is one case's
EVENTS = ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "os.fork", "socket.connect", "shutil.rmtree")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="repeat this case, here and with its traceback")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case is not None:
        print(json.dumps(Attack(options.seed).case(options.case), indent=1))
        return 0
    if options.child is not None:
        return child(options.seed, options.child)
    return report(*thrown(options.seed, time.monotonic() + 60 * options.minutes))


def thrown(seed: int, end: float) -> tuple[Counter[str], list[dict[str, Any]]]:
    """Return how many cases of each kind had each outcome, and what fell."""
    counts: Counter[str] = Counter()
    fallen: list[dict[str, Any]] = []
    number = 0
    while time.monotonic() < end:
        for found in answers(seed, number, end):
            counts[f"{found['kind']}: {found['outcome']}"] += 1
            fallen += [found] if found["outcome"] not in ("taken", "refused") else []
            number = found["case"] + 1
    return counts, fallen


def answers(seed: int, number: int, end: float) -> Iterator[dict[str, Any]]:
    """Yield the outcomes of the cases that one child lives through, and of the one it does not."""
    line = [sys.executable, __file__, "--seed", str(seed), "--child", str(number)]
    with (
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(line, stdout=subprocess.PIPE, cwd=home, bufsize=0) as process,
    ):
        try:
            while time.monotonic() < end and select.select([process.stdout], [], [], SILENCE)[0]:
                said = process.stdout.readline() if process.stdout else b""
                if not said:
                    break
                found = json.loads(said)
                number = found["case"] + 1
                yield found
            else:
                if time.monotonic() < end:
                    yield {"case": number, "kind": "?", "outcome": "hangs", "what": "no answer"}
        finally:
            process.kill()
        code = process.wait()
    if code > 0:
        raise RuntimeError("the attack itself failed, see above")
    if code < 0 and code != -signal.SIGKILL:
        name = "hangs" if code == -signal.SIGPROF else "crashes"
        yield {"case": number, "kind": "?", "outcome": name, "what": signal.Signals(-code).name}


def child(seed: int, first: int) -> int:
    """Print the outcomes of the cases from the first on, each within the limits."""
    attack, answer = Attack(seed), os.fdopen(os.dup(1), "w", buffering=1)
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    for number in range(first, first + CHILD_CASES):
        signal.setitimer(signal.ITIMER_PROF, HANG)
        found = attack.case(number)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answer.write(json.dumps(found) + "\n")
        if found["outcome"] == "memory":
            break
    return 0


class Attack:
    """The cases of a seed."""

    def __init__(self, seed: int) -> None:
        import attack_files
        import attack_yaml

        warnings.simplefilter("ignore")
        self._seed, self._yaml, self._files = seed, attack_yaml, attack_files
        self._seeds, self._readings = attack_yaml.seeds(), attack_files.readings()
        self._deeds: list[str] | None = None
        sys.addaudithook(self._witness)

    def _witness(self, event: str, _: Any) -> None:
        if self._deeds is not None and event in EVENTS:
            self._deeds.append(event)

    def case(self, number: int) -> dict[str, Any]:
        """Return a case's kind and outcome, and what was said."""
        chance = Random(f"{self._seed} {number}")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            throw = self._configuration if number % 7 < 5 else self._file
            kind, call = throw(chance, folder)
            before, loaded = sorted(os.listdir(folder)), set(sys.modules)
            self._deeds = []
            with contextlib.chdir(folder):
                outcome, what = call()
            deeds, self._deeds = self._deeds, None
            after = sorted(set(os.listdir(folder)) - {"__pycache__"})
        imported = sorted({name.split(".")[0] for name in set(sys.modules) - loaded} & STRANGERS)
        if deeds or imported:
            outcome, what = "does", f"{deeds} {imported}"
        elif after != before:
            outcome, what = "leaves", f"{before} -> {after}"
        elif resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > MEMORY or "Unable to allocate" in what:
            outcome = "memory"
        return {"case": number, "kind": kind, "outcome": outcome, "what": what}

    def _configuration(self, chance: Random, folder: Path) -> tuple[str, Any]:
        (folder / "decoy.py").write_text(self._yaml.DECOY, encoding="utf-8")
        sys.modules.pop("decoy", None)
        kind, path = self._yaml.write_case(chance, folder, self._seeds)
        return f"yaml, {kind}", lambda: commanded("validate", str(path))

    def _file(self, chance: Random, folder: Path) -> tuple[str, Any]:
        kind, path = self._files.write_case(chance, folder)
        name = chance.choice([*self._readings, "compare"])
        if name == "compare":
            other = folder / "other.fits"
            other.write_bytes(self._files.originals()["implicit.fits"])
            sides = chance.sample([str(path), str(other)], 2)
            more = chance.choice(([], ["--galactic"], ["--unit", "cm-2 s-1 sr-1"]))
            return f"file, {kind.split()[0]}", lambda: commanded("compare", *sides, *more)
        return f"file, {kind.split()[0]}", lambda: read(self._readings[name], path)


STRANGERS = {"this", "antigravity", "turtle", "pip", "idlelib", "tkinter", "ftplib", "webbrowser"}


def read(reading: Any, path: Path) -> tuple[str, str]:
    """Return how a function takes a file."""
    try:
        with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
            reading(path)
    except (ValueError, OSError) as error:
        return "refused", str(error)[:LINE]
    except BaseException:
        return "traceback", traceback.format_exc()[-LINE:]
    return "taken", ""


def commanded(*arguments: str) -> tuple[str, str]:
    """Return how the command line takes arguments."""
    from skymodel.cli.app import app

    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = app(list(arguments), standalone_mode=False)
    except BaseException:
        return "traceback", traceback.format_exc()[-LINE:]
    said = err.getvalue()
    if code in (0, None):
        return "taken", ""
    lines = said.splitlines()
    if code != 2 or len(lines) != 1 or len(said) > LINE or not lines[0].isprintable():
        return "says", f"exit code {code}, {len(lines)} lines: {said[:LINE]!r}"
    return "refused", said


def report(counts: Counter[str], fallen: list[dict[str, Any]]) -> int:
    """Print what was thrown and what fell, each kind of fall once."""
    for kind, count in sorted(counts.items()):
        print(f"{count:7d}  {kind}")
    totals = {name: sum(n for kind, n in counts.items() if kind.startswith(name)) for name in ("yaml", "file")}
    print(f"{totals['yaml']} configurations and {totals['file']} data files: {len(fallen)} fell")
    places: dict[str, list[dict[str, Any]]] = {}
    for found in fallen:
        lines = [line for line in found["what"].splitlines() if 'File "' in line] or [found["what"]]
        places.setdefault(f"{found['outcome']}: {lines[-1].strip()[:150]}", []).append(found)
    for place, those in places.items():
        last = those[0]["what"].strip().splitlines()[-1:] or [""]
        print(f"{len(those):5d} times, cases {[one['case'] for one in those[:6]]}: {place}\n      {last[0][:200]}")
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())

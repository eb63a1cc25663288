"""YAML from outside: plain text of bounded size, depth and number of entries, without tags and without surprises.

What is read is checked as a stream of events before anything is built from it, so that neither deep brackets nor
aliases that multiply can take time or memory.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import yaml

LARGEST = 2**20  # bytes: a list of 2,000 clumps has 200 kB
DEEPEST = 40
MOST = 20_000  # entries after aliases are written out: 500 components have 7,000
LONGEST = 10_000  # characters of one text
_MANY_DIGITS = re.compile(r"[-+]?\d{40,}")


class _Plain(yaml.SafeLoader):
    """Refuses a key that is written twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise ValueError(f"'{key.value[:60]}' is written twice, keep one (line {key.start_mark.line + 1})")
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        With one line, if it is no regular file, too large, or no YAML of the plain kind.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"cannot read the configuration '{path}': it is no regular file; give a YAML text file")
        if status.st_size > LARGEST:
            raise ValueError(f"'{path}' has {status.st_size} bytes; allowed: {LARGEST}")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read the configuration '{path}': {error}; give a YAML text file") from None
    return parse_yaml(text, f"'{path}'")


def parse_yaml(text: str, name: str) -> Any:
    """Return what a YAML text means; `name` is what errors call it.

    Examples
    --------
    >>> parse_yaml("a: [1, two]", "this")
    {'a': [1, 'two']}
    >>> parse_yaml("a: !!python/name:os.system x", "this")
    Traceback (most recent call last):
    ...
    ValueError: this is refused: a tag (!...) on line 1; write plain values
    """
    if len(text) > LARGEST:
        raise ValueError(f"{name} has {len(text)} characters; allowed: {LARGEST}")
    try:
        _require_plain(text, name)
        return yaml.load(text, _Plain)
    except yaml.YAMLError as error:
        raise ValueError(f"{name} is not valid YAML: {' '.join(str(error).split())}") from None
    except (ValueError, RecursionError, KeyError, IndexError, AttributeError, TypeError, OverflowError) as error:
        words = str(error)
        raise ValueError(words if words.startswith(name) else f"{name} is not valid YAML: {words}") from None


def _require_plain(text: str, name: str) -> None:
    """Raise ValueError unless the events of a text are few, shallow, short and without tags."""
    sizes = _Sizes()
    for event in yaml.parse(text, yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark is not None else 0
        if getattr(event, "tag", None) is not None:
            raise ValueError(f"{name} is refused: a tag (!...) on line {line}; write plain values")
        if isinstance(event, yaml.ScalarEvent):
            _require_short(event, name, line)
        if isinstance(event, yaml.AliasEvent) and event.anchor in sizes.open_anchors:
            raise ValueError(f"{name} is refused: on line {line} *{event.anchor} stands inside itself")
        sizes.take(event)
        if sizes.depth > DEEPEST:
            raise ValueError(f"{name} is refused: more than {DEEPEST} levels on line {line}")
        if sizes.total > MOST:
            raise ValueError(f"{name} is refused: more than {MOST} entries, aliases written out")


class _Sizes:
    """Counts the entries of a text as if its aliases were written out."""

    def __init__(self) -> None:
        self._open: list[int] = [0]
        self.open_anchors: list[str | None] = [None]
        self._named: dict[str, int] = {}
        self.total = 0

    @property
    def depth(self) -> int:
        """How many collections are open."""
        return len(self._open)

    def take(self, event: Any) -> None:
        """Count one event."""
        if isinstance(event, yaml.ScalarEvent):
            self._add(1, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._named.get(str(event.anchor), 1), None)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open.append(0)
            self.open_anchors.append(event.anchor)
            self.total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            inside, anchor = self._open.pop() + 1, self.open_anchors.pop()
            self._open[-1] += inside
            if anchor:
                self._named[anchor] = inside

    def _add(self, size: int, anchor: str | None) -> None:
        self._open[-1] += size
        self.total += size
        if anchor:
            self._named[anchor] = size


def _require_short(event: Any, name: str, line: int) -> None:
    count = len(event.value)
    if count > LONGEST:
        raise ValueError(f"{name} is refused: a text of {count} characters on line {line}; allowed: {LONGEST}")
    if event.style is None and _MANY_DIGITS.fullmatch(event.value):
        raise ValueError(f"{name} is refused: a number of {count} digits on line {line}")

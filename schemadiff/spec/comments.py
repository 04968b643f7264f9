"""Comments of an entry that is written anew: each goes with the key that it speaks of.

A comment on lines of its own belongs to the key below it, one behind a value to the key of its
line; the comment of a key that is gone goes with it. The surprising fact: nothing here has to be
right for the data to be. What would not read back as before is written without any comment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from schemadiff.core.record import record

Path = tuple[str, ...]


@dataclass
class _Comments:
    """What is said of one key: above it, and behind it."""

    above: list[str] = field(default_factory=list)
    behind: str = ""


@record(frozen=True)
class _Read:
    """A piece of YAML: where each key begins, and which parts of which lines are scalars."""

    root: yaml.Node
    keys: dict[Path, int]
    scalars: dict[int, list[tuple[int, int]]]
    inside: frozenset[int]  # lines that belong to a text as a whole


def keep_comments(old: list[str], new: list[str]) -> list[str]:
    """Give the new lines of an entry with the comments of the old ones."""
    if not any("#" in line for line in old):
        return new
    old = [line.rstrip("\r\n\x85\u2028\u2029") for line in old]
    before, after = _read(old), _read(new)
    if before is None or after is None:
        return new
    found, last = _found(old, before)
    kept = _put(new, after, found)
    # What stands below everything else stays there.
    kept += last
    again = _read(kept)
    return kept if again is not None and _value(again.root) == _value(after.root) else new


def _read(lines: list[str]) -> _Read | None:
    try:
        root = yaml.compose("\n".join(lines) + "\n", Loader=yaml.CBaseLoader)
    except (yaml.YAMLError, RecursionError):
        return None
    if root is None:
        return None
    keys: dict[Path, int] = {}
    scalars: dict[int, list[tuple[int, int]]] = defaultdict(list)
    inside: set[int] = set()
    for path, node, is_name in _nodes(root, ()):
        start, end = node.start_mark, node.end_mark
        if is_name:
            keys.setdefault(path, start.line)
        if not isinstance(node, yaml.ScalarNode):
            continue
        if node.style in ("|", ">"):
            inside.update(range(start.line + 1, end.line + (1 if end.column else 0)))
            continue
        inside.update(range(start.line + 1, end.line))
        for line in range(start.line, end.line + 1):
            first = start.column if line == start.line else 0
            scalars[line].append((first, end.column if line == end.line else len(lines[line])))
    return _Read(root, keys, scalars, frozenset(inside))


def _nodes(node: yaml.Node, path: Path) -> Iterator[tuple[Path, yaml.Node, bool]]:
    """Give each node with its path, and whether it is what names that path."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*path, str(key.value))
            yield below, key, True
            yield from _nodes(value, below)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            plain = isinstance(item, yaml.ScalarNode)
            below = (*path, f"- {item.value}" if plain else f"-{number}")
            yield below, item, True
            yield from _nodes(item, below)
    else:
        yield path, node, False


def _found(lines: list[str], read: _Read) -> tuple[dict[Path, _Comments], list[str]]:
    """Give the comments by the key that they belong to, and those that no key follows."""
    first: dict[int, Path] = {}
    for path, row in read.keys.items():
        first.setdefault(row, path)
    found: dict[Path, _Comments] = defaultdict(_Comments)
    waiting: list[str] = []
    current: Path = ()
    for number, line in enumerate(lines):
        current = first.get(number, current)
        if number in first:
            found[current].above += [w.strip() for w in waiting]
            waiting = []
        at = _comment_at(line, number, read)
        if at is None:
            continue
        if line[:at].strip():
            found[current].behind = " ".join(filter(None, [found[current].behind, line[at:]]))
        else:
            waiting.append(line)
    return found, waiting


def _comment_at(line: str, number: int, read: _Read) -> int | None:
    """Find where a comment begins: a `#` behind a space, in no scalar (YAML 1.2, 6.6)."""
    if number in read.inside:
        return None
    for at, character in enumerate(line):
        if character != "#" or (at and not line[at - 1].isspace()):
            continue
        if not any(start <= at < end for start, end in read.scalars.get(number, ())):
            return at
    return None


def _put(new: list[str], read: _Read, found: dict[Path, _Comments]) -> list[str]:
    above: dict[int, list[str]] = defaultdict(list)
    behind: dict[int, list[str]] = defaultdict(list)
    for path, comments in found.items():
        home = _home(path, read)
        if home is None:
            continue
        indent = new[home][: len(new[home]) - len(new[home].lstrip())]
        above[home] += [indent + text for text in comments.above]
        if comments.behind:
            behind[home].append(comments.behind)
    lines: list[str] = []
    for number, line in enumerate(new):
        lines += above[number]
        lines.append("  ".join([line, *behind[number]]))
    return lines


def _home(path: Path, read: _Read) -> int | None:
    """Find the key, or the one that it is written in by now (a column in the shorthand)."""
    if path in read.keys:
        return read.keys[path]
    above = path[:-1]
    if above in read.keys and not _has_below(above, read):
        return read.keys[above]
    return None


def _has_below(path: Path, read: _Read) -> bool:
    return any(len(p) > len(path) and p[: len(path)] == path for p in read.keys)


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return [(_value(k), _value(v)) for k, v in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return (node.value, plain)

"""Where the sections and entries of a file stand, line by line, so that one can be replaced.

The surprising fact: only what is written in blocks can be changed in place; what stands in braces
or in a list is one piece, and is written anew as a whole when anything in it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Any, Final

from schemadiff.core.record import record
from schemadiff.spec.reader import YamlMap

Path = tuple[str | int, ...]

# libyaml counts these as line breaks, and so do its marks.
_LINES: Final = re.compile(
    "[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029])|[^\n\r\x85\u2028\u2029]+\\Z"
)


@record(frozen=True, slots=True)
class Sections:
    """The names of sections: of a file, and of those that a schema inside of one holds.

    `container` is the section of these schemas.
    """

    known: frozenset[str]
    nested: frozenset[str]
    container: str


@record(frozen=True, slots=True)
class Slot:
    """The lines of an entry: from the comments above it, from its key, to its last line."""

    path: Path
    lead: int
    start: int
    end: int
    column: int
    holds: Box | None = None


@record(frozen=True, slots=True)
class Part:
    """The lines of a section; `slots` is None where it cannot be changed in pieces."""

    name: str
    path: Path
    lead: int
    start: int
    end: int
    column: int
    slots: tuple[Slot, ...] | None


@record(frozen=True, slots=True)
class Box:
    """What holds sections: a file, or a schema inside of one."""

    schema: str
    path: Path
    parts: dict[str, Part] = field(default_factory=dict)
    end: int = 0
    column: int = 0


class Outline:
    """The outline of one file; `box` is None where the whole file is one piece."""

    def __init__(self, text: str, root: YamlMap, schema: str, sections: Sections) -> None:
        """Find the sections."""
        self.lines = _LINES.findall(text)
        self._sections = sections
        whole = self._is_block(root, -1) if root else not any(map(_says, self.lines))
        self.box = self._box(root, (), schema, len(self.lines), 0) if whole else None

    def boxes(self) -> Iterator[Box]:
        """Give the file and the schemas inside of it."""
        if self.box is None:
            return
        yield self.box
        part = self.box.parts.get(self._sections.container)
        for slot in (part.slots or ()) if part else ():
            if slot.holds is not None:
                yield slot.holds

    def _box(self, node: YamlMap, path: Path, schema: str, stop: int, column: int) -> Box:
        box = Box(schema, path, {}, self._trimmed(0, stop, column), column)
        known = self._sections.nested if path else self._sections.known
        for key, line, end, col in self._keys(node, stop):
            if key not in known:
                continue
            lead = self._lead(line, col)
            slots = self._slots(node[key], (*path, key), line, end)
            last = self._trimmed(line, end, col)
            box.parts[key] = Part(key, (*path, key), lead, line, last, col, slots)
        return box

    def _slots(self, value: Any, path: Path, line: int, stop: int) -> tuple[Slot, ...] | None:
        if not self._is_block(value, line):
            return None
        found = []
        for key, start, end, col in self._keys(value, stop):
            inner = value[key]
            holds = None
            if path[-1] == self._sections.container and self._is_block(inner, start):
                first = next(iter(inner.key_places.values()))
                holds = self._box(inner, (*path, key), key, end, first[1] - 1)
            lead, last = self._lead(start, col), self._trimmed(start, end, col)
            found.append(Slot((*path, key), lead, start, last, col, holds))
        return tuple(found)

    def _keys(self, node: YamlMap, stop: int) -> list[tuple[str, int, int, int]]:
        places = [(key, line - 1, col - 1) for key, (line, col) in node.key_places.items()]
        ends = [*(line for _, line, _ in places[1:]), *([stop] if places else [])]
        return [(key, line, end, col) for (key, line, col), end in zip(places, ends, strict=True)]

    def _is_block(self, value: Any, line: int) -> bool:
        if not isinstance(value, YamlMap) or not value:
            return False
        above = line
        for row, column in value.key_places.values():
            if row - 1 <= above or self.lines[row - 1][: column - 1].strip(" \ufeff"):
                return False
            above = row - 1
        return True

    def _lead(self, line: int, column: int) -> int:
        """Go up over the comments directly above a key, which are indented as the key is."""
        while line > 0 and self._is_comment(line - 1, column) and self._indent(line - 1) == column:
            line -= 1
        # The line for editors at the top of a file is the file's own.
        if line == 0 and self.lines and "$schema" in self.lines[0]:
            line = 1
        return line

    def _trimmed(self, start: int, stop: int, column: int) -> int:
        """Leave out the empty lines and the comments that stand behind an entry."""
        while stop > start + 1 and (
            not self.lines[stop - 1].strip() or self._is_comment(stop - 1, column)
        ):
            stop -= 1
        return stop

    def _is_comment(self, line: int, column: int) -> bool:
        return self.lines[line].lstrip(" ").startswith("#") and self._indent(line) <= column

    def _indent(self, line: int) -> int:
        text = self.lines[line]
        return len(text) - len(text.lstrip(" "))


def _says(line: str) -> bool:
    """Tell whether a line says anything, if only `{}`."""
    said = line.strip(" \t\r\n\ufeff")
    return bool(said) and said != "---" and not said.startswith(("#", "%"))

"""Folders and files of migrations: in which order they run, and what of them only takes back.

The surprising fact: a file of goose or dbmate holds the way back below the way there, as plain SQL;
and of `V2` and `V10` the names say another order than the numbers do. What the common tools leave
out when they bring a database up to date is left out here, and told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from schemadiff.core.diagnostic import Diagnostic, Place, Severity

# goose, sql-migrate, dbmate, node-pg-migrate: a comment that begins the way there, or back.
_MARK: Final = re.compile(
    r"^[ \t]*--[ \t]*(?:\+(?:goose|migrate)[ \t]+|migrate:|(?=(?:up|down)[ \t]+migration\b))"
    r"(?P<way>up|down)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_TERN: Final = re.compile(
    r"^----[ \t]*create above / drop below[ \t]*----[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_VERSIONED: Final = re.compile(r"(?P<form>[VU])(?P<version>\d[\d._]*?)__", re.IGNORECASE)
_REPEATABLE: Final = re.compile(r"R__", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(\d+)")


def ways_back(text: str, in_text: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
    """Give where in a file the statements that only take back begin and end.

    `in_text` tells whether a place lies within a string or a body, where a mark is none.
    """
    began: int | None = None
    up = False
    for hit in _MARK.finditer(text):
        if in_text(hit.start()):
            continue
        if hit["way"].lower() == "up":
            up = True
            if began is not None:
                yield began, hit.start()
            began = None
        elif up and began is None:
            began = hit.start()
    if began is None and not up and (tern := _TERN.search(text)) and not in_text(tern.start()):
        began = tern.start()
    if began is not None:
        yield began, len(text)


def in_order(files: Iterable[Path]) -> list[Path]:
    """Order migrations as they run: numbers by what they count, repeatable ones at the end."""
    some = list(files)
    versioned = any(_version(f, "V") is not None for f in some)

    def key(file: Path) -> tuple[object, ...]:
        version = _version(file, "V")
        last = versioned and bool(_REPEATABLE.match(file.name))
        folder = tuple(_natural(part) for part in file.parent.parts)
        return (folder, last, version is None, version or (), _natural(file.name))

    return sorted(some, key=key)


def without_ways_back(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Part files into those that make, and those that take back what one beside them makes."""
    there = set(files)
    versions = {(f.parent, v) for f in files if (v := _version(f, "V")) is not None}

    def takes_back(file: Path) -> bool:
        if file.name == "down.sql":
            return file.with_name("up.sql") in there
        if file.name.endswith(".down.sql"):
            return file.with_name(file.name.removesuffix("down.sql") + "up.sql") in there
        version = _version(file, "U")
        return version is not None and (file.parent, version) in versions

    return [f for f in files if not takes_back(f)], [f for f in files if takes_back(f)]


def left_out(files: Sequence[Path]) -> Diagnostic:
    """Say that files, or the ends of some, were not run."""
    several = f"{len(files)} files" if len(files) > 1 else "1 file"
    return Diagnostic(
        code="SD084",
        message=f"what takes a migration back was left out: in {several}",
        hint="only what brings a database up to date is compared",
        severity=Severity.INFO,
        place=Place(str(files[0])),
    )


def _version(file: Path, form: str) -> tuple[int, ...] | None:
    """Read the version of a name such as `V2_1__add_index.sql`."""
    hit = _VERSIONED.match(file.name)
    if not hit or hit["form"].upper() != form:
        return None
    return tuple(int(n) for n in _NUMBER.findall(hit["version"]))


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(p), p) if p.isdigit() else (1, 0, p) for p in _NUMBER.split(text) if p)

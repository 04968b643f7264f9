r"""The text of an SQL script, such as pg_dump or a person writes, taken apart into statements.

The surprising fact: psql knows things that the server does not. Lines that begin with a backslash
and the rows behind COPY … FROM stdin are not SQL: `\i` brings another file, what only psql would
notice is left out, and rows are no schema. Nor is what takes a migration back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import ShadowError
from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.core.record import record
from schemadiff.shadow.cluster import Reach, connected, reach_of
from schemadiff.shadow.migrations import ways_back

_COPY: Final = re.compile(
    r"^(COPY [^;]*? FROM stdin\b[^;]*;)[^\n]*\n.*?^\\\.[^\n]*$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_META: Final = re.compile(r"^\\[a-zA-Z!?].*$", re.MULTILINE)
_HARMLESS: Final = (
    *("\\restrict", "\\unrestrict", "\\echo", "\\qecho", "\\warn", "\\set", "\\unset"),
    *("\\timing", "\\pset", "\\encoding"),
)
_SETTING: Final = (("set",), ("select",), ("reset",))
_INCLUDE: Final = re.compile(r"\\(i|ir|include|include_relative)\s+(?:'([^']+)'|(\S+))\s*$")
_EXTENSION: Final = re.compile(
    r'\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?("[^"]+"|\w+)', re.IGNORECASE
)


@record(frozen=True, slots=True)
class Statement:
    """One statement and where it begins."""

    text: str
    offset: int
    words: tuple[str, ...]
    reach: Reach | None = None  # what of the cluster it is about


@record(frozen=True, slots=True)
class Include:
    """A line that brings another file, and where it stands."""

    file: Path
    offset: int


@record(frozen=True, slots=True)
class Connect:
    """A line that goes on in a database that the script has made, as that of `pg_dump --create`."""

    database: str
    offset: int


@record(frozen=True)
class Script:
    """A file of SQL; what it holds that is no SQL is a ShadowError when it is asked for."""

    file: Path

    @cached_property
    def text(self) -> str:
        """The text; raises ShadowError when it cannot be read."""
        try:
            return self.file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            place = Place(str(self.file))
            raise ShadowError(
                Diagnostic(code="SD080", message=f"cannot be read: {reason}", place=place)
            ) from None

    @cached_property
    def parts(self) -> tuple[Statement | Include, ...]:
        """The statements, and the files that are to be run between them."""
        plain, others = self._without_psql
        try:
            statements = list(split(plain))
        except LexError as error:
            raise self.wrong(error.offset, f"is not SQL: {error.message}") from None
        parts = sorted((*statements, *others), key=lambda part: part.offset)
        self._check_connects(parts)
        return tuple(part for part in parts if not isinstance(part, Connect))

    @cached_property
    def database(self) -> str:
        """The database that it connects to, and may make itself; empty where there is none."""
        _, others = self._without_psql
        return next((each.database for each in others if isinstance(each, Connect)), "")

    @cached_property
    def includes(self) -> tuple[Include, ...]:
        """The files that it brings."""
        return tuple(part for part in self.parts if isinstance(part, Include))

    @cached_property
    def ways_back(self) -> tuple[tuple[int, int], ...]:
        """Where the parts of a migration stand that only take it back."""
        return tuple(ways_back(self.text, lambda offset: _in_text(self.text, offset)))

    def wrong(self, offset: int, message: str, hint: str = "") -> ShadowError:
        """Make the error about a place in the file."""
        place = self.place(offset)
        return ShadowError(Diagnostic(code="SD081", message=message, hint=hint, place=place))

    def place(self, offset: int) -> Place:
        """Give the line and column of an offset."""
        before = self.text[:offset]
        line = before.count("\n") + 1
        return Place(str(self.file), line, offset - (before.rfind("\n") + 1) + 1)

    def _check_connects(self, parts: Sequence[Statement | Include | Connect]) -> None:
        """Refuse a script that fills another database than the one that it makes."""
        connects = [part for part in parts if isinstance(part, Connect)]
        for connect in connects:
            before = [p for p in parts if p.offset < connect.offset]
            names = {c.database for c in connects if c.offset <= connect.offset}
            if len(names) > 1:
                message = f"the script fills several databases: {', '.join(sorted(names))}"
                raise self.wrong(connect.offset, message, "take one of them (pg_dump), not all")
            stray = next((p for p in before if _fills(p)), None)
            if stray is not None and connect is connects[0]:
                message = f"this stands before \\connect {connect.database}, in another database"
                raise self.wrong(stray.offset, message, "take it out, or the \\connect")

    @cached_property
    def _without_psql(self) -> tuple[str, list[Include | Connect]]:
        """The text without what only psql understands, with every offset kept; and that, read."""
        text = _COPY.sub(lambda hit: _blank(hit[0]), self.text)
        for start, end in self.ways_back:
            text = text[:start] + _blank(text[start:end]) + text[end:]
        others: list[Include | Connect] = []
        for hit in _META.finditer(text):
            line, offset = hit[0].rstrip().rstrip(";"), hit.start()
            brought = _INCLUDE.match(line)
            if _in_text(text, offset):
                continue
            if brought:
                others.append(Include(self._brought(brought), offset))
            elif database := connected(line):
                others.append(Connect(database, offset))
            elif not line.startswith(_HARMLESS):
                message = f"{line.split()[0]} is a command of psql, not SQL"
                raise self.wrong(offset, message, "expand the script with psql first")
            text = text[:offset] + _blank(hit[0]) + text[hit.end() :]
        return text, others

    def _brought(self, hit: re.Match[str]) -> Path:
        r"""Find a file as psql does: `\ir` beside this one, `\i` from where we are."""
        path = Path(hit[2] or hit[3])
        beside = self.file.parent / path
        return beside if hit[1] in ("ir", "include_relative") or not path.exists() else path


def scripts_of(files: Iterable[Path]) -> list[Script]:
    """Give the scripts that are to be run: not those that another one of them brings."""
    scripts = [Script(file) for file in files]
    brought = {i.file.resolve() for s in scripts for i in s.includes}
    return [s for s in scripts if s.file.resolve() not in brought]


def extensions_in(files: Iterable[Path]) -> frozenset[str]:
    """Name the extensions that scripts create, so that a server can be chosen that has them."""
    found: set[str] = set()
    seen: set[Path] = set()
    waiting = list(files)
    while waiting:
        script = Script(waiting.pop())
        if script.file.resolve() not in seen:
            seen.add(script.file.resolve())
            found.update(hit[1].strip('"') for hit in _EXTENSION.finditer(script.text))
            waiting += [include.file for include in script.includes]
    return frozenset(found)


def split(text: str) -> Iterator[Statement]:
    """Split a script at its semicolons; those in brackets and in BEGIN ATOMIC bodies are inside."""
    begun: list[Token] = []
    depth = blocks = 0
    for token in code(text):
        if token.kind is Kind.PUNCTUATION and token.text == ";" and depth <= 0 and not blocks:
            if begun:
                yield _statement(text, begun)
            begun, depth = [], 0
            continue
        begun.append(token)
        if token.kind is Kind.PUNCTUATION:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
        elif token.kind is Kind.IDENT:
            if token.value == "atomic" and len(begun) > 1 and begun[-2].value == "begin":
                blocks += 1
            elif blocks:
                blocks += {"case": 1, "end": -1}.get(token.value, 0)
    if begun:
        yield _statement(text, begun)


def _statement(text: str, found: list[Token]) -> Statement:
    start = found[0].start
    words = tuple(t.value for t in found[:4])
    return Statement(text[start : found[-1].end], start, words, reach_of(found))


def _fills(part: Statement | Include | Connect) -> bool:
    """Tell whether something is made in the database in which the script begins."""
    if isinstance(part, Statement):
        return part.reach is None and part.words[:1] not in _SETTING
    return isinstance(part, Include)


def _in_text(text: str, offset: int) -> bool:
    """Tell whether a place lies within a string, a body or a comment."""
    try:
        return any(t.start < offset < t.end for t in code(text))
    except LexError as error:
        return error.offset > offset


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)

"""An SQL script, such as pg_dump writes, run in a scratch database.

The surprising fact: psql knows things that the server does not. Lines that begin with a backslash
and the rows behind COPY … FROM stdin are not SQL; the first are left out, the rows are no schema.

Roles belong to the cluster. Where that is thrown away as well, a script may make them, and those
that it only names are made for it; elsewhere what is about a missing role is left out, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemadiff.core.diagnostic import Diagnostic, Place, Severity
from schemadiff.core.errors import ShadowError
from schemadiff.core.lexer import Kind, LexError, Token, code
from schemadiff.shadow.roles import make_roles

if TYPE_CHECKING:
    from psycopg import Connection

_COPY: Final = re.compile(
    r"^(COPY [^;]*? FROM stdin\b[^;]*;)[^\n]*\n.*?^\\\.[^\n]*$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_META: Final = re.compile(r"^\\[a-zA-Z!?].*$", re.MULTILINE)
_HARMLESS: Final = ("\\restrict", "\\unrestrict", "\\echo", "\\set", "\\timing", "\\pset")
_EXTENSION: Final = re.compile(
    r'\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?("[^"]+"|\w+)', re.IGNORECASE
)
# What a script must not do here: it reaches beyond the database that is thrown away afterwards.
_BEYOND: Final = frozenset("database tablespace system subscription".split())
_ROLE: Final = frozenset("role user group".split())
_UNDEFINED_OBJECT: Final = "42704"
_IS_THERE: Final = "42710"
_IN_USE: Final = "2BP01"
_NO_ROLE: Final = re.compile(r'role "(.+)" does not exist')
_NEVER_MIND: Final = frozenset("alter create grant reassign revoke".split())


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement and where it begins."""

    text: str
    offset: int
    words: tuple[str, ...]


def extensions_in(texts: Iterable[str]) -> frozenset[str]:
    """Name the extensions that scripts create, so that a server can be chosen that has them."""
    return frozenset(hit[1].strip('"') for text in texts for hit in _EXTENSION.finditer(text))


def run_script(
    scratch: Connection[Any], file: Path, *, own_cluster: bool = False
) -> tuple[Diagnostic, ...]:
    """Run a script statement by statement; gives what is to be said of what was left out.

    `own_cluster` says that the whole server goes with the database. Raises ShadowError for what the
    server refuses, and for what reaches beyond the database.
    """
    from psycopg.errors import InsufficientPrivilege

    text = read_script(file)
    try:
        statements = list(split(_without_psql(text, file)))
    except LexError as error:
        raise _wrong(file, text, error.offset, f"is not SQL: {error.message}") from None
    # A dump sets its own search_path; what it leaves of that must not bear on the next file.
    scratch.execute("RESET ALL")
    scratch.execute("SET check_function_bodies = off")
    with suppress(InsufficientPrivilege):  # only a message tells which role is missing
        scratch.execute("SET lc_messages = 'C'")
    run = _Run(scratch, file, text, own_cluster=own_cluster)
    for statement in statements:
        run.one(statement)
    return tuple(run.told())


class _Run:
    """A script on its way: what its statements do to the roles, and what was left out."""

    def __init__(
        self, scratch: Connection[Any], file: Path, text: str, *, own_cluster: bool
    ) -> None:
        self._scratch = scratch
        self._file = file
        self._text = text
        self._own = own_cluster
        self._missing: dict[str, list[Statement]] = {}

    def one(self, statement: Statement) -> None:
        """Run a statement, with the roles that it names."""
        from psycopg import Error

        if _reaches_beyond(statement.words, own_cluster=self._own):
            said = f"{' '.join(statement.words[:2]).upper()} reaches beyond the scratch database"
            hint = "take it out of the script"
            raise _wrong(self._file, self._text, statement.offset, said, hint)
        made: set[str] = set()
        while True:
            try:
                self._scratch.execute(statement.text.encode())
            except Error as error:
                role = _missing_role(error)
                if self._own and role and role not in made:
                    make_roles(self._scratch, [role])
                    made.add(role)
                    continue
                if not self._never_mind(error, statement, role):
                    raise _refused(error, self._file, self._text, statement) from None
            return

    def _never_mind(self, error: Any, statement: Statement, role: str) -> bool:
        """Tell whether what is refused says nothing of a schema, or can only be told."""
        first, second = (*statement.words, "", "")[:2]
        if second in _ROLE and first in ("create", "drop"):
            # Both sides of a comparison share the cluster: the other one may have it, and use it.
            return bool(error.sqlstate == (_IS_THERE if first == "create" else _IN_USE))
        if error.sqlstate == _UNDEFINED_OBJECT and first == "set":
            return True  # a setting of another version
        if role and first in _NEVER_MIND:
            self._missing.setdefault(role, []).append(statement)
            return True
        return False

    def told(self) -> Iterator[Diagnostic]:
        """Say which roles are missing, and how many statements about them were left out."""
        for role, statements in self._missing.items():
            several = f"{len(statements)} statements" if len(statements) > 1 else "1 statement"
            yield Diagnostic(
                code="SD086",
                message=f"there is no role {role} on the server: {several} left out",
                hint="make the role, or compare where it is",
                severity=Severity.WARNING,
                place=_place(self._file, self._text, statements[0].offset),
            )


def read_script(file: Path) -> str:
    """Read the text of a script; raises ShadowError when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"cannot be read: {reason}"
        raise ShadowError(
            Diagnostic(code="SD080", message=message, place=Place(str(file)))
        ) from None


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
    return Statement(text[start : found[-1].end], start, tuple(t.value for t in found[:4]))


def _without_psql(text: str, file: Path) -> str:
    """Blank out what only psql understands, keeping every offset."""
    text = _COPY.sub(lambda hit: _blank(hit[0]), text)
    for hit in _META.finditer(text):
        if not hit[0].startswith(_HARMLESS) and not _in_text(text, hit.start()):
            message = f"{hit[0].split()[0]} is a command of psql, not SQL"
            raise _wrong(file, text, hit.start(), message, "expand the script with psql first")
    return _META.sub(lambda hit: _blank(hit[0]) if hit[0].startswith(_HARMLESS) else hit[0], text)


def _in_text(text: str, offset: int) -> bool:
    """Tell whether a place lies within a string, a body or a comment."""
    try:
        return any(t.start < offset < t.end for t in code(text))
    except LexError as error:
        return error.offset > offset


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _reaches_beyond(words: tuple[str, ...], *, own_cluster: bool) -> bool:
    first, second = (*words, "", "")[:2]
    if first == "drop" and second == "owned":
        return not own_cluster
    beyond = _BEYOND if own_cluster else _BEYOND | _ROLE
    return first in ("create", "alter", "drop") and second in beyond


def _missing_role(error: Any) -> str:
    """Name the role that the server lacks, where its messages are in English."""
    hit = _NO_ROLE.search(str(error.diag.message_primary or ""))
    return hit[1] if hit and error.sqlstate == _UNDEFINED_OBJECT else ""


def _refused(error: Any, file: Path, text: str, statement: Statement) -> ShadowError:
    position = error.diag.statement_position
    inside = int(position) - 1 if position else 0
    said = f"PostgreSQL says: {error.diag.message_primary or error}"
    hint = " ".join(filter(None, (error.diag.message_detail, error.diag.message_hint)))
    return _wrong(file, text, statement.offset + inside, said, hint)


def _wrong(file: Path, text: str, offset: int, message: str, hint: str = "") -> ShadowError:
    place = _place(file, text, offset)
    return ShadowError(Diagnostic(code="SD081", message=message, hint=hint, place=place))


def _place(file: Path, text: str, offset: int) -> Place:
    before = text[:offset]
    line = before.count("\n") + 1
    return Place(str(file), line, offset - (before.rfind("\n") + 1) + 1)

"""An SQL script, such as pg_dump writes, run in a scratch database.

The surprising fact: psql knows things that the server does not. Lines that begin with a backslash
and the rows behind COPY … FROM stdin are not SQL; the first are left out, the rows are no schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemadiff.core.diagnostic import Diagnostic, Place
from schemadiff.core.errors import ShadowError
from schemadiff.core.lexer import Kind, LexError, Token, code

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
_BEYOND: Final = frozenset("database role user group tablespace system subscription".split())
_UNDEFINED_OBJECT: Final = "42704"
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


def run_script(scratch: Connection[Any], file: Path) -> None:
    """Run a script statement by statement; raises ShadowError for what the server refuses."""
    from psycopg import Error

    text = read_script(file)
    try:
        statements = list(split(_without_psql(text, file)))
    except LexError as error:
        raise _wrong(file, text, error.offset, f"is not SQL: {error.message}") from None
    # A dump sets its own search_path; what it leaves of that must not bear on the next file.
    scratch.execute("RESET ALL")
    scratch.execute("SET check_function_bodies = off")
    for statement in statements:
        if _reaches_beyond(statement.words):
            said = f"{' '.join(statement.words[:2]).upper()} reaches beyond the scratch database"
            raise _wrong(file, text, statement.offset, said, "take it out of the script")
        try:
            scratch.execute(statement.text.encode())
        except Error as error:
            if _is_about_roles(error, statement):
                continue
            raise _refused(error, file, text, statement) from None


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


def _reaches_beyond(words: tuple[str, ...]) -> bool:
    if words[:1] == ("drop",) and words[1:2] == ("owned",):
        return True
    return words[0] in ("create", "alter", "drop") and bool(_BEYOND & set(words[1:2]))


def _is_about_roles(error: Any, statement: Statement) -> bool:
    """Tell whether it is about a role or a setting that this server lacks: no schema of ours."""
    return error.sqlstate == _UNDEFINED_OBJECT and (
        statement.words[0] == "set"
        or (statement.words[0] in _NEVER_MIND and 'role "' in str(error.diag.message_primary))
    )


def _refused(error: Any, file: Path, text: str, statement: Statement) -> ShadowError:
    position = error.diag.statement_position
    inside = int(position) - 1 if position else 0
    said = f"PostgreSQL says: {error.diag.message_primary or error}"
    hint = " ".join(filter(None, (error.diag.message_detail, error.diag.message_hint)))
    return _wrong(file, text, statement.offset + inside, said, hint)


def _wrong(file: Path, text: str, offset: int, message: str, hint: str = "") -> ShadowError:
    before = text[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1) + 1
    place = Place(str(file), line, column)
    return ShadowError(Diagnostic(code="SD081", message=message, hint=hint, place=place))

"""Names as SQL writes them: `app.users`, `"Weird"."Table"`, `salons(id, "Key")`."""

from __future__ import annotations

import re
from functools import lru_cache

from schemadiff.core.lexer import Kind, Token, code

# Most names look like this, and mean what they say.
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
_PLAIN_WITH_COLUMN = re.compile(r"([a-z_][a-z0-9_]*)\(([a-z_][a-z0-9_]*)\)\Z")


@lru_cache(65536)
def parse_name(text: str) -> tuple[str, ...]:
    """Split a possibly qualified name; unquoted parts are folded to lower case.

    Raises ValueError for anything else.
    """
    if _PLAIN.match(text):
        return (text,)
    parts, rest = _name(code(text), text)
    if rest:
        raise ValueError(f"{text!r} is not a name")
    return parts


@lru_cache(65536)
def parse_name_and_columns(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split `table` or `table(column, …)`; raises ValueError for anything else."""
    if found := _PLAIN_WITH_COLUMN.match(text):
        return (found[1],), (found[2],)
    parts, rest = _name(code(text), text)
    if not rest:
        return parts, ()
    if len(rest) < 3 or rest[0].text != "(" or rest[-1].text != ")":  # noqa: PLR2004  "(", a name, ")"
        raise ValueError(f"{text!r} is not of the form table(column)")
    inner = rest[1:-1]
    if any((t.text != ",") == (i % 2 == 1) for i, t in enumerate(inner)):
        raise ValueError(f"{text!r} is not of the form table(column, column)")
    return parts, tuple(_value(t, text) for t in inner[::2])


def _name(found: list[Token], text: str) -> tuple[tuple[str, ...], list[Token]]:
    parts: list[str] = []
    position = 0
    while position < len(found):
        parts.append(_value(found[position], text))
        position += 1
        if position >= len(found) or found[position].text != ".":
            break
        position += 1
    else:
        raise ValueError(f"{text!r} is not a name")
    return tuple(parts), found[position:]


def _value(token: Token, text: str) -> str:
    if token.kind not in (Kind.IDENT, Kind.QUOTED):
        raise ValueError(f"{text!r} is not a name")
    return token.value

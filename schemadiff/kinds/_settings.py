"""`SET name = value` of a routine: what people write, what pg_proc.proconfig holds, and back.

The surprising fact: a few settings hold lists of quoted names, so an empty one is stored as `""`
there, and as nothing elsewhere (GUC_LIST_QUOTE in the source of the server).
"""

from __future__ import annotations

import re

from schemadiff.core.expression import split_commas
from schemadiff.core.lexer import Kind, code
from schemadiff.core.sql import comma, ident, literal

Setting = tuple[str, str]

_QUOTED_LISTS = frozenset(
    """
    search_path temp_tablespaces local_preload_libraries session_preload_libraries
    shared_preload_libraries unix_socket_directories
    """.split()
)
# The parts of a stored list: an empty name, which SQL does not know, stands in quotes.
_KEPT = re.compile(r"""("((?:[^"]|"")*)")|([^\s,"]+)""")
# The server stores a setting under its own spelling.
_SPELLING = {"timezone": "TimeZone", "datestyle": "DateStyle", "intervalstyle": "IntervalStyle"}


def stored(name: str, written: str) -> Setting:
    """Give name and value as proconfig holds them; raises ValueError for what SET does not take."""
    lower = name.strip().lower()
    values = [_value(part, quote=lower in _QUOTED_LISTS) for part in split_commas(written)]
    if not all(part.strip() for part in split_commas(written)):
        raise ValueError("it is empty: write '' for an empty value")
    return _SPELLING.get(lower, lower), comma(values)


def _value(text: str, *, quote: bool) -> str:
    found = code(text)
    if len(found) == 2 and found[0].text in "+-" and found[1].kind is Kind.NUMBER:  # noqa: PLR2004
        return ("-" if found[0].text == "-" else "") + found[1].text
    if len(found) != 1 or found[0].kind not in (
        Kind.IDENT,
        Kind.QUOTED,
        Kind.STRING,
        Kind.NUMBER,
    ):
        raise ValueError(f"{text!r} is not a name, a number or a string in quotes")
    token = found[0]
    return ident(token.value) if quote and token.kind is not Kind.NUMBER else token.value


def clause(setting: Setting) -> str:
    """Write the SET clause of CREATE FUNCTION."""
    name, value = setting
    return f"SET {'.'.join(map(ident, name.split('.')))} TO {written(setting, value)}"


def written(setting: Setting, value: str | None = None) -> str:
    """Give the value as SQL writes it, every part in quotes."""
    name, kept = setting
    value = kept if value is None else value
    if name not in _QUOTED_LISTS:
        return literal(value)
    parts = [q.replace('""', '"') if quoted else plain for quoted, q, plain in _KEPT.findall(value)]
    return comma(map(literal, parts or [""]))


def readable(setting: Setting) -> str:
    """Give the value for YAML: plain names and numbers as they are, the rest in quotes."""
    name, value = setting
    for attempt in (value, written(setting)):
        try:
            if attempt and stored(name, attempt) == setting:
                return attempt
        except ValueError:
            continue
    return written(setting)

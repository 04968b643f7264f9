"""`SET name = value` of a routine: what people write, what pg_proc.proconfig holds, and back.

The surprising fact: a few settings hold lists of quoted names, so an empty one is stored as `""`
there, and as nothing elsewhere (GUC_LIST_QUOTE in the source of the server).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from schemadiff.core.expression import split_commas
from schemadiff.core.lexer import Kind, code
from schemadiff.core.sql import comma, ident, literal

if TYPE_CHECKING:
    from schemadiff.core.kind import At

Setting = tuple[str, str]

_QUOTED_LISTS = frozenset(
    """
    search_path temp_tablespaces local_preload_libraries session_preload_libraries
    shared_preload_libraries unix_socket_directories
    """.split()
)
# The parts of a stored list: an empty name, which SQL does not know, stands in quotes.
_KEPT = re.compile(r"""("((?:[^"]|"")*)")|([^\s,"]+)""")
_WITH_UNIT = re.compile(r"[0-9][0-9.]* ?[A-Za-z]+")
_PLAIN = re.compile(r"[0-9][0-9.]* ?[A-Za-z]+|[A-Za-z_][\w/+-]*")
# The server stores a setting under its own spelling.
_SPELLING = {"timezone": "TimeZone", "datestyle": "DateStyle", "intervalstyle": "IntervalStyle"}


def stored(name: str, written: str) -> Setting:
    """Give name and value as proconfig holds them; raises ValueError for what SET does not take."""
    lower = name.strip().lower()
    if lower in _QUOTED_LISTS and not written.strip():
        written = "''"  # an empty list, as YAML has it
    if lower not in _QUOTED_LISTS and _WITH_UNIT.fullmatch(written.strip()):
        return _SPELLING.get(lower, lower), written.strip()  # SQL wants it in quotes
    values = [_value(part, quote=lower in _QUOTED_LISTS) for part in split_commas(written)]
    if not all(part.strip() for part in split_commas(written)):
        raise ValueError("it is empty: write '' for an empty value")
    return _SPELLING.get(lower, lower), comma(values)


def _value(text: str, *, quote: bool) -> str:
    found = code(text)
    if len(found) == 2 and found[0].text in "+-" and found[1].kind is Kind.NUMBER:  # noqa: PLR2004  a sign, a number
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
    return f"SET {_parameter(name)} TO {written(setting, value)}"


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


# --- ALTER ROLE … SET, ALTER DATABASE … SET --------------------------------------------------


def read_settings(config: list[str] | None) -> tuple[Setting, ...]:
    """Read setconfig of pg_db_role_setting."""
    pairs = (each.partition("=") for each in config or ())
    return tuple(sorted((name, value) for name, _, value in pairs))


def to_settings(spec: Mapping[str, str], at: At, key: str) -> tuple[Setting, ...]:
    """Give the settings of a mapping as the server holds them."""
    found = []
    for name, value in spec.items():
        try:
            found.append(_plainly(name, value))
        except ValueError as error:
            at.fail("SD093", f"{name}: {error}", "write the value as in SET", key, name)
    return tuple(sorted(found))


def changes(old: Iterable[Setting], new: Iterable[Setting]) -> list[str]:
    """Give the actions that set what is new, and reset what is gone."""
    before, after = dict(old), dict(new)
    gone = [f"RESET {_parameter(name)}" for name in before if name not in after]
    return gone + [clause(pair) for pair in after.items() if before.get(pair[0]) != pair[1]]


def pulled(settings: Iterable[Setting]) -> dict[str, Any]:
    """Write settings as a mapping."""
    found = {}
    for name, value in settings:
        try:
            same = _plainly(name, value) == (name, value)
        except ValueError:
            same = False
        found[name] = value if same else readable((name, value))
    return found


def _plainly(name: str, value: str) -> Setting:
    """Read a value as SET does, and what has no quotes as people write it: `64MB`, `UTC`."""
    if _PLAIN.fullmatch(value.strip()) and name.strip().lower() not in _QUOTED_LISTS:
        return stored(name, literal(value.strip()))
    return stored(name, value)


def _parameter(name: str) -> str:
    return ".".join(map(ident, name.split(".")))

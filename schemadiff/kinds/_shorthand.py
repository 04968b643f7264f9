"""The shorthand of a column, SQL's own column definition, to the keys of the long form and back.

The surprising fact: the way back is proved each time. What `parse_column` would not read as exactly
the same values has no shorthand, so that adopting a database never loses anything.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any, Final

from schemadiff.core.sql import ident
from schemadiff.kinds._column.definition import Values, split_column
from schemadiff.kinds._column.text import ShorthandError

__all__ = ["ShorthandError", "format_column", "parse_column", "read_column"]

_KEYS: Final = frozenset(
    """
    type storage compression collation not_null default generated virtual identity primary_key
    unique check references
    """.split()
)


def parse_column(text: str) -> dict[str, Any]:
    """Split a column definition (`text not null default 'x'`) into the keys of the long form.

    Raises `ShorthandError` for what the shorthand does not know and for what contradicts itself.
    """
    return copy.deepcopy(_split(text)) if "(" in text else dict(_split(text))


def read_column(text: str) -> Values:
    """Give the same as `parse_column`, as values that others share and nobody may change."""
    return _split(text)


_split = lru_cache(maxsize=4096)(split_column)


def format_column(values: Values) -> str | None:
    """Write the keys of the long form as a shorthand of one line, or None where that loses."""
    if not values.keys() <= _KEYS or not isinstance(values.get("type"), str):
        return None
    try:
        text = " ".join(_clauses(values))
        if "\n" in text or "\r" in text or _split(text) != values:
            return None
    except (ShorthandError, TypeError, KeyError, AttributeError):
        # A value of another shape than the shorthand gives.
        return None
    return text


def _clauses(values: Values) -> list[str]:
    """Write the clauses in their order; the order in which they are given means nothing."""
    parts = [values["type"]]
    parts += [f"{key} {ident(values[key])}" for key in ("storage", "compression") if key in values]
    if "collation" in values:
        parts.append("collate " + values["collation"])
    if "not_null" in values:
        parts.append(_not_null(values["not_null"]))
    if "default" in values:
        parts.append("default " + values["default"])
    if "generated" in values:
        how = "virtual" if values.get("virtual") else "stored"
        parts.append(f"generated always as ({values['generated']}) {how}")
    if "identity" in values:
        parts.append(_identity(values["identity"]))
    if "primary_key" in values:
        parts.append(_primary_key(values["primary_key"]))
    if "unique" in values:
        parts.append(_unique(values["unique"]))
    if "check" in values:
        checks = values["check"]
        parts.extend(map(_check, checks if isinstance(checks, list) else [checks]))
    if "references" in values:
        parts.append(_references(values["references"]))
    return parts


def _named(name: object) -> str:
    return f"constraint {ident(name)} " if isinstance(name, str) else ""


def _not_null(said: bool | str | Values) -> str:  # noqa: FBT001 - the value of a key
    options = said if isinstance(said, dict) else {"name": said}
    inherit = " no inherit" if options.get("no_inherit") is True else ""
    return f"{_named(options.get('name'))}not null{inherit}"


def _primary_key(said: bool | str | Values) -> str:  # noqa: FBT001 - the value of a key
    options = said if isinstance(said, dict) else {"name": said}
    return f"{_named(options.get('name'))}primary key{_deferring(options)}"


def _deferring(options: Values) -> str:
    deferrable = " deferrable" if options.get("deferrable") is True else ""
    return deferrable + (" initially deferred" if options.get("initially_deferred") is True else "")


def _identity(identity: str | Values) -> str:
    if isinstance(identity, str):
        return f"generated {identity} as identity"
    options: list[str] = []
    for key, value in identity.items():
        match key:
            case "generation":
                continue
            case "cycle":
                options.append("cycle")
            case "name":
                options.append(f"sequence name {value}")
            case _:
                options.append(f"no {key}" if value is None else f"{key} {value}")
    return f"generated {identity['generation']} as identity ({' '.join(options)})"


def _unique(unique: bool | Values) -> str:  # noqa: FBT001 - the value of a key
    if not isinstance(unique, dict):
        return "unique"
    nulls = " nulls not distinct" if unique.get("nulls_not_distinct") is True else ""
    return f"{_named(unique.get('name'))}unique{nulls}{_deferring(unique)}"


def _check(check: str | Values) -> str:
    if isinstance(check, str):
        return f"check ({check})"
    inherit = " no inherit" if check.get("no_inherit") is True else ""
    return f"{_named(check.get('name'))}check ({check['expression']}){inherit}"


def _references(references: Values) -> str:
    text = f"{_named(references.get('name'))}references {references['table']}"
    if "columns" in references:
        text += f"({', '.join(map(ident, references['columns']))})"
    if "match" in references:
        text += f" match {references['match']}"
    for event in ("delete", "update"):
        if f"on_{event}" in references:
            text += f" on {event} {references[f'on_{event}']}"
    return text + _deferring(references)

"""The sections of a table in YAML, in the order in which a person would write them.

A constraint of one column whose name PostgreSQL would choose itself moves into the column. What
is moved is read back with the same name and the same columns, or it is not moved.
"""

from __future__ import annotations

from typing import Any, Final

from schemadiff.core.default_names import check_column
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Style, YamlValue
from schemadiff.core.lexer import LexError
from schemadiff.core.sql import qualified
from schemadiff.core.sqlname import parse_name_and_columns
from schemadiff.kinds._shorthand import format_column

Section = dict[str, YamlValue]

_ORDER: Final = (
    "columns", "defaults", "column_comments", "column_settings",
    "primary_key", "unique", "checks", "exclusions", "foreign_keys", "indexes",
)  # fmt: skip
_SINGLE: Final = ("of", "replica_identity", "cluster_on")
_DEFERRING: Final = ("deferrable", "initially_deferred")
_REFERENCE_KEYS: Final = ("match", "on_delete", "on_update", *_DEFERRING)
# The shorthand of a column takes whole numbers as text.
_NUMBERS: Final = ("start", "increment", "minvalue", "maxvalue", "cache")


def table_yaml(
    identity: Identity, nested: dict[str, dict[str, YamlValue]], style: Style
) -> dict[str, YamlValue]:
    """Give the sections of a table from what each kind wrote."""
    sections = {name: dict(content) for name, content in nested.items() if content}
    columns: dict[str, Any] = {
        name: dict(value) if isinstance(value, dict) else value
        for name, value in sections.pop("columns", {}).items()
    }
    serial(columns, sections)
    _move_primary_key(identity, columns, sections, style)
    _move_uniques(identity, columns, sections, style)
    _move_checks(identity, columns, sections, style)
    _move_references(identity, columns, sections, style)
    if columns:
        sections["columns"] = {name: _column(value) for name, value in columns.items()}
    found: dict[str, YamlValue] = {}
    for name in _SINGLE:
        for value in sections.pop(name, {}).values():
            found[name] = value
    if sections.get("default"):
        sections["defaults"] = sections.pop("default")
    if sections.get("comment"):
        sections["column_comments"] = sections.pop("comment")
    for name in (*_ORDER, *(n for n in sections if n not in _ORDER)):
        if sections.get(name):
            found[name] = sections[name]
    return found


def serial(columns: dict[str, Any], sections: dict[str, Section]) -> None:
    """Leave the columns as they are: a sequence of one's own is written where sequences are."""
    del columns, sections


def _move_primary_key(
    identity: Identity, columns: dict[str, Any], sections: dict[str, Section], style: Style
) -> None:
    schema, table = identity.path
    keys = sections.pop("primary_key", {})
    for name, value in keys.items():
        long: dict[str, Any] = value if isinstance(value, dict) else {"columns": value}
        names = long["columns"]
        for column in names:
            if isinstance(columns.get(column), dict) and columns[column].get("not_null") is True:
                del columns[column]["not_null"]
        usual = name == style.default_name(schema, table, "", "pkey")
        target = columns.get(names[0]) if len(names) == 1 else None
        more = {k: True for k in _DEFERRING if long.get(k)}
        if usual and isinstance(target, dict) and set(long) - {"name"} <= {"columns", *_DEFERRING}:
            target["primary_key"] = more or True
        else:
            # A section that is one spec: its value stands without a name above it.
            sections["primary_key"] = value  # type: ignore[assignment]


def _move_uniques(
    identity: Identity, columns: dict[str, Any], sections: dict[str, Section], style: Style
) -> None:
    schema, table = identity.path
    kept: Section = {}
    for name, value in sections.get("unique", {}).items():
        long = value if isinstance(value, dict) else {"columns": value}
        names: Any = long["columns"]
        target = columns.get(names[0]) if len(names) == 1 else None
        usual = name == style.default_name(schema, table, names[0], "key")
        simple = set(long) <= {"columns", "nulls_not_distinct", *_DEFERRING}
        if usual and simple and isinstance(target, dict) and "unique" not in target:
            target["unique"] = {k: v for k, v in long.items() if k != "columns"} or True
        else:
            kept[name] = value
    sections["unique"] = kept


def _move_checks(
    identity: Identity, columns: dict[str, Any], sections: dict[str, Section], style: Style
) -> None:
    schema, table = identity.path
    kept: Section = {}
    for name, value in sections.get("checks", {}).items():
        long: dict[str, Any] = value if isinstance(value, dict) else {"expression": value}
        column = check_column(long["expression"], columns)
        target = columns.get(column) if column else None
        usual = column and name == style.default_name(schema, table, column, "check")
        if usual and isinstance(target, dict) and set(long) <= {"expression", "no_inherit"}:
            target["check"] = value
        else:
            kept[name] = value
    sections["checks"] = kept


def _move_references(
    identity: Identity, columns: dict[str, Any], sections: dict[str, Section], style: Style
) -> None:
    schema, table = identity.path
    kept: Section = {}
    for name, value in sections.get("foreign_keys", {}).items():
        assert isinstance(value, dict)
        names = value["columns"]
        target = columns.get(names[0]) if len(names) == 1 else None
        usual = name == style.default_name(schema, table, names[0], "fkey")
        simple = set(value) <= {"columns", "references", *_REFERENCE_KEYS}
        if usual and simple and isinstance(target, dict) and "references" not in target:
            target |= {k: v for k, v in value.items() if k != "columns"}
        else:
            kept[name] = value
    sections["foreign_keys"] = kept


def _column(value: Any) -> YamlValue:
    """Give the shorthand of a column, or its long form."""
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    try:
        short = format_column(_as_split(value))
    except (LexError, ValueError):
        short = None
    return value if short is None else short


def _as_split(value: dict[str, Any]) -> dict[str, Any]:
    """Give the long form in the shape in which the shorthand is split."""
    found = dict(value)
    if "references" in found:
        parts, columns = parse_name_and_columns(found["references"])
        reference: dict[str, Any] = {"table": qualified(*parts)}
        if columns:
            reference["columns"] = list(columns)
        reference |= {k: found.pop(k) for k in _REFERENCE_KEYS if k in found}
        found["references"] = reference
    if isinstance(found.get("identity"), dict):
        found["identity"] = {
            k: str(v) if k in _NUMBERS else v for k, v in found["identity"].items()
        }
    return found

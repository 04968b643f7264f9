"""Rows that trade unique values: all of them give theirs up for a while, then get the new ones.

The surprising fact: a key that is not deferrable is looked at row by row, even within one UPDATE,
so a circle of rows has no first one that could be changed. NULL is in nobody's way; where a column
takes none, a value serves that no row has. What refers to the column, or asks something of it, may
refuse such a value: then the rows stay as they are, and are refused before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from schemadiff.core.expression import names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.sql import ident
from schemadiff.kinds._new_value import domains
from schemadiff.kinds._row.batch import Batch
from schemadiff.kinds._row.sql import NUMBER, Target, update
from schemadiff.kinds._table.heirs import below, lineage

Columns = tuple[str, ...]

_LEAST: Final = {"smallint": -(2**15), "integer": -(2**31), "bigint": -(2**63)}
_RANDOM: Final = {
    "uuid": "pg_catalog.gen_random_uuid()",
    "text": "pg_catalog.gen_random_uuid()::text",
    "character varying": "pg_catalog.gen_random_uuid()::text",
}
_SAYING: Final = ("expression", "generated", "using", "check", "where")


def parkable(key: Any, groups: Sequence[Columns], batch: Batch, context: Context) -> bool:
    """Tell whether all rows that touch a key can give up their values for a while."""
    return all(given_up(key, columns, batch, context) is not None for columns in groups)


def park(batch: Batch, columns: Columns, keys: Sequence[Any], context: Context) -> str:
    """Have rows that still differ give up their values of keys; nothing where none can."""
    found = (given_up(key, columns, batch, context) for key in keys)
    sets = dict(one for one in found if one is not None)
    if not sets:
        return ""
    return update(batch.target, columns, list(batch.updated[columns].values()), sets=sets)


def given_up(key: Any, columns: Columns, batch: Batch, context: Context) -> tuple[str, str] | None:
    """Give a column of a key that may have another value for a while, and that value."""
    bare = {ident(c): c for c in batch.target.columns}
    for each in key.columns:
        if getattr(each, "is_expression", False):
            continue
        name = each if isinstance(each, str) else bare.get(each.text)
        if name in columns and not _is_watched(name, batch.target.table, context):
            value = _value(name, key, batch, context)
            if value:
                return name, value
    return None


def _value(name: str, key: Any, batch: Batch, context: Context) -> str:
    target = batch.target
    sides = [s.get(Identity("column", (*target.table.path, name))) for s in _sides(context)]
    column: Any = sides[1]
    if column is None or sides[0] is None:
        return ""  # another table's to say, or it comes in the same plan
    distinct = not getattr(key, "nulls_not_distinct", False)
    asked = any(d.not_null for d in domains(column.type, context.desired))
    if distinct and not asked and not any(getattr(c, "not_null", True) for c in sides):
        return "NULL"
    if any(_refers(name, side, target.table) for side in _sides(context)):
        return ""
    return _RANDOM.get(column.type) or _number(name, column.type, target, batch)


def _number(name: str, type_: str, target: Target, batch: Batch) -> str:
    """Write numbers below all that are there, or above them."""
    if type_ not in _LEAST:
        return ""
    many, column = sum(map(len, batch.updated.values())), ident(name)
    least, most = f"pg_catalog.min({column})", f"pg_catalog.max({column})"
    case = f"CASE WHEN {least} > {_LEAST[type_] + many + 1} THEN {least} - {many + 1}"
    return f"(SELECT {case} ELSE {most} END FROM {target.only}) + v.{NUMBER}"


def _sides(context: Context) -> tuple[Any, Any]:
    return context.current, context.desired


def _refers(name: str, side: Any, table: Identity) -> bool:
    """Tell whether a table refers by the column to another: any other value may be none there."""
    for path in lineage(side, table.path):
        for each in side.children.get(Identity("table", path), ()):
            if each.kind == "foreign_key" and name in side.objects[each].columns:
                return True
    return False


def _is_watched(name: str, table: Identity, context: Context) -> bool:
    """Tell whether anything rests on the values of a column: they may not be others for a while."""
    return any(name in _watched(side, table) for side in _sides(context))


def _watched(side: Any, table: Identity) -> set[str]:
    """Name the columns that something rests on, or the words that may be some."""
    found: set[str] = set()
    for each in side.of("foreign_key"):
        key = side.objects[each]
        full = key.full and each.path[:2] == table.path
        found |= {*(key.target_columns if key.target == table.path else ())}
        found |= {*(key.columns if full else ())}
    for path in {*lineage(side, table.path), *below(side, table.path)}:
        one = Identity("table", path)
        found |= names(str(getattr(side.get(one), "partition_by", None) or ""))
        found |= set(_said(side, one))
    return found


def _said(side: Any, table: Identity) -> Iterator[str]:
    """Give the words of what a table says: checks, generated columns, expressions of indexes."""
    for each in side.children.get(table, ()):
        obj = side.objects[each]
        texts = [getattr(obj, attribute, None) for attribute in _SAYING]
        texts += [e.key.text for e in getattr(obj, "elements", ())]
        texts += [c.text for c in getattr(obj, "columns", ()) if getattr(c, "is_expression", False)]
        for text in texts:
            yield from names(text) if isinstance(text, str) else ()

"""The keys on columns whose collation changes: the new one is made to be asked, and goes again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Question
from schemadiff.core.sql import ident
from schemadiff.kinds._asked_rows import Rows
from schemadiff.kinds._moving import changing_types
from schemadiff.kinds._preflight import Made, unique
from schemadiff.kinds._table.heirs import lineage

MADE = "pg_temp.schemadiff_collation"


def keys_by(new: Any, sql: str, key: Any, asking: Asking) -> Iterable[Question]:
    """Ask for the rows that share a key by a collation which a statement makes, called MADE.

    Nothing where an expression may speak of it, in ways that cannot be said by another name.
    """
    columns = _columns(key)
    rows = Rows(key.parent, asking)
    if columns is None or getattr(key, "where", None) or not _stay(columns, new, rows):
        return
    values = {
        ident(name): f"{ident(name)} COLLATE {MADE}"
        for name, collation in columns.items()
        if (collation or _collation(name, rows)) == new.identity.sql
    }
    nulls = getattr(key, "nulls_not_distinct", False)
    made = Made(new.identity, sql, values)
    yield from unique(key, [*map(ident, columns)], columns, asking, nulls=nulls, made=made)


def _columns(key: Any) -> dict[str, str | None] | None:
    """Give the columns of a unique key, each with a collation of its own; None of anything else."""
    if key.identity.kind in ("primary_key", "unique"):
        return None if key.without_overlaps else dict.fromkeys(key.columns)
    if not getattr(key, "unique", False) or any(c.is_expression for c in key.columns):
        return None
    return {c.text: c.collation for c in key.columns}


def _stay(columns: Iterable[str], new: Any, rows: Rows) -> bool:
    """Tell whether nothing else of the types of columns changes."""
    context = rows.context
    every = [
        Identity("column", (*path, c))
        for path in lineage(context.desired, rows.table.path)
        for c in columns
    ]
    return not {t for each in every for t in changing_types(each, context)} - {new.identity}


def _collation(name: str, rows: Rows) -> str | None:
    column: Any = rows.after.get(Identity("column", (*rows.table.path, name)))
    return getattr(column, "collation", None)

"""What foreign keys say of the rows that the files list, asked before anything runs.

A row may refer to what is there and to what the files bring as well. Where more could come, by
triggers, rules or partitions that join, nothing is asked: the answer of today would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.preflight import Asking, Meaning, Question
from schemadiff.core.sql import comma, ident, literal
from schemadiff.kinds._asked_rows import Rows
from schemadiff.kinds._row.absent import not_there
from schemadiff.kinds._row.batch import ROWS, Batch
from schemadiff.kinds._row.sql import values
from schemadiff.kinds._table.heirs import below


def dangling(batch: Batch, asking: Asking, columns: tuple[str, ...] | None) -> Iterator[Question]:
    """Ask which rows refer to nothing: of those that get these columns, or of the new ones."""
    desired, table = asking.context.desired, batch.target.table
    rows = batch.inserted if columns is None else batch.updated[columns]
    for each in sorted(desired.children.get(table, ())):
        key: Any = desired.objects[each]
        if each.kind != "foreign_key" or not key.enforced or key.period:
            continue
        if columns is not None and set(columns).isdisjoint(key.columns):
            continue
        referring = [r for r in rows.values() if all(r.get(c) is not None for c in key.columns)]
        there = there_then(key, asking) if referring else None
        if there is None:
            continue
        shown = dict.fromkeys((*batch.target.key, *key.columns))
        listed = values(batch.target, tuple(shown), [{c: r[c] for c in shown} for r in referring])
        pairs = zip(key.target_columns, key.columns, strict=True)
        same = " AND ".join(f"r.{ident(one)} = v.{ident(other)}" for one, other in pairs)
        source = f"FROM {listed} WHERE NOT EXISTS (SELECT 1 FROM ({there}) AS r WHERE {same})"
        if columns is None:
            source += f" AND {not_there(batch.target, asking)}"
        names = comma(f"{literal(c)}, v.{ident(c)}::text" for c in batch.target.key)
        yield Question(
            subject=Identity(ROWS, table.path),
            meaning=Meaning.FAILS,
            text=f"rows of the files that refer to nothing by {each}",
            count=f"SELECT pg_catalog.count(*) {source}",
            examples=f"SELECT ARRAY[{names}]::text[] {source} LIMIT 5",
        )


def there_then(key: Any, asking: Asking) -> str | None:
    """Write the rows that a key may refer to in the end; None where that is not known."""
    table, context = Identity("table", key.target), asking.context
    if table not in context.desired or _may_get_more(table, asking):
        return None
    columns: tuple[str, ...] = key.target_columns
    found = []
    if table in context.current:
        said = comma(ident(c) for c in columns)
        found.append(f"SELECT {said} FROM {Rows(table, asking).source(columns)}")
    for batch in _batches(table, context.desired):
        changed = [row for rows in batch.updated.values() for row in rows.values()]
        listed = [r for r in changed if not r.keys().isdisjoint(columns)]
        listed += batch.inserted.values()
        if any(c not in row for row in listed for c in columns):
            return None
        if listed:
            some = [{c: row[c] for c in columns} for row in listed]
            said = comma(f"v.{ident(c)}" for c in columns)
            found.append(f"SELECT {said} FROM {values(batch.target, columns, some)}")
    return " UNION ALL ".join(found) or None


def _batches(table: Identity, catalog: Catalog) -> list[Batch]:
    rows: Iterator[Any] = (
        catalog.objects[i] for i in catalog.children.get(table, ()) if i.kind == "row"
    )
    return list({id(b): b for row in rows if (b := row.batch) is not None}.values())


def _may_get_more(table: Identity, asking: Asking) -> bool:
    """Tell whether rows may come otherwise: as other rows are written, or with partitions."""
    current, desired = asking.context.current, asking.context.desired
    written = {i.path[:2] for i in desired.objects if i.kind == "row"}
    for path in (*written, table.path):
        for each in (path, *below(desired, path)):
            inside = desired.children.get(Identity("table", each), ())
            if any(i.kind in ("trigger", "rule") for i in inside):
                return True
    parts = {Identity("table", p) for p in below(desired, table.path)} & current.objects.keys()
    return not parts <= {Identity("table", p) for p in below(current, table.path)}

"""What subscribers of publications no longer get, and what can no longer be published.

The surprising fact: a subscriber whose table lacks a column that is sent stops at the first row of
the table (manual, 29.8).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._published import has_identity, publishing, publishing_column

_CHANGES = frozenset({"update", "delete"})


def publication_hazards(old: Any, new: Any) -> Iterator[Hazard]:
    """Name what a publication published and does not any more."""
    if old is None:
        return
    name = old.identity.sql
    if new is None:
        yield hazard("breaks-replication", old.identity, f"What {name} published is not sent on.")
        return
    gone = [p for p in old.publish if p not in new.publish]
    if gone:
        text = f"{name} no longer publishes {', '.join(gone)}."
        yield hazard("breaks-replication", old.identity, text)
    if old.all_tables and not new.all_tables:
        text = f"{name} no longer publishes all tables."
        yield hazard("breaks-replication", old.identity, text)
    kept = {(t.schema, t.table): t for t in new.tables}
    for each in () if new.all_tables else old.tables:
        table = f"{each.schema}.{each.table}"
        now = kept.get((each.schema, each.table))
        if now is None:
            if each.schema not in new.schemas:
                text = f"{name} no longer publishes {table}."
                yield hazard("breaks-replication", old.identity, text)
        elif _is_less(each, now):
            text = f"{name} publishes less of {table}, or other rows."
            yield hazard("breaks-replication", old.identity, text)


def _is_less(before: Any, after: Any) -> bool:
    fewer = after.columns and (not before.columns or set(before.columns) - set(after.columns))
    return bool(fewer) or after.where not in (None, before.where)


def published_hazards(old: Any, new: Any, context: Context) -> Iterator[Hazard]:
    """Name what subscribers have to follow: a column that comes, goes, or has another type."""
    column = old or new
    if column.parent not in context.desired or (old and new and new.type == old.type):
        return
    # What is added to a table has to be at the subscriber before the first row that has it.
    side = context.desired if old is None else context.current
    sending = set(publishing_column(column, side)) & set(context.desired.of("publication"))
    for each in sorted(sending.intersection(publishing(column.parent, context.current))):
        what = "is new" if old is None else "goes" if new is None else f"becomes {new.type}"
        text = f"{each} publishes {column.parent.sql}, of which {column.identity.name} {what}."
        yield hazard("breaks-replication", column.identity, text)


def replica_hazards(table: Identity, context: Context) -> Iterator[Hazard]:
    """Name it when a published table loses what tells its rows apart."""
    if not has_identity(table, context.current) or has_identity(table, context.desired):
        return
    for each in publishing(table, context.desired):
        publication: Any = context.desired.objects[each]
        verbs = [v.upper() for v in publication.publish if v in _CHANGES]
        if table in context.current and verbs:
            text = f"{' and '.join(verbs)} of {table.sql} fail, for {each} publishes them."
            yield hazard("breaks-replication", table, text)

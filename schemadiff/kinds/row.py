"""One row of reference data that differs, as it is and as it is to be.

Each row is a change of its own, but the rows of a table are written by a few statements: the first
row of a batch makes the operation for all of them. Rows go in when the table and its keys are made
and before foreign keys refer to them; new triggers come later, as in a restore, and those that are
there fire.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemadiff.core.catalog import Catalog
from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.preflight import Asking, Meaning, Question
from schemadiff.core.request import Unread
from schemadiff.core.sql import literal
from schemadiff.kinds._row import ROWS, Batch, TableRow
from schemadiff.kinds._row_sql import advance, delete, insert, missing, update

_SHOWN = 5  # keys of deleted rows


class RowKind(Unread):
    """INSERT, UPDATE and DELETE of the rows that differ."""

    name = "row"
    order = 76
    model = TableRow
    alters = frozenset({"values"})
    holds_data = True
    changes_rows = True

    def create(self, new: TableRow, context: Context) -> Iterable[Operation]:
        """INSERT of all rows that are not there."""
        batch = _batch(new)
        if next(iter(batch.inserted)) != new.identity:
            return
        rows = list(batch.inserted.values())
        guard = None if batch.target.arbiter else Guard(missing(batch.target, rows))
        after = {_phase(t, "inserted") for t in _targets(batch.target.table, context)}
        yield _operation(batch, Verb.CREATE, insert(batch.target, rows), after, guard=guard)
        for column in batch.counters:
            sql = advance(batch.target.table, column)
            yield _operation(batch, Verb.ALTER, sql, {_phase(batch.target.table, "inserted")})

    def alter(
        self, old: TableRow, new: TableRow, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """UPDATE of all rows that differ in the same columns."""
        del old, changed
        batch = _batch(new)
        for columns, rows in batch.updated.items():
            if next(iter(rows)) == new.identity:
                sql = update(batch.target, columns, list(rows.values()))
                table = batch.target.table
                after = {_phase(t, "inserted") for t in (table, *_targets(table, context))}
                yield _operation(batch, Verb.ALTER, sql, after)

    def questions(
        self, old: TableRow | None, new: TableRow | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Count the rows that are deleted, which are known: they were compared to make the plan."""
        del changed, asking
        if new is not None or old is None or next(iter(_batch(old).deleted)) != old.identity:
            return
        batch = _batch(old)
        keys = [".".join(i.path[2:]) for i in batch.deleted][:_SHOWN]
        shown = ", ".join(f"(ARRAY['row', {literal(key)}]::text[])" for key in keys)
        table = batch.target.table
        yield Question(
            subject=Identity(ROWS, table.path),
            meaning=Meaning.LOSES,
            text=f"rows of {table.sql} that the files do not list",
            count=f"SELECT {len(batch.deleted)}",
            examples=f"VALUES {shown}",
        )

    def drop(self, old: TableRow, context: Context) -> Iterable[Operation]:
        """DELETE of all rows that the files do not list, where they are to list all."""
        batch = _batch(old)
        if next(iter(batch.deleted)) != old.identity:
            return
        table = batch.target.table
        after = {_phase(table, "inserted"), _phase(table, "updated")}
        for other in _sources(table, context):
            after |= {_phase(other, p) for p in ("inserted", "updated", "deleted")}
        keys = [".".join(i.path[2:]) for i in batch.deleted]
        more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
        count = f"{len(keys)} row{'s' if len(keys) > 1 else ''}"
        message = f"{count} of {table.sql} would be deleted: {', '.join(keys[:_SHOWN])}{more}."
        sql = delete(batch.target, list(batch.deleted.values()))
        hazard = data_loss("delete-rows", Identity(ROWS, table.path), message)
        yield _operation(batch, Verb.DROP, sql, after, hazards=(hazard,))


def _batch(row: TableRow) -> Batch:
    assert row.batch is not None
    return row.batch


def _operation(
    batch: Batch,
    verb: Verb,
    sql: str,
    after: set[Identity],
    *,
    guard: Guard | None = None,
    hazards: tuple[Hazard, ...] = (),
) -> Operation:
    phase = {Verb.CREATE: "inserted", Verb.ALTER: "updated", Verb.DROP: "deleted"}[verb]
    table = batch.target.table
    return Operation(
        verb=verb,
        target=Identity(ROWS, table.path),
        sql=sql,
        guard=guard,
        provides=frozenset({_phase(table, phase)}),
        requires=batch.requires | after,
        lock=LockMode.ROW_EXCLUSIVE,
        # Nothing can be altered while a check of its rows is still to come.
        transaction=Transaction.COMMIT_AFTER if batch.commits else Transaction.INSIDE,
        hazards=hazards,
        bound=False,
    )


def _phase(table: Identity, phase: str) -> Identity:
    """Name what is done when the rows of a table are inserted, updated or deleted."""
    return Identity(ROWS, (*table.path, phase))


def _targets(table: Identity, context: Context) -> list[Identity]:
    """Name the tables that this one refers to, but for those that refer back to it."""
    direct = _refers_to(table, context.desired)
    return [t for t in direct if t != table and table not in _reached(t, context.desired)]


def _sources(table: Identity, context: Context) -> list[Identity]:
    """Name the tables that refer to this one, but for those that it refers to itself."""
    found = {
        i._replace(kind="table", path=i.path[:2])
        for i in context.desired.objects
        if i.kind == "foreign_key"
        and getattr(context.desired.objects[i], "target", None) == table.path
    }
    reached = _reached(table, context.desired)
    return sorted(t for t in found if t != table and t not in reached)


def _refers_to(table: Identity, catalog: Catalog) -> list[Identity]:
    return sorted(
        Identity("table", getattr(catalog.objects[child], "target", ()))
        for child in catalog.children.get(table, ())
        if child.kind == "foreign_key"
    )


def _reached(table: Identity, catalog: Catalog) -> frozenset[Identity]:
    seen: set[Identity] = set()
    queue = [table]
    while queue:
        for each in _refers_to(queue.pop(), catalog):
            if each not in seen:
                seen.add(each)
                queue.append(each)
    return frozenset(seen)

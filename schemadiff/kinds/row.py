"""One row of reference data that differs, as it is and as it is to be.

Each row is a change of its own, but the rows of a table are written by a few statements: the first
row of a batch makes the operation for all of them. Rows go in when the table and its keys are made
and before foreign keys refer to them; new triggers come later, as in a restore, and those that are
there fire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.hazard import Hazard, data_loss
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.plan import Watch
from schemadiff.core.preflight import Asking, Meaning, Question
from schemadiff.core.request import Unread
from schemadiff.core.sql import literal
from schemadiff.kinds._row import ROWS, Batch, TableRow
from schemadiff.kinds._row_back import undone
from schemadiff.kinds._row_circle import reached, refers_to
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
        """INSERT of all rows that are not there, those of a circle with nulls at first."""
        batch = _batch(new)
        if next(iter(batch.inserted)) != new.identity:
            return
        table = batch.target.table
        later = [c for c in batch.circular if c.free and _has(c.target, context, "inserted")]
        _check_circle(batch, context)
        nulls = {c for each in later for c in each.free}
        rows = [
            {c: None if c in nulls else v for c, v in row.items()}
            for row in batch.inserted.values()
        ]
        guard = None if batch.target.arbiter else Guard(missing(batch.target, rows))
        after = {_phase(t, "inserted") for t in _needed(table, context)}
        yield _operation(batch, Verb.CREATE, insert(batch.target, rows), after, guard=guard)
        inserted = {_phase(table, "inserted")}
        for column in batch.counters:
            yield _operation(batch, Verb.ALTER, advance(table, column), inserted)
        for each in later:
            found = [r for r in batch.inserted.values() if any(r.get(c) for c in each.free)]
            given = [tuple(c for c in each.free if c in r) for r in found]
            for columns in dict.fromkeys(given):
                some = [r for r, g in zip(found, given, strict=True) if g == columns]
                sql = update(batch.target, columns, some)
                after = inserted | _present(table, context)
                yield _operation(batch, Verb.ALTER, sql, after)

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
                after = {_phase(table, "inserted"), *_present(table, context)}
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
        for each in batch.circular:
            if each.free and _has(each.target, context, "deleted"):
                rows = [{**row, **dict.fromkeys(each.free)} for row in batch.deleted.values()]
                yield _operation(
                    batch,
                    Verb.ALTER,
                    update(batch.target, each.free, rows),
                    {_phase(table, "inserted")},
                )
        after |= _released(table, context)
        keys = [".".join(i.path[2:]) for i in batch.deleted]
        more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
        count = f"{len(keys)} row{'s' if len(keys) > 1 else ''}"
        message = f"{count} of {table.sql} would be deleted: {', '.join(keys[:_SHOWN])}{more}."
        sql = delete(batch.target, list(batch.deleted.values()))
        hazard = data_loss("delete-rows", Identity(ROWS, table.path), message)
        yield _operation(batch, Verb.DROP, sql, after, hazards=(hazard,))

    # --- read again, and taken back --------------------------------------------------------------

    def stages(
        self, old: TableRow | None, new: TableRow, changed: frozenset[str]
    ) -> Iterable[TableRow]:
        """Of a circle a row is there with nulls at first."""
        del changed
        nulls = {c for each in _batch(new).circular for c in each.free}
        if old is None and nulls:
            yield replace(new, values={c: None if c in nulls else v for c, v in new.values.items()})

    def watches(self, objects: Iterable[TableRow]) -> Iterable[Watch]:  # type: ignore[override]
        """One query for the rows of a table."""
        found = {id(b): b.watch for o in objects if (b := o.batch) is not None and b.watch}
        return list(found.values())

    def watched(self, obj: TableRow) -> TableRow | None:
        """Give a row with the columns that can be read again."""
        batch = _batch(obj)
        if batch.watch is None:
            return None
        return replace(obj, values={c: v for c, v in obj.values.items() if c in batch.watched})

    def seen(self, identity: Identity, values: Mapping[str, str | None]) -> TableRow:
        """Make a row of what was read."""
        return TableRow(identity, values)

    def undone(
        self, current: Sequence[DbObject], desired: Sequence[DbObject]
    ) -> tuple[Sequence[DbObject], Sequence[DbObject]]:
        """Give the rows as the plan leaves them and as they were."""
        old, new = ([o for o in s if isinstance(o, TableRow)] for s in (current, desired))
        return undone(old, new)


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


def _has(table: Identity, context: Context, which: str) -> bool:
    """Tell whether rows of a table are inserted, or deleted."""
    side, other = context.desired, context.current
    if which == "deleted":
        side, other = other, side
    rows = (i for i in side.objects if i.kind == "row" and i.path[:2] == table.path)
    return any(i not in other for i in rows)


def _waits(key: Any, table: Identity, target: Identity, context: Context) -> bool:
    """Tell whether a key of a circle lets rows go in before those that they refer to."""
    if table not in reached(target, context.desired):
        return False
    free = (context.desired.get(Identity("column", (*table.path, c))) for c in key.columns)
    return (
        key.initially_deferred
        or key.identity not in context.current
        or any(c is not None and not getattr(c, "not_null", True) for c in free)
    )


def _needed(table: Identity, context: Context) -> Iterator[Identity]:
    """Name the tables whose rows have to be there before those of this one go in."""
    for target, key in refers_to(table, context.desired):
        if target != table and not _waits(key, table, target, context):
            yield target


def _present(table: Identity, context: Context) -> set[Identity]:
    """Name what has to be done before rows get other values: all that they may refer to."""
    targets = (t for t, _ in refers_to(table, context.desired))
    return {_phase(t, "inserted") for t in targets if t != table}


def _released(table: Identity, context: Context) -> set[Identity]:
    """Name what has to be done before rows go: nothing refers to them any more."""
    found: set[Identity] = set()
    for source in context.desired.objects:
        key: Any = context.desired.objects[source]
        if source.kind != "foreign_key" or key.target != table.path:
            continue
        other = Identity("table", source.path[:2])
        if other == table:
            continue
        found |= {_phase(other, p) for p in ("inserted", "updated")}
        if not _waits(key, other, table, context):
            found.add(_phase(other, "deleted"))
    return found


def _check_circle(batch: Batch, context: Context) -> None:
    """Refuse rows of which none could be the first; raises PlanError."""
    table, seen = batch.target.table, dict[Identity, Any]()
    queue = [table]
    while queue:
        here = queue.pop()
        for target, key in refers_to(here, context.desired):
            hard = target != here and not _waits(key, here, target, context)
            if hard and target not in seen and _has(target, context, "inserted"):
                seen[target] = key
                queue.append(target)
    if table in seen:
        key = seen[table]
        message = (
            f"rows of {table} cannot go in: a circle of foreign keys is checked at once and its "
            f"columns are not null, the last of them {key.identity.name}"
        )
        hint = f"make {key.identity.name} `initially_deferred: true`, or a column of it nullable"
        raise PlanError(Diagnostic(code="SD192", message=message, hint=hint))

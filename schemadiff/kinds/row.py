"""One row of reference data that differs, as it is and as it is to be.

Each row is a change of its own, but the rows of a table are written by a few statements: the first
row of a batch makes the operation for all of them. Rows go in when the table and its keys are made
and before foreign keys refer to them; new triggers come later, as in a restore, and those that are
there fire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from schemadiff.core.record import replace
from schemadiff.core.request import Unread
from schemadiff.core.sql import literal
from schemadiff.kinds._row.back import undone
from schemadiff.kinds._row.batch import ROWS, Batch, TableRow
from schemadiff.kinds._row.check import breaking
from schemadiff.kinds._row.circle import Circular, reached, refers_to
from schemadiff.kinds._row.excludes import excluding
from schemadiff.kinds._row.published import while_taken
from schemadiff.kinds._row.refers import dangling
from schemadiff.kinds._row.shares import sharing
from schemadiff.kinds._row.sql import advance, at_once, delete, insert, missing, update
from schemadiff.kinds._row.trades import trading
from schemadiff.kinds._row.turns import Turns, in_turn, seen_between, turns

_SHOWN = 5  # keys of deleted rows


class RowKind(Unread):
    """INSERT, UPDATE and DELETE of the rows that differ."""

    name = "row"
    writes_rows = True
    order = 76
    model = TableRow
    alters = frozenset({"values"})
    holds_data = True

    def create(self, new: TableRow, context: Context) -> Iterable[Operation]:
        """INSERT of all rows that are not there, those of a circle with nulls at first."""
        batch = _batch(new)
        if next(iter(batch.inserted)) != new.identity:
            return
        table = batch.target.table
        later = _later(batch, context)
        batches = [_batch_of(t, context, "inserted") for t in _circle(table, context, "inserted")]
        if table == batches[0].target.table:
            yield _insertion(batches, context)
        inserted = {_phase(table, "inserted")}
        for column in batch.counters:
            yield _operation([batch], Verb.ALTER, advance(table, column), inserted)
        for each in later:
            found = [r for r in batch.inserted.values() if any(r.get(c) for c in each.free)]
            given = [tuple(c for c in each.free if c in r) for r in found]
            for columns in dict.fromkeys(given):
                some = [r for r, g in zip(found, given, strict=True) if g == columns]
                sql = update(batch.target, columns, some)
                after = inserted | _present(table, context)
                op = _operation([batch], Verb.ALTER, sql, after)
                yield while_taken(op, table, "update", context)

    def alter(
        self, old: TableRow, new: TableRow, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """UPDATE of all rows that differ in the same columns."""
        del old, changed
        batch = _batch(new)
        table = batch.target.table
        first = [c for c, rows in batch.updated.items() if next(iter(rows)) == new.identity]
        order = turns(batch, context) if first else Turns()
        for columns in (c for c in first if c not in order.together[1:]):
            sql = update(batch.target, columns, list(batch.updated[columns].values()))
            seen: tuple[Hazard, ...] = ()
            if columns in order.together:
                sql = in_turn(batch, order.together, context)
                seen = tuple(seen_between(batch, order.together, context))
            after = {*_present(table, context)}
            after |= set() if order.updates_first else {_phase(table, "inserted")}
            after |= {_phase(table, "deleted")} if order.deletes_first else set()
            op = _operation([batch], Verb.ALTER, sql, after, hazards=seen)
            yield while_taken(op, table, "update", context)

    def questions(
        self, old: TableRow | None, new: TableRow | None, changed: frozenset[str], asking: Asking
    ) -> Iterable[Question]:
        """Ask what the checks refuse, and count the rows that are deleted, which are known."""
        del changed
        if new is not None:
            yield from _refused(new, asking, is_new=old is None)
            return
        if old is None or next(iter(_batch(old).deleted)) != old.identity:
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
        first = turns(batch, context).deletes_first
        after = set() if first else {_phase(table, "inserted"), _phase(table, "updated")}
        for each in batch.circular:
            if each.free and _has(each.target, context, "deleted"):
                rows = [{**row, **dict.fromkeys(each.free)} for row in batch.deleted.values()]
                sql = update(batch.target, each.free, rows)
                op = _operation([batch], Verb.ALTER, sql, {_phase(table, "inserted")})
                yield while_taken(op, table, "update", context)
        batches = [_batch_of(t, context, "deleted") for t in _circle(table, context, "deleted")]
        for one in batches:
            after |= _released(one.target.table, context)
        if table == batches[0].target.table:
            sql = at_once([delete(b.target, list(b.deleted.values())) for b in batches])
            hazards = tuple(map(_loss, batches))
            op = _operation(batches, Verb.DROP, sql, after, hazards=hazards)
            for one in batches:
                op = while_taken(op, one.target.table, "delete", context)
            yield op

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


def _batch_of(table: Identity, context: Context, which: str) -> Batch:
    """Give the batch in which rows of a table are inserted, or deleted."""
    side, other = context.desired, context.current
    if which == "deleted":
        side, other = other, side
    rows: Iterator[Any] = (
        side.objects[i] for i in side.children.get(table, ()) if i.kind == "row" and i not in other
    )
    return _batch(next(rows))


def _later(batch: Batch, context: Context) -> list[Circular]:
    """Give the keys of a circle that are null at first."""
    return [c for c in batch.circular if c.free and _has(c.target, context, "inserted")]


def _insertion(batches: Sequence[Batch], context: Context) -> Operation:
    """Insert the rows of a table, or of all tables of a circle that nothing else opens."""
    statements, unarbitrated, after = [], [], set[Identity]()
    for batch in batches:
        nulls = {c for each in _later(batch, context) for c in each.free}
        rows = [
            {c: None if c in nulls else v for c, v in row.items()}
            for row in batch.inserted.values()
        ]
        statements.append(insert(batch.target, rows))
        unarbitrated.append(missing(batch.target, rows))
        table, order = batch.target.table, turns(batch, context)
        after |= {_phase(t, "inserted") for t in _needed(table, context)}
        after |= {_phase(table, "updated")} if order.updates_first else set()
        after |= {_phase(table, "deleted")} if order.deletes_first else set()
    arbitrated = all(b.target.arbiter for b in batches)
    guard = None if arbitrated else Guard(" OR ".join(unarbitrated))
    return _operation(batches, Verb.CREATE, at_once(statements), after, guard=guard)


def _refused(new: TableRow, asking: Asking, *, is_new: bool) -> Iterator[Question]:
    """Ask for all rows that are written together with this one, once for all of them."""
    batch = _batch(new)
    if is_new and next(iter(batch.inserted)) == new.identity:
        yield from breaking(batch, asking, None)
        yield from sharing(batch, asking, None)
        yield from excluding(batch, asking, None)
        yield from dangling(batch, asking, None)
    for columns, rows in () if is_new else batch.updated.items():
        if next(iter(rows)) == new.identity:
            yield from breaking(batch, asking, columns)
            yield from sharing(batch, asking, columns)
            yield from trading(batch, asking, columns)
            yield from excluding(batch, asking, columns)
            yield from dangling(batch, asking, columns)


def _loss(batch: Batch) -> Hazard:
    """Say which rows go."""
    table = batch.target.table
    keys = [".".join(i.path[2:]) for i in batch.deleted]
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    count = f"{len(keys)} row{'s' if len(keys) > 1 else ''}"
    message = f"{count} of {table.sql} would be deleted: {', '.join(keys[:_SHOWN])}{more}."
    return data_loss("delete-rows", Identity(ROWS, table.path), message)


def _operation(
    batches: Sequence[Batch],
    verb: Verb,
    sql: str,
    after: set[Identity],
    *,
    guard: Guard | None = None,
    hazards: tuple[Hazard, ...] = (),
) -> Operation:
    """Make the operation for the rows of a table, or of a circle of tables in one statement."""
    phase = {Verb.CREATE: "inserted", Verb.ALTER: "updated", Verb.DROP: "deleted"}[verb]
    provides = frozenset(_phase(b.target.table, phase) for b in batches)
    commits = any(b.commits for b in batches)
    return Operation(
        verb=verb,
        target=Identity(ROWS, batches[0].target.table.path),
        sql=sql,
        guard=guard,
        provides=provides,
        requires=frozenset(after).union(*(b.requires for b in batches)) - provides,
        lock=LockMode.ROW_EXCLUSIVE,
        # Nothing can be altered while a check of its rows is still to come.
        transaction=Transaction.COMMIT_AFTER if commits else Transaction.INSIDE,
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
    rows = (i for i in side.children.get(table, ()) if i.kind == "row")
    return any(i not in other for i in rows)


def _waits(key: Any, table: Identity, target: Identity, context: Context) -> bool:
    """Tell whether a key of a circle lets rows go in before those that they refer to."""
    if table not in reached(target, context.desired):
        return False
    free = (context.desired.get(Identity("column", (*table.path, c))) for c in key.columns)
    return key.identity not in context.current or any(
        c is not None and not getattr(c, "not_null", True) for c in free
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


def _circle(table: Identity, context: Context, which: str) -> list[Identity]:
    """Name the tables whose rows can only go in, or out, together; the first writes for all.

    Keys are checked at the end of a statement at the earliest, also of one that writes to several
    tables (manual, 7.8.4).
    """
    ahead = _ahead(table, context, which)
    found = sorted(t for t in ahead if table in _ahead(t, context, which))
    for each in found:
        if any(c.kind == "rule" for c in context.desired.children.get(each, ())):
            raise PlanError(_no_way(each, found))
    return found or [table]


def _ahead(table: Identity, context: Context, which: str) -> set[Identity]:
    """Name the tables whose rows have to be there for those of one, and are written as well."""
    seen = set[Identity]()
    queue = [table]
    while queue:
        new = {t for t in _needed(queue.pop(), context) if _has(t, context, which)} - seen
        seen |= new
        queue += new
    return seen


def _no_way(table: Identity, circle: Sequence[Identity]) -> Diagnostic:
    message = (
        f"rows of {', '.join(t.sql for t in circle)} cannot be written: their foreign keys form a "
        f"circle without nulls, and a rule of {table.sql} keeps one statement from writing to all"
    )
    hint = f"make a column of such a key nullable, or drop the rules of {table.sql}"
    return Diagnostic(code="SD192", message=message, hint=hint, about=(table,))

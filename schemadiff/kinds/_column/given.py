"""A column that becomes NOT NULL and gets its values from the rows that the files list.

ADD COLUMN … NOT NULL reads the rows that are there before anybody can give them a value. So the
column comes, or stays, without NOT NULL until the rows are written, and gets it then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation
from schemadiff.core.preflight import Asking, Meaning, Question
from schemadiff.core.record import replace
from schemadiff.core.sql import ident
from schemadiff.kinds._asked_rows import Rows
from schemadiff.kinds._column.alter import is_left_null
from schemadiff.kinds._column.online import may_be_row, not_null_in_steps, settled
from schemadiff.kinds._new_value import domains
from schemadiff.kinds._not_null import plain_not_null
from schemadiff.kinds._row.batch import ROWS, Batch, batch_of
from schemadiff.kinds._row.sql import Cells, values

_PHASES = ("inserted", "updated", "deleted")


def is_given(column: Any, context: Context) -> bool:
    """Tell whether rows that are there get the values of a new NOT NULL column from the files."""
    if not column.not_null or not column.not_null_valid or not is_left_null(column, context):
        return False
    known = not any(domain.not_null for domain in domains(column.type, context.desired))
    return known and not _in_key(column, context) and giving(column, context) is not None


def giving(column: Any, context: Context) -> Batch | None:
    """Give the rows that are written of a column's table, if they have values for it."""
    batch = batch_of(column.parent, context.desired, context.current)
    if batch is None or batch.target.heirs:
        return None
    return batch if any(column.identity.name in c for c in batch.updated) else None


def becomes_given(column: Any, context: Context) -> bool:
    """Tell whether rows that are there get values from the files for what becomes NOT NULL."""
    return column.not_null_valid and not _in_key(column, context) and bool(giving(column, context))


def at_once_when_given(column: Any, plain: Operation) -> Operation:
    """Set NOT NULL in one statement when the rows are written, which wait for the column itself."""
    requires, provides = when_given(column), frozenset({settled(column.identity.path)})
    return replace(plain, requires=requires, provides=provides, bound=False)


def with_rows(column: Any, steps: Iterable[Operation], context: Context) -> Iterator[Operation]:
    """Have the check come with the rows: before, programs could change none without a value."""
    batch = giving(column, context)
    for number, op in enumerate(steps):
        if number or batch is None:
            yield op
            continue
        needed = frozenset(i for i in batch.requires if i.kind != "column")
        rows = frozenset({Identity(ROWS, column.parent.path)})
        yield replace(op, requires=op.requires | needed, awaited_by=rows)


def set_when_given(column: Any, context: Context) -> Iterator[Operation]:
    """Set NOT NULL of a new column when the rows have their values, in steps where it is in use."""
    plain, when = plain_not_null(column), when_given(column)
    ops: list[Operation] = [at_once_when_given(column, plain)]
    if plain.scans and context.busy(column) and not may_be_row(column.identity, context.desired):
        steps = with_rows(column, not_null_in_steps([(column, plain)]), context)
        ops = [op if not n else replace(op, requires=when) for n, op in enumerate(steps)]
    for op in ops:
        yield replace(op, requires=op.requires | {column.identity}, bound=False)


def when_given(column: Any) -> frozenset[Identity]:
    """Name the moments when the rows of a column's table are written."""
    return frozenset(Identity(ROWS, (*column.parent.path, phase)) for phase in _PHASES)


def ungiven(column: Any, batch: Batch, asking: Asking) -> Question:
    """Ask for the rows that have no value in the end: neither now nor by the files."""
    target, name = batch.target, column.identity.name
    there = column.identity in asking.context.current
    rows = Rows(column.parent, asking, only=column.not_null_no_inherit)
    text = f"rows of {rows.table.sql} for which the new {column.identity} has no value"
    where = "true"
    if there:
        text = f"rows of {rows.table.sql} with NULL in {name} to which the files give no value"
        where = f"{ident(name)} IS NOT DISTINCT FROM NULL"
    written: list[Cells] = [*batch.deleted.values()]
    for columns, some in batch.updated.items():
        written += some.values() if name in columns else ()
    listed = values(target, target.key, [{c: row[c] for c in target.key} for row in written])
    same = target.matches(ident(rows.table.name), "v")
    where += f" AND NOT EXISTS (SELECT FROM {listed} WHERE {same})"
    source = rows.source([*target.key, *([name] if there else [])])
    question = rows.question(column.identity, Meaning.FAILS, text, where, source)
    return replace(question, tables=())  # of the rows that are written it asks nothing


def _in_key(column: Any, context: Context) -> bool:
    """Tell whether a primary key makes it NOT NULL, before any row is written."""
    for each in context.desired.children.get(column.parent, ()):
        if each.kind == "primary_key":
            columns = getattr(context.desired.objects[each], "columns", ())
            return column.identity.name in columns
    return False

"""Indexes of tables in use: built, replaced and dropped while everyone reads and writes.

A build that failed leaves an invalid index under its name, which IF NOT EXISTS would accept, so
such a one is dropped first (manual, CREATE INDEX, Building Indexes Concurrently).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.moving import types_below
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._column.fill import is_being_filled
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._index.reads import reads_its_table

BUILT: Final = "built while everyone reads and writes; waits for older transactions to end"
INVALID: Final = "invalid index"  # what is left of a build that was stopped


def in_use(obj: DbObject, context: Context) -> bool:
    """Tell whether the index of an object can and should be built without stopping writers.

    PostgreSQL builds none concurrently on a partitioned table.
    """
    if context.rebuilding or not context.busy(obj):
        return False
    return not is_partitioned(obj, context)


def built_apart(index: Any, context: Context) -> str:
    """Say why an index is built concurrently, or has to be; empty where it is not."""
    if in_use(index, context):
        return BUILT
    size = context.sizes.known.get(index.parent.path)
    if size is None or size.empty or is_partitioned(index, context):
        return ""
    if each := reads_its_table(index, context):
        return f"not in one piece: {each} may read the table, and would find the index half built"
    return ""


def is_partitioned(obj: DbObject, context: Context) -> bool:
    """Tell whether an object's table is partitioned, now or later."""
    table = Identity("table", obj.identity.path[:2])
    sides = (context.current.get(table), context.desired.get(table))
    return any(getattr(side, "partition_by", None) is not None for side in sides)


def goes_first(index: Any, context: Context) -> bool:
    """Tell whether an index has to be gone before a column changes, which stops everyone anyway.

    With a column it goes by itself. Under another type the server reads its expressions again, and
    those that are to go may mean nothing then; so it is with the way in which a key is sorted. One
    that leaves would be sorted anew, or parted from the change by transactions in which a default
    that makes way for it is missed.
    """
    used = context.current.depends_on(index.identity)
    columns = [i for i in used if i.kind == "column" and i in context.current]
    if any(i not in context.desired for i in columns):
        return True
    new = context.desired.get(index.identity)
    if new is not None:
        retyped = {i.name for i in columns if _is_retyped(i, context)}
        return bool(retyped) and (index.has_expressions or not _sorts_alike(index, new, retyped))
    # A generated column is made anew with what it rests on.
    below = {i for column in columns for i in context.current.depends_on(column)}
    return any(_is_retyped(i, context) for i in (*columns, *below))


def _sorts_alike(old: Any, new: Any, columns: set[str]) -> bool:
    """Tell whether an index goes on sorting columns in the way that it does.

    Only of that it is known that their new types allow it: not each has a class of operators for
    each access method.
    """
    kept = {(c.text, c.opclass) for c in new.columns}
    keys = (c for c in old.columns if c.text in columns)
    return old.method == new.method and all((c.text, c.opclass) in kept for c in keys)


def _is_retyped(identity: Identity, context: Context) -> bool:
    """Tell whether a column gets another type, or one of that name that is made anew."""
    old, new = context.current.get(identity), context.desired.get(identity)
    if old is None or new is None or identity.kind != "column":
        return False
    if getattr(old, "type", None) != getattr(new, "type", None):
        return True
    return not types_below(identity, context.current, context).isdisjoint(context.put_away)


def columns_done(obj: DbObject, context: Context) -> frozenset[Identity]:
    """Name the moments when the columns of an index have all their values."""
    used = (i for i in context.desired.depends_on(obj.identity) if i.kind == "column")
    return frozenset(settled(i.path) for i in used if gets_values(i, context))


def gets_values(column: Identity, context: Context) -> bool:
    """Tell whether anything is done to a column but that it becomes NOT NULL, or takes nulls."""
    old, new = context.current.get(column), context.desired.get(column)
    if old is None or new is None or changed_attributes(old, new) - {"not_null"}:
        return True
    return is_being_filled(column.path, context)


def index_sql(schema: str, name: str) -> str:
    """Give the name of an index in SQL."""
    return qualified(schema, name)


def index_where(identity: Identity, condition: str = "") -> str:
    """Give the condition "the table has an index of that name, and it is like this"."""
    more = f" AND {condition}" if condition else ""
    schema, table, name = identity.path
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = "
        f"to_regclass({literal(index_sql(schema, name))}) AND indrelid = "
        f"to_regclass({literal(qualified(schema, table))}){more})"
    )


def build(
    target: Identity, place: Identity, sql: str, context: Context, still: str = ""
) -> Iterator[Operation]:
    """CREATE INDEX CONCURRENTLY under the name of `place`, for the sake of `target`.

    `still` is the condition under which it is needed at all.
    """
    left: Any = context.current.get(Identity("leftover", place.path))
    invalid = index_where(place, "NOT indisvalid")
    cleared = Identity("leftover", (*place.path, "invalid"))
    name = Identity("leftover", place.path)
    needed = f"{still} AND " if still else ""
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"DROP INDEX CONCURRENTLY IF EXISTS {index_sql(place.path[0], place.name)}",
        guard=Guard(f"{needed}{invalid}"),
        provides=frozenset({cleared}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        transaction=Transaction.OUTSIDE,
        stage=Stage.SCAN,
        why="an invalid index that a build left unfinished makes way",
        clears=left is None or left.what != INVALID,
        bound=False,
    )
    yield Operation(
        verb=Verb.CREATE,
        target=target,
        sql=sql,
        makes=True,
        guard=Guard(still) if still else None,
        provides=frozenset({name}) if place.path != target.path else frozenset(),
        requires=frozenset({cleared}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        transaction=Transaction.OUTSIDE,
        stage=Stage.SCAN,
        why=BUILT,
    )


def swap_names(
    target: Identity, place: Identity, differs: str, context: Context
) -> Iterator[Operation]:
    """Give the new index the name of the old one, and drop the old one under another name.

    Renaming locks the indexes alone (manual, ALTER INDEX). The old one holds on to functions and
    operator classes for as long as it is there; a column that goes takes it along.
    """
    schema, _, name = target.path
    old = replace_name(target, temporary_name("old index", *target.path))
    ready = index_where(place, "indisvalid")
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"ALTER INDEX {index_sql(schema, name)} RENAME TO {ident(old.name)}",
        guard=Guard(f"{differs} AND {ready}"),
        requires=frozenset({Identity("leftover", place.path)}),
        destroys=frozenset({target}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        stage=Stage.SWAP,
        why="the old index steps aside; nobody waits for a rename",
        bound=False,
    )
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=f"ALTER INDEX {index_sql(schema, place.name)} RENAME TO {ident(name)}",
        guard=Guard(f"{ready} AND NOT {index_where(target)}"),
        provides=frozenset({target}),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        stage=Stage.SWAP,
        why="the new index, which is valid by now, takes its name",
        bound=False,
    )
    held = {i for i in context.current.depends_on(target) if i.path[:2] != target.path[:2]}
    yield replace(
        drop(target, index_where(old), old.name),
        verb=Verb.ALTER,
        releases=frozenset(held - context.desired.objects.keys()),
        bound=False,
    )


def drop(target: Identity, there: str, name: str) -> Operation:
    """DROP INDEX CONCURRENTLY, when nothing else is left to do."""
    return Operation(
        verb=Verb.DROP,
        target=target,
        sql=f"DROP INDEX CONCURRENTLY IF EXISTS {index_sql(target.path[0], name)}",
        guard=Guard(there),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        transaction=Transaction.OUTSIDE,
        stage=Stage.LAST,
        why="goes when nobody uses it any more; waits for older transactions to end",
    )


def replace_name(identity: Identity, name: str) -> Identity:
    """Give the identity of another index of the same table."""
    return Identity(identity.kind, (*identity.path[:2], name))

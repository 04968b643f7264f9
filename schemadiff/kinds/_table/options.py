"""What ALTER TABLE sets on a table as a whole: storage parameters, row security, access method.

PostgreSQL keeps the parameters of the toast table with the toast table, under their bare names;
everybody writes them as `toast.name` of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.any_order import AnyOrder
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import comma, ident, literal, qualified
from schemadiff.kinds._moving import rows_left
from schemadiff.kinds._storage import Storage, read_storage

_TOAST = "toast."
# Whose change PostgreSQL does not let run beside reads (reloptions.c, lock modes).
_EXCLUSIVE = frozenset({"user_catalog_table"})
_USUAL = "heap"


def read_parameters(own: list[str] | None, toast: list[str] | None) -> Storage:
    """Join the parameters of the table and of its toast table."""
    if not own and not toast:
        return ()
    of_toast = tuple((_TOAST + name, value) for name, value in read_storage(toast))
    return AnyOrder(read_storage(own) + of_toast)


def parameters_sql(storage: Storage) -> str:
    """Write the parameters for WITH (…) and SET (…)."""
    return comma(f"{_name(name)}={_value(value)}" for name, value in storage)


def _name(name: str) -> str:
    return qualified(*name.split(".", 1))


def _value(value: str) -> str:
    return value if ident(value) == value else literal(value)


def of_itself(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Have what says nothing of columns wait for none: those of an heir rest on types, say."""
    for op in operations:
        yield replace(op, provides=op.provides | {op.target}, bound=False)


def alter_parameters(old: Any, new: Any) -> Iterator[Operation]:
    """Alter the parameters of the table itself."""
    yield from _altered(new.identity, *(_parted(t.storage, toast=False) for t in (old, new)))


def alter_toast(old: Any, new: Any, context: Context) -> Iterator[Operation]:
    """Alter the parameters of the toast table, after all columns: one of them may bring it.

    Before it is there the server takes them without a word and forgets them.
    """
    children = context.desired.children.get(new.identity, ())
    columns = frozenset(c for c in children if c.kind == "column")
    for op in _altered(new.identity, *(_parted(t.storage, toast=True) for t in (old, new))):
        yield replace(op, requires=columns, bound=False)


def _parted(storage: Storage, *, toast: bool) -> Storage:
    return tuple(pair for pair in storage if pair[0].startswith(_TOAST) is toast)


def _altered(table: Identity, old: Storage, new: Storage) -> Iterator[Operation]:
    """RESET what is gone, SET what is new or other; both may be said again."""
    gone = [name for name, _ in old if name not in dict(new)]
    more = tuple(pair for pair in new if pair not in old)
    for names, action in (
        (gone, f"RESET ({comma(map(_name, gone))})"),
        ([name for name, _ in more], f"SET ({parameters_sql(more)})"),
    ):
        if names:
            exclusive = _EXCLUSIVE.intersection(names)
            yield _alter(
                table,
                action,
                lock=LockMode.ACCESS_EXCLUSIVE if exclusive else LockMode.SHARE_UPDATE_EXCLUSIVE,
            )


def row_security(old: Any, new: Any) -> Iterator[Operation]:
    """ENABLE or DISABLE row security, FORCE it for the owner or not; `old` may be None."""
    for field, column, words in (
        ("row_security", "relrowsecurity", ("DISABLE", "ENABLE")),
        ("force_row_security", "relforcerowsecurity", ("NO FORCE", "FORCE")),
    ):
        wanted = getattr(new, field)
        if wanted != (getattr(old, field) if old is not None else False):
            condition = f"NOT {column}" if wanted else column
            action = f"{words[wanted]} ROW LEVEL SECURITY"
            yield _alter(new.identity, action, guard=where(new.identity, condition))


def to_method(said: str | None, *, divided: bool) -> str | None:
    """Give the access method that is kept: a table has one anyway, a partitioned one need not."""
    return None if said == _USUAL and not divided else said


def access_method(new: Any, context: Context) -> Operation:
    """SET ACCESS METHOD, which writes every row anew; one that is partitioned has no rows."""
    divided = new.partition_by is not None
    method = new.access_method or (None if divided else _USUAL)
    named = f"(SELECT oid FROM pg_catalog.pg_am WHERE amname = {literal(method)})" if method else 0
    op = _alter(
        new.identity,
        f"SET ACCESS METHOD {ident(method) if method else 'DEFAULT'}",
        guard=where(new.identity, f"relam IS DISTINCT FROM {named}"),
        rewrites=not divided,
    )
    return op if divided else replace(op, destroys=_rows_left(new.identity, context))


def _rows_left(table: Identity, context: Context) -> frozenset[Identity]:
    """Name what has to be gone before a table is written anew, and so itself."""
    gone = rows_left(table, "is written anew", context)
    return gone | {table} if gone else gone


def logged(new: Any, context: Context) -> Operation:
    """SET LOGGED or UNLOGGED, which writes every row anew.

    No table that is logged may refer to one that is not, at no moment (manual, ALTER TABLE).
    """
    to, wanted = ("UNLOGGED", "u") if new.unlogged else ("LOGGED", "p")
    guard = where(new.identity, f"relpersistence <> {literal(wanted)}")
    before: set[Identity] = set()
    gone: set[Identity] = set()
    unsettled: set[Identity] = set()
    for key, first, then in _references(context, unlogged=new.unlogged):
        if new.identity.path not in (first, then) or first == then:
            continue
        if stands_in_circle(context.current.objects[key], new, context):
            unsettled.add(new.identity)
        elif then == new.identity.path:
            before.add(Identity("leftover", (*first, "logged")))
            gone |= {key} - context.desired.objects.keys()
    op = _alter(new.identity, f"SET {to}", guard=guard, rewrites=True)
    done = Identity("leftover", (*new.identity.path, "logged"))
    return replace(
        op,
        requires=frozenset(before),
        provides=frozenset({done, *gone}),
        destroys=_rows_left(new.identity, context) | unsettled,
    )


def _references(
    context: Context, *, unlogged: bool
) -> Iterator[tuple[Identity, tuple[str, ...], tuple[str, ...]]]:
    """Give the foreign keys that are there, and of each the table that has to change first."""
    for key in context.current.of("foreign_key"):
        near, far = key.path[:2], getattr(context.current.objects[key], "target", ())
        yield (key, near, far) if unlogged else (key, far, near)


def stands_in_circle(key: DbObject, new: Any, context: Context) -> bool:
    """Tell whether a foreign key has to be gone while tables become logged or unlogged.

    Tables that refer to one another have no order in which each could go. Of their circle those
    keys are made anew that run against the order of names; what is left of it is none.
    """
    if key.identity.kind != "foreign_key":
        return False
    after: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    mine: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    for identity, first, then in _references(context, unlogged=new.unlogged):
        if first != then and all(_goes(path, context) for path in (first, then)):
            after.setdefault(first, set()).add(then)
            mine = (first, then) if identity == key.identity else mine
    if mine is None or mine[0] < mine[1]:
        return False
    seen: set[tuple[str, ...]] = set()
    queue = [mine[1]]
    while queue:
        path = queue.pop()
        queue += after.get(path, set()) - seen
        seen |= after.get(path, set())
    return mine[0] in seen


def _goes(path: tuple[str, ...], context: Context) -> bool:
    """Tell whether a table becomes logged or unlogged."""
    table = Identity("table", path)
    sides: list[Any] = [context.current.get(table), context.desired.get(table)]
    return all(sides) and sides[0].unlogged != sides[1].unlogged


def where(table: Identity, condition: str) -> Guard:
    """Make the guard "the table exists and its row of pg_class is like this"."""
    return Guard(
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
        f"to_regclass({literal(table.sql)}) AND {condition})"
    )


def _alter(
    table: Identity,
    action: str,
    *,
    guard: Guard | None = None,
    lock: LockMode = LockMode.ACCESS_EXCLUSIVE,
    rewrites: bool = False,
) -> Operation:
    return Operation(
        verb=Verb.ALTER,
        target=table,
        sql=f"ALTER TABLE {table.sql} {action}",
        guard=guard,
        lock=lock,
        rewrites=rewrites,
    )


def after_creation(operations: Iterator[Operation]) -> Iterator[Operation]:
    """Let alterations follow the CREATE TABLE without holding up what is in the table."""
    for op in operations:
        yield replace(op, requires=frozenset({op.target}), bound=False)


def options_yaml(table: Any) -> dict[str, Any]:
    """Give the keys of what is not the default."""
    found: dict[str, Any] = {}
    if table.access_method:
        found["access_method"] = table.access_method
    for field in ("row_security", "force_row_security"):
        if getattr(table, field):
            found[field] = True
    return found

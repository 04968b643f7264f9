"""Unique indexes that become constraints: the constraint takes over the index that is there.

ADD CONSTRAINT … USING INDEX reads nothing, gives the index the constraint's name, and keeps what
rests on it, foreign keys too (manual, ALTER TABLE). The table must not be partitioned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.online import Stage
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, lines
from schemadiff.kinds._constraint import deferring, table_sql
from schemadiff.kinds._index.column import IndexColumn
from schemadiff.kinds._index.online import is_partitioned

_KEYS = ("primary_key", "unique")
_ALIKE = (
    *("columns", "unique", "method", "include", "nulls_not_distinct", "where"),
    *("deferrable", "initially_deferred", "without_overlaps"),  # of keys
)


def taken_index(key: Any, context: Context) -> Identity | None:
    """Name the index of the same columns that is not wanted any more once there is the key."""
    if key.identity in context.current or key.parent not in context.current:
        return None
    if key.without_overlaps or is_partitioned(key, context):
        return None
    columns = {
        Identity("column", (*key.identity.path[:2], c)) for c in (*key.columns, *key.include)
    }
    if any(_differs(c, context) for c in columns):
        return None
    free = [i for i in _free_indexes(key, context) if _as_key(i) == _wanted(key)]
    rivals = [k for k in _new_keys(key.parent, context) if _wanted(k) == _wanted(key)]
    return free[0].identity if len(free) == 1 and rivals[:1] == [key] else None


def is_taken(index: DbObject, context: Context) -> bool:
    """Tell whether an index lives on as that of a constraint."""
    if index.parent is None:
        return False
    return any(taken_index(k, context) == index.identity for k in _new_keys(index.parent, context))


def is_attached(index: Any, context: Context) -> bool:
    """Tell whether an index or key of a partition becomes part of a new one of its table, as it is.

    The server looks for one that would do before it makes any (manual, CREATE INDEX).
    """
    current, desired, kind = context.current, context.desired, index.identity.kind
    table, stays = (
        getattr(side.get(index.parent), "partition_of", None) for side in (current, desired)
    )
    if table is None or table != stays or not index.valid:
        return False
    above = desired.children.get(Identity("table", table), ())
    new = (i for i in above if i.kind == kind and (i not in current or _lacks(current.objects[i])))
    whole = [desired.objects[i] for i in new]
    mine = [current.objects[i] for i in current.children.get(index.parent, ()) if i.kind == kind]
    alike = [each for each in (*mine, *whole) if _matches(each, index)]
    return len(alike) == 2 and alike[-1] in whole  # noqa: PLR2004  the one here, the one above


def claimed(index: Any, context: Context) -> frozenset[Identity]:
    """Name the new indexes of tables above that would take over one that is to be made anew.

    So it has to be gone before these are made.
    """
    current, desired = context.current, context.desired
    found: set[Identity] = set()
    above = getattr(desired.get(index.parent), "partition_of", None)
    while above is not None and index.identity in desired:
        table = Identity("table", above)
        alike = (
            i
            for i in desired.children.get(table, ())
            if i.kind == "index" and _matches(desired.objects[i], index)
        )
        found |= {i for i in alike if i not in current or not _matches(current.objects[i], index)}
        above = getattr(desired.get(table), "partition_of", None)
    return frozenset(found)


def _lacks(whole: Any) -> bool:
    """Tell whether one of a table lacks those of partitions, so that it is made again."""
    return not whole.valid


def _matches(one: Any, other: Any) -> bool:
    return all(getattr(one, name, None) == getattr(other, name, None) for name in _ALIKE)


def still_free(index: DbObject, context: Context) -> str:
    """Give the condition that no constraint has the index, where one of its name is to come."""
    path = index.identity.path
    if not any(Identity(kind, path) in context.desired for kind in (*_KEYS, "exclusion")):
        return ""
    return (
        "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint "
        "WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))"
    )


def take_index(
    new: Any, index: Identity, words: str, exists: str, context: Context
) -> Iterable[Operation]:
    """ADD CONSTRAINT … USING INDEX."""
    yield Operation(
        verb=Verb.CREATE,
        target=new.identity,
        sql=lines(
            f"ALTER TABLE {table_sql(new.identity)} ADD CONSTRAINT {ident(new.identity.name)}",
            f"{words} USING INDEX {ident(index.name)}",
            deferring(new),
            separator=" ",
        ),
        guard=Guard(f"NOT {exists}"),
        stage=Stage.SWAP if context.busy(new) else Stage.FIRST,
    )


def _new_keys(table: Identity, context: Context) -> list[Any]:
    desired, current = context.desired, context.current
    found = sorted(i for i in desired.children.get(table, ()) if i.kind in _KEYS)
    return [desired.objects[i] for i in found if i not in current]


def _free_indexes(key: Any, context: Context) -> Iterator[Any]:
    """Give the indexes that go, and do not stay under another name."""
    current, desired = context.current, context.desired

    def indexes(here: Any, there: Any) -> list[Any]:
        found = sorted(i for i in here.children.get(key.parent, ()) if i.kind == "index")
        return [here.objects[i] for i in found if i not in there]

    wanted = [_as_key(i) for i in indexes(desired, current)]
    for each in indexes(current, desired):
        plain = each.valid and each.unique and each.where is None and each.method == "btree"
        if plain and _as_key(each) not in wanted:
            yield each


def _as_key(index: Any) -> tuple[object, ...]:
    return (index.columns, index.include, index.nulls_not_distinct, index.storage)


def _wanted(key: Any) -> tuple[object, ...]:
    nulls = getattr(key, "nulls_not_distinct", False)
    return (tuple(map(IndexColumn, key.columns)), key.include, nulls, key.storage)


def _differs(column: Identity, context: Context) -> bool:
    old, new = context.current.get(column), context.desired.get(column)
    return old is None or new is None or bool(changed_attributes(old, new) - {"not_null"})

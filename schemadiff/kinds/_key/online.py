"""Keys of tables in use: their index is built concurrently, then the constraint takes it over.

ADD CONSTRAINT … USING INDEX gives the index the constraint's name (manual, ALTER TABLE), so the
name for a while is gone by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, lines
from schemadiff.kinds._column.online import settled
from schemadiff.kinds._constraint import deferring, key_columns, names_sql, table_sql
from schemadiff.kinds._index.online import build, gets_values, index_where, replace_name
from schemadiff.kinds._index.parts import (
    Parts,
    build_parts,
    done,
    part_sql,
    take_over,
    unchanged,
)
from schemadiff.kinds._key.retyped import goes_first
from schemadiff.kinds._storage import storage_sql
from schemadiff.kinds._table.heirs import lineage


def index_first(
    new: Any, words: str, exists: str, wanted: str, context: Context
) -> Iterator[Operation]:
    """Build the index, then add the constraint; nothing of it while the key is as `wanted`."""
    definition = index_definition(new, table_sql(new.identity))
    name = temporary_name("key", *new.identity.path, definition)
    place = replace_name(new.identity, name)
    sql = f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} {definition}"
    before = frozenset(_unlike(new, context))
    for op in build(new.identity, place, sql, context, f"NOT {wanted}"):
        yield replace(op, verb=Verb.ALTER, requires=op.requires | before, bound=False)
    yield Operation(
        verb=Verb.CREATE,
        target=new.identity,
        sql=lines(
            f"ALTER TABLE {table_sql(new.identity)} ADD CONSTRAINT {ident(new.identity.name)}",
            f"{words} USING INDEX {name}",
            deferring(new),
            separator=" ",
        ),
        guard=Guard(f"NOT {exists}"),
        requires=frozenset({Identity("leftover", place.path)}) | _not_null(new),
        stage=Stage.SWAP,
        why="takes over the index that is built, and reads nothing",
    )


def parts_first(
    plain: Operation, new: Any, words: str, parts: Parts, *, wanted: str, context: Context
) -> Iterator[Operation]:
    """Build the indexes of the partitions and make keys of them, which the whole takes over.

    `plain` says when there is no key of the name at all, `wanted` when it is as it should be.
    """
    target = new.identity
    texts = [
        f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {p.place.name} "
        + index_definition(new, part_sql(p))
        for p in parts.made
    ]
    before = frozenset(_unlike(new, context))
    for op in build_parts(target, wanted, parts, texts, context):
        yield replace(op, requires=(op.requires - context.desired.depends_on(target)) | before)
    same = unchanged(new.parent, parts)
    for part in parts.made:
        yield Operation(
            verb=Verb.ALTER,
            target=target,
            sql=lines(
                f"ALTER TABLE {part_sql(part)} ADD CONSTRAINT {ident(part.name)}",
                f"{words} USING INDEX {part.place.name}",
                deferring(new),
                separator=" ",
            ),
            guard=Guard(f"{index_where(part.place, 'indisvalid')} AND {same}"),
            requires=frozenset({Identity("leftover", part.place.path)}) | _not_null(new),
            provides=frozenset({done(part)}),
            stage=Stage.SWAP,
            why="the index that is built becomes a key of the partition",
            bound=False,
        )
    taken = take_over(plain, new.parent, parts)
    yield replace(taken, requires=taken.requires | _not_null(new))


def index_definition(key: Any, table: str) -> str:
    """Write the index of a key after its name."""
    return f"ON {table} {index_behind(key)}"


def index_behind(key: Any) -> str:
    """Write the index of a key after its table."""
    return lines(
        f"USING btree ({names_sql(key.columns)})",
        f"INCLUDE ({names_sql(key.include)})" if key.include else None,
        "NULLS NOT DISTINCT" if getattr(key, "nulls_not_distinct", False) else None,
        f"WITH ({storage_sql(key.storage)})" if key.storage else None,
        separator=" ",
    )


def swap_keys(
    dropped: Iterable[Operation], added: list[Operation], ready: str, context: Context
) -> Iterator[Operation]:
    """Drop the old key when what the new one takes over is `ready`, and add the new one."""
    target = added[-1].target
    built = [op for op in added if op.stage is Stage.SCAN]
    yield from built
    places = {i for op in built for i in op.provides if len(i.path) == len(target.path)}
    gone = Identity("leftover", (*target.path, "gone"))
    for op in dropped:
        yield replace(
            op,
            guard=Guard(ready),
            requires=op.requires | places,
            provides=frozenset({gone}),
            releases=context.current.depends_on(target),
            destroys=frozenset({target}),
            fold=None,
            stage=Stage.SWAP,
            why="makes way in the transaction in which the new one comes",
            bound=False,
        )
    for op in added[len(built) : -1]:
        yield replace(op, requires=op.requires | {gone})
    yield replace(
        added[-1],
        requires=added[-1].requires | context.desired.depends_on(target),
        provides=frozenset({target}),
        bound=False,
    )


def drop_late(dropped: Iterable[Operation], old: Any, context: Context) -> Iterator[Operation]:
    """Drop a key for good in the transaction in which others of its table come, if any does.

    So there is no moment in which nothing keeps the rows unique. Under a column that is written
    anew it goes first, and the others come in the same transaction.
    """
    keys = _new_keys(old, context)
    if not keys or goes_first(old, context):
        yield from dropped
        return
    used = context.current.depends_on(old.identity)
    # Its columns may change under it while it stays.
    left = frozenset(i for i in used if i.kind != "column" or i not in context.desired)
    for op in dropped:
        yield replace(
            op,
            destroys=frozenset({old.identity}),
            releases=op.releases | left | {old.parent},
            gives_way_to=keys,
            stage=Stage.SWAP,
            bound=False,
        )


def index_ready(added: Sequence[Operation]) -> str:
    """Give the condition "the index that the new key takes over is built"."""
    return _place_ready(added[-1].target, added)


def parts_ready(key: Any, added: Sequence[Operation], parts: Parts) -> str:
    """Give the condition "the last index of the partitions is built, and there are no more"."""
    return f"{_place_ready(key.identity, added)} AND {unchanged(key.parent, parts)}"


def _place_ready(target: Identity, added: Sequence[Operation]) -> str:
    built = (op for op in added if op.stage is Stage.SCAN)
    places = [i for op in built for i in op.provides if len(i.path) == len(target.path)]
    return index_where(places[-1], "indisvalid")


def _unlike(key: Any, context: Context) -> Iterator[Identity]:
    """Name the columns that have to change before the index can be built; not by NOT NULL."""
    desired, own = context.desired, key.identity.path[:2]
    for name in (*key.columns, *key.include):
        every = (Identity("column", (*path, name)) for path in lineage(desired, own))
        for column in [c for c in every if c in desired] or [Identity("column", (*own, name))]:
            if gets_values(column, context):
                yield from (settled(column.path), column)


def _not_null(key: Any) -> frozenset[Identity]:
    """Name the moments when its columns are NOT NULL, which a primary key would else look for."""
    return frozenset(settled((*key.identity.path[:2], name)) for name in key.columns)


def _new_keys(old: Any, context: Context) -> frozenset[Identity]:
    """Name the keys and unique indexes that a table in use gets, which are built before."""
    current, desired = context.current, context.desired
    if context.rebuilding or not context.busy(old) or old.identity in desired:
        return frozenset()
    return frozenset(
        i
        for i in desired.children.get(old.parent, ())
        if desired.objects[i] != current.get(i) and key_columns(desired.objects[i]) is not None
    )

"""Keys of tables in use: their index is built concurrently, then the constraint takes it over.

ADD CONSTRAINT … USING INDEX gives the index the constraint's name (manual, ALTER TABLE), so the
name for a while is gone by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import changed_attributes
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, lines
from schemadiff.kinds._column_online import settled
from schemadiff.kinds._constraint import deferring, names_sql, table_sql
from schemadiff.kinds._index_online import build, index_where, replace_name
from schemadiff.kinds._storage import storage_sql


def index_first(
    new: Any, words: str, exists: str, wanted: str, context: Context
) -> Iterator[Operation]:
    """Build the index, then add the constraint; nothing of it while the key is as `wanted`."""
    nulls = "NULLS NOT DISTINCT" if getattr(new, "nulls_not_distinct", False) else None
    definition = lines(
        f"ON {table_sql(new.identity)} USING btree ({names_sql(new.columns)})",
        f"INCLUDE ({names_sql(new.include)})" if new.include else None,
        nulls,
        f"WITH ({storage_sql(new.storage)})" if new.storage else None,
        separator=" ",
    )
    name = temporary_name("key", *new.identity.path, definition)
    place = replace_name(new.identity, name)
    sql = f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} {definition}"
    before = frozenset(_unlike(new, context))
    for op in build(new.identity, place, sql, f"NOT {wanted}"):
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
        requires=frozenset({Identity("leftover", place.path)}),
        stage=Stage.SWAP,
    )


def swap_keys(
    dropped: Iterable[Operation], added: list[Operation], differs: str, context: Context
) -> Iterator[Operation]:
    """Drop the old key when the index of the new one is ready, and add the new one."""
    *built, add = added
    target = add.target
    yield from built
    place = next(i for op in built for i in op.provides if len(i.path) == len(target.path))
    ready = index_where(place, "indisvalid")
    for op in dropped:
        yield replace(
            op,
            guard=Guard(f"{differs} AND {ready}"),
            requires=op.requires | {place},
            releases=context.current.depends_on(target),
            destroys=frozenset({target}),
            fold=None,
            stage=Stage.SWAP,
            bound=False,
        )
    yield replace(
        add,
        requires=add.requires | context.desired.depends_on(target),
        provides=frozenset({target}),
        bound=False,
    )


def _unlike(key: Any, context: Context) -> Iterator[Identity]:
    """Name the columns that have to change before the index can be built; not by NOT NULL."""
    for name in (*key.columns, *key.include):
        column = Identity("column", (*key.identity.path[:2], name))
        yield settled(column.path)
        old, new = context.current.get(column), context.desired.get(column)
        if old is None or new is None or changed_attributes(old, new) - {"not_null"}:
            yield column

"""Indexes of partitioned tables in use: of the whole alone, of each part concurrently, attached.

Until every part is attached all of them have names for a while, so that a run that was stopped has
made nothing that looks finished. The surprising fact: the index of a part gets the name that the
server would have chosen, for nobody could say it in YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import choose
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._index_online import build, index_sql, index_where

Path = tuple[str, ...]


class Part(NamedTuple):
    """The index of one partition: of which table, its name for a while, and its last one."""

    table: Path
    place: Identity
    name: str


def parts_of(new: Any, addition: str, context: Context) -> list[Part] | None:
    """Give the indexes of the partitions; None where the server should make them itself.

    That is where a partition has partitions or an index that would do, where partitions come or go
    meanwhile, and where another new index would be called alike.
    """
    table = Identity("table", new.identity.path[:2])
    siblings = context.desired.children.get(table, ())
    fresh = [i for i in siblings if i.kind == new.identity.kind and i not in context.current]
    alike = [i for i in fresh if _keys(context.desired.get(i)) == _keys(new)]
    if context.rebuilding or not context.busy(new) or len(alike) > 1:
        return None
    if _partitions(table, context.current) != _partitions(table, context.desired):
        return None
    found: list[Part] = []
    for identity in sorted(context.current.dependents.get(table, ())):
        part: Any = context.current.get(identity)
        if getattr(part, "partition_of", None) != table.path:
            continue
        mine = context.current.children.get(identity, ())
        if part.partition_by or any(
            i.kind == new.identity.kind and _keys(context.current.get(i)) == _keys(new)
            for i in mine
        ):
            return None
        taken = _taken(identity.path[0], context)
        name = choose(identity.name, addition, "idx", taken.__contains__)
        digest = temporary_name("part", *new.identity.path, *identity.path, _keys(new))
        place = Identity(new.identity.kind, (*identity.path, digest))
        found.append(Part(identity.path, place, name))
    return found


def whole_name(new: Any) -> Identity:
    """Give the identity for a while of the index of the whole."""
    path = new.identity.path
    return Identity(new.identity.kind, (*path[:2], temporary_name("whole", *path, _keys(new))))


def build_in_parts(
    new: Any, parts: Sequence[Part], on_only: str, sql: Sequence[str], context: Context
) -> Iterator[Operation]:
    """Make the index of the whole, those of the parts, attach them, and give them their names.

    `on_only` is the statement for the whole, `sql` has one for each part.
    """
    target, whole = new.identity, whole_name(new)
    schema = target.path[0]
    missing = f"NOT {index_where(target)}"
    needed = context.desired.depends_on(target) | {new.parent}
    begun = Identity("leftover", whole.path)
    yield Operation(
        verb=Verb.ALTER,
        target=target,
        sql=on_only,
        guard=Guard(missing),
        requires=needed,
        provides=frozenset({begun}),
        lock=LockMode.SHARE,
        bound=False,
    )
    for part, text in zip(parts, sql, strict=True):
        attached = (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_index x "
            "ON x.indexrelid = h.inhrelid WHERE h.inhparent = "
            f"to_regclass({literal(index_sql(schema, whole.name))}) "
            f"AND x.indrelid = to_regclass({literal(qualified(*part.table))}))"
        )
        for op in build(target, part.place, text, f"{missing} AND NOT {attached}"):
            yield replace(op, verb=Verb.ALTER, requires=op.requires | needed | {begun}, bound=False)
    for part in parts:
        yield _alter(target, whole, part, "attach")
    for part in parts:
        yield _alter(target, whole, part, "rename")
    yield Operation(
        verb=Verb.CREATE,
        target=target,
        sql=f"ALTER INDEX {index_sql(schema, whole.name)} RENAME TO {ident(target.name)}",
        # One that lacks a part that somebody has added meanwhile is for the next run.
        guard=Guard(f"{missing} AND {index_where(whole, 'indisvalid')}"),
        requires=frozenset(Identity("leftover", (*p.place.path, "done")) for p in parts),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        stage=Stage.SWAP,
    )


def _alter(target: Identity, whole: Identity, part: Part, what: str) -> Operation:
    own = index_sql(part.table[0], part.place.name)
    done = Identity("leftover", (*part.place.path, "done"))
    if what == "attach":
        above = index_sql(whole.path[0], whole.name)
        sql, lock = f"ALTER INDEX {above} ATTACH PARTITION {own}", LockMode.ACCESS_EXCLUSIVE
    else:
        sql = f"ALTER INDEX {own} RENAME TO {ident(part.name)}"
        lock = LockMode.SHARE_UPDATE_EXCLUSIVE
    return Operation(
        verb=Verb.ALTER,
        target=target,
        sql=sql,
        guard=Guard(index_where(part.place)),
        requires=frozenset({Identity("leftover", part.place.path)}),
        provides=frozenset({done}) if what == "rename" else frozenset(),
        lock=lock,
        stage=Stage.SWAP,
        bound=False,
    )


def _partitions(table: Identity, side: Catalog) -> set[Identity]:
    return {
        i
        for i in side.dependents.get(table, ())
        if getattr(side.get(i), "partition_of", None) == table.path
    }


def _keys(index: Any) -> tuple[object, ...]:
    return (index.columns, index.unique, index.method, index.include, index.where)


def _taken(schema: str, context: Context) -> set[str]:
    """Name the relations of a schema, the indexes that partitions have from their table too."""
    found: set[str] = set()
    for side in (context.current, context.desired):
        for obj in side.objects.values():
            if obj.identity.path[0] != schema:
                continue
            for space, _, name in context.registry.of(obj).occupies(obj):
                if space == "relation":
                    found.add(name)
            if side is context.current:
                found.update(here for _, here, _ in getattr(obj, "clones", ()))
    return found

"""Indexes and keys of partitioned tables in use: of each partition concurrently, then of the whole.

PostgreSQL builds none concurrently for the whole. But the plain statement for the whole takes over
what each partition has already, through any number of levels, and then builds nothing (manual,
5.12.2.2). Until then the indexes of the partitions have names for a while, so that a run that was
stopped has made nothing that looks finished. The surprising fact: each gets the name that the
server would have chosen, for nobody could say it in YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import choose
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._index.online import build, index_sql, index_where, replace_name

Path = tuple[str, ...]

# Of an index that belongs to none of the whole table.
ALONE = "NOT (SELECT relispartition FROM pg_catalog.pg_class WHERE oid = indexrelid)"
_KEYS = ("primary_key", "unique")


class Part(NamedTuple):
    """The index of one partition: of which table, its name for a while, and its last one."""

    table: Identity
    place: Identity
    name: str


class Parts(NamedTuple):
    """The indexes to be made, and how many partitions there are with rows of their own."""

    made: tuple[Part, ...]
    all: int


def parts_of(new: Any, addition: str, label: str, context: Context) -> Parts | None:
    """Give the indexes of the partitions; None where the server should make them itself.

    That is where a partition has a key that would do, where partitions come or go meanwhile, and
    where another new index would be called alike. An index that would do is taken over as it is.
    """
    table = Identity("table", new.identity.path[:2])
    if context.rebuilding or not context.busy(new):
        return None
    fresh = [i for i in context.desired.children.get(table, ()) if i not in context.current]
    tables = leaves(table, context)
    if tables is None or len(_alike(new, fresh, context.desired)) > 1:
        return None
    taken: dict[str, set[str]] = {}
    found: list[Part] = []
    for leaf in tables:
        if _alike(new, _staying(leaf, context), context.current):
            if new.identity.kind in _KEYS:
                return None
            continue
        schema = leaf.path[0]
        if schema not in taken:
            taken[schema] = _taken(schema, context) - _freed(new, tables, context)
        name = choose(leaf.name, addition, label, taken[schema].__contains__)
        digest = temporary_name("part", *new.identity.path, *leaf.path, shape(new), label)
        found.append(Part(leaf, Identity(new.identity.kind, (*leaf.path, digest)), name))
    return Parts(tuple(found), len(tables)) if tables else None


def leaves(whole: Identity, context: Context) -> list[Identity] | None:
    """Name the partitions that hold rows of a table; None where any come or go meanwhile."""
    now, then = (set(below(whole, side)) for side in (context.current, context.desired))
    if now != then:
        return None
    return sorted(
        i
        for i in now
        if i.kind != FOREIGN and getattr(context.current.get(i), "partition_by", None) is None
    )


def below(whole: Identity, side: Catalog) -> Iterator[Identity]:
    """Name all partitions of a table, at every level, the upper ones first."""
    for identity in side.dependents.get(whole, ()):
        if getattr(side.get(identity), "partition_of", None) == whole.path:
            yield identity
            yield from below(identity, side)


def joining(whole: Identity, context: Context) -> Iterator[Identity]:
    """Name the tables that become partitions of a table, at any level, with the rows they have."""
    for part in below(whole, context.desired):
        old, new = context.current.get(part), context.desired.objects[part]
        if old is not None and getattr(old, "partition_of", None) != getattr(
            new, "partition_of", None
        ):
            yield part


def unchanged(whole: Identity, parts: Parts) -> str:
    """Give the condition "the table still has so many partitions with rows of their own".

    The statement for the whole would build an index for one that has come meanwhile; so that is
    left to the next run, which knows of it.
    """
    return (
        "(SELECT pg_catalog.count(*) FROM pg_catalog.pg_partition_tree("
        f"to_regclass({literal(whole.sql)})) AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.relid "
        f"WHERE p.isleaf AND c.relkind = 'r') = {parts.all}"
    )


def build_in_parts(
    whole: Operation, exists: str, parts: Parts, sql: Sequence[str], context: Context
) -> Iterator[Operation]:
    """Make the indexes of the parts, give them their names, then make that of the whole.

    `whole` is the plain statement, `exists` its end; `sql` has a statement for each part.
    """
    target = whole.target
    table = Identity("table", target.path[:2])
    same = unchanged(table, parts)
    yield from build_parts(target, exists, parts, sql, context)
    for part in parts.made:
        yield Operation(
            verb=Verb.ALTER,
            target=target,
            sql=f"ALTER INDEX {index_sql(part.table.path[0], part.place.name)} "
            f"RENAME TO {ident(part.name)}",
            guard=Guard(f"{index_where(part.place, 'indisvalid')} AND {same}"),
            requires=frozenset({Identity("leftover", part.place.path)}),
            provides=frozenset({done(part)}),
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
            stage=Stage.SWAP,
            why="gets the name that it keeps",
            bound=False,
        )
    yield take_over(replace(whole, guard=Guard(f"NOT {exists}")), table, parts)


def build_parts(
    target: Identity, exists: str, parts: Parts, sql: Sequence[str], context: Context
) -> Iterator[Operation]:
    """Build the index of each part under its name for a while."""
    needed = context.desired.depends_on(target)
    for part, text in zip(parts.made, sql, strict=True):
        named = index_where(replace_name(part.place, part.name), ALONE)
        for op in build(target, part.place, text, context, f"NOT {exists} AND NOT {named}"):
            yield replace(op, verb=Verb.ALTER, requires=op.requires | needed, bound=False)


def take_over(whole: Operation, table: Identity, parts: Parts) -> Operation:
    """Make the index or key of the whole, for which nothing is left to build."""
    same = Guard(unchanged(table, parts))
    return replace(
        whole,
        guard=whole.guard & same if whole.guard else same,
        requires=whole.requires | frozenset(map(done, parts.made)),
        scans=False,
        fold=None,
        stage=Stage.SWAP,
        why="takes over what the partitions have by now, and builds nothing",
    )


def done(part: Part) -> Identity:
    """Name the moment when the index of a part has its own name."""
    return Identity("leftover", (*part.place.path, "done"))


def _alike(new: Any, among: Sequence[Identity], side: Catalog) -> list[Identity]:
    """Name the indexes, or keys, that the server takes for the same one: it asks for no order."""
    kinds = _KEYS if new.identity.kind in _KEYS else (new.identity.kind,)
    return [i for i in among if i.kind in kinds and shape(side.get(i)) == shape(new)]


def _staying(leaf: Identity, context: Context) -> list[Identity]:
    """Name what a partition has and is not to be made anew."""
    current, desired = context.current, context.desired
    return [
        i
        for i in current.children.get(leaf, ())
        if i.kind in (*_KEYS, "index")
        and (i not in desired or shape(desired.get(i)) == shape(current.get(i)))
    ]


def shape(index: Any) -> tuple[object, ...]:
    """Give all by which the server takes one index for another."""
    columns = tuple(
        c if isinstance(c, str) else (c.text, c.collation, c.opclass) for c in index.columns
    )
    if index.identity.kind in _KEYS:
        return (columns, index.include)
    return (columns, index.unique, index.method, index.include, index.where)


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


def _freed(new: Any, tables: Sequence[Identity], context: Context) -> set[str]:
    """Name what goes with the old form of a key, of the partitions at all levels."""
    if new.identity not in context.current:
        return set()
    gone: set[tuple[Path, str]] = {(new.identity.path[:2], new.identity.name)}
    todo = list(tables)
    for leaf in tables:
        above = getattr(context.current.get(leaf), "partition_of", None)
        while above is not None and above != new.identity.path[:2]:
            todo.insert(0, Identity("table", above))
            above = getattr(context.current.get(todo[0]), "partition_of", None)
    for table in todo:  # the upper ones of a branch come before the lower ones
        obj: Any = context.current.get(table)
        for _, here, there in obj.clones:
            if (obj.partition_of, there) in gone:
                gone.add((table.path, here))
    return {name for path, name in gone if path != new.identity.path[:2]}


def part_sql(part: Part) -> str:
    """Give the qualified name of a part's table."""
    return qualified(*part.table.path)

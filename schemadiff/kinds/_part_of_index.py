"""The index that a partition has from its whole, and how its name is found and changed.

Nobody makes it or drops it: it comes and goes with the whole's index. PostgreSQL chooses its name,
or leaves the name of the one that it takes over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any, Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.default_names import distinct_names, index_name_addition, make_name
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.online import temporary_name
from schemadiff.core.record import record, replace
from schemadiff.core.sql import ident, literal, qualified
from schemadiff.kinds._index.sorted import Sorted
from schemadiff.kinds._index.spec import default_addition
from schemadiff.kinds._index.statistics import Targets
from schemadiff.kinds._storage import Storage
from schemadiff.kinds._table.heirs import Path, relation

INDEXES: Final = ("index", "primary_key", "unique", "exclusion")
_LABELS: Final = {"index": "idx", "primary_key": "pkey", "unique": "key", "exclusion": "excl"}


@record(frozen=True, slots=True)
class PartIndex(DbObject):
    """What the index of a partition has of its own; its path ends in the name of the whole's.

    `called` is None where it is called as it is or, while there is none, as PostgreSQL would call
    it; `storage` is None where it is the whole's; `sorted` has the keys that differ in it.
    """

    called: str | None = None
    storage: Storage | None = None
    statistics: Targets = ()
    sorted: Sorted = ()
    usual: str = field(default="", compare=False)
    whole: Identity = field(default=Identity("index", ()), compare=False)

    @property
    def parent(self) -> Identity:
        """The partition."""
        return Identity("table", self.identity.path[:2])

    @property
    def refers(self) -> Iterator[Identity]:
        """The index of the whole, or the constraint that made it."""
        if self.whole.path:
            yield self.whole

    @property
    def name(self) -> str:
        """What it is called, or will be."""
        return self.called or self.usual or self.identity.name

    @property
    def place(self) -> Identity:
        """What would be its identity if it were the partition's own."""
        return Identity("index", (*self.identity.path[:2], self.name))


def usual_name(table: str, kind: str, columns: list[str]) -> str:
    """Give the name that PostgreSQL chooses for the index of a partition, if that is free."""
    addition = "" if kind == "primary_key" else index_name_addition(columns)
    return make_name(table, addition, _LABELS[kind])


def usual_part_name(table: str, whole: Any) -> str:
    """Give the same by the index, or the constraint, of the whole."""
    kind, keys = whole.identity.kind, getattr(whole, "columns", ())
    if kind == "index":
        return make_name(table, default_addition(keys, whole.include), _LABELS[kind])
    if kind == "exclusion":
        keys = tuple(element.key for element in whole.elements)
        return make_name(table, default_addition(keys, whole.include), _LABELS[kind])
    return usual_name(table, kind, distinct_names((*keys, *whole.include)))


def above(path: Path, catalog: Catalog) -> Iterator[Path]:
    """Name the tables that a partition is one of, the nearest first."""
    part = relation(catalog, path)
    while part is not None and part.partition_of is not None:
        yield part.partition_of
        part = relation(catalog, part.partition_of)


def wholes(part: Path, catalog: Catalog) -> Iterator[Any]:
    """Give the indexes, and the constraints that have one, of the tables above a partition."""
    for path in above(part, catalog):
        for each in catalog.children.get(Identity("table", path)):
            if each.kind in INDEXES:
                yield catalog.objects[each]


def as_made(part: PartIndex, catalog: Catalog) -> PartIndex | None:
    """Give the index of a part that is there as PostgreSQL made it, under the name that it has.

    The tables know of each other's indexes; None where they know of none.
    """
    path, name = part.identity.path[:2], part.whole.name
    tables = [path, *above(path, catalog)]
    if part.whole.path[:2] not in tables[1:]:
        return None
    for each in reversed(tables[: tables.index(part.whole.path[:2])]):
        clones = getattr(relation(catalog, each), "clones", ())
        mine = [here for kind, here, there in clones if kind in INDEXES and there == name]
        if len(mine) != 1:
            return None
        name = mine[0]
    return replace(part, called=name, storage=None, statistics=(), sorted=())


def only_called(part: Any, sides: Iterable[Catalog]) -> bool:
    """Tell whether this is a part's index of which nothing but the name is said, and stays."""
    return isinstance(part, PartIndex) and all(
        part == side.get(part.identity)
        and part.storage is None
        and not part.statistics
        and not part.sorted
        and not side.children.get(part.identity)
        for side in sides
    )


def called_otherwise(part: PartIndex) -> str:
    """Give the condition "the partition has this index, and it is called otherwise"."""
    return (
        f"EXISTS (SELECT 1 FROM {_tree(part)} JOIN pg_catalog.pg_class c ON c.oid = t.relid "
        f"WHERE x.indrelid = to_regclass({literal(part.parent.sql)}) "
        f"AND c.relname <> {literal(part.name)})"
    )


def call(part: PartIndex) -> str:
    """Give the block that gives the index its name; one that has it already trades with it."""
    waiting = temporary_name("index of a part", *part.identity.path)
    table, name = literal(part.parent.sql), literal(part.name)
    wanted = literal(qualified(part.identity.path[0], part.name))
    return f"""DECLARE
    mine regclass := (SELECT t.relid FROM {_tree(part)} WHERE x.indrelid = {table}::regclass);
    was text := (SELECT relname FROM pg_catalog.pg_class WHERE oid = mine);
    other regclass := (SELECT i.indexrelid FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid AND c.relispartition
        WHERE i.indexrelid = to_regclass({wanted}) AND i.indrelid = {table}::regclass);
BEGIN
    IF was = {name} THEN
        RETURN;
    END IF;
    IF other IS NOT NULL THEN
        EXECUTE format('ALTER INDEX %s RENAME TO {ident(waiting)}', other);
    END IF;
    EXECUTE format('ALTER INDEX %s RENAME TO %I', mine, {name});
    IF other IS NOT NULL THEN
        EXECUTE format('ALTER INDEX %s RENAME TO %I', other, was);
    END IF;
END"""


def _tree(part: PartIndex) -> str:
    # Where no file has the whole, its index is looked for in the schema of the partition.
    path = part.whole.path or part.identity.path
    whole = literal(qualified(path[0], path[-1]))
    return (
        f"pg_catalog.pg_partition_tree(to_regclass({whole})) AS t "
        "JOIN pg_catalog.pg_index AS x ON x.indexrelid = t.relid"
    )

"""What a table says about one of its indexes: the replica identity, and CLUSTER ON.

Both are marks on the index (pg_index), so they are lost when the index is made again; as objects
that depend on the index they are made again with it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any, ClassVar

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, Context, Row
from schemadiff.core.lock import LockMode
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Fold, Guard, Operation, Verb
from schemadiff.core.record import record, replace
from schemadiff.core.sql import literal, qualified
from schemadiff.kinds._index.comment import OF_PART
from schemadiff.kinds._part_of_index import usual_part_name, wholes
from schemadiff.kinds._table.heirs import Path

# pg_constraint.contype of those that an index enforces.
CONSTRAINTS = {"p": "primary_key", "u": "unique", "x": "exclusion"}
_KINDS = (*CONSTRAINTS.values(), "index")
# Of the index `ic`, where a partition has it from another table: that one's, or its constraint.
WHOLE_SQL = """CASE WHEN ic.relispartition THEN (
                SELECT ARRAY[wn.nspname, w.relname, wc.relname, wk.contype]::text[]
                FROM pg_index wx
                JOIN pg_class wc ON wc.oid = wx.indexrelid
                JOIN pg_class w ON w.oid = wx.indrelid
                JOIN pg_namespace wn ON wn.oid = w.relnamespace
                LEFT JOIN pg_constraint wk
                    ON wk.conindid = wx.indexrelid AND wk.contype IN ('p', 'u', 'x')
                WHERE wx.indexrelid = pg_partition_root(ic.oid)) END"""
_WORDS = {"table": "TABLE", "materialized_view": "MATERIALIZED VIEW"}


@record(frozen=True, slots=True)
class IndexMark(DbObject):
    """A mark on an index of the table whose path is the object's own."""

    index: str | None = None
    index_kind: str = field(default="index", compare=False)
    of: str = field(default="table", compare=False)
    has_from: tuple[Identity, ...] = field(
        default=(), compare=False
    )  # what a partition has it from

    @property
    def parent(self) -> Identity:
        """The table, or the materialized view."""
        return Identity(self.of, self.identity.path)

    @property
    def refers(self) -> Iterator[Identity]:
        """The index, or the constraint that made it."""
        if self.index is not None:
            yield Identity(self.index_kind, (*self.identity.path, self.index))
        yield from self.has_from


class IndexMarkKind(Checked):
    """A property of a table that names an index."""

    within: ClassVar[tuple[str, ...]] = ("table",)
    single = True

    def lacks(self, obj: Any, catalog: Catalog) -> Iterable[Fault]:
        """Look for the index, unless it may come from a table above."""
        above: Any = catalog.get(obj.parent)
        if obj.index is None or getattr(above, "partition_of", None):
            return
        named = [i.name for i in catalog.children.get(obj.parent) if i.kind in _KINDS]
        if obj.index not in named:
            close = difflib.get_close_matches(obj.index, named, 1)
            hint = f"did you mean {close[0]}?" if close else "declare it under indexes:"
            message = f"{obj.identity}: {obj.parent.name} has no index {obj.index!r}"
            yield Fault("SD058", message, hint)

    def address(self, row: Row) -> Address:
        """The server keeps it in other objects' rows, so pg_depend never speaks of it."""
        return (self.name, row[0], 0)

    def settle(self, obj: DbObject, catalog: Catalog) -> DbObject:
        """Find out what the index belongs to."""
        assert isinstance(obj, IndexMark)
        for kind in _KINDS:
            if obj.index and Identity(kind, (*obj.identity.path, obj.index)) in catalog:
                return replace(obj, index_kind=kind)
        return replace(obj, has_from=tuple(_has_from(obj.identity.path, obj.index, catalog)))

    def statement(
        self, verb: Verb, obj: IndexMark, action: str, lock: LockMode, condition: str
    ) -> Operation:
        """ALTER … action, while the condition holds; a drop goes with the table."""
        return Operation(
            verb=verb,
            target=obj.identity,
            sql=f"ALTER {_WORDS[obj.of]} {obj.identity.sql} {action}",
            guard=Guard(condition),
            lock=lock,
            fold=Fold(obj.parent, "") if verb is Verb.DROP else None,
        )

    def alter(
        self, old: Any, new: Any, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Say it anew."""
        del old, changed
        for op in self.create(new, context):
            yield replace(op, verb=Verb.ALTER)


def whole_of(path: Path, found: list[str | None] | None) -> tuple[Identity, ...]:
    """Give what the index of a partition is told under, and that of the whole, as read."""
    if found is None:
        return ()
    schema, table, index, contype = (each or "" for each in found)
    whole = Identity(CONSTRAINTS.get(contype, "index"), (schema, table, index))
    return (Identity(OF_PART, (*path, index)), whole)


def _has_from(path: Path, index: str | None, catalog: Catalog) -> Iterator[Identity]:
    """Find the same by the name of the index of a partition."""
    for whole in wholes(path, catalog):
        told = Identity(OF_PART, (*path, whole.identity.name))
        said: Any = catalog.get(told)
        name = said.called if said is not None else None
        if index and index == (name or usual_part_name(path[1], whole)):
            yield from (told, whole.identity)


def marked(obj: IndexMark, column: str) -> str:
    """Give the condition "the index has the mark"."""
    index = qualified(obj.identity.schema, obj.index or "")
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = "
        f"to_regclass({literal(index)}) AND indrelid = "
        f"to_regclass({literal(obj.identity.sql)}) AND {column})"
    )

"""Which partitioned tables are fit for a type that changes beside the old one.

A new column, a trigger for each row and a check of the whole are those of each part too (manual,
5.12.2.3), and rows are filled part by part. The surprising fact: a column of a part has no object
of its own, so whatever else a part has that speaks of the column by name keeps the whole as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import code
from schemadiff.core.object import DbObject, attributes
from schemadiff.kinds._expand.rows import why_unfit_rule
from schemadiff.kinds._index.parts import below
from schemadiff.kinds._table.heirs import below as all_below

# What is made on the whole, and is then on each part.
_SAME = frozenset({"check", "default", "sequence", "identity_sequence", "leftover"})
# What is made of each part first.
_OF_EACH = frozenset({"index", "primary_key", "unique", "foreign_key"})
_LOOKED_AT = frozenset({"leftover", "trigger", "default", "part_index"})  # by themselves


def is_whole(table: Identity, side: Catalog) -> bool:
    """Tell whether a table is partitioned."""
    return bool(getattr(side.get(table), "partition_by", None))


def parts_of(table: Identity, side: Catalog) -> tuple[Identity, ...]:
    """Name all partitions of a table, at every level."""
    return tuple(sorted(below(table, side)))


def why_not_the_whole(columns: list[Any], table: Identity, context: Context) -> Iterator[str]:
    """Say why the columns of a partitioned table change in one piece."""
    sides, registry = (context.current, context.desired), context.registry
    parts, wanted = (parts_of(table, side) for side in sides)
    if parts != wanted:
        yield f"partitions of {table.sql} come or go in the same plan"
    for column in columns:
        for each in sorted(context.current.dependents.get(column.identity, ())):
            of_each = each.kind in _OF_EACH and each.path[:2] == table.path
            of_each |= each.kind == "foreign_key" and Identity("table", each.path[:2]) not in parts
            if not (of_each or each.kind in _SAME or registry[each.kind].made_again):
                yield f"{each} is on a column of a partitioned table"
    for side in sides:
        for whole in (table, *parts):
            yield from _by_key(columns, side.get(whole))
        for part in parts:
            yield from _of_part(columns, part, frozenset({table, *parts}), side)


def _by_key(columns: list[Any], table: Any) -> Iterator[str]:
    words = {token.value for token in code(getattr(table, "partition_by", None) or "")}
    for column in columns:
        if column.identity.name in words:
            yield f"{column.identity.sql} is in the partition key of {table.identity}"


def naming(columns: list[Any]) -> re.Pattern[str]:
    """Find whatever may speak of columns by name: too much, never too little."""
    names = "|".join(re.escape(column.identity.name) for column in columns)
    return re.compile(rf"(?<!\w)({names})(?!\w)")


def _of_part(
    columns: list[Any], part: Identity, family: frozenset[Identity], side: Catalog
) -> Iterator[str]:
    obj: Any = side.get(part)
    if obj is None or part.kind != "table":
        yield f"{part} is a partition that is not stored here"
        return
    inside = side.descendants(part)
    speaks = naming(columns)
    for each in sorted(inside):
        if each.kind == "rule":
            yield from why_unfit_rule(side.objects[each])
        if getattr(side.objects[each], "inherited", False):
            continue  # what it calls a NOT NULL of the whole, the new column's is called then
        # What is ours is of a run that was stopped, and is gone on with.
        if each.kind not in _LOOKED_AT and speaks.search(said_of(side.objects[each])):
            yield f"{each} speaks of the column of a partition"
    for each in sorted(side.dependents.get(part, ())):
        known = each in family or each in inside or each.kind == "leftover"
        if not known and not _refers_to_the_whole(side.objects[each], part):
            yield f"{each} rests on {part}"


def _refers_to_the_whole(obj: Any, part: Identity) -> bool:
    """Tell whether a reference is to a part only because it is to the whole."""
    return obj.identity.kind == "foreign_key" and bool(obj.target != part.path)


def said_of(obj: DbObject) -> str:
    """Give all that an object says, beside which table it is on; what a comment says means none."""
    names = () if obj.identity.kind == "comment" else attributes(type(obj))
    values = (getattr(obj, name) for name in names)
    return " ".join(map(repr, (obj.identity.path[2:], *values)))


def defaults_of_parts(column: Identity, side: Catalog) -> Iterator[Any]:
    """Give the defaults that parts or heirs have otherwise than the table, the upper ones first."""
    for path in all_below(side, column.path[:2]):
        if (default := side.get(Identity("default", (*path, column.name)))) is not None:
            yield default

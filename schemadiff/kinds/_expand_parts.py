"""Which partitioned tables are fit for a type that changes beside the old one.

A new column, a trigger for each row and a check of the whole are those of each part too (manual,
5.12.2.3), and rows are filled part by part. The surprising fact: a column of a part has no object
of its own, so whatever a part has that speaks of the column by name keeps the whole as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lexer import code
from schemadiff.kinds._index_parts import below

_ONLOOKERS = frozenset({"trigger", "rule"})
# What is made on the whole, and is then on each part.
_SAME = frozenset({"check", "default", "sequence", "identity_sequence", "leftover"})
# What is made of each part first.
_OF_EACH = frozenset({"index", "primary_key", "unique", "foreign_key"})


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


def _of_part(
    columns: list[Any], part: Identity, family: frozenset[Identity], side: Catalog
) -> Iterator[str]:
    obj: Any = side.get(part)
    if obj is None or part.kind != "table":
        yield f"{part} is a partition that is not stored here"
        return
    if obj.force_row_security:
        yield f"policies of {part.sql} hide rows from its owner as well"
    inside = side.descendants(part)
    for each in sorted(inside):
        if each.kind in _ONLOOKERS:
            yield f"{each} would see each row filled, or may go by the order of columns"
        said = repr(side.objects[each])
        # What is ours is of a run that was stopped, and is gone on with.
        if each.kind != "leftover" and any(column.identity.name in said for column in columns):
            yield f"{each} speaks of the column of a partition"
    for each in sorted(side.dependents.get(part, ())):
        if each not in family and each not in inside and each.kind != "leftover":
            yield f"{each} rests on {part}"

"""Row types: what comes with a table or a view, and columns of others may be of.

PostgreSQL takes a column from such a table, and gives it one, under the values; it changes no
type there, and a view's goes with the view. The surprising fact: a row type of a table has the
order that the table's columns came in, and only what is made anew has the one of the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.record import record
from schemadiff.kinds._foreign import FOREIGN

_TABLES: Final = ("table", FOREIGN)
ROWS: Final = (*_TABLES, "view", "materialized_view")


class RowField(NamedTuple):
    """A column, as an attribute of its row type."""

    name: str
    type: str


@record(frozen=True, slots=True)
class RowType(DbObject):
    """A row type in the form of a composite one; its identity is the relation's."""

    attributes: tuple[RowField, ...]
    renamed_attributes: tuple[tuple[str, str], ...] = ()


def rows_below(identity: Identity, side: Catalog, context: Context) -> set[Identity]:
    """Name the relations whose rows an object holds, at any depth.

    A column of a partition key rests on its own table, which it does not hold.
    """
    queue, found = [identity], set[Identity]()
    seen = {identity, side.objects[identity].parent}
    while queue:
        for each in side.depends_on(queue.pop()) - seen:
            seen.add(each)
            if each.kind in ROWS:
                found.add(each)
            elif context.registry[each.kind].moves_over:
                queue.append(each)
    return found


def rows_first(column: Any, context: Context) -> frozenset[Identity]:
    """Name the columns of tables whose rows a new column holds: their types are changed before."""
    found = rows_below(column.identity, context.desired, context)
    return frozenset(c for i in found for c in context.desired.children.get(i, ()))


def row_types(path: tuple[str, ...], context: Context) -> tuple[RowType, RowType] | None:
    """Give both forms of a row type; None where there are not two, or where one is not known."""
    for kind in ROWS:
        identity = Identity(kind, path)
        if identity in context.current and identity in context.desired:
            before = tuple(_fields(identity, context.current))
            after = tuple(_fields(identity, context.desired))
            if kind in _TABLES:
                after = _in_place(identity, before, after, context)
            if before and after:
                return RowType(identity, before), RowType(identity, after)
    return None


def _fields(identity: Identity, side: Catalog) -> Iterator[RowField]:
    obj: Any = side.objects[identity]
    if identity.kind not in _TABLES:
        yield from (RowField(*column[:2]) for column in obj.columns)
    elif not (getattr(obj, "partition_of", None) or getattr(obj, "inherits", ())):
        columns: list[Any] = [
            side.objects[i] for i in side.children.get(identity, ()) if i.kind == "column"
        ]
        columns.sort(key=lambda c: c.position)
        yield from (RowField(c.identity.name, c.type) for c in columns)


def _in_place(
    identity: Identity,
    before: tuple[RowField, ...],
    after: tuple[RowField, ...],
    context: Context,
) -> tuple[RowField, ...]:
    """Give the columns of a table in the order that they will have; none where that is not sure."""
    found = {each.name: each for each in after}
    said = [i.name for i in context.desired.objects if _is_in(i, identity)]
    anew: tuple[str, ...] = getattr(context.desired.objects[identity], "column_order", ())
    names = [each.name for each in before if each.name in found]
    names += [name for name in said if name not in names]
    if anew:
        names = [*anew]
    elif names != said:
        return ()
    return tuple(found[name] for name in names)


def _is_in(identity: Identity, table: Identity) -> bool:
    return identity.kind == "column" and identity.path[:2] == table.path

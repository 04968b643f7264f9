"""Columns of a table that is made anew while types below them are: their values wait as texts.

A copy of the rows with the old types would hold these up. The surprising fact: a cast to text keeps
the collation of what is cast, so that has to be said as well.
"""

from __future__ import annotations

from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.moving import heir, types_below
from schemadiff.kinds._type_change import are_whole, type_change


def changes_below(column: Any, context: Context) -> set[Identity]:
    """Name the types below a column that go, or are not what they will be."""
    found = types_below(column.identity, context.current, context)
    return {i for i in found if context.current.get(i) != context.desired.get(i)}


def told_by_text(column: Any, types: set[Identity], context: Context) -> bool:
    """Tell whether the text of each value is that of the same value with the new types."""
    return all(_is_told(context.current.objects[i], column, context) for i in types)


def _is_told(old: Any, column: Any, context: Context) -> bool:
    new: Any = heir(old.identity, context)
    if new is None:  # the column has another type then
        return bool(getattr(context.desired.get(column.identity), "type", "") != column.type)
    if new.identity.kind != old.identity.kind:
        kinds = context.registry
        return kinds.of(old).told_by_text(old) and kinds.of(new).told_by_text(new)
    labels = getattr(old, "labels", ())
    if any(was in labels for _, was in getattr(new, "renamed_labels", ())):
        return False
    sides = [getattr(o, "type", "") or getattr(o, "subtype", "") for o in (old, new)]
    narrows = sides[0] != sides[1] and type_change(*sides).narrows and not are_whole(*sides)
    return not narrows and getattr(old, "attributes", ()) == getattr(new, "attributes", ())

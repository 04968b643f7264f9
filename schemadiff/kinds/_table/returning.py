"""Parts that leave a table and come back to it, or go to another one: what stands between."""

from __future__ import annotations

from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._expand.which import Move, move_of
from schemadiff.kinds._table.heirs import lineage


def has_own_changes(part: Any, context: Context) -> bool:
    """Tell whether more of a part changes than what it belongs to."""
    sides = (context.current, context.desired)
    inside = {i for side in sides for i in side.descendants(part.identity)}
    return any(sides[0].get(i) != sides[1].get(i) for i in inside)


def change_in_steps(whole: tuple[str, ...], context: Context) -> bool:
    """Tell whether columns of a table take their places at the end: all else stands with that."""
    tables = (Identity("table", path) for path in lineage(context.desired, whole))
    inside = (i for t in tables for i in context.desired.children.get(t, ()) if i.kind == "column")
    both = (i for i in inside if i in context.current)
    return any(isinstance(move_of(context.desired.objects[i], context), Move) for i in both)


def returns(old: Any, new: Any, whole: tuple[str, ...]) -> bool:
    """Tell whether a part goes and comes back to the same table, for another bound."""
    wholes = {getattr(each, "partition_of", None) for each in (old, new)}
    return wholes == {whole} and old.bound != new.bound


def left_for_good(whole: tuple[str, ...]) -> Identity:
    """Name the moment when whoever leaves a table for good has left it."""
    return Identity("leftover", (*whole, "gone"))

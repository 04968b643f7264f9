"""Columns of one table whose types are changed by one ALTER TABLE, which writes it anew but once.

The first of them hosts the others. Each is safe to say again when only some have the new type: no
conversion here does anything to a value that is converted, so the guard is that any is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Fold, Host, Operation
from schemadiff.core.record import replace
from schemadiff.kinds._as_written import as_written
from schemadiff.kinds._column.alter import (
    RETYPES,
    by_clock,
    by_name,
    conversion,
    in_greenwich,
    not_null_apart,
    retype,
    table_sql,
)
from schemadiff.kinds._column.around import repeats_changed
from schemadiff.kinds._column.taken_back import anew
from schemadiff.kinds._expand.which import Move, move_of
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._inside import proven_first
from schemadiff.kinds._type_change import effect_of


def retyped(old: Any, new: Any, why: str, context: Context) -> Iterator[Operation]:
    """SET DATA TYPE, unless a table above does it: with that of other columns, or within it."""
    if not repeats_changed(new, context, *RETYPES):
        op = _joined(old, new, context)
        op = replace(op, why=why) if why else op
        within = not_null_apart(old, new, context) is not None
        yield from (op,) if within else anew(op, [new], context)


def _joined(old: Any, new: Any, context: Context) -> Operation:
    op = retype(old, new, context)
    op = replace(op, requires=op.requires | proven_first(new, context))
    mates = _mates(new, context)
    if len(mates) == 1 or new.identity not in mates:
        return op
    action = conversion(old, new, context)
    if new.identity != mates[0]:
        return replace(op, fold=Fold(mates[0], f",\n    {action}", rank=5))
    why = f"the types of {len(mates)} columns in one statement, which writes the table once"
    return replace(op, why=why, host=_host(f"{table_sql(new)}\n    {action}", mates, context))


def _host(first: str, mates: list[Identity], context: Context) -> Host:
    """Give what the others are folded into: all values are read alike where times are."""
    pairs: list[tuple[Any, Any]]
    pairs = [(context.current.objects[i], context.desired.objects[i]) for i in mates]
    named = any(by_name(*pair) for pair in pairs)
    if not named and not any(by_clock(*pair) for pair in pairs):
        return Host(first, joiner="")
    # What is folded in must not end the quotes around it.
    whole = first + "".join(conversion(*pair, context) for pair in pairs)
    head, _, tail = as_written(whole, mates[0].schema if named else "").partition(whole)
    return Host(head + first, tail, joiner="")


def _mates(column: Any, context: Context) -> list[Identity]:
    """Name the columns of its table that may go together, in their order."""
    inside = context.desired.children.get(column.parent, ())
    return sorted(i for i in inside if i.kind == "column" and _may_go_along(i, context))


def _may_go_along(identity: Identity, context: Context) -> bool:
    old: Any = context.current.get(identity)
    new: Any = context.desired.get(identity)
    if old is None or old.type == new.type or new.of == FOREIGN:
        return False
    if repeats_changed(new, context, "type"):
        return False  # it goes with that of the table above
    # USING may name other columns, as they are before or after; what is the same number with and
    # without its zone is not written at all.
    alone = new.using is not None or old.generated is not None or new.generated is not None
    if alone or (by_clock(old, new) and in_greenwich(old, new, context)):
        return False
    effect = effect_of(old, new, context)
    return effect.rewrites and not isinstance(move_of(new, context), Move)

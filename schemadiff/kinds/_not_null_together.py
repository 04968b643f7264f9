"""Columns of a table in use that become NOT NULL: one check for all of them, so one reading of it.

The surprising fact: SET NOT NULL takes what follows from a valid check for proved, also from one
part of a conjunction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import changed_attributes
from schemadiff.core.online import Stage
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.kinds._column.alter import step
from schemadiff.kinds._column.fill import filled, is_being_filled
from schemadiff.kinds._column.given import at_once_when_given, becomes_given, with_rows
from schemadiff.kinds._column.online import may_be_row, not_null_in_steps
from schemadiff.kinds._not_null import NAMES_NOT_NULL, name_freed, named, plain_not_null
from schemadiff.kinds._table.heirs import below


def set_not_null(new: Any, context: Context) -> Iterator[Operation]:
    """SET NOT NULL, in steps where the table is in use: the first column speaks of others too."""
    new = named(new, context)
    mates = _mates(new, context)
    own = frozenset(_own(i) for i in (mates if new.identity in mates else [new.identity]))
    after = name_freed(new, context.desired) | frozenset(_own_below(new, context))
    for op in _set_not_null(new, context):
        yield replace(op, requires=op.requires | after, provides=op.provides | own)


def _own(column: Identity) -> Identity:
    """Name the moment when a column has a NOT NULL of its own."""
    return Identity("own not null", column.path)


def _own_below(column: Any, context: Context) -> Iterator[Identity]:
    """Name what heirs say themselves: it comes first, or else they have it from here (18)."""
    current, desired = context.current, context.desired
    if context.version < NAMES_NOT_NULL or column.not_null_no_inherit:
        return
    stays = {*below(desired, column.parent.path)}
    for path in (p for p in below(current, column.parent.path) if p in stays):
        each = Identity(column.identity.kind, (*path, column.identity.name))
        old: Any = current.get(each)
        new: Any = desired.get(each)
        if old is not None and new is not None and new.not_null and not old.not_null:
            yield _own(each)


def _set_not_null(new: Any, context: Context) -> Iterator[Operation]:
    plain = plain_not_null(new)
    if not _in_steps(new, plain, context):
        yield at_once_when_given(new, plain) if becomes_given(new, context) else plain
        return
    if is_being_filled(new.identity.path, context):
        for op in not_null_in_steps([(new, plain)], Stage.CHECK):
            yield replace(op, requires=frozenset({filled(new.identity.path)}))
        return
    mates = _mates(new, context)
    if becomes_given(new, context):
        yield from with_rows(new, not_null_in_steps([(new, plain)]), context)
    elif new.identity not in mates:
        yield from not_null_in_steps([(new, plain)])
    elif new.identity == mates[0]:
        columns: list[Any] = [context.desired.objects[i] for i in mates]
        free = (name_freed(c, context.desired) | {*_own_below(c, context)} for c in columns)
        after = frozenset[Identity]().union(*free)
        for op in not_null_in_steps([(c, plain_not_null(c)) for c in columns]):
            yield replace(op, requires=op.requires | after)


def _in_steps(new: Any, plain: Operation, context: Context) -> bool:
    scans = plain.scans and context.busy(new)
    if _is_written_anew(new, context):
        return False
    return scans and not may_be_row(new.identity, context.desired)


def _is_written_anew(new: Any, context: Context) -> bool:
    """Tell whether it gets another type to be an identity: what rests on it is gone until then."""
    old: Any = context.current.get(new.identity)
    if old is None or new.identity_options is None or old.identity_options is not None:
        return False
    return bool(old.type != new.type)


def _mates(column: Any, context: Context) -> list[Identity]:
    """Name the columns of its table that become NOT NULL together, in their order."""
    inside = context.desired.children.get(column.parent, ())
    return sorted(i for i in inside if i.kind == "column" and _may_go_along(i, context))


def _may_go_along(identity: Identity, context: Context) -> bool:
    """Tell whether nothing else is done to a column, nor said of its NOT NULL."""
    old, new = context.current.get(identity), context.desired.objects[identity]
    if old is None or identity in context.replaced or changed_attributes(old, new) != {"not_null"}:
        return False
    if not getattr(new, "not_null", True):
        return False
    plain = plain_not_null(named(new, context))
    said = plain.sql != step(new, "SET NOT NULL").sql
    filling = is_being_filled(identity.path, context)
    apart = said or filling or becomes_given(new, context)
    return not apart and _in_steps(new, plain, context)

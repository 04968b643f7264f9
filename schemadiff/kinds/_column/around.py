"""What a column has to know of what is around it: its table's parents and type, its own type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.default_names import make_name
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.kinds._column.itself import refuse_reading_itself
from schemadiff.kinds._fillable import refuses_update
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._inside import proven_first
from schemadiff.kinds._new_value import domain_fills, is_checked
from schemadiff.kinds._row.type import added_first, rows_first


def is_bound(column: Any, context: Context) -> bool:
    """Tell whether the table is a partition, or has the columns of a type."""
    table = context.desired.get(column.parent)
    typed = Identity("of_type", column.identity.path[:2]) in context.desired
    return typed or getattr(table, "partition_of", None) is not None


def onlooker(column: Any, context: Context) -> Identity | None:
    """Name a trigger or rule that would see each row filled; it may change other columns."""
    for obj in _onlookers(column, context):
        if not (
            context.sizes.quiet
            and obj.identity.kind == "trigger"
            and getattr(obj, "enabled", "") == _USUAL
        ):
            return obj.identity
    return None


def why_unfilled(column: Any, context: Context) -> str:
    """Say why the rows of a column are not to be filled in batches; empty where they can be."""
    seen = onlooker(column, context)
    if seen:
        return f"{seen} would see each row filled"
    return next(refuses_update(column.parent, context), "")


def is_watched(column: Any, context: Context) -> bool:
    """Tell whether triggers have to be kept from firing while the rows of a column are filled."""
    return next(_onlookers(column, context), None) is not None


def _onlookers(column: Any, context: Context) -> Iterator[DbObject]:
    wanted, seen = [column.parent], set[Identity]()
    while wanted:
        table = wanted.pop()
        seen.add(table)
        for side in (context.current, context.desired):
            objects = [side.objects[i] for i in sorted(side.children.get(table, ()))]
            yield from (o for o in objects if _sees_updates(o, column.identity.name))
        wanted += [t for t in heirs_of(table, context) if t not in seen]


def _sees_updates(obj: Any, column: str) -> bool:
    if obj.identity.kind == "rule":
        return bool(obj.event == "update" and obj.enabled != "disabled")
    if obj.identity.kind != "trigger" or "update" not in obj.events or obj.enabled == "disabled":
        return False
    return not obj.update_of or column in obj.update_of


# Fires unless the session's role is `replica`; what fires only then is no less in the way.
_USUAL = "origin"


def heirs_of(table: Identity, context: Context) -> list[Identity]:
    """Name the parts and heirs of a table that is there."""
    found = []
    for each in context.current.dependents.get(table, ()):
        obj: Any = context.current.get(each)
        if getattr(obj, "partition_of", None) == table.path or table.path in getattr(
            obj, "inherits", ()
        ):
            found.append(each)
    return found


def has_heirs(table: Identity, context: Context) -> bool:
    """Tell whether a table has parts or heirs."""
    return bool(heirs_of(table, context))


def writes_anew(column: Any, context: Context, *, in_steps: bool) -> str:
    """Say why ADD COLUMN writes a table anew that has rows; empty where it does not."""
    if column.of == FOREIGN or column.parent not in context.current or in_steps:
        return ""
    refuse_reading_itself(column, context)
    if column.generated is not None and not column.virtual:
        return "a stored generated column has all its values at once: there is no way in steps"
    if is_checked(column, context):
        return "the checks of the domain are asked of every row at once: there is no way in steps"
    if not column.identity_options:
        return domain_fills(column, context)
    why = why_unfilled(column, context) if context.busy(column) else ""
    return f"each row gets its number{f': {why}' if why else ''}"


def in_order(column: Any, context: Context) -> frozenset[Identity]:
    """Name the columns and the like that have to be there first.

    A table has its columns in the order of its type; and a column that an heir says itself is
    merged with the table's, not the other way round.
    """
    proven = proven_first(column, context) | _named_first(column, context)
    proven |= rows_first(column, context)
    if column.parent not in context.current:
        return proven
    of = context.desired.get(Identity("of_type", column.identity.path[:2]))
    before: list[Identity] = []
    if of is not None:
        columns = [i for i in context.desired.children.get(column.parent, ()) if i.kind == "column"]
        before = columns[: columns.index(column.identity)][-1:]
    proven |= added_first(column, context)
    return proven | frozenset(before) | of_heirs(column, context)


def _named_first(column: Any, context: Context) -> frozenset[Identity]:
    """Name what is new and has the name that the sequence of an identity would take.

    PostgreSQL numbers that one where the name is taken; a table it would not make, and say nothing.
    """
    if column.identity_options is None or column.identity_sequence:
        return frozenset()
    taken = sequence_of(column)
    named = (Identity(k.name, taken) for k in context.registry if "relation" in k.spaces)
    return frozenset(i for i in named if i in context.desired and i not in context.current)


def of_heirs(obj: Any, context: Context) -> frozenset[Identity]:
    """Name the columns (checks) of heirs that stay, with which a column (check) is, or was, merged.

    They come before it, and go after it: they cannot be dropped while they are inherited, which
    those of far heirs are by way of tables that do not say them themselves.
    """
    found, queue = set(), [obj.parent]
    while queue:
        table = queue.pop()
        for each in context.current.dependents.get(table, ()):
            heir: Any = context.current.objects[each]
            if table.path[:2] in getattr(heir, "inherits", ()) and each in context.desired:
                own = Identity(obj.identity.kind, (*each.path, obj.identity.name))
                found.add(own)
                if own not in context.current and own not in context.desired:
                    queue.append(each)
    return frozenset(found)


def repeated_by(column: Any, context: Context) -> frozenset[Identity]:
    """Name the columns of heirs, near and far, that say a column again: they change with it."""
    found, name, queue = set(), column.identity.name, [column.parent]
    while queue:
        table = queue.pop()
        for heir in _stays_heir(table, context):
            each = Identity("column", (*heir.path, name))
            if each not in found:
                queue.append(heir)
                found.add(each)
    return frozenset(i for i in found if i in context.current and i in context.desired)


def repeats_changed(column: Any, context: Context, *attributes: str) -> bool:
    """Tell whether a table above has the same column, which changes so for its heirs too."""
    for above in _repeated(column, context):
        old, new = (side.get(above) for side in (context.current, context.desired))
        if old and new and any(getattr(old, a) != getattr(new, a) for a in attributes):
            return True
    return False


def is_repeated(column: Any, context: Context) -> bool:
    """Tell whether a table that stays above has the same column, whose change reaches this one."""
    return any(above in context.current for above in _repeated(column, context))


def _repeated(column: Any, context: Context) -> Iterator[Identity]:
    """Name a column in the tables that one is an heir of before, after, and all the while."""
    queue = [column.parent]
    while queue:
        table: Any = context.desired.get(queue.pop())
        for path in getattr(table, "inherits", ()):
            above = Identity("table", path)
            if table.identity in _stays_heir(above, context):
                yield Identity("column", (*path, column.identity.name))
                queue.append(above)


def _stays_heir(table: Identity, context: Context) -> list[Identity]:
    """Name the tables that inherit from a table before, after, and all the while."""
    found: list[tuple[Identity, Any]] = [
        (i, context.desired.get(i)) for i in heirs_of(table, context)
    ]
    return [
        each
        for each, heir in found
        if table.path in getattr(heir, "inherits", ()) and table.path not in heir.rejoins
    ]


def sequence_of(column: Any) -> tuple[str, ...]:
    """Give the name of the sequence of an identity."""
    schema, table, name = column.identity.path
    return column.identity_sequence or (schema, make_name(table, name, "seq"))

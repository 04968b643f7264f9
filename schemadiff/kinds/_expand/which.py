"""Which columns of tables in use change their type beside the old one, and which cannot.

A change that writes the table anew keeps everyone out meanwhile. Instead, a new column stands
beside the old one until all rows have their value, and takes its name: expand and contract. Columns
of one table go together, and so do both ends of a foreign key. The surprising fact: the new column
stands at the end of the table for good, so nothing that goes by the order of columns may be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.online import temporary_name
from schemadiff.core.record import record
from schemadiff.core.sql import ident
from schemadiff.core.succession import Successor
from schemadiff.kinds._column.alter import sorts_anew, writes_rows
from schemadiff.kinds._column.fill import is_being_filled
from schemadiff.kinds._expand.heirs import heirs_of, why_not_the_heirs
from schemadiff.kinds._expand.parts import defaults_of_parts, is_whole, parts_of, why_not_the_whole
from schemadiff.kinds._expand.rows import takes_rows, why_not_the_rows, why_unfit_rule
from schemadiff.kinds._expand.triggers import apart, fires, triggers, unfit_triggers
from schemadiff.kinds._expand.values import by_formula, why_unlike
from schemadiff.kinds._fillable import refuses_update
from schemadiff.kinds._foreign.tables import FOREIGN
from schemadiff.kinds._part_of_index import only_called
from schemadiff.kinds._published import publishing
from schemadiff.kinds._type_change import is_timed, keeps_keys, keeps_moments

_CHANGES = frozenset(
    """
    type collation statistics storage compression options identity_options
    not_null not_null_name not_null_valid not_null_no_inherit
    """.split()
)
# What moves with the column itself.
_ITS_OWN = frozenset({"default", "sequence", "identity_sequence"})
_BESIDE = frozenset({"foreign_key", "leftover"})


@record(frozen=True)
class Move:
    """Columns that are replaced together: (old, new) by identity, in their order."""

    columns: tuple[tuple[Any, Any], ...]
    context: Context

    @cached_property
    def names(self) -> dict[Identity, str]:
        """What the new columns are called for a while; a name tells all that its table does."""
        return {
            new.identity: temporary_name("type", *new.identity.path, *self._said(new.parent))
            for _, new in self.columns
        }

    @cached_property
    def everywhere(self) -> dict[Identity, str]:
        """The same with the columns of heirs, which are called alike."""
        found = dict(self.names)
        for table in self.tables:
            for heir in heirs_of(table, self.context.current):
                for _, new in self.of(table):
                    own = Identity("column", (*heir.path, new.identity.name))
                    found[own] = self.names[new.identity]
        return found

    def column(self, pair: tuple[Any, Any]) -> str:
        """Name a new column in SQL."""
        return ident(self.names[pair[1].identity])

    def name(self, table: Identity, what: str) -> str:
        """Name the check or the function of a table."""
        return temporary_name(what, *table.path, *self._said(table))

    def _said(self, table: Identity) -> list[tuple[object, ...]]:
        return [
            (new.identity.name, new.type, new.collation, new.not_null, new.using)
            for _, new in self.columns
            if new.parent == table
        ]

    @cached_property
    def tables(self) -> tuple[Identity, ...]:
        """The tables, in their order."""
        return tuple(sorted({new.parent for _, new in self.columns}))

    @property
    def leader(self) -> Identity:
        """The column in whose name all of it is done."""
        first: Identity = self.columns[0][1].identity
        return first

    def of(self, table: Identity) -> list[tuple[Any, Any]]:
        """Give the columns of one table."""
        return [pair for pair in self.columns if pair[1].parent == table]

    def timed(self, table: Identity) -> bool:
        """Tell whether values of a table go by the time zone."""
        return any(
            is_timed(old.type, new.type) and not by_formula(old, new) for old, new in self.of(table)
        )

    def quiet(self, table: Identity) -> bool:
        """Tell whether other triggers have to be kept from firing while rows are filled."""
        gone, made = apart(table, self.context)
        sides = ((self.context.current, gone), (self.context.desired, made))
        return any(
            fires(side.objects[i])
            for side, aside in sides
            for i in triggers(table, side)
            if i not in aside
        )

    @cached_property
    def carried(self) -> list[DbObject]:
        """What rests on the columns and has a successor, in the order of its making."""
        registry, current = self.context.registry, self.context.current
        found = {
            i
            for column in self.names
            for i in current.dependents.get(column, ())
            if i.kind not in _ITS_OWN and not registry[i.kind].made_again
        }
        found -= {Identity("leftover", (*t.path, self.name(t, "step"))) for t in self.tables}
        order = sorted(found, key=lambda i: (registry[i.kind].order, i))
        return [current.objects[i] for i in order]

    @cached_property
    def successors(self) -> list[Successor | str]:
        """What takes over for each of these, or why nothing can."""
        desired, registry = self.context.desired, self.context.registry
        return [
            registry.of(obj).successor(
                desired.get(obj.identity) or obj, self.everywhere, self.context
            )
            for obj in self.carried
        ]


def move_of(column: Any, context: Context) -> Move | str | None:
    """Give how a column's type changes in steps, or why it cannot; None where it needs none."""
    old = context.current.get(column.identity)
    if old is None or not _writes_anew(old, column, context):
        return None
    columns, why = _together(column, context)
    if why:
        return why
    move = Move(columns, context)
    found = (*_hindrances(move), *(s for s in move.successors if isinstance(s, str)))
    return next(filter(None, found), move)


def goes_along(default: Identity, context: Context) -> bool:
    """Tell whether a default is said when the column that it is on trades places with another."""
    column = context.desired.get(Identity("column", default.path))
    return column is not None and isinstance(move_of(column, context), Move)


def is_numbered(column: Identity, context: Context) -> bool:
    """Tell whether a column is an identity, before or after."""
    sides = (side.get(column) for side in (context.current, context.desired))
    return any(getattr(each, "identity_options", None) is not None for each in sides)


def rides_along(obj: DbObject, context: Context) -> bool:
    """Tell whether an object changes with columns that others take the place of."""
    for each in context.current.depends_on(obj.identity):
        column = context.desired.get(each)
        if each.kind == "column" and column is not None:
            move = move_of(column, context)
            if isinstance(move, Move) and obj.identity in {o.identity for o in move.carried}:
                return True
    return False


def _writes_anew(old: Any, new: Any, context: Context) -> bool:
    """Tell whether a change of type writes rows of a table in use anew."""
    if old.type == new.type or new.of == FOREIGN or not context.busy(new):
        return False
    if old.generated is not None or new.generated is not None:
        return False
    return writes_rows(old, new, context) or (
        keeps_moments(old.type, new.type) and sorts_anew(old, new, context)
    )


def _together(column: Any, context: Context) -> tuple[tuple[tuple[Any, Any], ...], str]:
    """Find the columns that go together, or why one of them cannot."""
    found: dict[Identity, tuple[Any, Any]] = {}
    queue = [column.identity]
    while queue:
        identity = queue.pop()
        old: Any = context.current.get(identity)
        new: Any = context.desired.get(identity)
        if identity in found or old is None or new is None or not _writes_anew(old, new, context):
            continue
        if why := _unfit(old, new, context):
            return (), why
        found[identity] = (old, new)
        queue += [i for i in context.desired.children.get(new.parent, ()) if i.kind == "column"]
        for each in context.current.dependents.get(identity, ()):
            if each.kind == "foreign_key":
                queue += [i for i in context.current.depends_on(each) if i.kind == "column"]
    return tuple(found[i] for i in sorted(found)), ""


def _unfit(old: Any, new: Any, context: Context) -> str:
    """Say why one column cannot have a successor."""
    name = new.identity.sql
    if why := why_unlike(old, new, context):
        return why
    if more := changed_attributes(old, new) - _CHANGES:
        return f"{', '.join(sorted(more))} of {name} changes at the same time"
    if (old.identity_options is None) != (new.identity_options is None):
        return f"{name} begins or ends to be an identity at the same time"
    if is_being_filled(new.identity.path, context):
        return f"the rows of {name} are still being filled"
    own = context.current.get(Identity("identity_sequence", new.identity.path))
    if getattr(own, "unlogged", None) is not None:
        return f"the sequence of {name} is logged otherwise than its table"
    if changing := _changes_owner(new.identity, context):
        return f"{changing} begins or ends to belong to {name} at the same time"
    for child in context.current.children.get(old.identity, ()):
        obj: Any = context.current.objects[child]
        if getattr(obj, "passed_on", ()):
            return f"{child} was given by another role than the owner"
        if getattr(obj, "column", None):
            return f"{child} is on its NOT NULL"
    return ""


def _changes_owner(column: Identity, context: Context) -> Identity | None:
    """Give a sequence that belongs to the column on one side only: it would go, or be missed."""
    sides = (context.current, context.desired)
    for each in sorted({i for side in sides for i in side.dependents.get(column, ())}):
        if each.kind == "sequence" and all(each in side for side in sides):
            owners = [getattr(side.objects[each], "owner", None) for side in sides]
            if owners.count(column.path) == 1:
                return each
    return None


def _hindrances(move: Move) -> Iterator[str]:
    for table in move.tables:
        yield from _of_table(table, move.context)
        yield from refuses_update(table, move.context)
        if is_whole(table, move.context.current):
            columns = [new for _, new in move.of(table)]
            yield from why_not_the_whole(columns, table, move.context)
        else:
            yield from why_not_the_heirs([new for _, new in move.of(table)], table, move.context)
    for old, new in move.columns:
        yield from _of_outsiders(old.identity, move.context)
        yield from _of_default(new.identity, move)
        for each in sorted(move.context.current.dependents.get(old.identity, ())):
            if move.context.registry[each.kind].made_again:
                yield from _of_remade(each, move)
            elif each.kind == "foreign_key" and not _keeps(old, new, each, move):
                yield f"{each} compares it with a column of another type"
    for obj in move.carried:
        yield from _of_carried(obj, move)


def _keeps(old: Any, new: Any, key: Identity, move: Move) -> bool:
    """Tell whether a foreign key compares the column with one that goes along, or of its family."""
    if keeps_keys(old.type, new.type):
        return True
    obj: Any = move.context.current.objects[key]
    ends = (
        ((*key.path[:2], column), (*obj.target, other))
        for column, other in zip(obj.columns, obj.target_columns, strict=True)
    )
    return all(
        Identity("column", path) in move.everywhere
        for pair in ends
        if old.identity.path in pair
        for path in pair
    )


def _of_table(table: Identity, context: Context) -> Iterator[str]:
    """Say what of a table goes by the order of its columns, or sees that rows are filled."""
    yield from unfit_triggers(table, context)
    whole = is_whole(table, context.current)
    current = context.current
    parts = parts_of(table, current) if whole else heirs_of(table, current)
    for side in (context.current, context.desired):
        obj: Any = side.get(table)
        if obj is None or obj.partition_of or obj.inherits or whole != is_whole(table, side):
            yield f"{table.sql} is a partition, inherits, or begins or ends to be partitioned"
        for each in sorted(side.children.get(table, ())):
            if each.kind == "rule":
                yield from why_unfit_rule(side.objects[each])
            elif each.kind == "of_type":
                yield f"{each} goes by the order of columns"
        for each in sorted(side.dependents.get(table, ())):
            if (
                each.kind not in _BESIDE
                and side.objects[each].parent != table
                and each not in parts
                and not takes_rows(each, table, side)
            ):
                yield f"{each} rests on the whole of {table.sql}"
        yield from why_not_the_rows(table, side)
        for publication in publishing(table, side):
            yield f"{publication} publishes {table.sql}, and subscribers do not have the new column"


def _of_outsiders(identity: Identity, context: Context) -> Iterator[str]:
    for other in sorted(context.current.outsiders.get(identity, ())):
        yield f"{other.path[0]} {other.path[1]}, which is not managed, rests on it"


def _of_default(column: Identity, move: Move) -> Iterator[str]:
    """A default that changes may need what is only made after the columns traded places."""
    current, desired = move.context.current, move.context.desired
    own = [{d.identity: d for d in defaults_of_parts(column, s)} for s in (current, desired)]
    if own[0] != own[1]:
        yield f"a partition of {column.path[1]} changes its own default of {column.name}"
    for default in (Identity("default", column.path), *own[0]):
        if default not in current or default not in desired:
            continue
        made = desired.depends_on(column) - current.objects.keys()  # the type is there by then
        for each in sorted(desired.depends_on(default) - made):
            if each.kind not in ("column", "sequence") and _changes(each, move):
                yield f"its default rests on {each}, which changes in the same plan"
            elif each not in current:
                yield f"its default rests on {each}, which is new"


def _of_remade(first: Identity, move: Move) -> Iterator[str]:
    """Look at all that has to be made again with something on the column."""
    context, seen, queue = move.context, {first}, [first]
    while queue:
        each = queue.pop(0)
        if not context.registry[each.kind].made_again:
            yield f"{each} would have to be made anew with {first}"
        for other in sorted({*context.current.depends_on(each), *context.desired.depends_on(each)}):
            if not _holds(other) and _matters(other, move):
                yield f"{each} also rests on {other}, which changes in the same plan"
        inside = [i for i in context.current.descendants(each) if i.kind not in _ATTACHED]
        more = {*context.current.dependents.get(each, ()), *inside} - seen
        seen |= more
        queue += sorted(more)


_ATTACHED = frozenset({"comment", "grant", "owner", "security_label"})


def _holds(identity: Identity) -> bool:
    return identity.kind in ("table", "schema")


def _of_carried(obj: DbObject, move: Move) -> Iterator[str]:
    """What has a successor stays as it is, and nothing but a foreign key rests on it."""
    identity, current = obj.identity, move.context.current
    new = move.context.desired.get(identity)
    if new is None or changed_attributes(obj, new) - move.context.registry.of(obj).reworded:
        yield f"{identity} changes in the same plan"
    used = {*current.depends_on(identity), *move.context.desired.depends_on(identity)}
    for other in sorted(used):
        if not _holds(other) and _matters(other, move):
            yield f"{identity} also rests on {other}, which changes in the same plan"
    known = {each.identity for each in move.carried}
    sides = (current, move.context.desired)
    for other in sorted(current.dependents.get(identity, ())):
        if other in known or other.kind == "leftover":
            continue
        if not only_called(current.objects[other], sides):  # the new one gets its name
            yield f"{other} rests on {identity}"
    for child in current.descendants(identity):
        if child.kind != "comment":
            yield f"{child} belongs to {identity}"


def _changes(identity: Identity, move: Move) -> bool:
    """Tell whether something changes by itself, other than what moves or stays in place."""
    if identity in move.names:
        return False
    return move.context.current.get(identity) != move.context.desired.get(identity)


def _matters(identity: Identity, move: Move) -> bool:
    """Tell whether something changes so that what rests on it has to be made before or after."""
    if not _changes(identity, move):
        return False
    old, new = (side.get(identity) for side in (move.context.current, move.context.desired))
    if identity.kind != "column" or old is None or new is None:
        return True
    return bool(changed_attributes(old, new) & _MEANING)


_MEANING = frozenset({"type", "collation", "generated", "virtual", "of"})  # of a column's values

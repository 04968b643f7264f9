"""The way of explicit renames: where a name on it is taken for now, over one that nobody has.

SET SCHEMA and RENAME are two statements, so between them an object has the name of the one and
the schema of the other; and what a table has with a name of its schema (indexes, sequences) goes
along under its old name. All renames run in one transaction: nobody sees the names in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Rename
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, overriding
from schemadiff.core.names import ONE_OF_A_TABLE
from schemadiff.core.object import DbObject
from schemadiff.core.online import temporary_name
from schemadiff.core.operation import Guard, Operation
from schemadiff.core.record import replace
from schemadiff.diff.moved import renamed_back, renamed_catalog

_OF_A_TABLE = ("constraint", ONE_OF_A_TABLE)
Name = tuple[str, str, str]


def rename_operations(
    renames: Sequence[Rename], context: Context, before: Catalog | None = None
) -> list[tuple[Rename, Operation]]:
    """Give the operations of renames in their order; `before` is the catalog before them."""
    context = replace(context, former={r.identity: r.old.identity for r in renames})
    if not any(_moves(r) for r in renames):
        moments = _moments(renames, context)
        pairs = zip(renames, moments, strict=True)
        return [(r, op) for r, moment in pairs for op in _plain(r, context, moment)]
    if before is None:
        # Each undone, the last first.
        before = reduce(renamed_back, reversed(renames), context.current)
    return list(_Route(before, context).of(renames))


def _moments(renames: Sequence[Rename], context: Context) -> list[Context]:
    """Have each rename look at both sides by the names of its moment.

    On the way back, what is in a table is renamed before the table is.
    """
    if not _inside_first(renames):
        return [context] * len(renames)
    found = [context]
    for rename in reversed(renames[1:]):
        current, desired = (renamed_back(s, rename) for s in (context.current, context.desired))
        context = replace(context, current=current, desired=desired)
        found.append(context)
    return found[::-1]


def _inside_first(renames: Sequence[Rename]) -> bool:
    """Tell whether something is renamed before that which it is in."""
    later = set[tuple[str, ...]]()
    for rename in reversed(renames):
        path = rename.identity.path
        if any(path[:size] in later for size in range(1, len(path))):
            return True
        later.add(rename.old.identity.path)
    return False


def _moves(rename: Rename) -> bool:
    """Tell whether an object goes to another schema; a schema takes along what is in it."""
    old, new = rename.old.identity, rename.identity
    return len(old.path) > 1 and old.schema != new.schema


def _plain(rename: Rename, context: Context, moment: Context | None = None) -> list[Operation]:
    kind = context.registry.of(rename.new)
    made = kind.rename(rename.old, rename.new, moment or context)
    return [_once(op, rename, context) for op in made]


def _once(op: Operation, rename: Rename, context: Context) -> Operation:
    """Keep the next of a chain, which has the old name afterwards, from being renamed again."""
    if (next_ := rename.makes_room) is not None:
        return _guarded(op, Guard(context.registry.of(next_).exists(next_)))
    chained = rename.old.identity in context.desired and rename.old.identity != rename.identity
    taken = context.registry.of(rename.new).exists(rename.new) if chained else ""
    return _guarded(op, Guard(f"NOT ({taken})")) if taken else op


def _guarded(op: Operation, guard: Guard) -> Operation:
    return replace(op, guard=op.guard & guard if op.guard else guard)


@dataclass
class _Route:
    """The catalog as it is at one moment, and what waits for its name under another."""

    side: Catalog
    context: Context
    aside: list[tuple[Rename, DbObject, DbObject]] = field(default_factory=list)

    def of(self, renames: Sequence[Rename]) -> Iterator[tuple[Rename, Operation]]:
        """Give the operations of all renames, and of what returns to its name after them."""
        for rename in renames:
            ops = self._moving(rename) if _moves(rename) else _plain(rename, self.context)
            yield from ((rename, op) for op in ops)
            if not _moves(rename):
                self._go(rename.old.identity, rename.identity)
        taken = self._names_of(self.side) if self.aside else set()
        for rename, waiting, last in self.aside:
            if any(name in taken for name in self._names(last)):
                raise _refused(rename, last)
            kind = self.context.registry.of(last)
            yield from ((rename, op) for op in kind.rename(waiting, last, self.context))

    def _moving(self, rename: Rename) -> Iterator[Operation]:
        context = self.context
        kind, old, new = context.registry.of(rename.new), rename.old, rename.new
        for waiting, arrives in rename.aside:
            yield from self._steps_aside(rename, self.side.objects[waiting], arrives.name)
        there = renamed_catalog(self.side, old.identity, new.identity)
        pairs = zip(self.side.objects.values(), there.objects.values(), strict=True)
        along = [(a, b) for a, b in pairs if a.identity != b.identity]
        taken = self._names_of(self.side) - {n for a, _ in along for n in self._names(a)}
        stays = self.side
        for here, arrived in along:
            if here.identity != old.identity and taken.intersection(self._names(arrived)):
                free = temporary_name("moved name", *here.identity, *arrived.identity)
                yield from self._steps_aside(rename, here, free)
                self.aside.append((rename, self._called(arrived, free), arrived))
        if self.side is not stays:
            there = renamed_catalog(self.side, old.identity, new.identity)
        self.side = there
        names = (old.identity.path[kind.name_part], new.identity.path[kind.name_part])
        between = self._called(new, new.identity.schema, names[0])
        if names[0] == names[1] or not taken.intersection(self._names(between)):
            yield from _plain(rename, context)
            return
        free = temporary_name("moved name", *old.identity, *new.identity)
        first = self._called(new, old.identity.schema, free)
        second = self._called(new, new.identity.schema, free)
        for op in kind.rename(old, first, context):
            yield _once(op, rename, context)
        yield from kind.rename(first, second, context)
        yield from kind.rename(second, new, context)

    def _steps_aside(self, rename: Rename, here: DbObject, free: str) -> Iterator[Operation]:
        """Give what goes along another name, before it does."""
        context = self.context
        kind, waiting = context.registry.of(here), self._called(here, free)
        exists = context.registry.of(rename.old).exists(rename.old)
        for op in kind.rename(here, waiting, context):
            yield _once(_guarded(op, Guard(exists)) if exists else op, rename, context)
        self._go(here.identity, waiting.identity)

    def _called(self, obj: DbObject, *names: str) -> DbObject:
        kind = self.context.registry.of(obj)
        return replace(obj, identity=kind.former(obj.identity, names))

    def _go(self, old: Identity, new: Identity) -> None:
        self.side = renamed_catalog(self.side, old, new)

    def _names(self, obj: DbObject) -> list[Name]:
        """Give the names that an object takes in its schema."""
        names = self.context.registry.of(obj).occupies(obj)
        return [n for n in names if n[0] not in _OF_A_TABLE]

    def _names_of(self, side: Catalog) -> set[Name]:
        asked = overriding(self.context.registry, "occupies")
        return {n for i in side.of(*asked) for n in self._names(side.objects[i])}


def _refused(rename: Rename, last: DbObject) -> PlanError:
    old = ".".join(rename.old.identity.path)
    message = (
        f"{rename.identity} cannot be renamed from {old}: {last.identity} goes along, "
        "and something else has its name there"
    )
    hint = "rename what is in the way first, in a plan of its own"
    return PlanError(Diagnostic(code="SD050", message=message, hint=hint, about=(rename.identity,)))

"""Changes to operations, with everything that has to be rebuilt on the way.

What depends on a replaced object is dropped before and made again after, with its children
(comments, indexes). Its drop runs only while the cause still has to run, so that a second run of
the same script rebuilds nothing. Data follows a type that is made anew: see `plan/moving.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, assert_never

from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, overriding
from schemadiff.core.moving import heir, unfinished
from schemadiff.core.names import ONE_OF_A_TABLE
from schemadiff.core.online import Stage
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.plan.left_behind import (
    displaced,
    from_under,
    left_behind,
    still_needed,
    still_there,
)
from schemadiff.plan.loose import Loose, untied
from schemadiff.plan.moving import Moving, copied, either, lives_on, not_gone, put_away_above
from schemadiff.plan.outsiders import in_the_way
from schemadiff.plan.staying import may_wait, moves_itself, needed, raise_staying, waits_above
from schemadiff.plan.trading import Name, names_of, names_taken, step_aside, trading


@dataclass
class Expansion:
    """The operations of a set of changes, and which objects are replaced because of which."""

    context: Context
    replaced: dict[Identity, Identity] = field(default_factory=dict)  # -> the cause, or itself
    altered: dict[Identity, Alter] = field(default_factory=dict)
    created: set[Identity] = field(default_factory=set)
    dropped: set[Identity] = field(default_factory=set)
    wrong: list[Diagnostic] = field(default_factory=list)
    moving: Moving = field(default_factory=Moving)
    loose: Loose = field(default_factory=Loose)
    displaced: set[Identity] = field(default_factory=set)  # goes for what it does not rest on
    pressed: dict[Identity, Identity] = field(default_factory=dict)  # goes for another's sake, too
    aside: set[Identity] = field(default_factory=set)  # in use, under another name until it goes
    renamed: dict[Identity, Identity] = field(default_factory=dict)  # from the old name
    trading: frozenset[Identity] = frozenset()  # renames that step aside for another's
    taken: frozenset[Name] = frozenset()  # by what is created
    stages: dict[Identity, Stage] = field(default_factory=dict)  # of what unsettles others
    forced: frozenset[Identity] = frozenset()  # what could be altered, but not in any order

    @cached_property
    def _forerunning(self) -> frozenset[str]:
        """The kinds that have a forerunner."""
        return overriding(self.context.registry, "forerunner")

    def run(self, changes: Iterable[Change]) -> tuple[list[Operation], list[Change], list[Change]]:
        """Give operations, the changes as they will be done, and what is rebuilt beside them."""
        changes = list(changes)
        for change in changes:
            match change:
                case Create():
                    self.created.add(change.identity)
                case Drop():
                    self.dropped.add(change.identity)
                case Alter():
                    self.altered[change.identity] = change
                case Rename():
                    self.renamed[change.old.identity] = change.identity
                case _:
                    assert_never(change)
        self._find_replaced()
        changes = self._parted(changes)
        self.trading = trading(changes, self.context)
        self.taken = names_taken(changes, self.context)
        self.loose.settle(self.replaced)
        anew = {i.path for i in self.replaced if self.context.registry[i.kind].has_rows}
        sizes, replaced = self.context.sizes.without(anew), frozenset(self.replaced)
        context = replace(self.context, sizes=sizes, replaced=replaced, memo={})  # it was not known
        self.context = self.moving.settled(self.altered, self.replaced, context)
        self.wrong += self.moving.stuck(self.context, self.replaced)
        self.wrong += still_needed(self.dropped, self.context)
        self.wrong += in_the_way(self.dropped, self.replaced, self.context.current)
        if self.wrong:
            raise PlanError(*self.wrong)
        done = [
            replace(c, replace=True) if isinstance(c, Alter) and c.identity in self.replaced else c
            for c in changes
        ]
        rebuilt = self._rebuilt()
        resumed = self._resumed(operations := self._operations(done, rebuilt))
        done = [c for c in done if c.identity not in resumed]
        return [op for op in operations if op.target not in resumed], done, rebuilt

    def _parted(self, changes: list[Change]) -> list[Change]:
        """Drop what would be renamed and has to go before something else, and make it anew."""
        found: list[Change] = []
        for change in changes:
            if isinstance(change, Rename) and change.old.identity in self.replaced:
                self.dropped.add(change.old.identity)
                self.created.add(change.identity)
                found += [Drop(change.old), Create(change.new)]
            else:
                found.append(change)
        return found

    def _resumed(self, operations: list[Operation]) -> frozenset[Identity]:
        """Name what an earlier run has begun and this one goes on with, instead of dropping it."""
        registry = self.context.registry
        begun = {i for i in self.dropped if registry[i.kind].transient}
        return frozenset(i for op in operations for i in op.provides & begun)

    # --- what is replaced --------------------------------------------------------------------

    def _find_replaced(self) -> None:
        current, registry = self.context.current, self.context.registry
        queue: list[tuple[Identity, Identity]] = []
        for identity, change in self.altered.items():
            kind, said = registry.of(change.new), (change.old, change.new, change.changed)
            if identity in self.forced or kind.must_replace(*said, self.context):
                queue.append((identity, identity))
                continue
            queue += [
                (dependent, identity)
                for dependent in sorted(current.dependents.get(identity, ()))
                if kind.unsettles(*said, current.objects[dependent], self.context)
            ]
            queue += self._displaced(*said)
        for identity in sorted(self.created):
            queue += self._displaced(None, self.context.desired.objects[identity])
        gone = [i for i in sorted(self.dropped) if not lives_on(i, self.context)]
        queue += left_behind(gone, self.created, self.altered, self.renamed, self.context)
        while queue:
            identity, cause = queue.pop(0)
            if identity != cause:
                self.pressed.setdefault(identity, cause)
            if identity in self.replaced or identity in self.dropped:
                continue
            let_go = self.moving.leaves(identity, cause, self.altered, self.context)
            if let_go or (identity != cause and self.loose.takes(identity, cause, self.context)):
                continue
            if (whole := copied(identity, self.context)) and identity not in (whole, cause):
                queue.append((whole, cause))
                continue
            if identity != cause and self._follows(identity, cause):
                queue += [(d, cause) for d in self._unsettled(identity)]
                continue
            if not self._may_replace(identity, cause):
                continue
            self.replaced[identity] = cause
            inside = [identity, *current.descendants(identity)]
            along = (i for i in inside[1:] if i not in self.dropped and i not in self.replaced)
            self.replaced |= dict.fromkeys(along, identity)
            queue += self._displaced(None, self.context.desired.get(identity))
            for each in inside:
                queue += [(d, identity) for d in sorted(current.dependents.get(each, ()))]

    def _unsettled(self, identity: Identity) -> list[Identity]:
        """Name what has to be gone while the data of an object follows a type."""
        old, new = (s.objects[identity] for s in (self.context.current, self.context.desired))
        found = self._displaced(old, new, self.context.registry.of(old).moved_attributes)
        return [*self.moving.unsettled(identity, self.context), *(each for each, _ in found)]

    def _displaced(
        self, old: Any, new: Any, changed: frozenset[str] = frozenset()
    ) -> list[tuple[Identity, Identity]]:
        found = displaced(old, new, changed, self.context)
        self.displaced.update(each for each, _ in found)
        return found

    def _may_replace(self, identity: Identity, cause: Identity) -> bool:
        obj = self.context.current.objects[identity]
        kind = self.context.registry.of(obj)
        may = kind.rebuildable(obj, self.context) or kind.moves_over or identity == cause
        if may or identity in self.displaced or copied(identity, self.context):
            return True
        raise_staying(may_wait(identity, cause, self.context))
        self.wrong.append(needed(identity, cause))
        return False

    def _follows(self, identity: Identity, cause: Identity) -> bool:
        """Tell whether data stays where it is while the type below it is made anew."""
        desired, registry = self.context.desired, self.context.registry
        obj, new = self.context.current.objects[identity], desired.get(identity)
        whole = registry[cause.kind].has_rows or moves_itself(identity, self.context)
        if (whole and copied(identity, self.context)) or identity in self.displaced:
            return False  # a part goes and comes with its whole
        if identity in self.moving.followers or identity in self.moving.leaving:
            return True
        kind = registry.of(obj)
        may = registry[cause.kind].moves_over or kind.from_above(obj, cause, self.context)
        may = may or waits_above(identity, cause, self.context)
        goes = identity in self.altered and self.altered[identity].changed & kind.moved_attributes
        off = goes and cause not in desired.depends_on(identity)  # no row of a view any more, say
        if new is None or not ((may or off) and kind.carries(obj, self.context)):
            return False
        if goes:
            self.moving.leaving.add(identity)  # it goes to another type by itself
            return True
        self.moving.followers[identity] = cause
        return True

    def _rebuilt(self) -> list[Change]:
        current, desired = self.context.current, self.context.desired
        return [
            Alter(current.objects[i], desired.objects[i], frozenset(), replace=True, cause=cause)
            for i, cause in self.replaced.items()
            if i not in self.altered and i in desired
        ] + self.loose.changes(self.context)

    # --- operations --------------------------------------------------------------------------

    def _operations(self, changes: list[Change], rebuilt: list[Change]) -> list[Operation]:
        found: list[Operation] = []
        for change in changes:
            found += self._of(change)
        guards = self._guards(found)
        anew = [c for c in (*changes, *rebuilt) if isinstance(c, Alter) and c.replace]
        swaps = [self._swapped(change) for change in anew]
        for change, swap in zip(anew, swaps, strict=True):
            found += swap or self._replacement(change, guards)
        loose: list[Operation] = []  # first of all that is done to the same object
        for identity, causes in self.loose.causes.items():
            held = [self._guard_of(cause, guards) for cause in causes]
            loose += self.loose.operations(identity, held, self.context)
        return loose + found + list(self.moving.operations(self.context))

    def _of(self, change: Change) -> list[Operation]:
        context, registry = self.context, self.context.registry
        match change:
            case Create():
                ops = registry.of(change.new).create(change.new, context)
            case Drop() if change.identity in context.put_away:
                new = heir(change.identity, context)
                return [] if new is None else [*self.moving.of_type(change.old, new, context)]
            case Drop():
                stays = self._goes_along(change.identity) or lives_on(change.identity, context)
                ops = () if stays else self._dropping(change)
            case Rename() if change.identity in self.trading:
                ops = step_aside(change, context)
            case Rename():
                ops = registry.of(change.new).rename(change.old, change.new, context)
            case Alter():
                if change.replace:
                    return []
                kind = registry.of(change.new)
                ops = kind.alter(change.old, change.new, change.changed, context)
            case _:
                assert_never(change)
        return [self._bind(op, change) for op in ops]

    def _dropping(self, change: Drop) -> Iterable[Operation]:
        """DROP … IF EXISTS is an error where something of another kind has the name by now."""
        kind = self.context.registry.of(change.old)
        ops = kind.drop(change.old, self.context)
        held = names_of([change.old], self.context.current, self.context)
        names = {n for n in held if n[0] != ONE_OF_A_TABLE}
        if not self.taken & names:
            return ops
        here = Guard(kind.exists(change.old))
        # What is not bound speaks of what has another name by then.
        own = ((op, op.guard & here if op.guard else here) for op in ops)
        return [replace(op, guard=guard) if op.bound else op for op, guard in own]

    def _bind(self, op: Operation, change: Change) -> Operation:
        """Add the order that the target's own dependencies ask for."""
        if not op.bound:
            return op
        requires, releases, context = op.requires, op.releases, self.context
        provides, destroys = op.provides, op.destroys
        if isinstance(change, Create | Alter) and op.verb is not Verb.DROP:
            above = change.new.parent
            requires |= context.desired.depends_on(op.target)
            requires |= frozenset({above}) if above else frozenset()
        if op.verb is not Verb.CREATE and not isinstance(change, Rename | Create):
            above = change.old.parent
            releases |= context.current.depends_on(op.target)
            releases |= frozenset({above}) if above else frozenset()
        if op.verb is Verb.ALTER:
            # What it rests on before and after may change under it: else it would be made anew.
            releases = self.loose.held(change.identity, releases - requires)
        requires, releases = untied(op.target, requires, releases, context, self._forerunning)
        made = op.verb in (Verb.CREATE, Verb.ALTER)
        provides |= {op.target} if made else set()
        destroys |= {op.target} if op.verb is Verb.DROP else set()
        if isinstance(change, Rename):
            destroys |= {change.old.identity}
            provides |= {op.target}
        held = self.moving.released(change.identity, releases, context)
        op = replace(op, requires=requires, releases=held)
        return replace(op, provides=provides, destroys=destroys)

    def _guards(self, operations: list[Operation]) -> dict[Identity, Guard | None]:
        """Give, for each unsettling alteration, the condition under which it has to run."""
        found: dict[Identity, Guard | None] = {}
        for op in operations:
            if op.verb is Verb.DROP and op.target in self.dropped:
                self.stages[op.target] = max(op.stage, self.stages.get(op.target, Stage.FIRST))
            if op.verb is Verb.DROP or op.target not in op.destroys:
                continue
            # One statement may alter several objects of a kind.
            for each in (i for i in op.destroys if i.kind == op.target.kind):
                self.stages[each] = max(op.stage, self.stages.get(each, Stage.FIRST))
                before = found.get(each)
                found[each] = before | op.guard if before and op.guard else op.guard
        return found

    def _at_once(self, op: Operation, identity: Identity) -> Operation:
        """Have what is dropped and made again go and come with what it rests on, or its cause."""
        below, seen = self.context.current.depends_on(identity), set[Identity]()
        while identity in self.replaced and identity not in seen:
            seen.add(identity)
            identity = self.replaced[identity]
        stage = max(self.stages.get(i, Stage.FIRST) for i in (identity, *below))
        if op.stage is not Stage.FIRST or stage is Stage.FIRST:
            return op
        return replace(op, stage=stage, returns=op.verb is not Verb.DROP)

    def _replacement(self, change: Alter, guards: dict[Identity, Guard | None]) -> list[Operation]:
        kind = self.context.registry.of(change.new)
        if change.identity in self.context.put_away:
            makes = [self._bind(op, change) for op in kind.create(change.new, self.context)]
            return [*self.moving.of_type(change.old, change.new, self.context), *makes]
        guard = self._guard_of(change.identity, guards)
        context = replace(self.context, rebuilding=True)
        ops = []
        for op in () if self._goes_along(change.identity) else kind.drop(change.old, context):
            both = op.guard & guard if op.guard and guard else op.guard or guard
            ops.append(self._bind(replace(op, guard=both), change))
        # What is done to the new form lets go of nothing any more.
        made, more = Create(change.new), kind.create(change.new, context)
        ops += [self._bind(op, change if op.verb is Verb.DROP else made) for op in more]
        return [self._at_once(op, change.identity) for op in ops]

    def _goes_along(self, identity: Identity) -> bool:
        """Tell whether something goes with the old form of what steps aside, or is put away.

        What rests on something that has to go before is taken off the old form all the same.
        """
        current = self.context.current
        if current.objects[identity].parent in self.aside:
            return True
        if put_away_above(identity, self.context) is None:
            return False
        going = {*self.replaced, *self.dropped} - self.context.put_away.keys()
        return not current.depends_on(identity) & going

    def _swapped(self, change: Alter) -> list[Operation] | None:
        """Replace an object while it is in use, with what rests on it in the same transaction."""
        identity, current = change.identity, self.context.current
        plain = identity in self.pressed.keys() | self.forced | self.context.put_away.keys()
        if plain or not self.context.online or self.replaced.get(identity) != identity:
            return None
        kind = self.context.registry.of(change.new)
        ops = list(kind.swap(change.old, change.new, self.context) or ())
        gone = [op.stage for op in ops if op.verb is Verb.DROP and identity in op.destroys]
        if gone:
            self.stages[identity] = gone[0]
        elif any(d in self.replaced for d in current.dependents.get(identity, ())):
            return None  # what merely steps aside would be found again by what comes back
        elif ops:
            self.aside.add(identity)
        # What goes for good waits until the old form, which rests on it, has gone.
        leaves = current.depends_on(identity) & self.dropped
        return [replace(op, releases=op.releases | leaves) for op in ops] or None

    def _guard_of(self, identity: Identity, guards: dict[Identity, Guard | None]) -> Guard | None:
        """A replaced object goes while its new form is not there, or its cause still has to run."""
        if above := put_away_above(identity, self.context):
            return not_gone(above, self.context)  # the new form has its own under that name
        first, seen, found = identity, set[Identity](), None
        while identity not in seen:
            seen.add(identity)
            change = self.altered.get(identity)
            if identity in self.context.put_away:
                found = either(found, unfinished(identity, self.context, first))
            elif change is not None and identity in self.replaced:
                differs = self.context.registry.of(change.new).differs(change.new)
                if not differs:
                    return None
                found = either(found, Guard(differs))
                going = (self.replaced, self.dropped)
                for each in from_under(identity, self.forced, *going, self.context):
                    guard = self._guard_of(each, guards)
                    found = either(found, guard) if guard else found
            cause = self.replaced.get(identity)
            if cause is None:
                guard = guards.get(identity) or still_there(identity, self.dropped, self.context)
                return found if guard is None else either(found, guard)
            own = cause == identity and self.context.registry[identity.kind].fickle
            identity = self.pressed.get(identity, cause) if own else cause
        return found

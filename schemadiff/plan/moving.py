"""Types that are made anew under the data that uses them.

The old form is put away under another name, the new one is made, the data follows in one statement
per table, and the old form is dropped. Types that contain it are put away as well where they hold
data. The surprising fact: whatever depends on the old form goes before that, under a guard that
holds until the old form is gone, so that a script that was stopped on the way starts over safely.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, field

from schemadiff.core.change import Alter
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, overriding
from schemadiff.core.moving import differs, heir, types_below, waits
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.spare import spare
from schemadiff.plan.staying import moves_itself, raise_apart, raise_staying


def either(first: Guard | None, second: Guard) -> Guard:
    """Run when either holds."""
    return first | second if first is not None else second


def copied(identity: Identity, context: Context) -> Identity | None:
    """Name the table that may be made anew, its rows copied, for the sake of what is below."""
    obj = context.current.objects[identity]
    return context.registry.of(obj).copied(obj, context)


def lives_on(identity: Identity, context: Context) -> bool:
    """Tell whether what is dropped stays as a part of something that is made."""
    obj = context.current.objects[identity]
    return context.registry.of(obj).lives_on(obj, context)


def _holder(identity: Identity, context: Context) -> Identity | None:
    """Name what can leave another one, or be left, that an object is in or is itself."""
    above: Identity | None = identity
    while above is not None and above.kind not in overriding(context.registry, "leaves"):
        obj = context.current.get(above)
        above = obj.parent if obj is not None else None
    return above


@dataclass
class Moving:
    """Whose data follows which type, and what leaves such a type by itself."""

    followers: dict[Identity, Identity] = field(default_factory=dict)
    leaving: set[Identity] = field(default_factory=set)
    waiting: set[Identity] = field(default_factory=set)  # goes from one to another
    converters: dict[Identity, frozenset[Identity]] = field(default_factory=dict)

    def unsettled(self, identity: Identity, context: Context) -> Iterator[Identity]:
        """Name what has to be dropped before the data moves, and made after."""
        current, obj = context.current, context.current.objects[identity]
        kind, new = context.registry.of(obj), context.desired.objects[identity]
        for each in sorted(current.dependents.get(identity, ())):
            if kind.unsettles(obj, new, kind.moved_attributes, current.objects[each], context):
                yield each

    def leaves(
        self,
        identity: Identity,
        cause: Identity,
        altered: Mapping[Identity, Alter],
        context: Context,
    ) -> bool:
        """Tell whether a table, or what is in it, is taken off what goes before that goes."""
        table, whole = (_holder(i, context) for i in (identity, cause))
        change = altered.get(table) if table is not None else None
        if change is None or whole is None or whole == table:
            return False
        return context.registry.of(change.new).leaves(change.old, change.new, whole)

    def _staying(self, context: Context, replaced: Container[Identity]) -> Iterator[Identity]:
        """Name the types whose old form cannot wait under another name, though it has to."""
        for identity in sorted(context.put_away.keys() - context.by_text):
            old, new = context.current.objects[identity], context.desired.get(identity)
            both = context.current.depends_on(identity) & context.desired.depends_on(identity)
            held = any(each in replaced and each not in context.put_away for each in both)
            if held or (new and context.registry.of(new).stays_put(old, new)):
                yield identity

    def stuck(self, context: Context, replaced: Collection[Identity]) -> Iterator[Diagnostic]:
        """Say that data cannot follow a type: to another kind, or past what both forms rest on."""
        for identity in sorted(context.put_away):
            both = context.current.depends_on(identity) & context.desired.depends_on(identity)
            for each in sorted(both):
                if each in replaced and each not in context.put_away:
                    yield Diagnostic(
                        code="SD060",
                        message=f"{each} would have to be made anew, but {identity}, which has "
                        "rows, rests on it",
                        hint=f"make another {each.kind} for {identity}, under another name",
                        about=(each, identity),
                    )
        kinds, desired = context.registry, context.desired
        told = {i for i in self._own(context) if not kinds[i.kind].says_how(desired.objects[i])}
        gone = {self.followers[i]: i for i in sorted(told)}
        gone = {c: i for c, i in gone.items() if c not in desired and kinds[c.kind].moves_over}
        told |= self._below([*told, *_held_up(replaced, context)], context)
        for cause in context.put_away.keys() - desired.objects.keys():
            used = context.current.dependents.get(cause, frozenset())
            if held := used & told:  # what has another type by itself says how, or is asked to
                gone.setdefault(cause, min(held))
        for cause, holder in sorted(gone.items()):
            old, new = context.current.objects[cause], heir(cause, context)
            if not (new and kinds.of(old).told_by_text(old) and kinds.of(new).told_by_text(new)):
                yield _no_way(cause, holder, new, context)

    def settled(
        self, altered: Mapping[Identity, Alter], replaced: Collection[Identity], context: Context
    ) -> Context:
        """Give the context with all that is put away: what data follows, and what that rests on.

        So is what data leaves for a type that is made anew as well: both wait for one another.
        """
        for each in self.followers.keys() & replaced:
            del self.followers[each]  # it goes and comes with its table
        self.waiting = self._between(altered, replaced, context)
        current, away = context.current, dict[Identity, Identity]()
        queue = [*self._own(context), *sorted(self.waiting), *_held_up(replaced, context)]
        while queue:
            for each in sorted(current.depends_on(queue.pop(0))):
                if each in away or not context.registry[each.kind].moves_over:
                    continue
                if each in replaced or (each not in context.desired and heir(each, context)):
                    away[each] = spare(current.objects[each], context)
                    queue.append(each)
                elif each not in context.desired and each not in self.waiting:
                    self.waiting.add(each)  # it goes when the data has left it
                    queue.append(each)
        context = replace(context, put_away=away)
        raise_staying(self._staying(context, replaced))
        raise_apart({*self.followers, *replaced}, context)
        return context

    def _own(self, context: Context) -> Iterator[Identity]:
        """Name what follows by itself: of a table the columns of others do, or they wait."""
        return (each for each in self.followers if moves_itself(each, context))

    def _between(
        self, altered: Mapping[Identity, Alter], replaced: Collection[Identity], context: Context
    ) -> set[Identity]:
        """Name what goes by itself from a type that is made anew to another one that is."""
        kinds, current = context.registry, context.current
        anew = {i for i in replaced if kinds[i.kind].moves_over}
        for each in sorted(current.objects.keys() - context.desired.objects.keys()):
            if kinds[each.kind].moves_over and (new := heir(each, context)):
                anew |= {each, new.identity}
        found = set[Identity]()
        for identity, change in altered.items() if anew else ():
            kind = kinds.of(change.old)
            goes = change.changed & kind.moved_attributes and identity not in replaced
            if goes and kind.carries(change.old, context):
                sides = (types_below(identity, s, context) for s in (current, context.desired))
                if all(anew & types for types in sides):
                    found.add(identity)
        return found

    def released(
        self, identity: Identity, releases: frozenset[Identity], context: Context
    ) -> frozenset[Identity]:
        """Give what an operation lets go of where types are put away: their old forms."""
        if identity in self.followers:
            return releases - context.put_away.keys()
        if identity in self.waiting:
            below = (i for i in context.current.depends_on(identity) if i in context.put_away)
            return frozenset(context.put_away.get(i, i) for i in (*releases, *below))
        return releases

    def of_type(self, old: DbObject, new: DbObject, context: Context) -> Iterator[Operation]:
        """Put the old form of a type away, and drop it in the end."""
        identity, kind = old.identity, context.registry.of(old)
        away = context.put_away[identity]
        below = context.current.depends_on(identity)
        users = context.current.dependents.get(identity, frozenset())
        # A type that contains this one shows that it differs only once this one is out of the way.
        above = frozenset(i for i in users if i in context.put_away)
        todo = not_begun(identity, context)
        alike = kind is context.registry.of(new)
        for op in kind.put_away(old, new if alike else old, away, context):
            yield replace(
                op,
                verb=Verb.ALTER,
                target=identity,
                guard=op.guard or todo,
                provides=frozenset(),
                releases=above,
                destroys=frozenset({identity, new.identity}),
                hazards=op.hazards if alike else (*op.hazards, _by_text(old, new)),
                bound=False,
            )
        if alike:
            still = waits(identity, context)
            converters = tuple(kind.converters(old, new, away, still, context))
            self.converters[identity] = frozenset().union(*(op.provides for op in converters))
            yield from converters
        rests = frozenset(context.put_away.get(i, i) for i in below)
        for op in kind.drop(replace(old, identity=away), context):
            yield replace(
                op,
                target=away,
                requires=frozenset({new.identity}),
                releases=rests,
                destroys=frozenset({away}),
                bound=False,
            )

    def operations(self, context: Context) -> Iterator[Operation]:
        """Take the data over, one parent at a time."""
        current, desired, away = context.current, context.desired, context.put_away
        groups: dict[tuple[str, Identity | None], list[Identity]] = defaultdict(list)
        for each in sorted(self.followers):
            groups[each.kind, current.objects[each].parent].append(each)
        for (_, parent), members in groups.items():
            needed = frozenset().union(*(desired.depends_on(i) for i in members))
            left = {away[t] for i in members for t in current.depends_on(i) if t in away}
            kind = context.registry[members[0].kind]
            moves = [(current.objects[i], desired.objects[i]) for i in members]
            above = frozenset({parent}) if parent else frozenset()
            for each in self._below(members, context):
                above |= self.converters.get(each, frozenset())
            for op in kind.follow(moves, context):
                yield replace(op, requires=op.requires | needed | above, releases=frozenset(left))

    def _below(self, members: list[Identity], context: Context) -> frozenset[Identity]:
        """Name all that is put away in what objects rest on, at any depth."""
        queue, seen = [*members], set[Identity]()
        while queue:
            found = context.current.depends_on(queue.pop()) & context.put_away.keys() - seen
            seen |= found
            queue += found
        return frozenset(seen)


def put_away_above(identity: Identity, context: Context) -> Identity | None:
    """Name the type that is put away, if an object is in one."""
    if not context.put_away or identity not in context.current:
        return None
    current = context.current
    above = current.objects[identity].parent
    while above is not None and above not in context.put_away:
        above = current.objects[above].parent if above in current else None
    return above


def not_begun(identity: Identity, context: Context) -> Guard:
    """The condition that a type has its old form, and that has its name."""
    return Guard(f"({differs(identity, context)}) AND NOT {waits(identity, context)}")


def not_gone(identity: Identity, context: Context) -> Guard:
    """The condition that what is in a type still has to go: the type, or one below, is not begun.

    A domain differs only when what it is over has stepped aside, and a check of it goes before.
    """
    below = types_below(identity, context.current, context) & context.put_away.keys()
    found = not_begun(identity, context)
    for each in sorted(below):
        above = Guard(f"NOT {waits(identity, context)}")
        found |= not_begun(each, context) & above
    return found


def _held_up(replaced: Collection[Identity], context: Context) -> Iterator[Identity]:
    kinds = context.registry
    for each in sorted(replaced):
        if each in context.current and each.kind in overriding(kinds, "held_up"):
            yield from kinds[each.kind].held_up(context.current.objects[each], context)


def _no_way(
    cause: Identity, holder: Identity, new: DbObject | None, context: Context
) -> Diagnostic:
    what = f"becomes {new.identity}" if new else "is to be dropped"
    hint = f"give the new type another name, and {holder} that type, with `using:`"
    if new and moves_itself(holder, context):
        hint = f"say with `using:` what becomes of the values of {holder}"
    return Diagnostic(
        code="SD060",
        message=f"{cause} {what}, but {holder}, which holds data, is of that type",
        hint=hint,
        about=(holder,) if new is None else (new.identity, holder),
    )


def _by_text(old: DbObject, new: DbObject) -> Hazard:
    text = f"{old.identity} becomes {new.identity}: values that it does not take make it fail."
    return hazard("may-fail", new.identity, text)

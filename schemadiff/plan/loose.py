"""What stays where it is while something that it rests on goes and comes back.

An object that holds data, or is in use, is not made anew for the sake of a part that can be taken
off and put back in place: the default of a domain that calls a function.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

from schemadiff.core.change import Alter, Change
from schemadiff.core.circles import circle_of
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import changed_attributes
from schemadiff.core.operation import Guard, Operation
from schemadiff.core.record import replace


@dataclass
class Loose:
    """What lets go in place, and of what."""

    causes: dict[Identity, list[Identity]] = field(default_factory=dict)

    def takes(self, identity: Identity, cause: Identity, context: Context) -> bool:
        """Tell whether an object lets go of what goes, and note that it has to."""
        if identity not in context.desired:
            return False
        obj = context.current.objects[identity]
        if context.registry.of(obj).lets_go(obj, cause) is None:
            return False
        causes = self.causes.setdefault(identity, [])
        if cause not in causes:
            causes.append(cause)
        return True

    def held(self, identity: Identity, releases: frozenset[Identity]) -> frozenset[Identity]:
        """Leave out what an object has let go of by then: its causes, and what is in them."""
        gone = [cause.path for cause in self.causes.get(identity, ())]
        return frozenset(i for i in releases if not any(i.path[: len(p)] == p for p in gone))

    def settle(self, replaced: Container[Identity]) -> None:
        """Forget what is made anew after all, for another's sake."""
        self.causes = {i: causes for i, causes in self.causes.items() if i not in replaced}

    def changes(self, context: Context) -> list[Change]:
        """Give what is the same in the end, and is not in between."""
        current, desired = context.current.objects, context.desired.objects
        return [
            Alter(current[i], desired[i], frozenset(), cause=causes[0])
            for i, causes in self.causes.items()
            if current[i] == desired[i]
        ]

    def operations(
        self, identity: Identity, held: Iterable[Guard | None], context: Context
    ) -> Iterator[Operation]:
        """Take off what rests on the causes while they still have to go, and put it back."""
        old, new = context.current.objects[identity], context.desired.objects[identity]
        kind, causes = context.registry.of(old), self.causes[identity]
        bare = old
        for cause in causes:
            bare = kind.lets_go(bare, cause) or bare
        parts = changed_attributes(old, bare)
        guards = [guard for guard in held if guard is not None]
        guard = guards[0] if guards else None
        for each in guards[1:]:
            guard = guard | each if guard else each
        for op in kind.alter(old, bare, parts, context):
            both = op.guard & guard if op.guard and guard else op.guard or guard
            yield replace(op, guard=both, releases=frozenset(causes), bound=False)
        if not parts & changed_attributes(old, new):
            needed = context.desired.depends_on(identity)
            for op in kind.alter(bare, new, parts, context):
                yield replace(op, requires=op.requires | needed, bound=False)


def untied(
    target: Identity,
    requires: frozenset[Identity],
    releases: frozenset[Identity],
    context: Context,
    forerunning: frozenset[str],
) -> tuple[frozenset[Identity], frozenset[Identity]]:
    """Ask only for the forerunner of what rests on the target itself, and let that go first.

    `forerunning` are the kinds that have one.
    """
    desired, current, registry = context.desired, context.current, context.registry
    for each in requires:
        if each.kind in forerunning and target in desired.depends_on(each):
            first = registry[each.kind].forerunner(each)
            requires = requires - {each} | ({first} if first else set())
    around = circle_of(target, desired, context)
    for each in requires & around:
        if first := registry[each.kind].stub(desired.objects[each]):
            # One that stays is there for the others all the time, and nothing has to come first,
            # unless it is altered so that they find in it what is new.
            requires = requires - {each} | {first}
    for each in releases:
        if each.kind in forerunning and target in current.depends_on(each):
            releases -= {each}
    return requires, releases

"""What has nothing to do with each other in one transaction, put into several.

The surprising fact: locks are kept until the end of a transaction, so while one table is written
anew nobody reads any other to which a statement before has only added a column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.record import record
from schemadiff.plan.load import Load


@record(frozen=True, slots=True)
class Step:
    """An operation in its place: its number, and the numbers of those that wait for it."""

    op: Operation
    number: int
    later: frozenset[int] = frozenset()


def parted(
    steps: Sequence[Step], context: Context, load_of: Callable[[Operation], Load]
) -> list[list[Step]]:
    """Cut one transaction, so that long work on a table keeps no lock on what is beside it.

    What such work has to do with is a transaction; all the rest is another, and comes first.
    """
    loads = {step.number: load_of(step.op) for step in steps}
    strand = _strands(steps, context)
    long = {strand[n] for n, load in loads.items() if any(load.large())}
    # What the plan renames has its new name everywhere.
    long -= {strand[s.number] for s in steps if s.op.verb is Verb.RENAME}
    beside = [load for n, load in loads.items() if strand[n] not in long]
    if not long or (len(long) == 1 and not any(load.locked for load in beside)):
        return [list(steps)]
    found: dict[int | None, list[Step]] = {None: []}
    for step in steps:
        own = strand[step.number]
        found.setdefault(own if own in long else None, []).append(step)
    return [each for each in found.values() if each]


def _strands(steps: Sequence[Step], context: Context) -> dict[int, int | None]:
    """Tell by a number what hangs together: what waits for another, or is of the same table.

    So does what goes with what takes its place. What is new, locks nothing and waits for nothing
    but the like can come first, whoever waits for it: it has no number.
    """
    found = {step.number: step.number for step in steps}
    free, held = set[int](), set[int]()
    homes: dict[tuple[str, ...], int] = {}
    made = {each: s.number for s in steps for each in s.op.provides}
    replacing = {each for s in steps for each in s.op.gives_way_to}

    def root(number: int) -> int:
        while found[number] != number:
            number = found[number]
        return number

    for step in steps:
        waits = step.number in held or step.op.target in replacing
        if not waits and _locks_nothing(step.op, context):
            free.add(step.number)
            continue
        held |= step.later
        together = step.later & found.keys()
        together |= {made[each] for each in step.op.gives_way_to if each in made}
        if step.op.verb is not Verb.RENAME:
            together |= {homes.setdefault(step.op.target.path[:2], step.number)}
        for other in together:
            found[root(other)] = root(step.number)
    return {n: None if n in free else root(n) for n in found}


def _locks_nothing(op: Operation, context: Context) -> bool:
    new = op.verb is Verb.CREATE and op.target not in context.current
    return new and op.lock is LockMode.NONE

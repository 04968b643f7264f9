"""What has nothing to do with each other in one transaction, put into several.

The surprising fact: locks are kept until the end of a transaction, so while one table is written
anew nobody reads any other to which a statement before has only added a column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from schemadiff.core.identity import Identity
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

    What such work has to do with is a transaction, with what else is done to the same tables; all
    the rest is another, and comes first.
    """
    loads = {step.number: load_of(step.op) for step in steps}
    strand = _strands(steps, context)
    locked: dict[int, set[Identity]] = {}
    for number, load in loads.items():
        locked.setdefault(strand[number], set()).update(load.locked)
    # What the plan renames has its new name in all that follows.
    first = {strand[step.number] for step in steps if step.op.verb is Verb.RENAME}
    working = (strand[n] for n, load in loads.items() if any(load.large()))
    long: list[int] = []
    for each in dict.fromkeys(working):
        if each not in first and _host(locked[each], long, locked) is None:
            long.append(each)
    home = {s: s if s in long else _host(locked[s], long, locked) for s in locked}
    home |= dict.fromkeys(first)
    beside = {table for s, tables in locked.items() if home[s] is None for table in tables}
    if not long or (len(long) == 1 and not beside):
        return [list(steps)]
    found: dict[int | None, list[Step]] = {None: []}
    for step in steps:
        found.setdefault(home[strand[step.number]], []).append(step)
    return [each for each in found.values() if each]


def _host(
    tables: set[Identity], long: Iterable[int], locked: Mapping[int, set[Identity]]
) -> int | None:
    """Find the long work that locks all of some tables anyway."""
    return next((s for s in long if tables and tables <= locked[s]), None)


def _strands(steps: Sequence[Step], context: Context) -> dict[int, int]:
    """Tell by a number what hangs together: what waits for another, or takes its place.

    What is new, locks nothing and waits for nothing but the like can come first, whoever waits for
    it.
    """
    found = {step.number: step.number for step in steps}
    free, held = set[int](), set[int]()
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
        for other in together:
            found[root(other)] = root(step.number)
    return {n: root(n) for n in found}


def _locks_nothing(op: Operation, context: Context) -> bool:
    new = op.verb is Verb.CREATE and op.target not in context.current
    return new and op.lock is LockMode.NONE

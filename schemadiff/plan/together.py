"""What is dropped and made again stands in one transaction, so that nobody misses it in between.

So does what goes and what takes its place by another name.

The order of dependencies alone lets a drop stand as early as it may, and what it makes way for may
wait for steps that are committed by themselves. So such a drop goes later, with all that waits for
it, to where its new form is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemadiff.core.identity import Identity
from schemadiff.core.online import Stage
from schemadiff.core.operation import Operation, Transaction, Verb

Order = list[int]


def commit_between(before: Operation, op: Operation) -> bool:
    """Tell whether one transaction ends between two operations, and another one begins.

    A value added to an enum cannot be used before it is committed; a statement that cannot run
    in a transaction stands alone. Locks are kept until the end of a transaction, so a step of an
    online change begins a new one, and so does the scan of another table.
    """
    if op.transaction is Transaction.OUTSIDE or before.transaction is not op.transaction:
        return True
    if before.stage is not op.stage:
        return True
    return op.stage is Stage.SCAN and before.target.path[:2] != op.target.path[:2]


def brought_together(
    order: Sequence[int], after: Mapping[int, set[int]], operations: Sequence[Operation]
) -> Order:
    """Give an order that keeps that of dependencies; `after` names what waits for each."""
    best = list(order)
    apart = _apart(best, operations)
    while apart:
        for drop, create in apart:
            tried, left = _tried(best, (drop, create), apart, after, operations)
            if len(left) < len(apart):
                best, apart = tried, left
                break
        else:
            return best
    return best


def _tried(
    best: Order,
    pair: tuple[int, int],
    apart: list[tuple[int, int]],
    after: Mapping[int, set[int]],
    operations: Sequence[Operation],
) -> tuple[Order, list[tuple[int, int]]]:
    """Move one drop, and then those that this has parted from what is made again."""
    order, more, seen = best, [pair], set(apart)
    while more:
        for drop, create in more:
            order = _moved(order, drop, create, after, operations)
        left = _apart(order, operations)
        if len(left) < len(apart):
            return order, left
        more = [each for each in left if each not in seen]
        seen.update(more)
    return best, apart


def _apart(order: Order, operations: Sequence[Operation]) -> list[tuple[int, int]]:
    """Find the pairs of a drop and what makes the same again, with a commit in between."""
    gone: dict[Identity, int] = {}
    makes_way: dict[Identity, set[int]] = {}
    segment: dict[int, int] = {}
    found = []
    number = 0
    before: Operation | None = None
    for node in order:
        op = operations[node]
        if before is not None and commit_between(before, op):
            number += 1
        segment[node] = number
        before = op
        if op.verb is Verb.DROP:
            gone |= dict.fromkeys(op.destroys, node)
            for each in op.gives_way_to:
                makes_way.setdefault(each, set()).add(node)
        elif op.verb is Verb.CREATE:
            again = {gone[i] for i in op.provides if i in gone}
            drops = sorted(again.union(*(makes_way.get(i, ()) for i in op.provides)))
            # Of what is made in steps of its own the old form cannot be in the same transaction.
            drops = [d for d in drops if _one_transaction(operations[d], op)]
            found += [(d, node) for d in drops if segment[d] != number]
    return found


def _one_transaction(one: Operation, other: Operation) -> bool:
    inside = one.transaction is other.transaction is Transaction.INSIDE
    return inside and one.stage is other.stage


def _moved(
    order: Order,
    drop: int,
    create: int,
    after: Mapping[int, set[int]],
    operations: Sequence[Operation],
) -> Order:
    """Move a drop, and what waits for it, behind all else that comes before the new form."""
    start, end = order.index(drop), order.index(create)
    waiting = {drop}
    stays, goes = [], []
    for node in order[start:end]:
        if node in waiting:
            waiting |= after.get(node, set())
            goes.append(node)
        else:
            stays.append(node)
    if not all(_one_transaction(operations[n], operations[create]) for n in goes):
        return order
    return [*order[:start], *stays, *goes, *order[end:]]

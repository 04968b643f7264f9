"""Which keys hold a part fast that is to come back, with another bound or in another place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import ident, qualified
from schemadiff.kinds._table.heirs import lineage


def referring(old: Any, new: Any, context: Context) -> list[Identity]:
    """Name the keys that refer through a table above to rows of a part, which comes back to it.

    PostgreSQL lets no part go that they refer to (manual, ALTER TABLE, DETACH PARTITION). One that
    goes to another parent keeps for itself what its whole refers to itself by: that one stays.
    """
    current, desired = context.current, context.desired
    if not (old.partition_of and new.partition_of) or context.sizes.of(old.identity).empty:
        return []
    above, stays = [*lineage(current, old.partition_of)], {*lineage(desired, new.partition_of)}
    found = []
    for path in (p for p in above if p in stays):
        for each in sorted(current.dependents.get(Identity("table", path), ())):
            key: Any = current.objects[each]
            if each.kind == "foreign_key" and each in desired and key.target == path:
                found.append(each)
    itself = any(each.path[:2] in above for each in found)
    return [] if itself and old.partition_of != new.partition_of else found


def let_go(keys: Iterable[Identity], context: Context) -> frozenset[Identity]:
    """Say that keys are gone, which have their names until then."""
    found = (context.current.objects[each] for each in keys)
    kinds: Any = context.registry
    return frozenset().union(*(kinds.of(key).freed(key, context.current) for key in found))


def unrefer(old: Any, condition: str, context: Context) -> Iterator[Operation]:
    """Drop what a table refers to itself by, where that goes: rows that refer hold up DETACH."""
    above = [*lineage(context.current, old.partition_of)]
    tables = (Identity("table", path) for path in above)
    for each in (i for t in tables for i in context.current.children.get(t, ())):
        key: Any = context.current.objects[each]
        if each.kind == "foreign_key" and key.target in above and each not in context.desired:
            dropped = f"DROP CONSTRAINT IF EXISTS {ident(each.name)}"
            yield Operation(
                verb=Verb.ALTER,
                target=old.identity,
                sql=f"ALTER TABLE {qualified(*each.path[:2])} {dropped}",
                guard=Guard(condition),
                destroys=frozenset({each}),
                why="goes with its table; rows that refer to others would hold up DETACH",
                bound=False,
            )

"""Statistics targets of the expressions of an index: ALTER INDEX … ALTER COLUMN n SET STATISTICS.

The keys are spoken of by number, because an expression has no name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import literal, qualified
from schemadiff.kinds._targets import MOST, check_target

if TYPE_CHECKING:
    from schemadiff.core.kind import At
    from schemadiff.kinds._index.column import IndexColumn

Targets = tuple[tuple[int, int], ...]  # number of the key, counted from 1, and its target


def to_targets(spec: Mapping[str, int], columns: Sequence[IndexColumn], at: At) -> Targets:
    """Make the targets; reports a number that is none of an expression."""
    found: list[tuple[int, int]] = []
    for key, target in spec.items():
        number = int(key) if key.isdecimal() else 0
        if not 1 <= number <= len(columns) or not columns[number - 1].is_expression:
            message = f"{key!r} is not the number of a key that is an expression"
            at.fail("SD056", message, "statistics: {1: 1000}, counted from 1", "statistics", key)
        elif target > MOST:
            check_target(target, at, "statistics", key)
        elif target >= 0:
            found.append((number, target))
    return tuple(sorted(found))


def set_targets(index: Identity, old: Targets, new: Targets) -> Iterator[Operation]:
    """Make one statement per target that differs."""
    before, after = dict(old), dict(new)
    name = qualified(index.path[0], index.path[2])
    for number in sorted({*before, *after}):
        target = after.get(number, -1)
        if before.get(number, -1) == target:
            continue
        condition = (
            "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = "
            f"to_regclass({literal(name)}) AND attnum = {number} "
            f"AND coalesce(attstattarget, -1) <> {target})"
        )
        yield Operation(
            verb=Verb.ALTER,
            target=index,
            sql=f"ALTER INDEX {name} ALTER COLUMN {number} SET STATISTICS {target}",
            guard=Guard(condition),
            lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        )

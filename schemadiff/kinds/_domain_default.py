"""The default of a domain, which may call what rests on the domain.

The surprising fact: a new column takes it for the rows that are there, so it may not be set while
what stands in for a function that it calls is all that is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.circles import circle_of
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.kinds._routine_stub import whole


def spelled(default: str | None, context: Context) -> str | None:
    """Put brackets around what a user wrote: DEFAULT takes less than a whole expression."""
    return f"({default})" if default is not None and context.raw else default


def in_two(
    new: Any, made: Operation, default: Operation, first: Identity, context: Context
) -> Iterator[Operation]:
    """Make the domain, and set its default later.

    Which columns a body reads shows only when the server has read it; nothing that is made for
    that waits for the default.
    """
    desired, raw = context.desired, context.raw
    needed, around = desired.depends_on(new.identity), circle_of(new.identity, desired, context)
    if raw:
        around |= {each for each in needed if context.registry[each.kind].overloads}
    there = frozenset({first, new.identity} if raw else {first})
    rests = needed - around | {new.parent}
    yield replace(made, requires=rests, provides=there, bound=False)
    if raw:
        yield replace(default, requires=needed | {new.identity}, bound=False)
    else:
        yield after_its_functions(replace(default, requires=frozenset({first})), context)


def after_its_functions(op: Operation, context: Context) -> Operation:
    """Have SET DEFAULT wait for the whole of each function that rests on the domain."""
    around = circle_of(op.target, context.desired, context)
    bodies = (whole(each) for each in around if context.registry[each.kind].overloads)
    return replace(op, requires=op.requires | frozenset(bodies))

"""One GRANT for all roles that get the same on an object: a view that is made anew for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from schemadiff.core.kind import Context
from schemadiff.core.operation import Fold, Host, Operation
from schemadiff.core.record import replace
from schemadiff.kinds._grant import Grant
from schemadiff.kinds._passed_on import subject_of
from schemadiff.kinds._privileges import Rights, Subject, grantee, statements

_OPTION = " WITH GRANT OPTION"


def granted_together(
    ops: list[Operation], new: Grant, had: Callable[[Grant], Rights], context: Context
) -> Iterator[Operation]:
    """Let the first of those that come and get the same grant it to all.

    `had` tells what a role has as soon as the object is there.
    """
    said = _said(new, new, had, context)
    if len(ops) != 1 or len(said) != 1 or said[0][1] or new.on_column:
        yield from ops
        return
    mates = [m for m in _coming(new, context) if _said(m, new, had, context) == said]
    if len(mates) == 1:
        yield from ops
    elif new.identity != mates[0].identity:
        yield replace(ops[0], fold=Fold(mates[0].identity, f", {grantee(new.role)}", rank=5))
    else:
        known = new.known(context.version)
        tail = _OPTION if new.rights.sets(known)[1] - had(new).sets(known)[1] else ""
        yield replace(ops[0], host=Host(ops[0].sql.removesuffix(tail), tail, joiner=""))


def _said(
    grant: Grant, of: Grant, had: Callable[[Grant], Rights], context: Context
) -> list[tuple[str, bool]]:
    """Give the statements of one grant as they would read for the role of another."""
    subject = Subject(subject_of(of.target, context), of.role)
    return [*statements(had(grant), grant.rights, grant.known(context.version), subject)]


def _coming(new: Grant, context: Context) -> list[Grant]:
    """List the grants on the same object that this plan makes, in order."""
    desired, current = context.desired, context.current
    found = (desired.objects[i] for i in sorted(desired.children.get(new.target)))
    return [
        g
        for g in found
        if isinstance(g, Grant)
        and not g.on_column
        and (g.identity not in current or context.rebuilding)
    ]

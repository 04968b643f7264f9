"""Materialized views in a circle with functions: a function reads what calls it.

The surprising fact: a materialized view that was never filled cannot be read, not even by a
function that its own query calls. So it is made without rows, and filled twice when the functions
are there: first while these give nothing, which can be read from then on, and then in truth.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from schemadiff.core.circles import circle_of
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, literal
from schemadiff.kinds._routine import Routine
from schemadiff.kinds._routine_stub import giving_nothing

_VIEW = "materialized_view"


def stub_of(identity: Identity) -> Identity:
    """Name the materialized view without rows."""
    return Identity(f"{_VIEW} stub", identity.path)


def functions_around(view: Any, context: Context) -> list[Routine]:
    """Give the functions of the circle that a materialized view is in."""
    around = circle_of(view.identity, context.desired, context)
    found = (context.desired.objects[i] for i in sorted(around))
    return [obj for obj in found if isinstance(obj, Routine)]


def unfilled(made: Operation, context: Context) -> Operation:
    """Have the view without rows made as soon as there is what stands in for the functions."""
    desired, rests = context.desired, set[Identity]()
    around = circle_of(made.target, desired, context)
    for each in desired.depends_on(made.target):
        new = each in around and (each not in context.current or each in context.replaced)
        first = context.registry[each.kind].stub(desired.objects[each]) if new else None
        rests.add(first or each)
    above = desired.objects[made.target].parent
    return replace(made, requires=frozenset(rests | ({above} if above else set())), bound=False)


def filled(view: Any, functions: list[Routine], context: Context) -> Iterator[Operation]:
    """Fill all materialized views of a circle that are made, in the name of the first of them."""
    desired, kinds = context.desired, context.registry
    around = circle_of(view.identity, desired, context)
    made = {i for i in around if i.kind == _VIEW and _is_made(i, context)}
    if view.identity != min(made):
        return
    refresh = [f"REFRESH MATERIALIZED VIEW {i.sql};" for i in _in_order(made, around, context)]
    hollow, true = list[str](), list[str]()
    for each in functions:
        kind: Any = kinds.of(each)
        hollow.append(f"{kind.written(giving_nothing(each))};")
        true.append(f"{kind.written(each)};")
    body = "\n".join(("", "BEGIN", *hollow, *refresh, *true, *refresh, "END"))
    yield Operation(
        verb=Verb.CREATE,
        target=view.identity,
        sql=f"DO {dollar(body, 'fill')}",
        guard=Guard(" OR ".join(map(_is_empty, sorted(made)))),
        requires=frozenset(map(stub_of, made)).union(
            (f.identity for f in functions), *(desired.depends_on(i) - around for i in made)
        ),
        provides=frozenset(made),
        lock=LockMode.ROW_EXCLUSIVE,
        scans=True,
        scan_for=ScanFor.QUERY,
        why="fills it while the functions that read it give nothing, and then in truth",
        bound=False,
    )


def _is_made(identity: Identity, context: Context) -> bool:
    view: Any = context.desired.objects[identity]
    return view.with_data and (identity not in context.current or identity in context.replaced)


def _is_empty(identity: Identity) -> str:
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE relkind = 'm' AND NOT relispopulated "
        f"AND oid = to_regclass({literal(identity.sql)}))"
    )


def _in_order(
    views: Collection[Identity], around: Collection[Identity], context: Context
) -> list[Identity]:
    """Put those first which others read, be it through views: functions give nothing meanwhile."""
    below = {view: _read(view, around, context) & {*views} for view in sorted(views)}
    found: list[Identity] = []
    while below:
        ready = [view for view in below if not below[view] & below.keys()]
        found += ready
        for view in ready:
            del below[view]
    return found


def _read(view: Identity, around: Collection[Identity], context: Context) -> set[Identity]:
    queue, seen = [view], set[Identity]()
    while queue:
        for each in context.desired.depends_on(queue.pop()) & {*around} - seen:
            if not isinstance(context.desired.objects[each], Routine):
                seen.add(each)
                queue.append(each)
    return seen

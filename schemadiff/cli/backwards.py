"""The way back of a plan (`plan --reverse`): the same planner with its two sides traded.

There is no reverse of an operation. The surprising fact: the way back is planned while the plan
has not run yet, so the sizes of tables are those of now, by the names of now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.hazard import Hazard
from schemadiff.core.kind import Registry
from schemadiff.core.plan import Plan
from schemadiff.core.sizes import Path, Sizes

if TYPE_CHECKING:
    from schemadiff.catalog.connection import Connection
    from schemadiff.cli.settings import Settings
    from schemadiff.plan.touched import Sides
    from schemadiff.shadow.resolve import Resolved

# What changes values without dropping them.
_ALSO = frozenset({"loses-precision", "volatile-default"})


def reversed_plan(
    plan: Plan,
    resolved: Resolved,
    connection: Connection[Any],
    kinds: Registry,
    settings: Settings,
) -> tuple[Plan, Sides]:
    """Give the plan from the desired state to the live one, and the sides that it is between."""
    from schemadiff.catalog.sizes import measuring
    from schemadiff.plan.planner import Options, make_plan
    from schemadiff.plan.touched import Sides
    from schemadiff.shadow.reverse import way_back
    from schemadiff.shadow.server import ShadowOptions

    live = resolved.inspection.catalog
    resolved, rows = _without_rows(resolved, kinds)
    begin, renames = way_back(resolved, connection, kinds, ShadowOptions(settings.shadow))
    live_names = [(r.old.identity.path, r.new.identity.path) for r in resolved.renames]
    measured = measuring(connection)

    def measure(paths: Iterable[Path]) -> Sizes:
        return measured(paths).moved(live_names)

    back = make_plan(
        begin,
        live,
        kinds,
        renames=renames,
        version=connection.info.server_version,
        options=Options(online=not settings.offline, measure=measure),
    )
    back = replace(back, notes=(*back.notes, *_lost(plan.hazards), *_not_taken_back(rows)))
    return back, Sides(resolved.desired, begin, live)


def _without_rows(resolved: Resolved, kinds: Registry) -> tuple[Resolved, int]:
    """Leave the rows of reference data out: which of them were there before, no file tells."""
    from schemadiff.core.request import Unread

    unread = {k.name for k in kinds if isinstance(k, Unread)}
    sides = resolved.current, resolved.desired
    rows = {i for s in sides for i in s.objects if i.kind in unread}
    if not rows:
        return resolved, 0
    first, second = (
        s.with_objects(o for i, o in s.objects.items() if i not in rows) for s in sides
    )
    return replace(resolved, current=first, desired=second), len(rows)


def _not_taken_back(rows: int) -> Iterator[Diagnostic]:
    if rows:
        yield Diagnostic(
            code="SD222",
            message=f"the way back leaves the {rows} rows of reference data that the plan "
            "inserts, updates or deletes as the plan leaves them",
            hint="keep a copy of them, or plan with the former files afterwards",
            severity=Severity.WARNING,
        )


def _lost(hazards: Iterable[Hazard]) -> Iterator[Diagnostic]:
    """Say what the plan takes away for good: the way back makes the form, not the content."""
    for each in hazards:
        if each.loses_data or each.cls in _ALSO:
            yield Diagnostic(
                code="SD222",
                message=f"the way back does not bring back what the plan takes: {each.message}",
                hint="keep a backup, or a copy of the data, before the plan is applied",
                severity=Severity.WARNING,
            )

"""The way back of a plan (`plan --reverse`): the same planner with its two sides traded.

There is no reverse of an operation. The surprising fact: the way back is planned while the plan
has not run yet, so the sizes of tables are those of now, by the names of now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Drop, Rename
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.errors import ShadowError
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry, overriding
from schemadiff.core.plan import Plan
from schemadiff.core.record import replace
from schemadiff.core.sizes import Formula, Pair, Path, Sizes

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
    from schemadiff.spec.writer import without_remains
    from schemadiff.verify.arrival import as_left

    options = ShadowOptions(settings.shadow)
    # A plan that was stopped in the middle is finished first; its remains come back to nobody.
    live = without_remains(resolved.inspection.catalog, kinds)
    data = _Rows(resolved, kinds)
    resolved = data.without()
    unsure: list[Diagnostic] = []
    try:
        resolved = replace(resolved, desired=as_left(plan, resolved, connection, kinds, options))
    except ShadowError as error:
        unsure.append(_unsure(error))
    begin, renames = way_back(resolved, connection, kinds, options)
    live_names = [(r.old.identity.path, r.new.identity.path) for r in resolved.renames]
    begin, end = data.back(begin, live, renames)
    measured = measuring(connection, between=True)

    def measure(
        paths: Iterable[Path], formulas: Mapping[Path, Formula], types: Collection[Pair]
    ) -> Sizes:
        return measured(paths, formulas, types).moved(live_names)

    back = make_plan(
        begin,
        end,
        kinds,
        renames=renames,
        version=connection.info.server_version,
        options=Options(online=not settings.offline, measure=measure),
    )
    more = (*_lost(plan.hazards), *_own(back, begin, end, kinds), *data.not_taken_back(), *unsure)
    back = replace(back, notes=(*back.notes, *more))
    return back, Sides(resolved.desired, begin, end)


class _Rows:
    """The rows of reference data that a plan changes, and what of them can be taken back."""

    def __init__(self, resolved: Resolved, kinds: Registry) -> None:
        from schemadiff.core.request import Unread

        self._resolved = resolved
        self._kinds = [k for k in kinds if isinstance(k, Unread)]
        names = {k.name for k in self._kinds}
        sides = resolved.current, resolved.desired
        self._found = [[o for i, o in s.objects.items() if i.kind in names] for s in sides]
        self._left: dict[Identity, None] = {}

    def without(self) -> Resolved:
        """Give both sides without rows: no server has to know them."""
        if not any(self._found):
            return self._resolved
        rows = {o.identity for some in self._found for o in some}
        first, second = (
            s.with_objects(o for i, o in s.objects.items() if i not in rows)
            for s in (self._resolved.current, self._resolved.desired)
        )
        return replace(self._resolved, current=first, desired=second)

    def back(
        self, begin: Catalog, end: Catalog, renames: Sequence[Rename]
    ) -> tuple[Catalog, Catalog]:
        """Give both sides of the way back with the rows that it can take back."""
        for kind in self._kinds:
            first, second = (
                [o for o in some if o.identity.kind == kind.name] for some in self._found
            )
            old, new = kind.undone(first, second)
            known = {o.identity for o in (*old, *new)}
            left = [o for o in (*first, *second) if o.identity not in known]
            for each in left:
                table = each.parent
                for rename in renames:
                    table = rename.identity if table == rename.old.identity else table
                if table in end:
                    self._left[each.identity] = None
            if old or new:
                begin = begin.with_objects([*begin.objects.values(), *old])
                end = end.with_objects([*end.objects.values(), *new])
        return begin, end

    def not_taken_back(self) -> Iterator[Diagnostic]:
        """Say which rows stay as the plan leaves them."""
        if self._left:
            tables = sorted({i.path[:2] for i in self._left})
            count = f"{len(self._left)} row{'s' if len(self._left) > 1 else ''}"
            where = ", ".join(Identity("table", t).sql for t in tables)
            yield Diagnostic(
                code="SD222",
                message=f"the way back leaves {count} of {where} as the plan leaves "
                "them, for names or types of their columns change with the plan",
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


def _unsure(error: ShadowError) -> Diagnostic:
    """Say that nobody could be asked what the plan leaves of what tables had from others."""
    why = error.diagnostics[0].message
    return Diagnostic(
        code="SD222",
        message=f"the way back knows from the files alone what it finds, and they lack some: {why}",
        hint="name a server where the plan can be tried, with --shadow; or plan the way back with "
        "the former files once the plan is applied",
        severity=Severity.WARNING,
    )


def _own(back: Plan, begin: Catalog, end: Catalog, kinds: Registry) -> Iterator[Diagnostic]:
    """Say what tables have from others once more, and all the same keep as their own."""
    speaking = overriding(kinds, "stays_own")
    left = [i for i in begin.of(*speaking) if kinds[i.kind].stays_own(begin.objects[i], end)]
    anew = {c.identity for c in back.changes if isinstance(c, Alter) and c.replace}
    anew |= {c.identity for c in back.changes if isinstance(c, Drop)}
    for table, some in groupby(sorted(left), key=lambda i: begin.objects[i].parent):
        if table is not None and not anew & {table, *(found := list(some))}:
            names = ", ".join(i.name for i in found)
            yield Diagnostic(
                code="SD222",
                message=f"the way back leaves {names} of {table} as its own, for PostgreSQL has "
                "no statement by which an heir has a column from above alone again",
                hint="no row is lost; only where it is dropped above later, the heir keeps it",
                severity=Severity.WARNING,
            )

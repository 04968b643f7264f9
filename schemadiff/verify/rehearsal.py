"""A plan run in a scratch copy of the schema: it runs, converges, runs again, does what it says.

Three copies are used: in the first each statement is watched, the second runs the script twice
with psql, the third is applied as `apply` does. The surprising fact: some of a plan must not be
rehearsed. Roles belong to the whole server, and a subscription calls its publisher; and a copy
without rows has nothing that the rows of reference data could refer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.catalog.settings import STEADY, search_to_the_end, searching
from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Change, Create, Drop
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ApplyError, ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.operation import Operation, Transaction
from schemadiff.core.plan import Plan
from schemadiff.core.record import record, replace
from schemadiff.core.request import Unread
from schemadiff.diff.compare import compare, reconciled
from schemadiff.render.sql_script import render_sql
from schemadiff.shadow.build import read_back
from schemadiff.shadow.resolve import adopted
from schemadiff.shadow.roles import roles_of
from schemadiff.shadow.server import ShadowOptions, copies, scratch_database
from schemadiff.verify.copied import absent, built, copy, only, rights
from schemadiff.verify.observed import locks, relations, rewritten
from schemadiff.verify.scripted import run_script

if TYPE_CHECKING:
    from psycopg import Connection

_SHOWN = 20
_NO_SUCH_ROW = "23503"  # a foreign key: the row that is referred to is in no file


@record(frozen=True, slots=True)
class Proof:
    """How many statements ran, how many could not be rehearsed, and what else to say of it."""

    ran: int
    left_out: int
    by: str = "apply"
    without: str = ""

    def __str__(self) -> str:
        """Say it in a line, and why something was left out in others."""
        if not self.ran and not self.left_out:
            return "Proved: there is nothing to do."
        left = f"; not rehearsed: {_count(self.left_out)}" if self.left_out else ""
        why = f"\n  owners and grants were left out: {self.without}" if self.without else ""
        return (
            f"Proved in a scratch copy without rows: {_count(self.ran)} ran, one by one and by "
            f"{self.by}, and again without effect; the result is as planned, locks and rewrites "
            f"are as declared{left}.{why}"
        )


def _count(number: int) -> str:
    return f"{number} statement{'s'[: number != 1]}"


def rehearse(
    plan: Plan,
    live: Catalog,
    desired: Catalog,
    target: Connection[Any],
    *,
    registry: Registry,
    options: ShadowOptions,
) -> Proof:
    """Rehearse a plan from `live` to `desired`; raises ShadowError with all that failed."""
    if plan.empty:
        return Proof(0, 0)
    brought = {k.name for k in registry if k.brings}
    extensions = [i.name for s in (live, desired) for i in s.objects if i.kind in brought]
    roles = roles_of(live, registry) | roles_of(desired, registry)
    with scratch_database(target, options, extensions, roles) as scratch:
        without = copy(scratch, live, live, registry)
        if not without and (missing := absent(scratch, roles)):
            without = f"the role {missing[0]} is not there yet"
        parts = built(registry) if without else built(registry) | rights(registry)
        rows = frozenset(k.name for k in registry if isinstance(k, Unread))
        desired = _followed(live, desired, registry)
        stage = _Stage(registry, only(live, parts), only(desired, parts), parts, rows)
        wanted = _rehearsed(plan, parts | rows)
        with copies(scratch, 3, _clock(target)) as (first, second, third):
            ran, skipped, wrong = stage.watched(first, list(wanted.operations()))
            wanted = _without(wanted, skipped)
            by = "apply"
            if not wrong:
                by, wrong = stage.for_real(second, third, wanted)
    if wrong:
        more = [_failed(f"and {len(wrong) - _SHOWN} more")] if len(wrong) > _SHOWN else []
        raise ShadowError(*wrong[:_SHOWN], *more)
    left = len(list(plan.operations())) - len(list(wanted.operations()))
    return Proof(ran, left, by, without)


def _followed(live: Catalog, desired: Catalog, registry: Registry) -> Catalog:
    """Have privileges that no file speaks of go where the plan takes what they are on."""
    kinds = frozenset(k.name for k in registry if k.keeps and not k.attached)
    _, followed = reconciled(live, desired, registry)
    others = only(desired, frozenset(k.name for k in registry) - kinds).objects.values()
    return desired.with_objects([*others, *only(followed, kinds).objects.values()])


def _clock(target: Connection[Any]) -> dict[str, str]:
    """Give by which settings times are converted in the sessions of the target."""
    query = (
        "SELECT name, reset_val FROM pg_catalog.pg_settings"
        " WHERE name IN ('TimeZone', 'DateStyle', 'IntervalStyle')"
    )
    return dict(target.execute(query.encode()).fetchall())


def _rehearsed(plan: Plan, kinds: frozenset[str]) -> Plan:
    """Give the plan without what cannot or must not be rehearsed."""
    wrong = [o for o in plan.operations() if o.target.kind not in kinds or o.secrets]
    return _without(plan, wrong)


def _without(plan: Plan, operations: list[Operation]) -> Plan:
    gone = {id(o) for o in operations}
    segments = [
        replace(s, operations=tuple(o for o in s.operations if id(o) not in gone))
        for s in plan.segments
    ]
    return replace(plan, segments=tuple(s for s in segments if s.operations))


@record(frozen=True)
class _Stage:
    """What a rehearsal begins with, and how it is to end."""

    registry: Registry
    live: Catalog
    desired: Catalog
    kinds: frozenset[str]  # of what is compared
    rows: frozenset[str]  # and those of rows, which are only run

    def watched(
        self, scratch: Connection[Any], operations: list[Operation]
    ) -> tuple[int, list[Operation], list[Diagnostic]]:
        """Run each statement alone: how many ran, which could not, and what was wrong."""
        unlike = self._differing(self._seen(scratch), self.live)
        settle(scratch)
        ran, skipped, wrong = _run(scratch, operations, self.rows)
        after = self._seen(scratch)
        apart = self._apart(scratch, unlike)
        wrong += [_failed(f"{each} is not as planned afterwards") for each in apart]
        if not wrong:
            again = [o for o in operations if o not in skipped]
            _run(scratch, again, self.rows, what="run again, ")
            wrong += self._moved(scratch, after, "a second run changes")
        return ran, skipped, wrong

    def for_real(
        self, applied: Connection[Any], scripted: Connection[Any], plan: Plan
    ) -> tuple[str, list[Diagnostic]]:
        """Apply the plan and run its script; gives who did so, and what ended otherwise."""
        _applied(applied, plan)
        after = self._seen(applied)
        unlike = self._differing(self._seen(scripted), self.live)
        apart = self._apart(applied, unlike)
        wrong = [_failed(f"{each} is not as planned after an apply") for each in apart]
        if not run_script(scripted, render_sql(plan)):
            return "apply", wrong
        wrong += self._moved(scripted, after, "the script leaves otherwise than an apply")
        run_script(scripted, render_sql(plan))
        wrong += self._moved(scripted, after, "a second run of the script changes")
        return "apply and psql", wrong

    def _seen(self, scratch: Connection[Any]) -> Catalog:
        return only(read_back(scratch, self.registry).catalog, self.kinds)

    def _moved(self, scratch: Connection[Any], before: Catalog, what: str) -> list[Diagnostic]:
        found = self._differing(self._seen(scratch), before)
        return [_failed(f"{what} {found[each]}") for each in sorted(found)]

    def _differing(self, one: Catalog, other: Catalog) -> dict[Identity, str]:
        """Say what differs between two catalogs, of what a scratch database can have."""
        one, other = reconciled(one, other, self.registry)
        changes = compare(one, other, self.registry)
        return {c.identity: _words(c) for c in changes if not self._is_silent(c, one, other)}

    def _is_silent(self, change: Change, one: Catalog, other: Catalog) -> bool:
        """Tell whether it is of what goes without saying (the sequence of an identity)."""
        match change:
            case Create(new):
                obj, lacking = new, one
            case Drop(old):
                obj, lacking = old, other
            case _:
                return False
        if obj.parent not in lacking:
            return False
        kind = self.registry.of(obj)
        if kind.keeps:  # owners and grants that the files do not speak of
            spoken = other.spoken
            return spoken is not None and (kind.name, kind.speaker(obj)) not in spoken
        return kind.implicit(obj.identity, lacking) == obj

    def _apart(self, scratch: Connection[Any], unlike: Mapping[Identity, str]) -> list[str]:
        """Say what the next plan would find to do, but for what the copy lacked from the start."""
        found = read_back(scratch, self.registry)
        desired, _ = adopted(self.desired, found, self.registry)
        apart = self._differing(only(found.catalog, self.kinds), desired)
        return [apart[i] for i in sorted(apart.keys() - unlike.keys())]


def _words(change: Change) -> str:
    """Name what changed, and in what."""
    what = f" ({', '.join(sorted(change.changed))})" if isinstance(change, Alter) else ""
    return f"{change.identity}{what}"


def settle(scratch: Connection[Any]) -> None:
    """Begin a session as a script does."""
    for name, value in {**STEADY, "check_function_bodies": "off"}.items():
        scratch.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, value))


def _applied(scratch: Connection[Any], plan: Plan) -> None:
    """Apply the plan as the command does."""
    try:
        apply_plan(scratch, plan, settings=ApplySettings(), report=lambda _: None)
    except ApplyError as error:
        first = error.diagnostics[0]
        raise ShadowError(_failed(f"{first.code} {first.message}")) from error


def _run(
    scratch: Connection[Any], operations: list[Operation], rows: frozenset[str], *, what: str = ""
) -> tuple[int, list[Operation], list[Diagnostic]]:
    """Run each operation that is needed, alone: how many ran, which could not, what was wrong."""
    from psycopg import Error

    existing = frozenset(relations(scratch))
    ran, skipped, wrong = 0, list[Operation](), list[Diagnostic]()
    for op in operations:
        try:
            if op.guard is not None:
                row = scratch.execute(f"SELECT ({op.guard.condition}\n)".encode()).fetchone()
                if not (row and row[0]):
                    continue
            if op.transaction is Transaction.OUTSIDE:
                with searching(scratch, op.along, local=False):
                    scratch.execute(op.sql.encode())
            else:
                wrong += _watched(scratch, op, existing)
        except Error as error:
            if op.target.kind in rows and error.sqlstate == _NO_SUCH_ROW:
                skipped.append(op)
                continue
            said = error.diag.message_primary or str(error)
            raise ShadowError(
                _failed(f"{what}{op.verb} {op.target}: PostgreSQL says: {said}", op.sql)
            ) from error
        ran += 1
    return ran, skipped, wrong


def _watched(
    scratch: Connection[Any], op: Operation, existing: frozenset[int]
) -> Iterator[Diagnostic]:
    """Run one operation in a transaction; gives what it did and does not declare."""
    with scratch.transaction():
        before = relations(scratch)
        with searching(scratch, op.along, local=True):
            scratch.execute(op.sql.encode())
        lock = locks(scratch, existing)
        rewrote = rewritten(before, relations(scratch), existing)
        search_to_the_end(scratch, [op])
    if lock > op.lock:
        said = f"{op.verb} {op.target} takes {lock.sql} and declares {op.lock.sql}"
        yield _failed(said, op.sql)
    if rewrote and not op.rewrites:
        said = f"{op.verb} {op.target} rewrites {', '.join(sorted(rewrote))} and does not say so"
        yield _failed(said, op.sql)


def _failed(message: str, sql: str = "") -> Diagnostic:
    return Diagnostic(code="SD520", message=f"the rehearsal failed: {message}", hint=sql)

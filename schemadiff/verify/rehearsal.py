"""A plan run in a scratch copy of the schema: it runs, converges, runs again, does what it says.

The surprising fact: some of a plan must not be rehearsed. Roles belong to the whole server, a
subscription calls its publisher, and owners, grants and rows are not in the copy; what is left out
is counted in the proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.session import STEADY
from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.operation import Operation, Transaction
from schemadiff.core.plan import Plan
from schemadiff.core.request import Unread
from schemadiff.diff.compare import compare
from schemadiff.shadow.build import build, read_back
from schemadiff.shadow.server import ShadowOptions, scratch_database
from schemadiff.verify.observed import locks, relations, rewritten

if TYPE_CHECKING:
    from psycopg import Connection

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """How many statements ran, and how many could not be rehearsed."""

    ran: int
    left_out: int

    def __str__(self) -> str:
        """Say it in one line."""
        if not self.ran and not self.left_out:
            return "Proved: there is nothing to do."
        left = ""
        if self.left_out:
            left = f"; {_count(self.left_out)} on roles, owners, grants or rows not rehearsed"
        return (
            f"Proved in a scratch copy without rows: {_count(self.ran)} ran, and again without "
            f"effect; the result is as planned, locks and rewrites are as declared{left}."
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
    parts = frozenset(k.name for k in registry if k.built and not isinstance(k, Unread))
    operations = [op for op in plan.operations() if op.target.kind in parts and not op.secrets]
    brought = {k.name for k in registry if k.brings}
    extensions = [i.name for s in (live, desired) for i in s.objects if i.kind in brought]
    with scratch_database(target, options, extensions) as scratch:
        build(scratch, _only(live, parts), registry, lambda i: i.path[0], lambda _: None)
        copied = read_back(scratch, registry).catalog
        unlike = _differing(copied, _only(live, parts), registry)
        for name, value in {**STEADY, "check_function_bodies": "off"}.items():
            scratch.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, value))
        ran, wrong = _run(scratch, operations)
        after = read_back(scratch, registry).catalog
        apart = _differing(after, _only(desired, parts), registry) - unlike
        wrong += [_failed(f"{i} is not as planned afterwards") for i in sorted(apart)]
        if not wrong:
            _run(scratch, operations, what="run again, ")
            twice = read_back(scratch, registry).catalog
            changed = sorted(_differing(twice, after, registry))
            wrong += [_failed(f"a second run changes {i}") for i in changed]
    if wrong:
        more = [_failed(f"and {len(wrong) - _SHOWN} more")] if len(wrong) > _SHOWN else []
        raise ShadowError(*wrong[:_SHOWN], *more)
    return Proof(ran, len(list(plan.operations())) - len(operations))


def _only(catalog: Catalog, parts: frozenset[str]) -> Catalog:
    return catalog.with_objects(o for i, o in catalog.objects.items() if i.kind in parts)


def _differing(one: Catalog, other: Catalog, registry: Registry) -> set[Identity]:
    """Name what differs between two catalogs, of what a scratch database can have."""
    for kind in registry:
        one, other = kind.reconcile(one, other)
    found = (c.identity for c in compare(one, other, registry))
    return {i for i in found if registry[i.kind].built}


def _run(
    scratch: Connection[Any], operations: list[Operation], *, what: str = ""
) -> tuple[int, list[Diagnostic]]:
    """Run each operation that is needed, alone; gives how many ran and what was undeclared."""
    from psycopg import Error

    existing = frozenset(relations(scratch))
    ran, wrong = 0, list[Diagnostic]()
    for op in operations:
        try:
            if op.guard is not None:
                row = scratch.execute(f"SELECT ({op.guard.condition}\n)".encode()).fetchone()
                if not (row and row[0]):
                    continue
            if op.transaction is Transaction.OUTSIDE:
                scratch.execute(op.sql.encode())
            else:
                wrong += _watched(scratch, op, existing)
        except Error as error:
            said = error.diag.message_primary or str(error)
            raise ShadowError(
                _failed(f"{what}{op.verb} {op.target}: PostgreSQL says: {said}", op.sql)
            ) from error
        ran += 1
    return ran, wrong


def _watched(
    scratch: Connection[Any], op: Operation, existing: frozenset[int]
) -> Iterator[Diagnostic]:
    """Run one operation in a transaction; gives what it did and does not declare."""
    with scratch.transaction():
        before = relations(scratch)
        scratch.execute(op.sql.encode())
        lock = locks(scratch, existing)
        rewrote = rewritten(before, relations(scratch), existing)
    if lock > op.lock:
        said = f"{op.verb} {op.target} takes {lock.sql} and declares {op.lock.sql}"
        yield _failed(said, op.sql)
    if rewrote and not op.rewrites:
        said = f"{op.verb} {op.target} rewrites {', '.join(sorted(rewrote))} and does not say so"
        yield _failed(said, op.sql)


def _failed(message: str, sql: str = "") -> Diagnostic:
    return Diagnostic(code="SD520", message=f"the rehearsal failed: {message}", hint=sql)

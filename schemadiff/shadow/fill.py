"""The rows that files list, put into a scratch database, so that other files compare with them.

Foreign keys may point at rows that no file lists, and triggers are not to fire: both are off where
the role may say so. The surprising fact: only a superuser may (session_replication_role), and
`diff` has one on the embedded server that it starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemadiff.catalog.settings import STEADY, searching
from schemadiff.core.diagnostic import Diagnostic, Severity
from schemadiff.core.kind import Context, Registry
from schemadiff.core.operation import Operation
from schemadiff.plan.planner import make_plan
from schemadiff.shadow.build import read_back
from schemadiff.shadow.request import answered
from schemadiff.spec.result import Spec

if TYPE_CHECKING:
    from psycopg import Connection


def fill(scratch: Connection[Any], spec: Spec, registry: Registry) -> Diagnostic | None:
    """Insert the rows; gives what is to be said where that cannot be done."""
    import psycopg

    if not spec.questions:
        return None
    catalog = read_back(scratch, registry).catalog
    version = scratch.info.server_version
    current, desired = answered(spec, Context(catalog, catalog, version, registry), (), scratch)
    plan = make_plan(current, desired, registry, version=version)
    try:
        with scratch.transaction():
            _run(scratch, list(plan.operations()))
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error)
        return Diagnostic(
            code="SD191",
            message=f"the rows of the first files cannot be told, so all rows are new: {said}",
            hint="run it where foreign keys can be switched off, as a superuser",
            severity=Severity.WARNING,
        )
    return None


def _run(scratch: Connection[Any], operations: list[Operation]) -> None:
    import psycopg

    for name, value in STEADY.items():
        scratch.execute("SELECT pg_catalog.set_config(%s, %s, true)", (name, value))
    try:
        with scratch.transaction():
            scratch.execute("SET LOCAL session_replication_role = replica")
    except psycopg.errors.InsufficientPrivilege:
        pass
    for operation in operations:
        with searching(scratch, operation.along, local=True):
            scratch.execute(operation.sql.encode())

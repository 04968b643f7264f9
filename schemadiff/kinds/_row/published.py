"""Rows that the files list, in a table whose rows subscribers cannot tell apart.

PostgreSQL takes no UPDATE and no DELETE there while a publication sends such (manual, 29.1.1). A
plan that changes that as well writes the rows while they are taken.
"""

from __future__ import annotations

from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.kinds._published import publishing, takes_no
from schemadiff.kinds._row.batch import ROWS
from schemadiff.kinds._table.heirs import Path, below

_KEYS = ("primary_key", "replica_identity")


def while_taken(op: Operation, table: Identity, action: str, context: Context) -> Operation:
    """Have an UPDATE or DELETE of rows run while the table takes it; PlanError where it never does.

    `action` is what publications call it.
    """
    sides = (context.current, context.desired)
    before, after = (takes_no(action, _written(table, side), side, side) for side in sides)
    if before and after:
        words = "an update" if action == "update" else "a delete"
        message = f"rows of {table.sql} would get {words}, but {after}"
        hint = f"give {table.sql} a primary key or a replica_identity"
        about = (Identity(ROWS, table.path),)
        raise PlanError(Diagnostic(code="SD193", message=message, hint=hint, about=about))
    if before:
        desired = context.desired
        keys = (i for i in desired.children.get(table, ()) if i.kind in _KEYS)
        return replace(op, requires=op.requires.union(keys, desired.of("publication")))
    if after:
        return replace(op, awaited_by=op.awaited_by.union(publishing(table, context.desired)))
    return op


def _written(table: Identity, side: Catalog) -> tuple[Path, ...]:
    """Give the tables in which rows of a table are; what only inherits from it is left alone."""
    divided = getattr(side.get(table), "partition_by", None)
    return (table.path, *below(side, table.path)) if divided else (table.path,)

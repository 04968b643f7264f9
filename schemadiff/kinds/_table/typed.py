"""Constraints of typed tables: PostgreSQL takes their rename for that of a column, and refuses it.

So the table is none of its type for as long as the statement takes, which reads no rows.
"""

from __future__ import annotations

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, literal, qualified


def while_untyped(op: Operation, context: Context) -> Operation:
    """Give an operation on what is in a table, which PostgreSQL takes of no typed one."""
    path = op.target.path[:2]
    typed = Identity("of_type", path)
    if typed not in context.current and typed not in context.desired:
        return op
    table = qualified(*path)
    values = {"table": table, "name": literal(table), "sql": op.sql}
    return replace(op, sql=f"DO {dollar(_BLOCK % values, 'typed')}")


_BLOCK = """
DECLARE
    type regtype := (SELECT nullif(reloftype, 0) FROM pg_catalog.pg_class
                     WHERE oid = to_regclass(%(name)s));
BEGIN
    IF type IS NOT NULL THEN
        ALTER TABLE %(table)s NOT OF;
    END IF;
    %(sql)s;
    IF type IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %%s OF %%s', %(name)s, type);
    END IF;
END
"""

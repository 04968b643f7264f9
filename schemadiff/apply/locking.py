"""In which order tables are locked, so that others seldom wait for us while we wait for them.

A foreign key is added under a lock of its own table, and then one of the table that it refers to.
Programs write the row that is referred to first, and then those that refer to it; the surprising
fact is that of two who wait for each other PostgreSQL ends either one (manual, 13.3.4), which may
be the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.sql import comma, qualified

if TYPE_CHECKING:
    from psycopg import Connection

# Who may not write a table may not lock it so by itself, though a foreign key may.
_LOCKABLE = """
SELECT n.nspname::text, c.relname::text
FROM unnest(%s::text[], %s::text[]) AS wanted (schema, name)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.name
WHERE c.relkind IN ('r', 'p')
  AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
ORDER BY 1, 2"""


def locked_first(connection: Connection[Any], operation: Operation) -> str:
    """Give the statement that locks the tables beside that of a new object; empty where none is."""
    own = operation.target.path[:2]
    tables = [t.path for t in operation.touches]
    beside = [path for path in tables if path != own]
    if operation.verb is not Verb.CREATE or not beside or own not in tables:
        return ""
    if operation.lock < LockMode.SHARE_ROW_EXCLUSIVE:
        return ""
    columns = [list(each) for each in zip(*beside, strict=True)]
    found = connection.execute(_LOCKABLE, columns).fetchall()
    names = comma(qualified(*path) for path in found)
    return f"LOCK TABLE ONLY {names} IN {operation.lock.sql} MODE" if names else ""

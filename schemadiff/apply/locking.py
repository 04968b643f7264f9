"""In which order tables are locked, so that others seldom wait for us while we wait for them.

A foreign key is added under a lock of its own table, and then one of the table that it refers to.
Programs write the row that is referred to first, and then those that refer to it; the surprising
fact is that of two who wait for each other PostgreSQL ends either one (manual, 13.3.4), which may
be the program. Whoever reads or writes a partitioned table locks it before its partitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.sql import comma, qualified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

# Who may not write a table may not lock it so by itself, though a foreign key may.
_LOCKABLE = """
SELECT n.nspname::text, c.relname::text
FROM unnest(%s::text[], %s::text[]) AS wanted (schema, name)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.name
WHERE c.relkind = ANY (%s::text[])
  AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
ORDER BY 1, 2"""


def deadlock_timeout(connection: Connection[Any]) -> float:
    """Give how long someone waits, in seconds, until the server looks for a deadlock."""
    query = "SELECT extract(epoch FROM current_setting('deadlock_timeout')::interval)::float"
    row = connection.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def locked_first(
    connection: Connection[Any], operation: Operation, later: Sequence[Operation]
) -> str:
    """Give the statement that locks other tables before that of an operation; empty where none is.

    It is the tables beside that of a new object; or a whole table, where an operation is on its
    partitions, and it is the turn of the whole `later` in the same transaction.
    """
    own = operation.target.path[:2]
    tables = [t.path for t in operation.touches]
    beside = [path for path in tables if path != own]
    if operation.lock < LockMode.SHARE_ROW_EXCLUSIVE or own not in tables:
        return ""
    if operation.verb is Verb.CREATE and beside:
        return _lock(connection, beside, operation.lock, ["r", "p"])
    more = [op.lock for op in later if op.target == operation.target]
    if operation.verb is Verb.ALTER and more:
        return _lock(connection, [own], max(operation.lock, *more), ["p"])
    return ""


def _lock(
    connection: Connection[Any], tables: list[tuple[str, ...]], mode: LockMode, kinds: list[str]
) -> str:
    columns = [list(each) for each in zip(*tables, strict=True)]
    found = connection.execute(_LOCKABLE, [*columns, kinds]).fetchall()
    names = comma(qualified(*path) for path in found)
    return f"LOCK TABLE ONLY {names} IN {mode.sql} MODE" if names else ""

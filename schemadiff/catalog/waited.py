"""Who was in the way of a reading that waited for a lock in vain.

The surprising fact: the server's functions that print an index, a view or a sequence lock it as a
query does, so an ALTER TABLE whose transaction stays open keeps out whoever only reads the catalog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from psycopg import Connection

DEADLOCK: Final = "40P01"
LOCKED: Final = "55P03"
WAITED: Final = (DEADLOCK, LOCKED)
# The oldest transaction comes first; what is not shown to the role is NULL.
_HOLDER = """
SELECT l.pid, a.usename::text, nullif(a.application_name, ''), a.state, c.oid::regclass::text
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND l.locktype = 'relation'
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database())
    AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
ORDER BY a.xact_start NULLS LAST, c.oid LIMIT 1"""


def holder(connection: Connection[Any]) -> str:
    """Name who keeps others out of a table; empty where nobody does any more."""
    import psycopg

    try:
        row = connection.execute(_HOLDER).fetchone()
    except psycopg.Error:
        return ""
    if row is None:
        return ""
    pid, user, application, state, table = row
    who = ", ".join(filter(None, (application, user and f"user {user}", state)))
    by = f"process {pid}" if pid is not None else "a prepared transaction"
    return f"{by}{f' ({who})' if who else ''} keeps others out of {table}"

"""One apply at a time in a database: an advisory lock that lives as long as the session.

The surprising fact: waiting inside of `pg_advisory_lock` would hold a snapshot, for which a
`CREATE INDEX CONCURRENTLY` of the other apply waits in turn. So the lock is only ever tried.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.apply.events import Blocker, Event, LockWait
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ApplyError

if TYPE_CHECKING:
    from psycopg import Connection

KEY = int.from_bytes(b"schemadf")  # advisory locks are scoped to the database by PostgreSQL

_EVERY = 0.25
_HOLDERS = """
SELECT a.pid, coalesce(a.usename::text, ''), coalesce(a.application_name, ''),
       coalesce(a.state, ''), clock_timestamp() - a.backend_start, coalesce(a.query, '')
FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND (l.classid::bigint << 32 | l.objid::bigint) = %s
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d
                    WHERE d.datname = pg_catalog.current_database())"""


@contextlib.contextmanager
def our_turn(
    connection: Connection[Any], limit: float, report: Callable[[Event], None]
) -> Iterator[None]:
    """Hold the lock, after waiting up to `limit` seconds for another apply to end.

    Raises ApplyError, which says who holds it.
    """
    import psycopg

    _take(connection, limit, report)
    try:
        yield
    finally:
        # With the connection gone the lock is gone too.
        with contextlib.suppress(psycopg.Error):
            connection.execute("SELECT pg_catalog.pg_advisory_unlock(%s)", [KEY])


def _take(connection: Connection[Any], limit: float, report: Callable[[Event], None]) -> None:
    begun = time.monotonic()
    told: tuple[int, ...] = ()
    while not _try(connection):
        holders = tuple(Blocker(*row) for row in connection.execute(_HOLDERS, [KEY]))
        waited = time.monotonic() - begun
        pids = tuple(h.pid for h in holders)
        if pids and pids != told:
            told = pids
            report(LockWait("another apply to end", holders, waited))
        if waited >= limit:
            who = ", ".join(map(str, holders)) or "a session that has just ended"
            raise ApplyError(
                Diagnostic(
                    code="SD500",
                    message=f"another apply is running in this database: {who}; "
                    f"waited {waited:.0f} s, nothing was changed",
                    hint="wait until it is done and plan again"
                    + "".join(f"; SELECT pg_terminate_backend({p}) ends it" for p in pids[:1]),
                )
            )
        time.sleep(min(_EVERY, max(limit - waited, 0.01)))


def _try(connection: Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_catalog.pg_try_advisory_lock(%s)", [KEY]).fetchone()
    return bool(row and row[0])

"""A second connection that sees what the first one waits for, and how far it is.

The surprising fact: a prepared transaction has no process, and pg_blocking_pids says 0 for it
(manual, 9.27). It may hold its locks for weeks, so it is looked for by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemadiff.apply.events import Blocker
from schemadiff.apply.pooled import beside

if TYPE_CHECKING:
    from psycopg import Connection

_SESSION = """a.pid, coalesce(a.usename::text, ''), coalesce(a.application_name, ''),
       coalesce(a.state, ''), clock_timestamp() - coalesce(a.xact_start, a.backend_start),
       coalesce(a.query, '')"""
_BLOCKERS = f"""
SELECT {_SESSION}
FROM unnest(pg_catalog.pg_blocking_pids(%s)) AS b (pid)
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid
ORDER BY a.pid"""
# A prepared transaction keeps the virtual number of the session that made it; its own number is
# that of the transaction whose lock it holds.
_PREPARED = """
SELECT DISTINCT p.gid, p.owner::text, clock_timestamp() - p.prepared
FROM pg_catalog.pg_locks AS w
JOIN pg_catalog.pg_locks AS h ON h.granted AND h.pid IS NULL AND h.locktype = w.locktype
  AND (h.database, h.relation, h.page, h.tuple, h.virtualxid, h.transactionid, h.classid, h.objid,
       h.objsubid)
  IS NOT DISTINCT FROM (w.database, w.relation, w.page, w.tuple, w.virtualxid, w.transactionid,
                        w.classid, w.objid, w.objsubid)
JOIN pg_catalog.pg_locks AS x ON x.granted AND x.pid IS NULL AND x.locktype = 'transactionid'
  AND x.virtualtransaction = h.virtualtransaction
JOIN pg_catalog.pg_prepared_xacts AS p ON p.transaction = x.transactionid
WHERE w.pid = %s AND NOT w.granted
ORDER BY p.gid"""
_PROGRESS = """
SELECT phase, lockers_done, lockers_total, greatest(blocks_done, 0), blocks_total, tuples_done,
       tuples_total
FROM pg_catalog.pg_stat_progress_create_index WHERE pid = %s"""
# A build waits for whoever writes to its table, and then for every older snapshot in the database.
_LONG = f"""
SELECT {_SESSION}
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
  AND a.xact_start < clock_timestamp() - pg_catalog.make_interval(secs => %s)
  AND a.backend_type IN ('client backend', 'background worker', 'walsender')
  AND (a.backend_xid IS NOT NULL OR a.backend_xmin IS NOT NULL
       OR EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                  WHERE l.pid = a.pid AND l.locktype = 'relation' AND l.relation >= 16384))
ORDER BY a.xact_start"""
_LONG_PREPARED = """
SELECT p.gid, p.owner::text, clock_timestamp() - p.prepared
FROM pg_catalog.pg_prepared_xacts AS p
WHERE p.database = pg_catalog.current_database()
ORDER BY p.prepared"""


def long_transactions(connection: Connection[Any], seconds: float) -> tuple[Blocker, ...]:
    """Give the transactions of the database that last so long already, and all prepared ones."""
    sessions = connection.execute(_LONG, [seconds]).fetchall()
    return (*_sessions(sessions), *_prepared(connection.execute(_LONG_PREPARED).fetchall()))


class Lookout:
    """The second connection; opened when it is first needed.

    Where none can be had (the server is full, a pooler stands between) it sees nothing.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self._watched = connection
        self.process = connection.info.backend_pid  # a pooler's own number, until it is known
        self._own: Connection[Any] | None = None
        self._blind = False

    def blockers(self) -> tuple[Blocker, ...]:
        """Give those that block the watched session now."""
        found = _sessions(self._asked(_BLOCKERS))
        # Of a prepared transaction nothing is said but the process 0, which no session has.
        return (*found, *_prepared(self._asked(_PREPARED)))

    def progress(self) -> tuple[str, str]:
        """Give the phase of an index build, and how far that is; both empty where none runs."""
        for phase, *counts in self._asked(_PROGRESS):
            lockers, blocks, tuples = counts[:2], counts[2:4], counts[4:]
            done, total = next((p for p in (lockers, blocks, tuples) if p[1]), (0, 0))
            return str(phase), f"{min(done, total)} of {total}" if total else ""
        return "", ""

    def close(self) -> None:
        """Close the second connection, if there is one."""
        if self._own is not None:
            self._own.close()
            self._own = None

    def _asked(self, query: str) -> list[tuple[Any, ...]]:
        import psycopg

        if self._blind:
            return []
        try:
            if self._own is None:
                self._own = beside(self._watched)
            return self._own.execute(query.encode(), [self.process]).fetchall()
        except (psycopg.Error, OSError):
            self._blind = True
            self.close()
            return []


def _sessions(rows: list[tuple[Any, ...]]) -> tuple[Blocker, ...]:
    return tuple(Blocker(*row) for row in rows)


def _prepared(rows: list[tuple[Any, ...]]) -> tuple[Blocker, ...]:
    return tuple(Blocker(0, user=u, prepared=gid, since=since) for gid, u, since in rows)

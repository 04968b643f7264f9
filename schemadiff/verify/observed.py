"""What one statement did to the server, in the server's own words: locks and new files.

The surprising fact: only relations that were there before the plan began count, for nobody can
wait for a lock on a relation that nobody else can see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemadiff.core.lock import LockMode
from schemadiff.core.record import record

if TYPE_CHECKING:
    from psycopg import Connection

# pg_locks says AccessExclusiveLock, the manual ACCESS EXCLUSIVE.
MODES = {m.name.replace("_", " ").title().replace(" ", "") + "Lock": m for m in LockMode if m}

Relations = dict[int, tuple[str, int, str]]

_RELATIONS = """
SELECT c.oid, n.nspname || '.' || c.relname, coalesce(pg_relation_filenode(c.oid), 0),
       c.relkind::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm', 'v', 'i', 'S', 'f')"""
_LOCKS = """
SELECT relation, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation >= 16384"""


@record(frozen=True, slots=True)
class Observed:
    """The strongest lock on a relation that was there, and the tables that were rewritten."""

    lock: LockMode
    rewrote: frozenset[str]


def relations(connection: Connection[Any]) -> Relations:
    """Give name, file and sort of every relation of the user."""
    rows = connection.execute(_RELATIONS).fetchall()
    return {oid: (name, file, kind) for oid, name, file, kind in rows}


def locks(connection: Connection[Any], existing: frozenset[int]) -> LockMode:
    """Give the strongest lock that the running transaction holds on one of the relations."""
    rows = connection.execute(_LOCKS).fetchall()
    return max((MODES[mode] for oid, mode in rows if oid in existing), default=LockMode.NONE)


def rewritten(before: Relations, after: Relations, existing: frozenset[int]) -> frozenset[str]:
    """Name the tables whose rows are in another file than before."""
    return frozenset(
        name
        for oid, (name, file, kind) in before.items()
        if kind in "rm" and oid in existing and oid in after and after[oid][1] != file
    )

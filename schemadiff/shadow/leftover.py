"""Scratch databases of runs that are gone: known as ours by their names, as left by a lock.

Whoever makes one holds an advisory lock until it is removed; the server lets go of it when the
session ends, however that was. The surprising fact: pg_locks shows everybody the advisory locks of
all databases. Behind a pooler a session may be anybody's: what is made there waits for an hour.
"""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING, Any

from schemadiff.core.sql import ident

if TYPE_CHECKING:
    from psycopg import Connection

PREFIX = "schemadiff_shadow_"
_AN_HOUR = 3600
_HELD = "held"
_CLASS = int.from_bytes(b"shad")  # the first of the two numbers of the lock
_HOLD = """SELECT CASE WHEN pg_catalog.pg_backend_pid() = %s
THEN pg_catalog.pg_try_advisory_lock(%s, %s) ELSE false END"""
_FOUND = """SELECT d.datname,
    EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.datid = d.oid),
    ARRAY(SELECT l.objid::bigint FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory'
        AND l.objsubid = 2 AND l.classid::bigint = %s)
FROM pg_catalog.pg_database AS d
WHERE pg_catalog.starts_with(d.datname, %s) AND pg_catalog.pg_has_role(d.datdba, 'MEMBER')"""


def new_name(host: Connection[Any]) -> str:
    """Give a name for a scratch database, and hold its lock as long as the session lives."""
    token = secrets.token_hex(3)
    process = host.info.backend_pid  # which a pooler invents
    row = host.execute(_HOLD, (process, _CLASS, int(token, 16))).fetchone()
    name = f"{PREFIX}{int(time.time())}_{os.getpid()}_{token}"
    return f"{name}_{_HELD}" if row and row[0] else name


def let_go(host: Connection[Any], name: str) -> None:
    """Let go of the lock of a database that is removed."""
    if (token := _token(name)) is not None:
        host.execute("SELECT pg_catalog.pg_advisory_unlock(%s, %s)", (_CLASS, token))


def sweep(host: Connection[Any]) -> None:
    """Remove what an earlier run left behind: at once where it is gone, else after an hour."""
    from psycopg import Error

    for name, inside, held in host.execute(_FOUND, (_CLASS, PREFIX)).fetchall():
        stamp, token = name.removeprefix(PREFIX).split("_")[0], _token(name)
        if not stamp.isdigit():
            continue
        old = time.time() - int(stamp) > _AN_HOUR
        if not old and (token is None or inside or token in held):
            continue
        force = " WITH (FORCE)" if old else ""
        try:
            host.execute(f"DROP DATABASE IF EXISTS {ident(name)}{force}".encode())
        except Error:
            continue  # another run sweeps too


def _token(name: str) -> int | None:
    """Give the number of the lock that belongs to a name; copies have that of what they are of."""
    parts = name.removeprefix(PREFIX).split("_")
    return int(parts[2], 16) if parts[3:4] == [_HELD] else None

"""A transaction in which something is tried, and that never commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.settings import saying

if TYPE_CHECKING:
    from psycopg import Connection


@contextmanager
def rolled_back(connection: Connection[Any]) -> Iterator[bool]:
    """Open a transaction that never commits; gives whether this server may be asked at all."""
    with connection.transaction(force_rollback=True):
        willing = is_willing(connection)
        if willing:
            connection.execute("SET LOCAL lock_timeout = '3s'")
            connection.execute("SET LOCAL client_min_messages = error")
            saying(connection, local=True)
        yield willing


def is_willing(connection: Connection[Any]) -> bool:
    """Tell whether something temporary may be made, and see to it that nobody's triggers fire."""
    row = connection.execute(
        "SELECT has_database_privilege(current_database(), 'TEMPORARY'),"
        " pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',"
        " EXISTS (SELECT 1 FROM pg_event_trigger WHERE evtenabled <> 'D'),"
        " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    ).fetchone()
    assert row is not None
    temporary, read_only, event_triggers, superuser = row
    willing = bool(temporary and not read_only and (superuser or not event_triggers))
    if willing and event_triggers:
        connection.execute("SET LOCAL session_replication_role = replica")
    return willing


def denial(sql: str, connection: Connection[Any], *, stays: bool = False) -> str:
    """Run a statement within a transaction that never commits.

    Gives what the server says where a right is missing; "" where it runs, or fails for another
    reason. What `stays` is there for the statements after it.
    """
    import psycopg

    try:
        with connection.transaction(force_rollback=not stays):
            connection.execute(sql.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        return error.diag.message_primary or str(error)
    except psycopg.Error:
        pass
    return ""

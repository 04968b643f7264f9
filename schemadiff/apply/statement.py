"""One statement, sent by the extended protocol.

The surprising fact: in the simple protocol one text may hold many statements, and psycopg uses
that one where there are no parameters. Only the extended protocol (manual, 55.2.3) makes
PostgreSQL itself refuse a second statement. Sending by hand also leaves `%` alone and lets this
thread look around while the server works.
"""

from __future__ import annotations

import contextlib
import selectors
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.pq.abc import PGconn, PGresult

Waiting = Callable[[float], None]


def run(
    connection: Connection[Any], sql: str, *, waiting: Waiting | None = None, every: float = 1.0
) -> PGresult:
    """Run exactly one statement; `waiting` is called with the seconds so far, `every` so many.

    Raises psycopg.Error. On KeyboardInterrupt the statement is cancelled and its end awaited.
    """
    pgconn = connection.pgconn
    _send(connection, sql)
    try:
        result = _receive(pgconn, waiting, every)
    except KeyboardInterrupt:
        cancel(connection)
        raise
    return _checked(connection, result)


def commit(connection: Connection[Any]) -> None:
    """Commit the transaction.

    A KeyboardInterrupt waits for the answer, for only then is it known what was committed; a
    second one does not.
    """
    interrupted = False
    _send(connection, "COMMIT")
    try:
        result = _receive(connection.pgconn, None, 1.0)
    except KeyboardInterrupt:
        interrupted = True
        result = _receive(connection.pgconn, None, 1.0)
    _checked(connection, result)
    if interrupted:
        raise LateInterrupt


class LateInterrupt(KeyboardInterrupt):
    """The user asked for the end while a commit was under way, and the commit succeeded."""


def cancel(connection: Connection[Any]) -> None:
    """Cancel the running statement and read what is left of its answer."""
    import psycopg

    with contextlib.suppress(psycopg.Error):
        connection.cancel_safe(timeout=5.0)
    with contextlib.suppress(psycopg.Error):
        _receive(connection.pgconn, None, 1.0)


def _send(connection: Connection[Any], sql: str) -> None:
    import psycopg

    try:
        text = sql.encode()
    except UnicodeEncodeError as error:
        raise psycopg.DataError(f"the statement is no valid Unicode: {error.reason}") from error
    if b"\0" in text:
        # libpq takes C strings and would send the part before it.
        raise psycopg.DataError("the statement holds a zero byte, which PostgreSQL cannot take")
    connection.pgconn.send_query_params(text, None)


def _receive(pgconn: PGconn, waiting: Waiting | None, every: float) -> PGresult | None:
    """Read the answer to its end and give its last result, or the first that is an error."""
    import psycopg

    found: PGresult | None = None
    _, failed = _statuses()
    try:
        for result in _results(pgconn, waiting, every):
            if found is None or found.status not in failed:
                found = result
    except psycopg.OperationalError:
        # A server that ends the session says why before it closes the connection.
        if found is None or found.status not in failed:
            raise
    return found


def _results(pgconn: PGconn, waiting: Waiting | None, every: float) -> Iterator[PGresult]:
    begun = time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(pgconn.socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while pgconn.flush():
            selector.select()
            pgconn.consume_input()
        selector.modify(pgconn.socket, selectors.EVENT_READ)
        while True:
            while pgconn.is_busy():
                if selector.select(every if waiting else None):
                    pgconn.consume_input()
                elif waiting:
                    waiting(time.monotonic() - begun)
            result = pgconn.get_result()
            if result is None:
                return
            yield result


def _checked(connection: Connection[Any], result: PGresult | None) -> PGresult:
    import psycopg
    from psycopg.errors import error_from_result

    fine, _ = _statuses()
    if result is None:
        raise psycopg.OperationalError("the server closed the connection without an answer")
    if result.status not in fine:
        raise error_from_result(result, encoding=connection.info.encoding)
    return result


def _statuses() -> tuple[frozenset[int], frozenset[int]]:
    from psycopg.pq import ExecStatus

    fine = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY}
    failed = {ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE}
    return frozenset(map(int, fine)), frozenset(map(int, failed))

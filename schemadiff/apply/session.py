"""The session of an apply: its settings while statements run, and as they were afterwards.

The surprising fact: a server does not look whether its client is still there while a statement
runs. A killed apply would go on building its index, and hold its turn, until the build is done;
so the server is asked to look (manual, client_connection_check_interval).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from schemadiff.apply.events import Advanced, Event
from schemadiff.catalog.settings import change

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.errors import Diagnostic

OURS = "schemadiff: "  # what our own statements say begins so
_LOOK = "client_connection_check_interval"
_EVERY = "1s"


@contextlib.contextmanager
def listening(connection: Connection[Any], report: Callable[[Event], None]) -> Iterator[None]:
    """Pass on what our own statements say of how far they are."""

    def hear(said: Diagnostic) -> None:
        text = said.message_primary or ""
        if said.severity_nonlocalized == "INFO" and text.startswith(OURS):
            report(Advanced(text.removeprefix(OURS)))

    connection.add_notice_handler(hear)
    try:
        yield
    finally:
        connection.remove_notice_handler(hear)


@contextlib.contextmanager
def autocommit(connection: Connection[Any]) -> Iterator[None]:
    """Have psycopg begin no transactions of its own."""
    import psycopg

    before = connection.autocommit
    if not before:
        connection.autocommit = True
    try:
        yield
    finally:
        if not before:
            with contextlib.suppress(psycopg.Error):
                connection.autocommit = False


@contextlib.contextmanager
def ended_with_us(connection: Connection[Any]) -> Iterator[None]:
    """Have the server end the session soon after this process is gone."""
    import psycopg

    try:
        before = connection.execute(f"SELECT pg_catalog.current_setting('{_LOOK}')").fetchone()
        change(connection, {_LOOK: _EVERY}, local=False)
    except psycopg.Error:
        # Not every platform can (it needs POLLRDHUP or the like), and a session that is gone is
        # found by the next statement.
        before = None
    try:
        yield
    finally:
        with contextlib.suppress(psycopg.Error):
            if before is not None:
                change(connection, {_LOOK: before[0]}, local=False)


@contextlib.contextmanager
def settled(connection: Connection[Any], wanted: Mapping[str, str]) -> Iterator[None]:
    """Fix the session's settings for a statement outside of a transaction, and restore them."""
    import psycopg

    query = "SELECT " + ", ".join(f"pg_catalog.current_setting('{k}')" for k in wanted)
    row = connection.execute(query.encode()).fetchone()
    before = dict(zip(wanted, row or (), strict=True))
    try:
        change(connection, wanted, local=False)
        yield
    finally:
        with contextlib.suppress(psycopg.Error):
            change(connection, before, local=False)


def rollback(connection: Connection[Any]) -> None:
    """Undo what is open."""
    import psycopg

    # A session that is gone has nothing left to roll back.
    with contextlib.suppress(psycopg.Error):
        connection.rollback()

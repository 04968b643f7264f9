"""What a statement did to the server, as the server itself says: locks, new files, whole reads.

A whole read shows in no catalog: the server tells it at DEBUG1, and in those words only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

_VERIFYING = re.compile(r'^verifying table "(.*)"')
_BUILDING = re.compile(r'^building index ".*" on table "(.*?)"')
_VALIDATING = re.compile(r"^validating foreign key constraint")


@contextmanager
def whole_reads(connection: psycopg.Connection[Any]) -> Iterator[list[str]]:
    """Collect what the server says of whole reads; the connection is in a transaction."""
    said: list[str] = []

    def keep(notice: psycopg.errors.Diagnostic) -> None:
        text = notice.message_primary or ""
        if _VERIFYING.match(text) or _BUILDING.match(text) or _VALIDATING.match(text):
            said.append(text)

    row = connection.execute("SHOW client_min_messages").fetchone()
    assert row is not None
    connection.add_notice_handler(keep)
    connection.execute("SET client_min_messages = debug1")
    try:
        yield said
        connection.execute(f"SET client_min_messages = {row[0]}".encode())
    finally:
        connection.remove_notice_handler(keep)


def tables_read(said: Sequence[str], target: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give the name of the table that each message is about; of a foreign key it is the target."""
    for text in said:
        found = _VERIFYING.match(text) or _BUILDING.match(text)
        yield (found[1] if found else target[0] if target else ""), text

"""The settings that decide how SQL is read and printed, for a session or a transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from schemadiff.core.operation import Operation, search_to_the_end_sql
from schemadiff.core.sql import search

if TYPE_CHECKING:
    from psycopg import Connection

# What pg_dump fixes too, so that constants in deparsed expressions read the same for everyone;
# and the time zone, in whose words constants of type timestamptz are said.
STEADY = {
    "search_path": "",
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "array_nulls": "on",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
    "transform_null_equals": "off",
    "xmloption": "content",
    "default_tablespace": "",  # what says none lies in the database's own
    "default_table_access_method": "heap",
    "jit": "off",  # compiling costs more than the widest catalog query
}
# What decides how SQL is read and what is made, where somebody else's words are put to the server.
# The order of dates and the time zone are left to the session: servers are set up by their country.
SAYING = (
    "IntervalStyle",
    "array_nulls",
    "standard_conforming_strings",
    "transform_null_equals",
    "xmloption",
    "default_tablespace",
    "default_table_access_method",
)


def saying(connection: Connection[Any], *, local: bool = False) -> None:
    """Have a session, or a transaction, take the files' SQL alike whatever the role has set."""
    change(connection, {name: STEADY[name] for name in SAYING}, local=local)


def telling(connection: Connection[Any]) -> None:
    """Have the rest of a transaction print as a reading does."""
    change(connection, STEADY, local=True)


def change(connection: Connection[Any], settings: Mapping[str, str], *, local: bool) -> None:
    """Change settings for the session, or for the transaction."""
    calls = ", ".join("pg_catalog.set_config(%s, %s, %s)" for _ in settings)
    values = [part for name, value in settings.items() for part in (name, value, local)]
    connection.execute(f"SELECT {calls}".encode(), values)


def search_to_the_end(connection: Connection[Any], operations: Iterable[Operation]) -> None:
    """Have deferred triggers find names as they do for clients, right before a commit."""
    if path := search_to_the_end_sql(operations):
        connection.execute(f"SELECT {path}".encode())


@contextlib.contextmanager
def searching(
    connection: Connection[Any], schemas: tuple[str, ...], *, local: bool
) -> Iterator[None]:
    """Have functions that a statement runs find names as they do for clients, and in some schemas.

    Guards are asked without: also those of a statement that was denied its lock, and comes again.
    """
    import psycopg

    if not schemas:
        yield
        return
    connection.execute(f"SELECT {search(schemas, local=local)}".encode())
    try:
        yield
    except BaseException:
        if not local:  # the end of a transaction takes it back
            with contextlib.suppress(psycopg.Error):
                change(connection, {"search_path": ""}, local=False)
        raise
    change(connection, {"search_path": ""}, local=local)

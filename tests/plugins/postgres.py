"""Fixtures for tests that need a real PostgreSQL, and the clients of the wheel.

`SCHEMADIFF_TEST_PG` says which server: `14` to `18`, or `18+contrib` (see `tests/matrix.py`).
Each process of pytest-xdist has an ephemeral server of its own, so no test meets another's.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql

from schemadiff.catalog.binaries import Binaries, wheel_binaries
from schemadiff.catalog.embedded import Server, ephemeral_server
from tests import matrix

MakeDatabase = Callable[[], "Database"]
CloneDatabase = Callable[["Database"], "Database"]

_numbers = itertools.count(1)
_SETTINGS = {
    "log_min_messages": "fatal",  # nobody looks at the statements that tests let fail
    # To find the best order of joins takes longer than to read these few rows in any order.
    "join_collapse_limit": "1",
}
# What changes with the hour or the version of the client, and says nothing of the schema.
_NOISE = re.compile(r"\\(un)?restrict |-- (Dumped (from|by)|PostgreSQL database dump)")


@dataclass(frozen=True, slots=True)
class Database:
    """A database of one test."""

    name: str
    url: str

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """Open a connection, for a `with` block."""
        return psycopg.connect(self.url, autocommit=autocommit)

    def execute(self, statements: str, params: Sequence[object] | None = None) -> list[Any]:
        """Run SQL on a connection of its own; give the rows of the last statement."""
        with self.connect() as connection:
            # Without parameters several statements may come in one text.
            cursor = connection.execute(statements.encode(), params)
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def dump(self) -> str:
        """Give the schema in pg_dump's words."""
        return pg_dump(self.url)

    def load(self, script: Path | str) -> None:
        """Run a script with psql; the first error ends it."""
        load_sql(self.url, script)


class Administrator:
    """A session of the server beside those of the tests, opened anew where a test has ended it."""

    def __init__(self, url: Callable[[str], str]) -> None:
        self._url = url
        self._connection = self._connect()
        # Copying files takes half of what writing all blocks to the WAL does, which is what 15
        # and newer do otherwise; the checkpoints around it cost nothing without fsync.
        copied = self._connection.info.server_version >= 150000
        self._strategy = sql.SQL(" strategy file_copy" if copied else "")

    def make(self, template: str) -> Database:
        """Make a database."""
        name = f"test_{next(_numbers)}"
        self._empty(template)
        statement = sql.SQL("create database {} template {}")
        self._do(statement.format(sql.Identifier(name), sql.Identifier(template)) + self._strategy)
        return Database(name, self._url(name))

    def drop(self, database: Database) -> None:
        """Drop a database, whoever is in it."""
        self._empty(database.name, end="pg_terminate_backend(pid)")
        statement = sql.SQL("drop database if exists {} with (force)")
        self._do(statement.format(sql.Identifier(database.name)))

    def moment(self) -> int:
        """Number the moment: it is the same as long as no transaction on the server writes.

        Whoever writes has a number (manual, Transactions and Identifiers); autovacuum is off.
        """
        question = sql.SQL("select pg_snapshot_xmax(pg_current_snapshot())::text").format()
        [(number,)] = self._do(question).fetchall()
        return int(number)

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._url("postgres"), autocommit=True)

    def _empty(self, name: str, *, end: LiteralString = "true") -> None:
        """Wait until all sessions in a database have ended; the server looks every 100 ms only."""
        inside = sql.SQL("select {} from pg_stat_activity where datname = {}").format(
            sql.SQL(end), sql.Literal(name)
        )
        for _ in range(50):
            if not self._do(inside).fetchall():
                return
            time.sleep(0.002)

    def _do(self, statement: sql.Composed) -> psycopg.Cursor[Any]:
        try:
            return self._connection.execute(statement)
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
            # A test had the server crash or restart since the last statement.
            self._connection = self._connect()
            return self._connection.execute(statement)


def pytest_configure(config: pytest.Config) -> None:
    """Keep the embedded servers of the tests away from those that a person works with."""
    os.environ["SCHEMADIFF_HOME"] = str(matrix.cache() / "home")


def pytest_report_header(config: pytest.Config) -> str:
    """Say which server the tests run on."""
    return f"PostgreSQL: {_wanted()}"


@pytest.fixture(scope="session")
def binaries() -> Binaries:
    """Give the server programs that this run is about."""
    try:
        return matrix.find(_wanted())
    except matrix.MissingServerError as error:
        pytest.exit(str(error), returncode=3)


@pytest.fixture(scope="session")
def server(binaries: Binaries) -> Iterator[Server]:
    """Give a server that lives as long as this process of pytest."""
    with ephemeral_server(binaries, settings=_SETTINGS) as running:
        yield running


@pytest.fixture(scope="session")
def server_major(binaries: Binaries) -> int:
    """Give the major version of the server."""
    return binaries.major


@pytest.fixture(scope="session")
def administrator(server: Server) -> Iterator[Administrator]:
    """Give the session that makes and drops the databases of the tests."""
    with contextlib.closing(Administrator(server.url)) as found:
        yield found


@pytest.fixture
def make_database(administrator: Administrator) -> Iterator[MakeDatabase]:
    """Give a function that makes empty databases, all dropped after the test."""
    made: list[Database] = []

    def make() -> Database:
        made.append(administrator.make("template0"))
        return made[-1]

    yield make
    for database in made:
        administrator.drop(database)


@pytest.fixture
def clone(administrator: Administrator) -> Iterator[CloneDatabase]:
    """Give a function that copies a database to which nobody is connected."""
    made: list[Database] = []

    def copy(source: Database) -> Database:
        made.append(administrator.make(source.name))
        return made[-1]

    yield copy
    for database in made:
        administrator.drop(database)


@pytest.fixture
def database(make_database: MakeDatabase) -> Database:
    """Give an empty database."""
    return make_database()


def pg_dump(url: str, *options: str) -> str:
    """Give a database's schema in pg_dump's words, without versions."""
    every = ("--schema-only", *options)
    text = _client("pg_dump", *every, url)
    lines = (line for line in text.splitlines() if not _NOISE.match(line))
    return "\n".join(lines).strip() + "\n"


def load_sql(url: str, script: Path | str) -> None:
    """Run a script (a file, or its text) with psql; the first error ends it."""
    options = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f")
    if isinstance(script, Path):
        _client("psql", *options, str(script))
    else:
        _client("psql", *options, "-", text=script)


def _wanted() -> str:
    return os.environ.get("SCHEMADIFF_TEST_PG") or matrix.DEFAULT


def _client(program: str, *arguments: str, text: str = "") -> str:
    """Run a client of the newest server in the wheel, which speaks to all older ones."""
    newest = wheel_binaries()[0]
    done = subprocess.run(
        [newest.program(program), *arguments],
        env=newest.environment({**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}),
        input=text,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, f"{program} failed:\n{done.stderr}"
    return done.stdout

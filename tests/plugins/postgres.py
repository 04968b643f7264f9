"""Fixtures for tests that need a real PostgreSQL, and the clients of the wheel.

`SCHEMADIFF_TEST_PG` says which server: `14` to `18`, or `18+contrib` (see `tests/matrix.py`).
Each process of pytest-xdist has an ephemeral server of its own, so no test meets another's.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from schemadiff.catalog.binaries import Binaries, wheel_binaries
from schemadiff.catalog.embedded import Server, ephemeral_server
from tests import matrix

MakeDatabase = Callable[[], "Database"]
CloneDatabase = Callable[["Database"], "Database"]

_numbers = itertools.count(1)
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
    # Nobody looks at the statements that tests let fail.
    with ephemeral_server(binaries, settings={"log_min_messages": "fatal"}) as running:
        yield running


@pytest.fixture(scope="session")
def server_major(binaries: Binaries) -> int:
    """Give the major version of the server."""
    return binaries.major


@pytest.fixture
def make_database(server: Server) -> Iterator[MakeDatabase]:
    """Give a function that makes empty databases, all dropped after the test."""
    made: list[Database] = []

    def make() -> Database:
        name = f"test_{next(_numbers)}"
        _administer(server, sql.SQL("create database {} template template0"), name)
        made.append(Database(name, server.url(name)))
        return made[-1]

    yield make
    for database in made:
        _administer(server, sql.SQL("drop database if exists {} with (force)"), database.name)


@pytest.fixture
def clone(server: Server) -> Iterator[CloneDatabase]:
    """Give a function that copies a database to which nobody is connected."""
    made: list[Database] = []

    def copy(source: Database) -> Database:
        name = f"test_{next(_numbers)}"
        statement = sql.SQL("create database {} template ") + sql.Identifier(source.name)
        _administer(server, statement, name)
        made.append(Database(name, server.url(name)))
        return made[-1]

    yield copy
    for database in made:
        _administer(server, sql.SQL("drop database if exists {} with (force)"), database.name)


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


def _administer(server: Server, statement: sql.SQL | sql.Composed, name: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        parts = [statement] if isinstance(statement, sql.SQL) else list(statement)
        first = parts[0]
        assert isinstance(first, sql.SQL)
        connection.execute(sql.Composed([first.format(sql.Identifier(name)), *parts[1:]]))


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

"""A table that somebody keeps others out of: a reading waits a while, and says who it is."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

from schemadiff.catalog import retry, session
from schemadiff.catalog.inspector import inspect
from schemadiff.catalog.retry import again
from schemadiff.catalog.session import connect, reading
from schemadiff.core.errors import InspectError
from schemadiff.kinds import KINDS
from tests.cli.conftest import Cli, bare, cli
from tests.plugins.postgres import Database

__all__ = ["bare", "cli"]

MADE = """
CREATE TABLE salons (id integer PRIMARY KEY, name text);
CREATE TABLE stays (id integer PRIMARY KEY);
CREATE VIEW best AS SELECT id FROM salons;
"""


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_PATIENCE", "100ms")
    monkeypatch.setattr(retry, "_PAUSES", (0.1, 0.1, 0.1))


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("command", ["plan", "pull", "drift"])
def test_it_says_who_is_in_the_way(database: Database, bare: Path, cli: Cli, command: str) -> None:
    database.load(MADE)
    assert cli("pull", "--db", database.url).code == 0
    with psycopg.connect(database.url, application_name="migration") as other:
        other.execute("ALTER TABLE salons ADD rating integer")
        pid = other.info.backend_pid
        found = cli(command, "--db", database.url)
    assert found.code == 1
    assert "SD403 the database cannot be read" in found.err
    assert "(55P03)" in found.err
    assert f"process {pid} (migration, user postgres, idle in transaction)" in (
        " ".join(found.err.split())
    )
    assert "keeps others out of salons" in " ".join(found.err.split())
    assert (bare / "schemas" / "salons.yaml").exists()


@pytest.mark.usefixtures("hasty")
def test_it_waits_for_whoever_ends_soon(database: Database) -> None:
    database.load(MADE)
    with psycopg.connect(database.url) as other, connect(database.url) as connection:
        other.execute("ALTER TABLE salons ADD rating integer")
        waited: list[int] = []

        def read() -> Any:
            waited.append(1)
            if len(waited) > 1:
                other.commit()
            with reading(connection):
                return inspect(connection, KINDS)

        found = again(read, connection)
        assert len(waited) == 2
        assert any(i.path[-1] == "rating" for i in found.catalog.objects)


def test_a_deadlock_with_others_is_read_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "_PAUSES", (0.1, 0.1, 0.1))
    database.load(MADE)
    tries: list[int] = []
    with psycopg.connect(database.url) as other, connect(database.url) as connection:
        other.execute("SET deadlock_timeout = '1min'")  # the reading notices first
        connection.execute("SET deadlock_timeout = '100ms'")
        connection.commit()

        def wait() -> None:
            other.execute("LOCK TABLE stays")
            other.commit()

        def read() -> int:
            tries.append(1)
            with reading(connection):
                connection.execute("SELECT 1 FROM public.stays")
                if len(tries) == 1:
                    other.execute("LOCK TABLE salons")
                    waiting = threading.Thread(target=wait)
                    waiting.start()
                    _until_it_waits(database, other.info.backend_pid)
                connection.execute("SELECT 1 FROM public.salons")
            return len(tries)

        assert again(read, connection) == 2


def _until_it_waits(database: Database, pid: int) -> None:
    waits = (
        "SELECT pg_sleep(0.02) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
    )
    for _ in range(500):
        if database.execute(waits, (pid,)):
            return
    raise AssertionError


def test_whatever_else_is_an_error_at_once(database: Database) -> None:
    tries: list[int] = []
    with connect(database.url) as connection:

        def read() -> None:
            tries.append(1)
            with reading(connection):
                connection.execute("SELECT 1 / 0")

        with pytest.raises(InspectError, match="division by zero"):
            again(read, connection)
    assert len(tries) == 1

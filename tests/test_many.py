"""Many objects at once on a server that has room for few locks, which it shares with others."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.embedded import ephemeral_server
from schemadiff.core.portions import portions
from schemadiff.plan import planner
from schemadiff.shadow import probe, server
from tests.cli.conftest import Cli, bare, cli

__all__ = ["bare", "cli"]

TABLES = 300
ROOM = {"max_locks_per_transaction": "10", "max_connections": "20", "max_worker_processes": "0"}
SOME = 40


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut as for ten times as many tables on a server with the usual settings."""
    monkeypatch.setattr(portions, "__defaults__", (SOME,))
    monkeypatch.setattr(planner, "AT_ONCE", SOME)
    monkeypatch.setattr(probe, "_TABLES", SOME)
    monkeypatch.setattr(server, "_MANY", SOME)


def _said(limit: int) -> str:
    tables = (
        f"  t{n}:\n    columns:\n      id: bigint generated always as identity primary key\n"
        f"      mail: text unique check (length(mail) < {limit})\n"
        f"      other: bigint references t{n * 7 % TABLES}(id)\n"
        for n in range(TABLES)
    )
    return "tables:\n" + "".join(tables)


def test_they_come_change_and_go(binaries: Binaries, bare: Path, cli: Cli) -> None:
    file = bare / "schemas" / "all.yaml"
    file.parent.mkdir()
    with ephemeral_server(binaries, settings=ROOM) as small:
        url = small.url("postgres")
        tables = (f"CREATE TABLE t{n} (id int PRIMARY KEY, m text UNIQUE);" for n in range(TABLES))
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.OutOfMemory):
            connection.execute("".join(tables).encode())
        file.write_text(_said(90))
        made = cli("apply", "--yes", "--db", url)
        assert made.code == 0, made.err[-500:]
        assert "Nothing is left to do." in made.err
        file.write_text(_said(91))
        planned = cli("plan", "--db", url)
        assert planned.code == 0, planned.err
        assert f"{TABLES} checks" in planned.out
        file.write_text("tables: {}")
        gone = cli("apply", "--yes", "--allow", "all", "--db", url)
        assert gone.code == 0, gone.err[-500:]

"""A hot standby, streaming from a primary: everything that reads works there, `apply` does not."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.embedded import Server, ephemeral_server
from schemadiff.catalog.embedded_home import find_home
from schemadiff.catalog.retry import again
from schemadiff.catalog.session import connect, reading
from schemadiff.core.errors import InspectError
from tests.cli.conftest import Cli, bare, cli
from tests.plugins.postgres import Database

__all__ = ["bare", "cli"]

RENAMED = 15  # the functions of a backup have other names since
REPLICATES = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}
TABLES = """
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE salons (id bigint PRIMARY KEY, rating int CHECK (rating > 0), felt mood DEFAULT 'sad');
CREATE INDEX by_rating ON salons ((rating + 1)) WHERE rating > 1;
CREATE VIEW best AS SELECT id FROM salons WHERE rating > 4;
INSERT INTO salons VALUES (1, 5), (2, 3);
"""
# Each is a question that no temporary table of a standby can answer.
EDITS = {
    "rating > 0": "rating between 1 and 5",
    "(rating + 1)": "(rating + 2)",
    "rating > 4": "rating in (4, 5)",
    "'sad'": "'glad'",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One database, on the primary and on the standby."""

    primary: Database
    standby: Database

    def wait(self) -> None:
        """Wait until the standby has seen all that the primary did."""
        # With synchronous_commit = off what is committed may not be flushed yet.
        lsn = self.primary.execute("SELECT pg_current_wal_insert_lsn()::text")[0][0]
        deadline = time.monotonic() + 30
        reached = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        with self.standby.connect() as connection:
            while connection.execute(reached, [lsn]).fetchone() != (True,):
                assert time.monotonic() < deadline, f"the standby does not reach {lsn}"
                time.sleep(0.01)


def _backed_up(primary: Server, major: int, data: Path) -> None:
    """Copy a running primary's data folder (manual, 25.3.4: low-level base backups).

    The long way around, since the wheel lacks pg_basebackup.
    """
    start, stop = "pg_backup_start('standby', true)", "pg_backup_stop(false)"
    if major < RENAMED:
        start, stop = "pg_start_backup('standby', true, false)", "pg_stop_backup(false, false)"
    # What belongs to the running server alone, as the manual lists it.
    left_out = shutil.ignore_patterns("postmaster.*", "pg_dynshmem", "pg_stat_tmp", "pgsql_tmp*")
    with psycopg.connect(primary.url(), autocommit=True) as connection:
        connection.execute(f"SELECT {start}".encode())
        shutil.copytree(primary.folder / "data", data, dirs_exist_ok=True, ignore=left_out)
        row = connection.execute(f"SELECT labelfile FROM {stop}".encode()).fetchone()
    assert row is not None
    (data / "backup_label").write_text(row[0])
    (data / "standby.signal").touch()
    for name in ("pg_dynshmem", "pg_stat_tmp"):
        (data / name).mkdir(mode=0o700, exist_ok=True)
    home = find_home()
    for path in (data, *data.rglob("*")):
        home.hand_over(path)


@pytest.fixture(scope="module")
def pair(binaries: Binaries) -> Iterator[Pair]:
    """A primary and its streaming standby."""
    with contextlib.ExitStack() as stack:
        primary = stack.enter_context(ephemeral_server(binaries, settings=REPLICATES))
        source = f"host={primary.socket_folder} port=5432 user=postgres"
        standby = stack.enter_context(
            ephemeral_server(
                binaries,
                settings={**REPLICATES, "primary_conninfo": source},
                fill=lambda data: _backed_up(primary, binaries.major, data),
            )
        )
        url = primary.ensure_database("shop")
        both = Pair(Database("shop", url), Database("shop", standby.url("shop")))
        both.primary.load(TABLES)
        _streams(both)
        yield both


def _streams(pair: Pair) -> None:
    deadline = time.monotonic() + 30
    while True:
        with contextlib.suppress(psycopg.Error):
            pair.wait()
            break
        assert time.monotonic() < deadline, "the database does not arrive on the standby"
        time.sleep(0.02)
    assert pair.standby.execute("SELECT pg_is_in_recovery()") == [(True,)]
    state = "SELECT state FROM pg_stat_replication"
    assert pair.primary.execute(state) == [("streaming",)]


@pytest.fixture
def pulled(pair: Pair, bare: Path, cli: Cli) -> Path:
    """What `pull` wrote of the standby."""
    result = cli("pull", "--db", pair.standby.url)
    assert result.code == 0, result.err
    return bare / "schemas"


def _edited(folder: Path) -> None:
    left = dict(EDITS)
    for path in folder.rglob("*.yaml"):
        text = path.read_text()
        for old in [o for o in left if o in text]:
            text = text.replace(old, left.pop(old))
        path.write_text(text)
    assert not left, f"not found in what was pulled: {list(left)}"


def test_pull_of_a_standby_is_that_of_its_primary(pulled: Path, pair: Pair, cli: Cli) -> None:
    there = {p.name: p.read_text() for p in pulled.rglob("*.yaml")}
    assert cli("pull", "--db", pair.primary.url, "--schemas", "other").code == 0
    assert there == {p.name: p.read_text() for p in Path("other").rglob("*.yaml")}
    for url in (pair.standby.url, pair.primary.url):
        assert cli("plan", "--db", url, "--detailed-exitcode").code == 0
        assert cli("drift", "--db", url).code == 0


def test_a_standby_is_planned_for_as_its_primary_is(pulled: Path, pair: Pair, cli: Cli) -> None:
    _edited(pulled)
    usual = cli("plan", "--db", pair.primary.url)
    assert usual.code == 0, usual.err
    # Made on an embedded server of the same version, or on the one that is named.
    for flags in ([], ["--shadow", pair.primary.url]):
        found = cli("plan", "--db", pair.standby.url, *flags)
        assert (found.code, found.out) == (0, usual.out), found.err
        found = cli("drift", "--db", pair.standby.url, *flags)
        assert found.code == 2, found.err
        assert "salons" in found.out
    refused = cli("plan", "--db", pair.standby.url, "--shadow", pair.standby.url)
    assert (refused.code, "SD070" in refused.err) == (1, True)


def test_rows_are_asked_on_a_standby(pulled: Path, pair: Pair, cli: Cli) -> None:
    """The preflight only reads, so a plan for a standby says what would fail on the primary."""
    path = next(p for p in pulled.rglob("*.yaml") if "rating > 0" in p.read_text())
    path.write_text(path.read_text().replace("rating > 0", "rating > 4"))
    usual, found = (cli("plan", "--db", d.url) for d in (pair.primary, pair.standby))
    assert "SD" in usual.out
    assert (found.code, found.out) == (usual.code, usual.out)


def test_apply_is_refused_before_anything(pulled: Path, pair: Pair, cli: Cli) -> None:
    _edited(pulled)
    assert cli("plan", "--db", pair.primary.url, "--format", "json", "--out", "plan.json").code == 0
    before = pair.primary.dump()
    for arguments in ([], ["plan.json"]):
        refused = cli("apply", *arguments, "--yes", "--allow", "all", "--db", pair.standby.url)
        assert refused.code == 1, refused.out
        assert "error: SD514 this server is a standby" in refused.err
        assert "apply to the primary" in refused.err
        # Nothing was begun: no progress, and no failed statement.
        assert "SD5" not in refused.err.replace("SD514", "")
        assert "1/" not in refused.err
    assert pair.primary.dump() == before
    pair.wait()
    assert pair.standby.dump() == before


def test_applying_to_the_primary_reaches_the_standby(
    pulled: Path, pair: Pair, cli: Cli, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: _restored(pair))
    _edited(pulled)
    applied = cli("apply", "--yes", "--allow", "all", "--db", pair.primary.url)
    assert applied.code == 0, applied.err
    pair.wait()
    assert cli("drift", "--db", pair.standby.url).code == 0
    # With nothing to do there is nothing to refuse.
    assert cli("apply", "--yes", "--db", pair.standby.url).code == 0


def _restored(pair: Pair) -> None:
    pair.primary.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    pair.primary.load(TABLES)
    pair.wait()


def test_what_is_in_the_way_of_the_replay_is_read_again(pair: Pair) -> None:
    """The standby ends a reading that holds what the primary has changed."""
    pair.standby.execute("ALTER SYSTEM SET max_standby_streaming_delay = 0")
    pair.standby.execute("SELECT pg_reload_conf()")
    with contextlib.ExitStack() as stack:
        left = [1]

        def read() -> int:
            connection = stack.enter_context(contextlib.closing(connect(pair.standby.url)))
            with reading(connection):
                if not left:
                    return 1
                left.pop()
                pair.primary.load("CREATE TABLE hindered (a int)")
                pair.wait()
                connection.execute("ROLLBACK; BEGIN; SELECT FROM public.hindered")
                pair.primary.load("DROP TABLE hindered")
                pair.wait()
                connection.execute("SELECT 1")
            raise AssertionError("nothing was in its way")

        assert again(read) == 1
        # A session that was ended is not asked again, and the hint says what helps.
        left.append(1)
        connection = connect(pair.standby.url)
        connection.close()
        with pytest.raises(InspectError) as raised:
            again(read, connection)
    (said,) = raised.value.diagnostics
    assert (said.code, said.hint.partition(":")[0]) == ("SD403", "run it again, or on the primary")

"""One scratch database serves all questions of a plan, each of which finds it empty."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from schemadiff.catalog.session import connect
from schemadiff.shadow.leftover import PREFIX
from schemadiff.shadow.server import Scratch, ShadowOptions
from tests.plugins.postgres import Database

NONE: tuple[str, ...] = ()


@pytest.fixture
def scratch(database: Database) -> Iterator[Scratch]:
    with connect(database.url) as target, Scratch(target, ShadowOptions()) as made:
        yield made


def there(database: Database) -> list[str]:
    rows = database.execute(
        "select datname from pg_database where starts_with(datname, %s)", (PREFIX,)
    )
    return [row[0] for row in rows]


def asked(scratch: Scratch, statements: str) -> None:
    with scratch.emptied(NONE, NONE) as empty:
        empty.execute(statements.encode())


def test_nothing_is_made_before_it_is_needed(scratch: Scratch, database: Database) -> None:
    assert there(database) == []


def test_each_question_finds_it_empty(scratch: Scratch, database: Database) -> None:
    seen = set()
    for _ in range(2):
        with scratch.emptied(NONE, NONE) as empty:
            empty.execute("create schema s")
            empty.execute("create table s.t (id int primary key)")
            empty.execute("set search_path = s")
            seen.add(empty.info.dbname)
    with scratch.emptied(NONE, NONE) as empty:
        [(found,)] = empty.execute("select to_regnamespace('s')").fetchall()
        assert found is None
        assert "s" not in empty.execute("show search_path").fetchall()[0][0].split(", ")
    assert there(database) == list(seen)


def test_a_question_that_fails_is_forgotten_too(scratch: Scratch) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        asked(scratch, "create schema s; select from nothing")
    with scratch.emptied(NONE, NONE) as empty:
        empty.execute("create schema s")


def test_another_one_is_made_where_the_session_was_ended(
    scratch: Scratch, database: Database
) -> None:
    with pytest.raises(psycopg.OperationalError):
        asked(scratch, "select pg_terminate_backend(pg_backend_pid())")
    with scratch.emptied(NONE, NONE) as empty:
        empty.execute("create schema s")
        assert there(database) == [empty.info.dbname]


def test_nothing_of_it_stays(database: Database) -> None:
    with connect(database.url) as target, Scratch(target, ShadowOptions()) as scratch:
        asked(scratch, "create schema s")
        assert len(there(database)) == 1
    assert there(database) == []


RUN = """
import sys
from schemadiff.catalog.session import connect
from schemadiff.shadow.server import Scratch, ShadowOptions, copies
with connect(sys.argv[1]) as target, Scratch(target, ShadowOptions()) as scratch:
    with scratch.emptied((), ()) as empty:
        pass
    with copies(empty, int(sys.argv[2]), {}):
        print(flush=True)
        sys.stdin.read()
"""


@pytest.mark.parametrize("count", [0, 2])
def test_what_a_killed_run_left_goes_with_the_next_one(
    scratch: Scratch, database: Database, count: int
) -> None:
    living, killed = (running(database, count) for _ in range(2))
    try:
        before = set(there(database))
        assert len(before) == 2 + 2 * count
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        wait_until_gone(database, killed.pid)
        with scratch.emptied(NONE, NONE) as empty:
            left = {*there(database)} - {empty.info.dbname}
        assert len(left) == 1 + count  # also those of the living, which nobody is connected to
        assert {name.split("_")[3] for name in left} == {str(living.pid)}
        living.communicate(timeout=60)
        assert living.returncode == 0
        assert there(database) == [empty.info.dbname]
    finally:
        for each in (living, killed):
            each.kill()
            each.communicate()


def running(database: Database, count: int) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", RUN, database.url, str(count)]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "\n"
    return process


def wait_until_gone(database: Database, process: int) -> None:
    """Wait until the server has ended the sessions of a process that is gone."""
    sessions = "select 1 from pg_stat_activity where datname ~ %s"
    locks = "select 1 from pg_locks where locktype = 'advisory'"
    for _ in range(200):
        one_run = len(database.execute(locks)) == 1
        if one_run and not database.execute(sessions, (f"^{PREFIX}[0-9]*_{process}_",)):
            return
        time.sleep(0.05)
    raise AssertionError


def test_what_nobody_is_known_to_hold_waits_for_an_hour(
    scratch: Scratch, database: Database
) -> None:
    now = int(time.time())
    young, old = (f"{PREFIX}{now - age}_1_abcdef" for age in (3500, 3700))
    for name in (young, old):
        database.execute(f"create database {name}")
    try:
        asked(scratch, "select 1")
        left = there(database)
        assert young in left
        assert old not in left
    finally:
        database.execute(f"drop database {young}")

"""An apply among sessions that hold what it needs: it keeps nobody out, says who, and ends.

A vacuum, a dump, a transaction that somebody has left open; and settings of the database that say
how its transactions are to be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from schemadiff.apply.events import Advanced, Event, LockWait, OperationStarted
from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.embedded import ephemeral_server
from schemadiff.core.errors import ApplyError
from schemadiff.core.identity import Identity
from schemadiff.core.operation import Operation, Verb
from schemadiff.core.plan import Plan, Segment
from schemadiff.render.sql_script import render_sql
from tests import faults, laws
from tests.faults import QUICK
from tests.plugins.postgres import Database, MakeDatabase

TABLE = "CREATE TABLE t (id integer PRIMARY KEY, n {} , a text);"
ROWS = "INSERT INTO t SELECT i, i, repeat('x', 200) FROM generate_series(1, 3000) i;"
ADD = Operation(
    verb=Verb.ALTER,
    target=Identity("table", ("public", "t")),
    sql="ALTER TABLE public.t ADD COLUMN more integer",
)
SHORT = replace(QUICK, lock_timeout=0.1)


@pytest.fixture
def wider(make_database: MakeDatabase) -> tuple[Database, Plan]:
    """A database, and the plan that gives it a wider column beside the old one."""
    one, two = make_database(), make_database()
    one.load(TABLE.format("integer") + ROWS)
    two.load(TABLE.format("bigint"))
    return one, laws.plan_between(one, two, online=True)


def fills(event: Event) -> bool:
    return isinstance(event, OperationStarted) and "$fill$" in event.operation.sql


def kind(database: Database) -> str:
    [(name,)] = database.execute(
        "SELECT atttypid::regtype::text FROM pg_attribute"
        " WHERE attrelid = 't'::regclass AND attname = 'n'"
    )
    return str(name)


@contextmanager
def writing(database: Database) -> Iterator[list[float]]:
    """Write the rows one by one, each with a limit of 5 s; give how long each took."""
    over = threading.Event()
    took: list[float] = []
    wrong: list[Exception] = []

    def work() -> None:
        try:
            with database.connect() as session:
                session.execute("SET lock_timeout = '5s'")
                while not over.is_set():
                    begun = time.monotonic()
                    row = 1 + len(took) * 7 % 1400
                    session.execute("UPDATE t SET n = n + 1 WHERE id = %s", (row,))
                    took.append(time.monotonic() - begun)
                    time.sleep(0.005)
        except psycopg.Error as error:
            wrong.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join(30)
    assert wrong == []


def test_a_row_that_is_held_keeps_nobody_from_others(wider: tuple[Database, Plan]) -> None:
    """While it waits for one row the filling would hold all that it has written before."""
    database, plan = wider
    told: list[Event] = []
    with psycopg.connect(database.url, application_name="left open") as holder:

        def report(event: Event) -> None:
            told.append(event)
            if fills(event):
                holder.execute("UPDATE t SET n = 0 WHERE id = 1500")
            if isinstance(event, Advanced) and "again in 0.4 s" in event.text:
                holder.commit()

        with writing(database) as took:
            faults.apply(database, plan, report, SHORT)
    assert max(took) < 2
    held = [
        e for e in told if isinstance(e, Advanced) and "others hold a row of public.t" in e.text
    ]
    assert len(held) >= 3
    assert any("left open" in str(b) for e in told if isinstance(e, LockWait) for b in e.blockers)
    assert kind(database) == "bigint"
    assert database.execute("SELECT n FROM t WHERE id = 1500") == [(0,)]


def test_a_row_that_stays_held_ends_the_apply(wider: tuple[Database, Plan]) -> None:
    """What was filled stays, the error names the holder, and the next run goes on."""
    database, plan = wider
    with psycopg.connect(database.url, application_name="left open") as holder:

        def report(event: Event) -> None:
            if fills(event):
                holder.execute("UPDATE t SET a = a WHERE id = 2999")

        with pytest.raises(ApplyError, match=r"SD503.*left open") as ended:
            faults.apply(database, plan, report, SHORT)
        assert f"pg_terminate_backend({holder.info.backend_pid})" in ended.value.diagnostics[0].hint
        filled = (
            "SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass"
            " AND attname ~ '^schemadiff_online_' AND NOT attisdropped"
        )
        [(column,)] = database.execute(filled)
        [(count,)] = database.execute(f"SELECT count({column}) FROM t")
        assert 0 < count < 3000
    faults.apply(database, plan)
    assert kind(database) == "bigint"
    assert database.execute(faults.LEFT) == []


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_how_transactions_are_by_default(wider: tuple[Database, Plan], isolation: str) -> None:
    """Rows that change while they are filled would end each batch with an error."""
    database, plan = wider
    database.execute(
        f"ALTER DATABASE {database.name} SET default_transaction_isolation = '{isolation}'"
    )
    with psycopg.connect(database.url) as holder:
        times: list[int] = []

        def report(event: Event) -> None:
            if fills(event) and not times:
                holder.execute("UPDATE t SET n = 0 WHERE id = 1500")
                times.append(1)
            if isinstance(event, LockWait) and len(times) == 1:
                holder.commit()
                times.append(2)

        faults.apply(database, plan, report, replace(QUICK, lock_timeout=3))
    assert kind(database) == "bigint"
    assert database.execute("SELECT n FROM t WHERE id = 1500") == [(0,)]


def test_a_script_too_lets_go_of_rows(wider: tuple[Database, Plan]) -> None:
    """Only what hinders nobody waits without a limit."""
    _, plan = wider
    script = render_sql(plan)
    before, _, _ = script.partition("DO $fill$")
    assert before.rindex("SET lock_timeout = '3s'") > before.rfind("SET lock_timeout = 0")
    assert "SET default_transaction_isolation = 'read committed';" in script


@pytest.fixture
def freezing(binaries: Binaries) -> Iterator[Database]:
    """A server that is about to freeze a table, as it must before its numbers run out."""
    settings = {
        "log_min_messages": "fatal",
        "autovacuum": "on",
        "autovacuum_naptime": "1s",
        "autovacuum_freeze_max_age": "100000",
    }
    with ephemeral_server(binaries, settings=settings) as running:
        database = Database("postgres", running.url("postgres"))
        slow = (
            "ALTER TABLE t SET (autovacuum_vacuum_cost_delay = 100,"
            " autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_threshold = 1000000,"
            " autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 1000000);"
        )
        database.load(TABLE.format("integer") + slow + ROWS)
        # Each block that may fail, and writes, takes a number.
        database.execute(
            "DO $$ BEGIN CREATE TABLE taken (); FOR i IN 1 .. 101000 LOOP"
            " BEGIN INSERT INTO taken DEFAULT VALUES; EXCEPTION WHEN division_by_zero THEN END;"
            " END LOOP; DROP TABLE taken; END $$"
        )
        yield database


def test_a_vacuum_that_the_server_needs(freezing: Database) -> None:
    """It does not make way as others do, and comes again where it is ended."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^autovacuum: .* public.t .*wrap'"
    for _ in range(400):
        if freezing.execute(query) != [(0,)]:
            break
        time.sleep(0.05)
    plan = Plan((), (Segment((ADD,)),))
    with pytest.raises(ApplyError, match=r"SD503.*autovacuum: VACUUM public\.t .*wrap") as ended:
        faults.apply(freezing, plan)
    assert ended.value.diagnostics[0].hint == "wait until the server has done this work of its own"

"""Locks and time: how long a statement may wait and run, and what is said meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from schemadiff.apply.events import Advanced, Blocker, Event, LockWait, Noticed, SegmentRetried
from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.embedded import Server, ephemeral_server
from schemadiff.core.errors import ApplyError
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Transaction, Verb
from schemadiff.core.plan import Plan, Segment
from tests.plugins.postgres import Database

QUICK = ApplySettings(lock_timeout=0.3, lock_retries=1, retry_pause=0.05, turn_timeout=0.3)
LOOK = "create table public.{} as select name, setting from pg_settings"
BUILD = Operation(
    verb=Verb.CREATE,
    target=Identity("index", ("public", "t", "i")),
    sql="create index concurrently i on public.t (x)",
    lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
    scans=True,
    transaction=Transaction.OUTSIDE,
)


def op(sql: str, lock: LockMode = LockMode.ACCESS_EXCLUSIVE, *, scans: bool = False) -> Operation:
    target = Identity("table", ("public", "t"))
    return Operation(verb=Verb.ALTER, target=target, sql=sql, lock=lock, scans=scans)


def run(
    database: Database, *segments: Segment, settings: ApplySettings = QUICK
) -> tuple[list[Event], ApplyError | None]:
    """Apply and give what was told."""
    told: list[Event] = []
    with database.connect() as connection:
        try:
            apply_plan(connection, Plan((), segments), settings=settings, report=told.append)
        except ApplyError as error:
            return told, error
    return told, None


def limits(database: Database, table: str) -> str:
    query = f"select setting from {table} where name = 'statement_timeout'"
    return str(database.execute(query)[0][0])


@pytest.mark.parametrize(
    ("given", "short", "long"), [(None, 60000, 0), (5.0, 5000, 5000), (0, 0, 0)]
)
def test_what_keeps_others_out_has_a_limit(
    database: Database, given: float | None, short: int, long: int
) -> None:
    database.execute(f"alter database {database.name} set statement_timeout = '7s'")
    operations = (
        op(LOOK.format("a")),
        op(LOOK.format("b"), scans=True),
        op(LOOK.format("c"), LockMode.SHARE_UPDATE_EXCLUSIVE, scans=True),
        op(LOOK.format("d"), LockMode.NONE),
    )
    run(database, Segment(operations), settings=replace(QUICK, statement_timeout=given))
    found = [int(limits(database, table)) for table in "abcd"]
    assert found == [short, long, 0, 0]


def test_no_limit_for_a_lock_is_none(database: Database) -> None:
    look = "create table public.a as select setting from pg_settings where name = 'lock_timeout'"
    run(database, Segment((op(look),)), settings=replace(QUICK, lock_timeout=0))
    assert database.execute("select setting from a") == [("0",)]


def test_a_limit_undoes_the_transaction_and_names_the_flag(database: Database) -> None:
    database.execute("create table t (x int)")
    slow = op("alter table public.t add y int default length(pg_sleep(60)::text)")
    database.execute("insert into t values (1)")
    segment = Segment((op("create table public.a ()"), slow))
    _, error = run(database, segment, settings=replace(QUICK, statement_timeout=0.2))
    assert error is not None
    failed, standing = error.diagnostics
    assert failed.code == "SD502"
    assert "--statement-timeout" in failed.hint
    assert standing.message.startswith("nothing was changed")
    assert database.execute("select to_regclass('a')") == [(None,)]


def test_a_build_has_no_limit(database: Database) -> None:
    """A role's own limit, and that of a transaction, would leave something invalid behind."""
    database.execute("create table t as select n as x from generate_series(1, 1000) n")
    database.execute(f"alter database {database.name} set statement_timeout = '100ms'")
    with psycopg.connect(database.url) as writer:
        writer.execute("update t set x = x where x = 1")
        told: list[Event] = []

        def report(event: Event) -> None:
            told.append(event)
            if len([e for e in told if isinstance(e, LockWait)]) == 1:
                with contextlib.suppress(psycopg.Error):
                    writer.execute("select pg_sleep(0.05)")
                    writer.rollback()

        with database.connect() as connection:
            plan = Plan((), (Segment((BUILD,), transactional=False),))
            settings = replace(QUICK, statement_timeout=0.1)
            apply_plan(connection, plan, settings=settings, report=report)
    valid = "select indisvalid from pg_index where indexrelid = 'i'::regclass"
    assert database.execute(valid) == [(True,)]


def test_a_long_transaction_is_told_before_a_build(database: Database) -> None:
    database.execute("create table t (x int)")
    with psycopg.connect(database.url, application_name="nightly report") as old:
        old.execute("begin isolation level repeatable read")
        old.execute("select 'secret', pg_sleep(0.5)")
        told: list[Event] = []

        def report(event: Event) -> None:
            told.append(event)
            if isinstance(event, LockWait):
                old.rollback()

        with database.connect() as connection:
            plan = Plan((), (Segment((BUILD,), transactional=False),))
            apply_plan(connection, plan, settings=QUICK, report=report)
        pid = old.info.backend_pid
    found = next(e for e in told if isinstance(e, Noticed)).found
    assert found.code == "SD513"
    assert f"process {pid} (nightly report, user postgres, idle in transaction" in found.message
    assert "secret" not in found.message
    assert f"pg_terminate_backend({pid})" in found.hint
    waits = [e for e in told if isinstance(e, LockWait)]
    assert told.index(waits[0]) > told.index(Noticed(found))


def test_a_build_says_how_far_it_is(database: Database) -> None:
    database.execute("create table t as select n as x from generate_series(1, 1000) n")
    with psycopg.connect(database.url) as writer:
        writer.execute("update t set x = x where x = 1")
        told: list[Event] = []

        def report(event: Event) -> None:
            told.append(event)
            if isinstance(event, Advanced):
                writer.rollback()

        with database.connect() as connection:
            plan = Plan((), (Segment((BUILD,), transactional=False),))
            apply_plan(connection, plan, settings=QUICK, report=report)
    said = next(e.text for e in told if isinstance(e, Advanced))
    assert said == "create index public.t.i: waiting for writers before build, 0 of 1"


def test_each_retry_waits_longer_and_none_as_long_as_another(database: Database) -> None:
    database.execute("create table t (x int)")
    segment = Segment((op("alter table public.t add y int"),))
    settings = replace(QUICK, lock_timeout=0.05, lock_retries=4)
    with psycopg.connect(database.url) as holder:
        holder.execute("select * from t")
        told, error = run(database, segment, settings=settings)
    assert error is not None
    pauses = [e.pause for e in told if isinstance(e, SegmentRetried)]
    assert len(pauses) == len(set(pauses)) == 4
    for number, pause in enumerate(pauses):
        longest = 0.05 * 2**number
        assert longest / 2 <= pause <= longest


@pytest.fixture
def preparing(binaries: Binaries) -> Iterator[Server]:
    """Give a server that takes prepared transactions."""
    settings = {"log_min_messages": "fatal", "max_prepared_transactions": "2"}
    with ephemeral_server(binaries, settings=settings) as running:
        yield running


def test_a_prepared_transaction_is_named(preparing: Server) -> None:
    database = Database("postgres", preparing.url("postgres"))
    database.execute("create table t (x int)")
    with psycopg.connect(database.url, autocommit=True) as own:
        own.execute("begin")
        own.execute("insert into t values (1)")
        own.execute("prepare transaction 'it''s old'")
    told, error = run(database, Segment((op("alter table public.t add y int"),)))
    assert error is not None
    assert "held by prepared transaction 'it''s old' (user postgres, for" in str(error)
    assert "ROLLBACK PREPARED 'it''s old'" in error.diagnostics[0].hint
    assert any(isinstance(e, LockWait) for e in told)

    def report(event: Event) -> None:
        told.append(event)
        if isinstance(event, LockWait):
            database.execute("rollback prepared 'it''s old'")

    told.clear()
    with database.connect() as connection:
        plan = Plan((), (Segment((BUILD,), transactional=False),))
        apply_plan(connection, plan, settings=QUICK, report=report)
    kinds = [type(e) for e in told if isinstance(e, Noticed | LockWait)]
    assert kinds[:2] == [Noticed, LockWait]


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("ALTER ROLE x PASSWORD 'hush'", '"ALTER ROLE x PASSWORD…"'),
        ("select $$hush$$", '"select…"'),
        ("select 1\n  from t", '"select 1 from t"'),
        ("select " + "x" * 90, '"select ' + "x" * 53 + '…"'),
    ],
)
def test_constants_of_others_are_not_shown(statement: str, shown: str) -> None:
    assert str(Blocker(7, statement=statement)) == f"process 7 ({shown})"


def test_settings_of_the_session_come_back_after_a_build(database: Database) -> None:
    database.execute("create table t (x int)")
    query = "select name, setting from pg_settings where name <> 'transaction_isolation'"
    with database.connect() as connection:
        connection.execute("set statement_timeout = '7s'")
        before = connection.execute(query).fetchall()
        plan: Any = Plan((), (Segment((BUILD,), transactional=False),))
        apply_plan(connection, plan, settings=QUICK, report=list[Event]().append)
        assert connection.execute(query).fetchall() == before

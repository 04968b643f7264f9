"""Applying hand-made plans on a real server: what runs, what is undone, what is said."""

from __future__ import annotations

import _thread
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from schemadiff.apply.events import (
    Advanced,
    Applied,
    Event,
    LockWait,
    OperationDone,
    OperationSkipped,
    OperationStarted,
    SegmentCommitted,
    SegmentRetried,
    SegmentStarted,
)
from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ApplyError
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.plan import Plan, Segment
from tests.plugins.postgres import Database

QUICK = ApplySettings(lock_timeout=0.3, lock_retries=1, retry_pause=0.05, turn_timeout=0.3)


def op(sql: str, name: str = "t", guard: str = "", lock: LockMode = LockMode.NONE) -> Operation:
    target = Identity("table", ("public", name))
    condition = Guard(guard) if guard else None
    return Operation(verb=Verb.CREATE, target=target, sql=sql, guard=condition, lock=lock)


def plan(*segments: Segment) -> Plan:
    return Plan((), segments)


def segment(*operations: Operation) -> Segment:
    return Segment(operations)


def alone(operation: Operation) -> Segment:
    return Segment((operation,), transactional=False)


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with database.connect() as opened:
        yield opened


@pytest.fixture
def told() -> list[Event]:
    return []


def tables(database: Database) -> list[str]:
    rows = database.execute("select relname from pg_class where relnamespace = 2200 order by 1")
    return [name for (name,) in rows]


def failing(
    connection: psycopg.Connection[Any],
    wanted: Plan,
    settings: ApplySettings = QUICK,
    told: list[Event] | None = None,
) -> ApplyError:
    """Apply what must fail; the session is idle, unlocked and unchanged afterwards."""
    report = (told if told is not None else []).append
    with pytest.raises(ApplyError) as raised:
        apply_plan(connection, wanted, settings=settings, report=report)
    if not connection.closed:
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        row = connection.execute(
            "select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'"
        ).fetchone()
        assert row == (0,)
    return raised.value


def test_a_plan_runs_in_order_and_tells_it(
    database: Database, connection: psycopg.Connection[Any], told: list[Event]
) -> None:
    first, second = op("create table public.a ()"), op("create table public.b ()")
    index = op("create index concurrently i on public.c (x)")
    wanted = plan(
        segment(first, second), segment(op("create table public.c (x int)")), alone(index)
    )
    applied = apply_plan(connection, wanted, settings=QUICK, report=told.append)
    assert applied == Applied(done=4, skipped=0, segments=3, retries=0)
    assert tables(database) == ["a", "b", "c", "i"]
    assert [type(e) for e in told[:6]] == [
        SegmentStarted,
        OperationStarted,
        OperationDone,
        OperationStarted,
        OperationDone,
        SegmentCommitted,
    ]
    started = [e for e in told if isinstance(e, OperationStarted)]
    assert [(e.number, e.total) for e in started] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_settings_of_the_session_come_back(connection: psycopg.Connection[Any]) -> None:
    query = "select name, setting from pg_settings where name <> 'transaction_isolation'"
    connection.execute("set search_path = pg_catalog, public; set lock_timeout = '7s'")
    before = connection.execute(query).fetchall()
    wanted = plan(segment(op("create table public.a (x int)")), alone(op("vacuum public.a")))
    apply_plan(connection, wanted, settings=QUICK, report=list[Event]().append)
    assert connection.execute(query).fetchall() == before


def test_a_statement_runs_with_no_search_path_and_a_lock_timeout(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    look = "as select current_setting('search_path') p, current_setting('lock_timeout') l"
    apply_plan(
        connection,
        plan(segment(op(f"create table public.a {look}"))),
        settings=ApplySettings(),
        report=list[Event]().append,
    )
    assert database.execute("select p, l from a") == [("", "3s")]


def test_an_operation_runs_only_while_its_guard_holds(
    database: Database, connection: psycopg.Connection[Any], told: list[Event]
) -> None:
    wanted = plan(
        segment(
            op("create table public.a ()", guard="to_regclass('public.a') is null -- not there"),
            op("create table public.a ()", guard="to_regclass('public.a') is null"),
            op("create table public.b ()", guard="null"),
        )
    )
    applied = apply_plan(connection, wanted, settings=QUICK, report=told.append)
    assert applied == Applied(done=1, skipped=2, segments=1)
    assert [e.number for e in told if isinstance(e, OperationSkipped)] == [2, 3]
    assert tables(database) == ["a"]
    assert apply_plan(connection, wanted, settings=QUICK, report=told.append).skipped == 3


def test_an_error_undoes_its_transaction_and_names_the_statement(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    wrong = op("create table public.c (\n\tx int,\n\ty nonsense\n)", "c")
    wanted = plan(
        segment(op("create table public.a ()")),
        segment(op("create table public.b ()"), wrong, op("create table public.d ()")),
        segment(op("create table public.e ()")),
    )
    error = failing(connection, wanted)
    failed, standing = error.diagnostics
    assert failed.code == "SD502"
    lines = failed.message.splitlines()
    assert lines[0] == "statement 3 of 5 failed: create table public.c"
    assert lines[1] == '  type "nonsense" does not exist (42704)'
    assert lines[2] == "  LINE 3: \ty nonsense"
    assert lines[3] == "          \t  ^"
    assert standing.message == (
        "statement 1 is committed, statements 2 to 3 were rolled back, "
        "statements 4 to 5 have not run"
    )
    assert "schemadiff plan" in standing.hint
    assert tables(database) == ["a"]


def test_detail_and_hint_are_the_servers_own(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    database.execute("create table t (x int); insert into t values (1), (1)")
    error = failing(connection, plan(segment(op("alter table public.t add unique (x)"))))
    assert "detail: Key (x)=(1) is duplicated." in error.diagnostics[0].message
    assert "alter table public.t add unique (x)" in error.diagnostics[0].message
    assert error.diagnostics[1].message.startswith("nothing was changed")


def test_an_error_outside_of_a_transaction_keeps_what_went_before(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    database.execute("create table t (x int); insert into t values (1), (1)")
    build = op("create unique index concurrently i on public.t (x)")
    wanted = plan(segment(op("create table public.a ()")), alone(build), alone(op("select 1")))
    error = failing(connection, wanted)
    assert "half-built" in error.diagnostics[0].hint
    assert error.diagnostics[1].message == "statement 1 is committed, statement 3 has not run"


def test_a_guard_that_fails_is_named(connection: psycopg.Connection[Any]) -> None:
    error = failing(connection, plan(segment(op("select 1", guard="'nowhere'::regclass = 1"))))
    assert error.diagnostics[0].message.startswith("the condition of statement 1 of 1 failed")


@pytest.mark.parametrize("transactional", [True, False])
def test_a_second_statement_in_one_text_is_refused_by_the_protocol(
    database: Database, connection: psycopg.Connection[Any], *, transactional: bool
) -> None:
    smuggled = op("create table public.a (); create table public.b ()")
    error = failing(connection, plan(Segment((smuggled,), transactional=transactional)))
    assert "multiple commands" in error.diagnostics[0].message
    guarded = op("select 1", guard="true); create table public.c (); select (true")
    failing(connection, plan(Segment((guarded,), transactional=transactional)))
    assert tables(database) == []


@pytest.mark.parametrize("text", ["create table public.a ()\0x", "select '\ud800'"])
def test_what_cannot_be_sent_is_not_sent_in_part(
    database: Database, connection: psycopg.Connection[Any], text: str
) -> None:
    error = failing(connection, plan(segment(op(text))))
    assert error.diagnostics[0].code == "SD502"
    assert tables(database) == []


def test_a_percent_sign_is_only_a_percent_sign(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    check = "x like '%s' || '%%' || '%(a)s' || '$1'"
    sql = f"create table public.a (x text check ({check}))"
    apply_plan(
        connection,
        plan(segment(op(sql, guard="'%' like '%%'"))),
        settings=QUICK,
        report=list[Event]().append,
    )
    [(text,)] = database.execute(
        "select pg_get_expr(conbin, conrelid) from pg_constraint"
        " where conrelid = 'a'::regclass and contype = 'c'"
    )
    assert "'%s'::text || '%%'::text" in text


def test_a_commit_may_fail_too(database: Database, connection: psycopg.Connection[Any]) -> None:
    database.execute(
        "create table p (x int primary key);"
        "create table c (x int references p deferrable initially deferred)"
    )
    wanted = plan(segment(op("create table public.a ()"), op("insert into public.c values (1)")))
    error = failing(connection, wanted)
    assert error.diagnostics[0].code == "SD504"
    assert "violates foreign key" in error.diagnostics[0].message
    assert tables(database) == ["c", "p", "p_pkey"]


def test_a_lock_that_is_not_to_be_had_is_tried_again_and_its_holder_named(
    database: Database, connection: psycopg.Connection[Any], told: list[Event]
) -> None:
    database.execute("create table t (x int)")
    wanted = plan(segment(op("create table public.a ()"), op("alter table public.t add y int")))
    with psycopg.connect(database.url, application_name="reporting") as holder:
        holder.execute("select * from t")
        pid = holder.info.backend_pid
        error = failing(connection, wanted, told=told)
        found = error.diagnostics[0]
        assert found.code == "SD503"
        assert "statement 2 of 2 could not get its lock (tried 2 times)" in found.message
        assert f"process {pid} (reporting, user postgres, idle in transaction" in found.message
        assert "nothing was changed in this transaction" in found.message
        assert f"pg_terminate_backend({pid})" in found.hint
    waits = [e for e in told if isinstance(e, LockWait)]
    assert [b.pid for e in waits for b in e.blockers] == [pid, pid]
    [retried] = [e for e in told if isinstance(e, SegmentRetried)]
    assert (retried.attempt, retried.attempts) == (1, 1)
    assert tables(database) == ["t"]


def test_a_retry_succeeds_once_the_lock_is_free(
    database: Database, connection: psycopg.Connection[Any], told: list[Event]
) -> None:
    database.execute("create table t (x int)")
    skipping = op("create table public.b ()", guard="false")
    wanted = plan(segment(skipping, op("alter table public.t add y int")))
    holder = psycopg.connect(database.url)
    holder.execute("select * from t")

    def report(event: Event) -> None:
        told.append(event)
        if isinstance(event, SegmentRetried):
            holder.close()

    applied = apply_plan(connection, wanted, settings=QUICK, report=report)
    assert applied == Applied(done=1, skipped=1, segments=1, retries=1)
    assert [e.attempt for e in told if isinstance(e, SegmentStarted)] == [1, 2]


def test_a_weak_lock_outside_of_a_transaction_is_waited_for(
    database: Database, connection: psycopg.Connection[Any], told: list[Event]
) -> None:
    database.execute("create table t (x int)")
    build = op("create index concurrently i on public.t (x)", lock=LockMode.SHARE_UPDATE_EXCLUSIVE)
    with psycopg.connect(database.url) as writer:
        writer.execute("insert into t values (1)")

        def release(event: Event) -> None:
            told.append(event)
            if isinstance(event, LockWait):
                time.sleep(2 * QUICK.lock_timeout)
                writer.rollback()

        apply_plan(connection, plan(alone(build)), settings=QUICK, report=release)
    assert database.execute("select indisvalid from pg_index where indexrelid = 'i'::regclass") == [
        (True,)
    ]
    assert any(isinstance(e, LockWait) for e in told)


def test_two_applies_do_not_interleave(
    database: Database, connection: psycopg.Connection[Any], told: list[Event]
) -> None:
    inner: list[ApplyError] = []

    def nested(event: Event) -> None:
        if isinstance(event, OperationStarted):
            with psycopg.connect(database.url, application_name="second") as other:
                inner.append(failing(other, plan(segment(op("select 1"))), told=told))

    wanted = plan(segment(op("create table public.a ()")))
    apply_plan(connection, wanted, settings=QUICK, report=nested)
    found = inner[0].diagnostics[0]
    assert found.code == "SD500"
    assert f"process {connection.info.backend_pid}" in found.message
    assert [e.waiting_for for e in told if isinstance(e, LockWait)] == ["another apply to end"]
    assert tables(database) == ["a"]


def test_an_apply_waits_for_its_turn(database: Database) -> None:
    done: list[str] = []

    def work(name: str) -> None:
        with database.connect() as own:
            apply_plan(
                own,
                plan(
                    segment(op(f"create table public.{name} as select 1 as x from pg_sleep(0.3)"))
                ),
                settings=ApplySettings(),
                report=list[Event]().append,
            )
        done.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(done) == tables(database) == ["a", "b"]


def test_applies_to_two_databases_do_not_wait_for_each_other(
    make_database: Any, connection: psycopg.Connection[Any]
) -> None:
    other = make_database()

    def nested(event: Event) -> None:
        if isinstance(event, OperationStarted):
            with other.connect() as second:
                apply_plan(
                    second,
                    plan(segment(op("create table public.b ()"))),
                    settings=QUICK,
                    report=list[Event]().append,
                )

    apply_plan(
        connection, plan(segment(op("create table public.a ()"))), settings=QUICK, report=nested
    )
    assert tables(other) == ["b"]


def test_a_session_that_is_killed_leaves_the_committed_segments(database: Database) -> None:
    sleep = "select pg_terminate_backend(pg_backend_pid())"
    wanted = plan(
        segment(op("create table public.a ()")), segment(op("create table public.b ()"), op(sleep))
    )
    with database.connect() as connection:
        error = failing(connection, wanted)
    [found] = error.diagnostics
    assert found.code == "SD505"
    assert "terminating connection due to administrator command" in found.message
    assert "the server undoes the transaction that was open" in found.message
    assert "statement 1 is committed" in found.message
    assert "run it again" in found.hint
    assert tables(database) == ["a"]


def test_a_session_killed_outside_of_a_transaction_says_what_is_unknown(
    database: Database,
) -> None:
    with database.connect() as connection:
        error = failing(
            connection, plan(alone(op("select pg_terminate_backend(pg_backend_pid())")))
        )
    assert "not known whether statement 1 of 1 was done" in error.diagnostics[0].message


def test_a_session_killed_at_the_commit_says_what_is_unknown(database: Database) -> None:
    database.execute(
        "create table t (x int);"
        "create function die() returns trigger language plpgsql as"
        " 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';"
        "create constraint trigger d after insert on t deferrable initially deferred"
        " for each row execute function die()"
    )
    with database.connect() as connection:
        error = failing(connection, plan(segment(op("insert into public.t values (1)"))))
    assert "not known whether the last commit went through" in error.diagnostics[0].message


def test_a_timeout_that_ends_the_session_is_told_as_such(database: Database) -> None:
    def dawdle(event: Event) -> None:
        if isinstance(event, OperationDone):
            time.sleep(0.5)

    with database.connect() as connection:
        soon = op("set local idle_in_transaction_session_timeout = '100ms'")
        wanted = plan(segment(op("create table public.a ()"), soon))
        with pytest.raises(ApplyError) as raised:
            apply_plan(connection, wanted, settings=QUICK, report=dawdle)
    assert raised.value.diagnostics[0].code == "SD505"
    assert tables(database) == []


def test_control_c_cancels_the_statement_and_undoes_its_transaction(database: Database) -> None:
    wanted = plan(
        segment(op("create table public.a ()")),
        segment(op("create table public.b ()"), op("select pg_sleep(60)", "slow")),
    )

    def interrupt(event: Event) -> None:
        if isinstance(event, OperationStarted) and event.number == 3:
            threading.Timer(0.3, _thread.interrupt_main).start()

    begun = time.monotonic()
    with database.connect() as connection:
        with pytest.raises(ApplyError) as raised:
            apply_plan(connection, wanted, settings=QUICK, report=interrupt)
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        locks = "select count(*) from pg_locks where locktype = 'advisory'"
        assert connection.execute(locks).fetchone() == (0,)
    assert time.monotonic() - begun < 20
    [found] = raised.value.diagnostics
    assert found.code == "SD507"
    assert found.message.startswith("interrupted; statement 1 is committed, statements 2 to 3 were")
    assert tables(database) == ["a"]


def test_control_c_at_the_commit_learns_what_became_of_it(database: Database) -> None:
    database.execute(
        "create table t (x int);"
        "create function rest() returns trigger language plpgsql as"
        " 'begin perform pg_sleep(1); return null; end';"
        "create constraint trigger d after insert on t deferrable initially deferred"
        " for each row execute function rest()"
    )
    wanted = plan(segment(op("insert into public.t values (1)")), segment(op("select 1")))

    def interrupt(event: Event) -> None:
        if isinstance(event, OperationDone) and event.number == 1:
            threading.Timer(0.4, _thread.interrupt_main).start()

    with database.connect() as connection, pytest.raises(ApplyError) as raised:
        apply_plan(connection, wanted, settings=QUICK, report=interrupt)
    message = raised.value.diagnostics[0].message
    assert message == "interrupted; statement 1 is committed, statement 2 has not run"
    assert database.execute("select x from t") == [(1,)]


def test_nothing_runs_when_the_database_is_not_as_planned(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    changed = [Diagnostic(code="SD508", message=f"table t{n} has changed") for n in range(30)]
    settings = ApplySettings(changed=lambda: changed)
    error = failing(connection, plan(segment(op("create table public.a ()"))), settings)
    assert error.diagnostics[0].code == "SD508"
    assert error.diagnostics[-1].message == "and 10 more have changed"
    assert tables(database) == []


def test_a_long_statement_says_how_far_it_is(
    connection: psycopg.Connection[Any], told: list[Event]
) -> None:
    said = "DO $$BEGIN RAISE INFO 'schemadiff: 1 of 2 pages'; RAISE INFO 'no'; END$$"
    apply_plan(connection, plan(segment(op(said))), settings=QUICK, report=told.append)
    assert [e.text for e in told if isinstance(e, Advanced)] == ["1 of 2 pages"]

"""Two who wait for each other: an apply that PostgreSQL ends tries again, and seldom is there one.

Whoever looks first is ended, so each test says with deadlock_timeout who that is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from schemadiff.apply.events import Advanced, Applied, Event, OperationStarted, SegmentRetried
from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.core.plan import Plan
from tests import laws
from tests.plugins.postgres import Database, MakeDatabase

PATIENT = ApplySettings(lock_timeout=20, retry_pause=0.05)
NEVER, SOON = "SET deadlock_timeout = '60s'", "SET deadlock_timeout = '1500ms'"
Session = psycopg.Connection[Any]


@contextmanager
def client(database: Database, deadlocks: str) -> Iterator[Session]:
    """Open a transaction of somebody else."""
    with database.connect(autocommit=False) as session:
        session.execute(deadlocks.encode())
        session.commit()
        yield session


def waits(database: Database, pid: int) -> None:
    """Wait until a session waits for a lock."""
    query = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
    with database.connect() as watch:
        for _ in range(400):
            row = watch.execute(query, (pid,)).fetchone()
            if row and row[0]:
                return
            time.sleep(0.025)
    pytest.fail("nobody waits")


def applied(
    database: Database,
    plan: Plan,
    deadlocks: str,
    meanwhile: Callable[[int], None],
    hear: Callable[[Event], None] = lambda _: None,
) -> tuple[Applied, list[Event]]:
    """Apply a plan; `meanwhile` is told the process of the session, in a thread of its own."""
    told: list[Event] = []

    def report(event: Event) -> None:
        told.append(event)
        hear(event)

    with database.connect() as connection:
        connection.execute(deadlocks.encode())
        pid = connection.info.backend_pid
        other = threading.Thread(target=meanwhile, args=(pid,))
        other.start()
        try:
            done = apply_plan(connection, plan, settings=PATIENT, report=report)
        finally:
            other.join()
    return done, told


def between(make_database: MakeDatabase, before: str, after: str) -> tuple[Database, Plan]:
    one, two = make_database(), make_database()
    one.load(before)
    two.load(after)
    return one, laws.plan_between(one, two, online=True)


def says(database: Database, other: Session, statement: str) -> Callable[[int], None]:
    """Say something on another session when an apply waits, and end its transaction."""

    def meanwhile(pid: int) -> None:
        waits(database, pid)
        other.execute(statement.encode())
        other.commit()

    return meanwhile


def retries(told: list[Event]) -> int:
    return sum(isinstance(e, SegmentRetried) for e in told)


def test_a_transaction_that_is_ended_begins_again(make_database: MakeDatabase) -> None:
    before = "create table a (id int); create table b (id int); insert into a values (1);"
    after = "create table a (id int, n int); create table b (id int, n int);"
    database, plan = between(make_database, before + "insert into b values (1);", after)
    with client(database, NEVER) as other:
        other.execute("select * from b")
        done, told = applied(database, plan, SOON, says(database, other, "select * from a"))
    assert (done.done, retries(told)) == (2, 1)


def test_a_program_that_comes_to_two_tables_goes_on(make_database: MakeDatabase) -> None:
    """What is locked is let go of before the server looks for a deadlock, which could end it."""
    before = "create table a (id int); create table b (id int); insert into a values (1);"
    after = "create table a (id int, n int); create table b (id int, n int);"
    database, plan = between(make_database, before + "insert into b values (1);", after)
    with client(database, SOON) as other:
        other.execute("select * from b")

        def reads() -> None:
            other.execute("select * from a")
            other.commit()

        comes = threading.Thread(target=reads)

        def hear(event: Event) -> None:
            if isinstance(event, OperationStarted) and event.number == 2 and not comes.ident:
                comes.start()  # it waits first, so it is the one who would be ended
                waits(database, other.info.backend_pid)

        done, told = applied(database, plan, SOON, lambda _: None, hear)
        comes.join()
        assert other.info.transaction_status is TransactionStatus.IDLE
    assert done.done == 2
    assert retries(told) >= 1


PARENT = """
create table parent (id int primary key);
create table child (id int, parent int{});
"""
ROWS = "insert into parent values (1); insert into child values (1, 1);"


def test_a_foreign_key_lets_a_program_end_that_writes_both(make_database: MakeDatabase) -> None:
    """It locks the table that is referred to first, as programs do."""
    before, after = PARENT.format("") + ROWS, PARENT.format(" references parent")
    database, plan = between(make_database, before, after)
    with client(database, SOON) as other:
        other.execute("insert into parent values (2)")
        done, told = applied(
            database, plan, SOON, says(database, other, "insert into child values (2, 2)")
        )
    assert (done.done, retries(told)) == (2, 0)
    assert database.execute("select convalidated from pg_constraint where contype = 'f'") == [
        (True,)
    ]


def comes_between(database: Database, other: Session, third: Session) -> Callable[[int], None]:
    """Come to the parent of a child that is written while an apply waits for that parent itself.

    It waits before the apply has the one table and comes to the other: it would be ended first.
    """

    def writes() -> None:
        other.execute("insert into parent values (2)")
        other.commit()

    def meanwhile(pid: int) -> None:
        waits(database, pid)
        comes = threading.Thread(target=writes)
        comes.start()
        waits(database, other.info.backend_pid)
        third.commit()
        comes.join()

    return meanwhile


def test_a_foreign_key_gives_way_to_a_program_that_comes_the_other_way(
    make_database: MakeDatabase,
) -> None:
    before, after = PARENT.format("") + ROWS, PARENT.format(" references parent")
    database, plan = between(make_database, before, after)
    with client(database, SOON) as other, client(database, NEVER) as third:
        other.execute("insert into child values (2, 1)")
        third.execute("insert into parent values (3)")
        done, told = applied(database, plan, SOON, comes_between(database, other, third))
        assert other.info.transaction_status is TransactionStatus.IDLE
    assert done.done == 2
    assert retries(told) >= 1


SWAPPED = "create table parent (id {0} primary key); create table child (id int, parent {0}{1});"


@pytest.mark.parametrize("way", ["as programs do", "the other way"])
def test_columns_take_places_while_a_program_writes_both(
    make_database: MakeDatabase, way: str
) -> None:
    """It locks the table that is referred to first, and does not wait long for the other one."""
    key = " references parent"
    before = SWAPPED.format("int", key) + ROWS
    database, plan = between(make_database, before, SWAPPED.format("bigint", key))
    begun = threading.Event()
    with client(database, SOON) as other, client(database, NEVER) as third:

        def hear(event: Event) -> None:
            if not begun.is_set() and isinstance(event, OperationStarted):
                if "$swap$" not in event.operation.sql:
                    return
                if way == "as programs do":
                    other.execute("insert into parent values (2)")
                else:
                    other.execute("insert into child values (2, null)")
                    third.execute("insert into parent values (3)")
                begun.set()

        def meanwhile(pid: int) -> None:
            begun.wait(60)
            if way == "as programs do":
                says(database, other, "insert into child values (2, 2)")(pid)
            else:
                comes_between(database, other, third)(pid)

        _, told = applied(database, plan, SOON, meanwhile, hear)
        assert other.info.transaction_status is TransactionStatus.IDLE
    assert bool(retries(told)) == (way == "the other way")
    assert database.execute("select count(*) from child") == [(2,)]


def test_a_reader_of_partitions_while_they_get_a_key(make_database: MakeDatabase) -> None:
    """It locks the whole table before its partitions, as readers do."""
    before = """
        create table whole (id int not null) partition by range (id);
        create table part partition of whole for values from (0) to (9);
        insert into whole values (1);
    """
    database, plan = between(make_database, before, before.replace("null)", "null unique)"))
    with client(database, SOON) as other:
        # As a plan that was made before does: of the whole first, of a partition in its time.
        other.execute("lock table only whole in access share mode")
        done, told = applied(database, plan, SOON, says(database, other, "select * from part"))
    assert (done.done, retries(told)) == (3, 0)


def test_a_role_that_may_only_refer_adds_its_key(
    make_database: MakeDatabase, database: Database
) -> None:
    before, after = PARENT.format("") + ROWS, PARENT.format(" references parent")
    target, plan = between(make_database, before, after)
    target.execute("create role refers login")
    try:
        target.execute("grant references on parent to refers; alter table child owner to refers")
        with target.connect() as connection:
            connection.execute("set role refers")
            done = apply_plan(connection, plan, settings=PATIENT, report=lambda _: None)
        assert done.done == 2
    finally:
        target.execute("drop owned by refers; drop role refers")


def test_rows_that_are_filled_meet_those_of_a_program(make_database: MakeDatabase) -> None:
    before = "create table t (id int primary key, n int);"
    rows = "insert into t select i, i from generate_series(1, 2000) i;"
    database, plan = between(make_database, before + rows, before.replace("n int", "n bigint"))
    begun = threading.Event()
    with client(database, NEVER) as other:

        def hold(event: Event) -> None:
            if isinstance(event, OperationStarted) and "ctid" in event.operation.sql:
                if not begun.is_set():
                    other.execute("update t set n = 0 where id = 2000")
                begun.set()

        def meanwhile(pid: int) -> None:
            begun.wait(60)
            waits(database, pid)
            other.execute("update t set n = 0 where id = 1")
            other.commit()

        _, told = applied(database, plan, SOON, meanwhile, hold)
    assert retries(told) == 0  # the batch alone
    assert any(isinstance(e, Advanced) and "others hold a row of public.t" in e.text for e in told)
    assert database.execute("select count(*), sum(n) from t") == [(2000, 2001000 - 2001)]
    assert database.execute(
        "select atttypid::regtype::text from pg_attribute"
        " where attrelid = 't'::regclass and attname = 'n'"
    ) == [("bigint",)]


def test_a_build_that_is_ended_leaves_nothing_invalid(make_database: MakeDatabase) -> None:
    before = "create table t (id int); insert into t values (1);"
    database, plan = between(make_database, before, before + "create index i on t (id);")
    with client(database, NEVER) as other:
        other.execute("insert into t values (2)")
        done, told = applied(
            database, plan, SOON, says(database, other, "lock table t in share mode")
        )
    assert (done.done, retries(told)) == (1, 1)
    assert database.execute("select indisvalid from pg_index where indexrelid = 'i'::regclass") == [
        (True,)
    ]


def test_what_goes_lets_a_program_end_that_writes_all_of_it(make_database: MakeDatabase) -> None:
    """Its first statement locks what the others come to, in the order in which programs do."""
    below = "create table below (id int primary key, c int references child);"
    before = PARENT.format(" primary key references parent") + below
    database, plan = between(make_database, before + ROWS, PARENT.format(""))
    rows = "insert into child values (2, 2); insert into below values (2, 2)"
    with client(database, SOON) as other:
        other.execute("insert into parent values (2)")
        done, told = applied(database, plan, SOON, says(database, other, rows))
    assert (done.done, retries(told)) == (len([*plan.operations()]), 0)

"""A plan with every online form, and what has to hold after it was stopped anywhere.

The plan is made between two databases whose SQL is written by hand, so its end is known without
our own code. A process that is killed is a process of its own.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import psycopg

from schemadiff.apply.events import Event, LockWait, OperationDone, OperationStarted
from schemadiff.apply.executor import apply_plan
from schemadiff.apply.settings import ApplySettings
from schemadiff.catalog.session import connect
from schemadiff.core.catalog import Catalog
from schemadiff.core.errors import ApplyError
from schemadiff.core.online import PREFIX
from schemadiff.core.plan import Plan
from tests import laws
from tests.plugins.postgres import Database

FAULTS = ("killed", "cut", "crashed")
QUICK = ApplySettings(lock_timeout=0.3, lock_retries=1, retry_pause=0.05, turn_timeout=10)
PATIENT = replace(QUICK, lock_retries=9)  # where others write all the time

BEFORE = """
CREATE TABLE city (id integer PRIMARY KEY, name text);
INSERT INTO city SELECT n, 'city ' || n FROM generate_series(1, 20) n;
CREATE TABLE customer (id integer, email text, name text, city integer);
INSERT INTO customer SELECT n, n || '@example.org', 'name ' || n % 7, n % 20 + 1
FROM generate_series(1, 800) n;
CREATE INDEX customer_name ON customer (name);
CREATE INDEX customer_gone ON customer (city, name);
CREATE TABLE event (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2023 PARTITION OF event FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 (id integer, at date NOT NULL);
CREATE TABLE measure (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measure_1 PARTITION OF measure FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE measure_2 PARTITION OF measure FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO measure SELECT n, date '2023-01-01' + n FROM generate_series(0, 700) n;
INSERT INTO event SELECT n, date '2023-01-01' + n FROM generate_series(0, 700) n;
INSERT INTO event_2025 SELECT n, date '2025-01-01' + n FROM generate_series(0, 300) n;
"""
AFTER = """
CREATE TABLE city (id integer PRIMARY KEY, name text);
CREATE TABLE customer (
    id integer NOT NULL CONSTRAINT customer_pkey PRIMARY KEY,
    email text CONSTRAINT customer_email UNIQUE,
    name text NOT NULL,
    city integer CONSTRAINT customer_city REFERENCES city,
    token uuid NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT customer_id CHECK (id > 0)
);
CREATE INDEX customer_name ON customer (name, city);
CREATE INDEX customer_token ON customer (token);
CREATE TABLE event (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2023 (id integer, at date NOT NULL);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 (id integer, at date NOT NULL);
ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE measure (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measure_1 PARTITION OF measure FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE measure_2 PARTITION OF measure FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX measure_id ON measure (id);
CREATE FUNCTION cities() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.city';
CREATE VIEW busy AS SELECT city, count(*) AS customers FROM customer GROUP BY city;
"""
LEFT = f"""
SELECT relname FROM pg_class WHERE relname LIKE '{PREFIX}%'
UNION ALL SELECT conname FROM pg_constraint WHERE conname LIKE '{PREFIX}%'
UNION ALL SELECT tgname FROM pg_trigger WHERE tgname ~ '^~?{PREFIX}'
UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE '{PREFIX}%'
UNION ALL SELECT attname FROM pg_attribute WHERE attname LIKE '{PREFIX}%' AND NOT attisdropped
UNION ALL SELECT stxname FROM pg_statistic_ext WHERE stxname LIKE '{PREFIX}%'
UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid
UNION ALL SELECT datname FROM pg_database WHERE datname LIKE 'schemadiff%'
UNION ALL SELECT 'pending ' || inhrelid::regclass FROM pg_inherits WHERE inhdetachpending
UNION ALL SELECT 'lock of ' || pid FROM pg_locks WHERE locktype = 'advisory'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


@dataclass(frozen=True)
class Story:
    """The two databases and the plan from one to the other; nobody ever writes to `after`."""

    before: Database
    after: Database
    also: tuple[str, object] = ("SELECT count(DISTINCT token) FROM customer", 800)

    def plan(self, database: Database) -> Plan:
        """Plan from a database, wherever it stands, to the end."""
        with laws.opened(database) as connection:
            return laws.plan_from(connection, laws.look(connection).catalog, self.wanted)

    @cached_property
    def wanted(self) -> Catalog:
        """What is planned to."""
        return laws.catalog_of(self.after)

    @cached_property
    def end(self) -> str:
        """The dump of the end."""
        return laws.dump(self.after)

    @cached_property
    def rows(self) -> dict[tuple[str, str], str]:
        """The rows of the beginning, which its copies have to keep."""
        return laws.checksums(self.before)

    def ends_well(self, database: Database, *, moved: str = "") -> None:
        """Run it again and see that it arrives, that no row is lost and nothing of ours is left."""
        apply(database, self.plan(database))
        with laws.held(database):
            left = self.plan(database)
            assert left.empty, (moved, [o.sql for o in left.operations()])
            assert laws.dump(database) == self.end, moved
            now = laws.checksums(database)
        assert database.execute(LEFT) == [], moved
        assert {k: now.get(k) for k in self.rows} == self.rows, moved
        assert database.execute(self.also[0]) == [(self.also[1],)], moved


def apply(
    database: Database,
    plan: Plan,
    report: Callable[[Event], None] = lambda _: None,
    settings: ApplySettings = QUICK,
) -> None:
    """Apply as the command does."""
    connection = connect(database.url)
    try:
        apply_plan(connection, plan, settings=settings, report=report)
    finally:
        connection.close()


def killed_at(url: str, plan: Plan, number: int, *, after: bool) -> None:
    """Apply in a process of its own, which SIGKILL ends at a statement; wait for its end."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults"])
    victim = context.Process(target=_victim, args=(url, plan, number, after))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL


def killed_while_waiting(url: str, plan: Plan) -> None:
    """Apply in a process of its own, which SIGKILL ends while a statement waits for others."""
    context = multiprocessing.get_context("forkserver")
    victim = context.Process(target=_waiting_victim, args=(url, plan))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL


def _waiting_victim(url: str, plan: Plan) -> None:
    def die(event: Event) -> None:
        if isinstance(event, LockWait):
            os.kill(os.getpid(), signal.SIGKILL)

    connection = connect(url)
    apply_plan(connection, plan, settings=QUICK, report=die)


def _victim(url: str, plan: Plan, number: int, after: bool) -> None:  # noqa: FBT001  by position
    def die(event: Event) -> None:
        kind = OperationDone if after else OperationStarted
        if isinstance(event, kind) and event.number >= number:
            os.kill(os.getpid(), signal.SIGKILL)

    connection = connect(url)
    apply_plan(connection, plan, settings=PATIENT, report=die)
    os.kill(os.getpid(), signal.SIGKILL)  # the statement was skipped: its end is as good


def backend(database: Database) -> int:
    """Give the process of the apply at the server: the only one beside who asks."""
    [(pid,)] = database.execute(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'schemadiff'"
        " AND datname = current_database() AND backend_type = 'client backend'"
        " ORDER BY backend_start LIMIT 1"
    )
    return int(pid)


def cut(database: Database) -> None:
    """End the session of the apply."""
    database.execute(f"SELECT pg_terminate_backend({backend(database)}, 5000)")


def crash(database: Database) -> None:
    """Kill its server process, upon which the server ends all sessions, recovers and restarts."""
    watch = psycopg.connect(database.url, autocommit=True)
    os.kill(backend(database), signal.SIGKILL)
    with contextlib.suppress(psycopg.OperationalError):
        # Until the server has noticed it still takes connections, only to end them.
        for _ in range(400):
            watch.execute("SELECT pg_sleep(0.05)")
        raise AssertionError("the server did not notice")
    watch.close()


def restarted(database: Database) -> None:
    """Wait until the server takes connections again."""
    for _ in range(400):
        try:
            database.execute("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not come back")


def stopped(
    database: Database,
    plan: Plan,
    number: int,
    fault: Callable[[Database], None],
    *,
    after: bool,
) -> ApplyError | None:
    """Apply until a statement at which the fault happens; None where the plan did not run it."""
    happened = False

    def report(event: Event) -> None:
        nonlocal happened
        kind = OperationDone if after else OperationStarted
        if isinstance(event, kind) and event.number >= number and not happened:
            happened = True
            fault(database)

    try:
        apply(database, plan, report)
    except ApplyError as error:
        assert happened
        return error
    return None


def fault_at(database: Database, plan: Plan, number: int, fault: str) -> None:
    """Apply until one of the faults happens at a statement; after odd ones, before even ones."""
    moved = f"{fault} at statement {number}"
    after = bool(number % 2)
    if fault == "killed":
        killed_at(database.url, plan, number, after=after)
        return
    error = stopped(database, plan, number, cut if fault == "cut" else crash, after=after)
    restarted(database)
    if error is not None:
        assert [d.code for d in error.diagnostics] == ["SD505"], moved
        assert "the connection was lost" in error.diagnostics[0].message


def taken_back(database: Database, back: Path, rows: str) -> None:
    """Undo what was begun: the files of before lead back, with the same rows, none of ours left."""
    before = database.execute(rows)
    laws.run(database, laws.plan_for(database, back))
    assert laws.plan_for(database, back).empty
    assert database.execute(LEFT) == []
    assert database.execute(rows) == before


def ended_alike(database: Database, beside: Database, yaml: Path, rows: str) -> None:
    """Prove that a database is as another one that took a way without steps."""
    assert database.execute(rows) == beside.execute(rows)
    assert laws.plan_for(database, yaml).empty
    assert laws.dump(database) == laws.dump(beside)
    assert database.execute(LEFT) == []

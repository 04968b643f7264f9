"""Whatever stops an apply: no row is lost, it says where it stands, and the next run arrives.

Each fault is injected for real, at every statement of a plan with all online forms: by default
every other statement has one of the faults, in the matrix each, with SCHEMADIFF_TEST_ALL=1 each
has all of them.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from schemadiff.apply.events import (
    Event,
    LockWait,
    OperationSkipped,
    OperationStarted,
)
from schemadiff.catalog.inspector import inspect
from schemadiff.catalog.session import reading
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ApplyError
from schemadiff.core.plan import Plan
from schemadiff.kinds import KINDS
from schemadiff.plan.touched import Sides, changed_since, expected
from tests import faults, laws
from tests.extent import every
from tests.faults import FAULTS, QUICK, Story, apply, backend
from tests.plugins.postgres import CloneDatabase, Database, MakeDatabase

ALL = bool(os.environ.get("SCHEMADIFF_TEST_ALL"))
_OURS = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'schemadiff'"
    " AND datname = current_database()"
)
_HALF = "SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 'customer'::regclass"
PARTS = 4  # tests over which the statements are spread


@pytest.fixture
def story(make_database: MakeDatabase) -> Story:
    before, after = make_database(), make_database()
    before.load(faults.BEFORE)
    after.load(faults.AFTER)
    return Story(before, after)


def test_the_plan_has_every_online_form(story: Story) -> None:
    said = "\n".join(o.sql for o in story.plan(story.before).operations())
    for form in (
        "CREATE INDEX CONCURRENTLY",
        "CREATE UNIQUE INDEX CONCURRENTLY",
        "DROP INDEX CONCURRENTLY",
        "USING INDEX",
        "NOT VALID",
        "VALIDATE CONSTRAINT",
        "SET NOT NULL",
        "DO $fill$",
        "DETACH PARTITION",
        "CONCURRENTLY",
        "ATTACH PARTITION",
        "RENAME TO",
    ):
        assert form in said, form


@pytest.mark.parametrize("part", range(PARTS))
def test_a_fault_at_each_statement(story: Story, clone: CloneDatabase, part: int) -> None:
    plan = story.plan(story.before)
    count = sum(1 for _ in plan.operations())
    for number in range(part + 1, count + 1, PARTS * every(8)):
        for fault in FAULTS if ALL else (FAULTS[number // PARTS % len(FAULTS)],):
            moved = f"{fault} at statement {number} of {count}"
            database = clone(story.before)
            faults.fault_at(database, plan, number, fault)
            story.ends_well(database, moved=moved)


@contextlib.contextmanager
def writing(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """Write to a table that the plan is about, and do not commit."""
    with psycopg.connect(database.url, application_name="writer") as connection:
        connection.execute("UPDATE customer SET name = name WHERE id = 1")
        yield connection


def builds(plan: Plan, story: Story) -> list[int]:
    """Give the numbers of the concurrent builds of that one table."""
    found = [
        n
        for n, o in enumerate(plan.shown.operations(), 1)
        if "INDEX CONCURRENTLY IF NOT EXISTS" in o.sql and "customer" in o.sql
    ]
    assert len(found) == 4, story
    return found if ALL else [found[0], found[-1]]


@pytest.mark.parametrize("call", ["pg_terminate_backend", "pg_cancel_backend"])
def test_a_build_that_is_stopped_half_way(story: Story, clone: CloneDatabase, call: str) -> None:
    """The build waits for a writer, which shows that it is under way, and is stopped there."""
    plan = story.plan(story.before)
    for number in builds(plan, story):
        database = clone(story.before)
        with contextlib.ExitStack() as held:

            def report(event: Event, number: int = number, at: Database = database) -> None:
                if isinstance(event, OperationStarted) and event.number == number:
                    held.enter_context(writing(at))
                if isinstance(event, LockWait):
                    at.execute(f"SELECT {call}({backend(at)})")

            with pytest.raises(ApplyError) as raised:
                apply(database, plan, report)
        error = raised.value.diagnostics
        assert error[0].code == ("SD505" if call == "pg_terminate_backend" else "SD502")
        assert f"statement {number} of {len(list(plan.shown.operations()))}" in error[0].message
        assert f"statements 1 to {number - 1} are committed" in error[-1].message
        assert database.execute(_HALF) == [(1,)]
        story.ends_well(database, moved=f"statement {number}")


def test_the_server_ends_the_session_of_a_killed_apply(story: Story, clone: CloneDatabase) -> None:
    """A build that waits does not go on, nor hold the turn, when its process is gone."""
    plan = story.plan(story.before)
    number = builds(plan, story)[0]
    segments = itertools.accumulate(len(s.operations) for s in plan.segments)
    done = list(segments).index(number)
    database = clone(story.before)
    apply(database, replace(plan, segments=plan.segments[:done]))
    with writing(database):
        faults.killed_while_waiting(database.url, replace(plan, segments=plan.segments[done:]))
        deadline = time.monotonic() + 15
        while database.execute(_OURS) != [(0,)] and time.monotonic() < deadline:
            time.sleep(0.1)
        assert database.execute(_OURS) == [(0,)]
    assert database.execute(_HALF) == [(1,)]
    story.ends_well(database)


def test_a_limit_of_disk_stops_a_build(story: Story, clone: CloneDatabase) -> None:
    database = clone(story.before)
    plan = story.plan(database)
    database.execute(
        "INSERT INTO customer SELECT n, n || repeat('x', 90), '', 1"
        " FROM generate_series(1001, 60000) n"
    )
    name = database.name
    for limit in ("temp_file_limit = 1000", "maintenance_work_mem = '1MB'"):
        database.execute(f"ALTER DATABASE {name} SET {limit}")
    with pytest.raises(ApplyError) as raised:
        apply(database, plan)
    assert raised.value.diagnostics[0].code == "SD502"
    assert "temp_file_limit" in raised.value.diagnostics[0].message
    assert "are committed" in raised.value.diagnostics[-1].message
    database.execute(f"ALTER DATABASE {name} RESET ALL; DELETE FROM customer WHERE id > 1000")
    story.ends_well(database)


def test_two_applies_at_once(story: Story, clone: CloneDatabase) -> None:
    """The second waits for the first, and finds everything done."""
    database = clone(story.before)
    plan = story.plan(database)
    skipped: list[str] = []
    failed: list[Exception] = []

    def work() -> None:
        def report(event: Event) -> None:
            if isinstance(event, OperationSkipped):
                skipped.append(event.operation.sql)

        try:
            apply(database, plan, report, replace(QUICK, turn_timeout=60))
        except ApplyError as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert failed == []
    assert len(skipped) > len(list(plan.operations())) / 2
    story.ends_well(database)


def test_a_lock_held_beyond_the_limit(story: Story, clone: CloneDatabase) -> None:
    """What is committed stays, what waits is undone, and a reader never waits for long."""
    database = clone(story.before)
    plan = story.plan(database)
    with psycopg.connect(database.url, application_name="report") as holder:
        holder.execute("SELECT count(*) FROM customer")
        with pytest.raises(ApplyError) as raised:
            apply(database, plan)
        found, standing = raised.value.diagnostics
        assert found.code == "SD503"
        assert f"process {holder.info.backend_pid} (report, " in found.message
        assert '"SELECT count(*) FROM customer"' in found.message
        assert standing.message.startswith("nothing was changed")
    story.ends_well(database)


def test_a_change_between_plan_and_apply(story: Story, clone: CloneDatabase) -> None:
    """A plan that was made for something else runs nothing."""
    database = clone(story.before)
    plan = story.plan(database)
    database.execute("ALTER TABLE customer ALTER COLUMN name TYPE varchar(20)")
    with laws.opened(story.before) as a, laws.opened(story.after) as b:
        live, after = laws.look(a).catalog, laws.look(b).catalog
    expects = replace(plan, expected=expected(plan, Sides(live, live, after), KINDS))

    def changed() -> list[Diagnostic]:
        with laws.opened(database) as connection, reading(connection):
            return changed_since(expects.expected, inspect(connection, KINDS).catalog, KINDS)

    dump = laws.dump(database)
    with pytest.raises(ApplyError) as raised:
        apply(database, expects, settings=replace(QUICK, changed=changed))
    assert {d.code for d in raised.value.diagnostics} == {"SD508"}
    assert "customer.name" in str(raised.value)
    assert laws.dump(database) == dump
    story.ends_well(database)

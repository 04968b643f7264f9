"""The server is restarted in the middle of an apply, in order or at once: the next run arrives.

On a server of its own, which keeps its data: all other tests share one that must not go away.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from schemadiff.apply.events import Event, LockWait, OperationStarted
from schemadiff.catalog.binaries import Binaries
from schemadiff.catalog.embedded import Server, open_server
from schemadiff.catalog.embedded_locks import is_free
from schemadiff.core.errors import ApplyError
from schemadiff.core.plan import Plan
from tests import faults
from tests.faults import Story, apply
from tests.plugins.postgres import Administrator, CloneDatabase, Database, MakeDatabase

# What `pg_ctl restart` sends for `-m fast` and `-m immediate` (manual, pg_ctl).
MODES = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
ALL = bool(os.environ.get("SCHEMADIFF_TEST_ALL"))
NAME = f"restart-{os.getpid()}"
# Statements of each sort: short ones, the filling of rows, builds, and what comes after.
PLACES = ("NOT VALID", "$fill$", "CREATE INDEX CONCURRENTLY", "VALIDATE", "SET NOT NULL", "DROP")


@dataclass(slots=True)
class Running:
    """The server as it runs now."""

    binaries: Binaries
    server: Server

    def url(self, dbname: str = "postgres") -> str:
        """Give the URL of a database."""
        return self.server.url(dbname)

    def stop(self, mode: str) -> None:
        """Stop it, as pg_ctl does, and wait until it is gone."""
        lock = self.server.folder / "data" / "postmaster.pid"
        os.kill(int(lock.read_text().split("\n", 1)[0]), MODES[mode])
        deadline = time.monotonic() + 60
        while not is_free(self.server.folder / "watchdog"):
            assert time.monotonic() < deadline, "the server does not stop"
            time.sleep(0.02)

    def restart(self, mode: str) -> None:
        """Stop it and start it again on the same data, at the same place."""
        before = self.server
        self.stop(mode)
        self.server = started(self.binaries)
        assert self.server.url() == before.url()
        before.close()


def started(binaries: Binaries) -> Server:
    return open_server(binaries, name=NAME, settings={"fsync": "off", "autovacuum": "off"})


@pytest.fixture(scope="module")
def server(binaries: Binaries) -> Iterator[Running]:
    """Take the place of the server that all other tests share."""
    running = Running(binaries, started(binaries))
    yield running
    running.stop("immediate")
    running.server.close()
    shutil.rmtree(running.server.folder)


@pytest.fixture(scope="module")
def administrator(server: Running) -> Iterator[Administrator]:
    """Make the databases there."""
    with contextlib.closing(Administrator(server.url)) as found:
        yield found


@pytest.fixture
def story(make_database: MakeDatabase) -> Story:
    before, after = make_database(), make_database()
    before.load(faults.BEFORE)
    after.load(faults.AFTER)
    return Story(before, after)


def number_of(plan: Plan, words: str) -> int:
    return next(n for n, op in enumerate(plan.shown.operations(), 1) if words in op.sql)


@pytest.mark.parametrize("mode", MODES)
def test_restarted_at_a_statement(
    story: Story, clone: CloneDatabase, server: Running, mode: str
) -> None:
    plan = story.plan(story.before)
    for words in PLACES if ALL else PLACES[list(MODES).index(mode) :: 2]:
        database, number = clone(story.before), number_of(plan, words)
        after = bool(number % 2)
        error = faults.stopped(database, plan, number, lambda _: server.restart(mode), after=after)
        assert error is not None, words
        assert error.diagnostics[0].code == "SD505"
        story.ends_well(database, moved=words)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("words", ["INDEX CONCURRENTLY IF NOT EXISTS customer", "$fill$"])
def test_restarted_within_a_statement(
    story: Story, clone: CloneDatabase, server: Running, mode: str, words: str
) -> None:
    """It waits for a writer, which shows that it is under way."""
    database, plan = clone(story.before), story.plan(story.before)
    number, waited = number_of(plan, words), False
    with contextlib.ExitStack() as held:

        def report(event: Event) -> None:
            nonlocal waited
            if isinstance(event, OperationStarted) and event.number == number:
                held.enter_context(writing(database))
            if isinstance(event, LockWait):
                waited = True
                server.restart(mode)

        with pytest.raises(ApplyError) as raised:
            apply(database, plan, report)
        assert waited
        assert raised.value.diagnostics[0].code == "SD505"
        assert "statements 1 to " in str(raised.value)
    story.ends_well(database)


@contextlib.contextmanager
def writing(database: Database) -> Iterator[None]:
    """Write to a row and do not commit; the session ends with its server."""
    connection = psycopg.connect(database.url)
    connection.execute("UPDATE customer SET name = name WHERE id = 1")
    yield
    connection.close()

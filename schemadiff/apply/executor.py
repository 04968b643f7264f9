"""Run a plan on a server: one transaction per segment, each statement only while it is needed."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from schemadiff.apply import failure
from schemadiff.apply.bodies import Bodies
from schemadiff.apply.events import (
    Advanced,
    Applied,
    Blocker,
    Event,
    LockWait,
    Noticed,
    OperationDone,
    OperationSkipped,
    OperationStarted,
    SegmentCommitted,
    SegmentRetried,
    SegmentStarted,
)
from schemadiff.apply.failure import Progress
from schemadiff.apply.gate import still_as_planned
from schemadiff.apply.settings import ApplySettings
from schemadiff.apply.secrets import check_secrets, filled
from schemadiff.apply.statement import LateInterrupt, Lookout, commit, run
from schemadiff.apply.turn import our_turn
from schemadiff.catalog.session import STEADY
from schemadiff.core.diagnostic import Severity
from schemadiff.core.errors import ApplyError
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation
from schemadiff.core.plan import Plan, Segment

if TYPE_CHECKING:
    from psycopg import Connection, Error
    from psycopg.errors import Diagnostic

Report = Callable[[Event], None]

_LONGEST_PAUSE = 30.0
OURS = "schemadiff: "  # how a statement of a plan begins what it says of its progress
_SETTINGS = {**STEADY, "check_function_bodies": "off"}


def apply_plan(
    connection: Connection[Any], plan: Plan, *, settings: ApplySettings, report: Report
) -> Applied:
    """Run the plan's segments in order and give what was done.

    The connection is outside of a transaction and keeps its settings. Raises ApplyError, whose
    diagnostics say what failed, what is committed and what is not; a KeyboardInterrupt becomes
    one too, after the running statement is cancelled and its transaction rolled back.
    """
    import psycopg

    begun = time.monotonic()
    check_secrets(plan)
    work = _Work(connection, plan, settings, report)
    try:
        with (
            _autocommit(connection),
            _listening(connection, report),
            our_turn(connection, settings.turn_timeout, report),
        ):
            still_as_planned(settings)
            work.run()
    except KeyboardInterrupt:
        raise failure.interrupted(work.progress) from None
    except psycopg.Error as error:
        # The plan's statements have their own errors: what comes here is ours, or the session's.
        if failure.lost(error):
            raise failure.connection_lost(work.progress, error) from error
        raise failure.preparation_failed(work.progress, error) from error
    finally:
        work.lookout.close()
    done = work.progress
    return Applied(
        done.operations - done.skipped,
        done.skipped,
        done.committed_segments,
        work.retries,
        time.monotonic() - begun,
    )


class _Work:
    """One apply under way."""

    def __init__(
        self, connection: Connection[Any], plan: Plan, settings: ApplySettings, report: Report
    ) -> None:
        self.connection = connection
        self.settings = settings
        self.report = report
        self.segments = [s for s in plan.segments if s.operations]
        self.progress = Progress(sum(len(s.operations) for s in self.segments), len(self.segments))
        self.lookout = Lookout(connection)
        self.retries = 0
        self._blockers: tuple[Blocker, ...] = ()
        self._bodies: Bodies | None = None

    def run(self) -> None:
        """Run all segments."""
        if self.settings.check_bodies and any(s.transactional for s in self.segments):
            self._bodies = Bodies(self.connection)
        for number, segment in enumerate(self.segments, 1):
            self.progress.segment = number
            self.progress.transactional = segment.transactional
            self._persist(segment)

    def _persist(self, segment: Segment) -> None:
        """Run a segment, again and again while it cannot have its locks."""
        progress = self.progress
        for attempt in range(self.settings.lock_retries + 1):
            progress.number, progress.retries, self._blockers = progress.committed, attempt, ()
            begun = time.monotonic()
            size = len(segment.operations)
            self._tell(SegmentStarted, size, segment.transactional, attempt + 1)
            skipped = progress.skipped
            try:
                self._once(segment)
            except _LockDenied as denied:
                progress.skipped = skipped
                if attempt == self.settings.lock_retries:
                    raise failure.lock_denied(
                        progress, denied.operation, denied.error, self._blockers
                    ) from denied.error
                self._pause(attempt)
                continue
            progress.committed = progress.number
            progress.committed_segments += 1
            self._tell(SegmentCommitted, time.monotonic() - begun)
            return

    def _once(self, segment: Segment) -> None:
        if not segment.transactional:
            with _session(self.connection, self._timeout(segment)):
                self._operations(segment)
            return
        try:
            self._begin()
            self._operations(segment)
            pending = self._check_bodies(segment)
            self._commit(segment)
            if self._bodies is not None:
                self._bodies.committed(pending)
        except BaseException:
            _rollback(self.connection)
            raise

    def _begin(self) -> None:
        self.connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        _set(self.connection, {**_SETTINGS, "lock_timeout": self._milliseconds()}, local=True)

    def _operations(self, segment: Segment) -> None:
        total = self.progress.operations
        for operation in segment.operations:
            self.progress.number += 1
            number = self.progress.number
            if not self._needed(operation):
                self.progress.skipped += 1
                self.report(OperationSkipped(number, total, operation))
                continue
            self.report(OperationStarted(number, total, operation))
            begun = time.monotonic()
            self._statement(operation, operation.sql)
            self.report(OperationDone(number, total, operation, time.monotonic() - begun))

    def _needed(self, operation: Operation) -> bool:
        if operation.guard is None:
            return True
        # The line break ends a comment at the end of the condition.
        sql = f"SELECT ({operation.guard.condition}\n)"
        return self._statement(operation, sql, guard=True) == b"t"

    def _statement(self, operation: Operation, sql: str, *, guard: bool = False) -> bytes | None:
        """Run one statement and give its first value."""
        import psycopg

        told: tuple[Blocker, ...] = ()

        def waiting(seconds: float) -> None:
            nonlocal told
            found = self.lookout.blockers()
            self._blockers = found or self._blockers
            if found and [b.pid for b in found] != [b.pid for b in told]:
                told = found
                self.report(LockWait(failure.words(operation), found, seconds))

        limit = self.settings.lock_timeout
        try:
            result = run(
                self.connection, filled(operation, sql), waiting=waiting, every=min(1.0, max(limit / 3, 0.05))
            )
        except psycopg.Error as error:
            raise self._failed(operation, sql, error, guard=guard) from error
        return result.get_value(0, 0) if result.ntuples and result.nfields else None

    def _failed(self, operation: Operation, sql: str, error: Error, *, guard: bool) -> Exception:
        if failure.lost(error):
            return failure.connection_lost(self.progress, error)
        retryable = {"55P03"} if not self.progress.transactional else failure.CANNOT_LOCK
        if error.sqlstate in retryable:
            return _LockDenied(operation, error)
        return failure.statement_failed(self.progress, operation, sql, error, guard=guard)

    def _check_bodies(self, segment: Segment) -> frozenset[int]:
        import psycopg

        if self._bodies is None:
            return frozenset()
        rest = self.segments[self.progress.segment :]
        final = not any(s.transactional for s in rest)
        try:
            findings, pending = self._bodies.check(self.connection, final=final)
        except psycopg.Error as error:
            if error.sqlstate in failure.CANNOT_LOCK:
                raise _LockDenied(segment.operations[-1], error) from error
            raise
        wrong = [f for f in findings if f.severity is Severity.ERROR]
        if wrong:
            raise ApplyError(*wrong, self.progress.standing())
        for found in findings:
            self.report(Noticed(found))
        return pending

    def _commit(self, segment: Segment) -> None:
        import psycopg

        progress = self.progress
        progress.committing = True
        try:
            commit(self.connection)
        except psycopg.Error as error:
            if failure.lost(error):
                raise failure.connection_lost(progress, error) from error
            if error.sqlstate in failure.CANNOT_LOCK:
                raise _LockDenied(segment.operations[-1], error) from error
            raise failure.commit_failed(progress, error) from error
        except LateInterrupt:
            progress.committed = progress.number
            progress.committed_segments += 1
            raise
        finally:
            progress.committing = False

    def _pause(self, attempt: int) -> None:
        longest = min(self.settings.retry_pause * 2**attempt, _LONGEST_PAUSE)
        pause = longest * random.uniform(0.5, 1.0)  # noqa: S311  only to fall out of step
        self.retries += 1
        self._tell(SegmentRetried, attempt + 1, self.settings.lock_retries, pause, self._blockers)
        time.sleep(pause)

    def _tell(self, event: Callable[..., Event], *details: object) -> None:
        self.report(event(self.progress.segment, self.progress.segments, *details))

    def _timeout(self, segment: Segment) -> str:
        # A weak lock is waited for without standing in anyone's way, and what is cut short
        # outside of a transaction leaves something invalid behind (manual, CREATE INDEX).
        weak = all(o.lock <= LockMode.SHARE_UPDATE_EXCLUSIVE for o in segment.operations)
        return "0" if weak else self._milliseconds()

    def _milliseconds(self) -> str:
        return f"{max(1, round(self.settings.lock_timeout * 1000))}ms"


class _LockDenied(Exception):
    """A lock was not to be had in time: the segment may be tried again."""

    def __init__(self, operation: Operation, error: Error) -> None:
        super().__init__(operation, error)
        self.operation = operation
        self.error = error


@contextlib.contextmanager
def _listening(connection: Connection[Any], report: Report) -> Iterator[None]:
    """Pass on what our own statements say of how far they are."""

    def hear(said: Diagnostic) -> None:
        text = said.message_primary or ""
        if said.severity_nonlocalized == "INFO" and text.startswith(OURS):
            report(Advanced(text.removeprefix(OURS)))

    connection.add_notice_handler(hear)
    try:
        yield
    finally:
        connection.remove_notice_handler(hear)


@contextlib.contextmanager
def _autocommit(connection: Connection[Any]) -> Iterator[None]:
    """Have psycopg begin no transactions of its own."""
    import psycopg

    before = connection.autocommit
    if not before:
        connection.autocommit = True
    try:
        yield
    finally:
        if not before:
            with contextlib.suppress(psycopg.Error):
                connection.autocommit = False


@contextlib.contextmanager
def _session(connection: Connection[Any], lock_timeout: str) -> Iterator[None]:
    """Fix the session's settings for a statement outside of a transaction, and restore them."""
    import psycopg

    wanted = {**_SETTINGS, "lock_timeout": lock_timeout}
    query = "SELECT " + ", ".join(f"pg_catalog.current_setting('{k}')" for k in wanted)
    row = connection.execute(query.encode()).fetchone()
    before = dict(zip(wanted, row or (), strict=True))
    try:
        _set(connection, wanted, local=False)
        yield
    finally:
        with contextlib.suppress(psycopg.Error):
            _set(connection, before, local=False)


def _set(connection: Connection[Any], settings: dict[str, str], *, local: bool) -> None:
    calls = ", ".join("pg_catalog.set_config(%s, %s, %s)" for _ in settings)
    values = [part for k, v in settings.items() for part in (k, v, local)]
    connection.execute(f"SELECT {calls}".encode(), values)


def _rollback(connection: Connection[Any]) -> None:
    import psycopg

    # A session that is gone has nothing left to roll back.
    with contextlib.suppress(psycopg.Error):
        connection.rollback()

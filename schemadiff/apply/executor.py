"""Run a plan on a server: one transaction per segment, each statement only while it is needed."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
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
from schemadiff.apply.gate import permitted, still_as_planned, takes_changes
from schemadiff.apply.limits import (
    lock_limit,
    run_limit,
    second_lock_limit,
    waits_for_transactions,
)
from schemadiff.apply.locking import deadlock_timeout, locked_first
from schemadiff.apply.lookout import Lookout, long_transactions
from schemadiff.apply.pooled import own_process
from schemadiff.apply.secrets import check_secrets, filled
from schemadiff.apply.session import (
    autocommit,
    ended_with_us,
    listening,
    rollback,
    settled,
)
from schemadiff.apply.settings import ApplySettings
from schemadiff.apply.statement import LateInterrupt, commit, run
from schemadiff.apply.turn import our_turn
from schemadiff.catalog.retry import shortened
from schemadiff.catalog.settings import STEADY, change, search_to_the_end, searching
from schemadiff.core.diagnostic import Severity
from schemadiff.core.errors import ApplyError
from schemadiff.core.operation import Operation
from schemadiff.core.plan import Plan, Segment

if TYPE_CHECKING:
    from psycopg import Connection, Error

Report = Callable[[Event], None]

_LONGEST_PAUSE = 30.0
_PATIENCE = 3.0  # how long a transaction may last until it is told, where locks have no limit
_TELL = 5.0  # seconds between two lines on the same phase of a build
_TRANSACTION_TIMEOUT = 170000
# A block that commits begins its next transaction as the session does. Rows that row security hides
# are an error, as in a dump; a client that stands still while it holds locks (a terminal that was
# paused) is ended in time.
_SETTINGS = {
    **STEADY,
    "default_transaction_isolation": "read committed",
    "check_function_bodies": "off",
    "row_security": "off",
    "idle_in_transaction_session_timeout": "1min",
}


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
        with autocommit(connection):
            takes_changes(connection)
            work.lookout.process = own_process(connection)
        with (
            autocommit(connection),
            listening(connection, report),
            ended_with_us(connection),
            our_turn(connection, settings.turn_timeout, report),
        ):
            still_as_planned(settings)
            permitted(connection, plan, settings)
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
        shown = plan.shown
        self.progress = Progress(sum(1 for _ in shown.operations()), len(shown.segments))
        self.lookout = Lookout(connection)
        self.retries = 0
        self.blockers: tuple[Blocker, ...] = ()
        self._foreseen: tuple[Blocker, ...] = ()
        self._bodies: Bodies | None = None
        self._waits = "0"
        self._rest = self.segments  # what comes after the segment that runs

    def run(self) -> None:
        """Run all segments."""
        if self.settings.check_bodies and any(s.transactional for s in self.segments):
            self._bodies = Bodies(self.connection)
        for number, segment in enumerate(self.segments, 1):
            self._rest = self.segments[number:]
            self.progress.segment += 1
            self.progress.transactional = segment.transactional
            self._persist(segment)
            if _only_clears(segment):
                self.progress.segment -= 1

    def _persist(self, segment: Segment) -> None:
        """Run a segment, again and again while it cannot have its locks."""
        progress = self.progress
        for attempt in range(self.settings.lock_retries + 1):
            progress.number, progress.retries, self.blockers = progress.committed, attempt, ()
            begun = time.monotonic()
            size = len(segment.operations)
            if not _only_clears(segment):
                self._tell(SegmentStarted, size, segment.transactional, attempt + 1)
            skipped = progress.skipped
            try:
                if attempt and not segment.transactional:
                    self._clear_up(segment)
                self._once(segment)
            except _LockDenied as denied:
                progress.skipped = skipped
                if attempt == self.settings.lock_retries:
                    raise failure.lock_denied(
                        progress, denied.operation, denied.error, self.blockers
                    ) from denied.error
                self._pause(attempt)
                continue
            if not _only_clears(segment):
                progress.committed = progress.number
                progress.committed_segments += 1
                self._tell(SegmentCommitted, time.monotonic() - begun)
            return

    def _once(self, segment: Segment) -> None:
        if not segment.transactional:
            with settled(self.connection, self._limits(segment)):
                self._operations(segment)
            return
        try:
            self._begin(segment)
            self._operations(segment)
            pending = self._check_bodies(segment)
            self._commit(segment)
            if self._bodies is not None:
                self._bodies.committed(pending)
        except BaseException:
            rollback(self.connection)
            raise

    def _clear_up(self, segment: Segment) -> None:
        """Do once more what came before for the sake of the same object, where it is needed again.

        A concurrent build that was chosen in a deadlock leaves an invalid index, for which another
        statement makes way.
        """
        targets = {op.target for op in segment.operations}
        for each in self.segments[: self.segments.index(segment)]:
            if each.transactional or targets.isdisjoint(op.target for op in each.operations):
                continue
            with settled(self.connection, self._limits(each)):
                for operation in each.operations:
                    if operation.guard is not None and self._needed(operation):
                        self._statement(operation, operation.sql)

    def _begin(self, segment: Segment) -> None:
        self.connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        change(self.connection, self._limits(segment), local=True)

    def _limits(self, segment: Segment) -> dict[str, str]:
        self.progress.limit = run_limit(segment.operations[0], self.settings)
        self._waits = lock_limit(segment, self.settings)
        limits = {
            "lock_timeout": self._waits,
            "statement_timeout": self.progress.limit,
        }
        if self.connection.info.server_version >= _TRANSACTION_TIMEOUT:
            limits["transaction_timeout"] = "0"
        return {**_SETTINGS, **limits}

    def _limit(self, limit: str) -> None:
        """Give the next statement of a transaction its own time."""
        if limit != self.progress.limit:
            change(self.connection, {"statement_timeout": limit}, local=self.progress.transactional)
            self.progress.limit = limit

    def _operations(self, segment: Segment) -> None:
        total = self.progress.operations
        for place, operation in enumerate(segment.operations, 1):
            self.progress.number += 1
            number = self.progress.number
            if not self._needed(operation):
                if operation.clears:
                    self.progress.number -= 1  # nobody was told of it
                else:
                    self.progress.skipped += 1
                    self.report(OperationSkipped(number, total, operation))
                continue
            self._limit(run_limit(operation, self.settings))
            if waits_for_transactions(operation):
                self._foresee(operation)
            self.report(OperationStarted(number, total, operation))
            begun = time.monotonic()
            later = segment.operations[place:]
            for first in locked_first(self.connection, operation, later):
                if segment.transactional:
                    self._statement(operation, first)
                    self._hurry(operation)
            with searching(self.connection, operation.along, local=segment.transactional):
                self._statement(operation, operation.sql)
            self.report(OperationDone(number, total, operation, time.monotonic() - begun))
            self.progress.number -= operation.clears
            if later and segment.transactional:
                self._hurry(operation)

    @cached_property
    def _deadlock(self) -> float:
        return deadlock_timeout(self.connection)

    def _hurry(self, operation: Operation) -> None:
        """Wait less for further locks, now that others may wait for what is locked."""
        limit = second_lock_limit(operation, self._waits, self._deadlock)
        if limit != self._waits:
            change(self.connection, {"lock_timeout": limit}, local=True)
            self._waits = limit

    def _needed(self, operation: Operation) -> bool:
        if operation.guard is None:
            return True
        # The line break ends a comment at the end of the condition.
        sql = f"SELECT ({operation.guard.condition}\n)"
        return self._statement(operation, sql, guard=True) == b"t"

    def _statement(self, operation: Operation, sql: str, *, guard: bool = False) -> bytes | None:
        """Run one statement and give its first value."""
        import psycopg

        watch = _Watch(self, operation)
        every = min(1.0, max(self.settings.lock_timeout / 3, 0.05)) if self._limited else 1.0
        try:
            result = run(self.connection, filled(operation, sql), waiting=watch, every=every)
        except psycopg.Error as error:
            raise self._failed(operation, sql, error, guard=guard) from error
        return result.get_value(0, 0) if result.ntuples and result.nfields else None

    @property
    def _limited(self) -> bool:
        return self.settings.lock_timeout > 0

    def _foresee(self, operation: Operation) -> None:
        patience = self.settings.lock_timeout if self._limited else _PATIENCE
        found = long_transactions(self.connection, patience)
        if found and [b.name for b in found] != [b.name for b in self._foreseen]:
            self.report(Noticed(failure.will_wait(self.progress, operation, found)))
        self._foreseen = found

    def _failed(self, operation: Operation, sql: str, error: Error, *, guard: bool) -> Exception:
        if failure.lost(error):
            return failure.connection_lost(self.progress, error)
        if error.sqlstate in failure.CANNOT_LOCK:
            return _LockDenied(operation, error)
        return failure.statement_failed(self.progress, operation, sql, error, guard=guard)

    def _check_bodies(self, segment: Segment) -> frozenset[int]:
        import psycopg

        if self._bodies is None:
            return frozenset()
        self._limit("0")
        final = not any(s.transactional for s in self._rest)
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
        try:
            search_to_the_end(self.connection, segment.operations)
            progress.committing = True
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
        pause = shortened(longest)
        self.retries += 1
        self._tell(SegmentRetried, attempt + 1, self.settings.lock_retries, pause, self.blockers)
        time.sleep(pause)

    def _tell(self, event: Callable[..., Event], *details: object) -> None:
        self.report(event(self.progress.segment, self.progress.segments, *details))


def _only_clears(segment: Segment) -> bool:
    """Tell whether a segment is needed only where a run was stopped: it is not counted."""
    return all(op.clears for op in segment.operations)


class _Watch:
    """Looks around while a statement runs: who holds its lock, how far its index is."""

    def __init__(self, work: _Work, operation: Operation) -> None:
        self._work = work
        self._name = failure.words(operation)
        self._held: list[str] = []
        self._phase = ""
        self._next = 0.0

    def __call__(self, seconds: float) -> None:
        work = self._work
        found = work.lookout.blockers()
        work.blockers = found or work.blockers
        names = [b.name for b in found]
        if found and names != self._held:
            work.report(LockWait(self._name, found, seconds))
        self._held = names
        phase, part = work.lookout.progress()
        if phase and (phase != self._phase or seconds >= self._next):
            work.report(Advanced(f"{self._name}: {phase}" + (f", {part}" if part else "")))
            self._phase, self._next = phase, seconds + _TELL


class _LockDenied(Exception):
    """A lock was not to be had in time: the segment may be tried again."""

    def __init__(self, operation: Operation, error: Error) -> None:
        super().__init__(operation, error)
        self.operation = operation
        self.error = error

"""What is told while a plan is applied, as values, to whoever shows progress."""

from __future__ import annotations

import re
from dataclasses import field
from datetime import timedelta

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.operation import Operation
from schemadiff.core.record import record
from schemadiff.core.sql import literal

_LONGEST = 60  # characters of a statement
_MANY = 120  # seconds or minutes, which read better in the next larger unit
_OF_ITSELF = "autovacuum: "  # what a worker of the server says that it does; no statement of ours
_CONSTANT = re.compile(r"['$]")


@record(frozen=True, slots=True)
class Blocker:
    """Another session that holds what we wait for.

    `since` is how long its transaction (else the session) has lasted. Of its statement nothing is
    shown from the first constant on: that may be a password, or what somebody suffers from. A
    prepared transaction has a name and no process.
    """

    pid: int
    user: str = ""
    application: str = ""
    state: str = ""
    since: timedelta | None = None
    statement: str = ""
    prepared: str = ""

    def __str__(self) -> str:
        """Give one phrase: `process 4711 (psql, user ann, idle in transaction, for 3 min)`."""
        words = [
            self.application,
            f"user {self.user}" if self.user else "",
            self.state,
            f"for {_duration(self.since)}" if self.since is not None else "",
            _shortened(self.statement),
        ]
        said = ", ".join(w for w in words if w)
        if self.prepared:
            return f"prepared transaction {literal(self.prepared)} ({said})"
        return f"process {self.pid} ({said})" if said else f"process {self.pid}"

    @property
    def name(self) -> str:
        """What tells it from others."""
        return self.prepared or str(self.pid)

    @property
    def remedy(self) -> str:
        """The statement that ends it; none where the server would only begin it anew."""
        if self.statement.startswith(_OF_ITSELF):
            return ""
        if self.prepared:
            name = literal(self.prepared)
            return f"COMMIT PREPARED {name} or ROLLBACK PREPARED {name}"
        return f"SELECT pg_terminate_backend({self.pid})"


@record(frozen=True, slots=True)
class SegmentStarted:
    """A segment begins; on a retry it begins anew with a larger `attempt`."""

    number: int
    total: int
    operations: int
    transactional: bool
    attempt: int = 1


@record(frozen=True, slots=True)
class OperationStarted:
    """A statement is about to run; `number` counts over the whole plan."""

    number: int
    total: int
    operation: Operation


@record(frozen=True, slots=True)
class OperationSkipped:
    """The guard said that the statement need not run."""

    number: int
    total: int
    operation: Operation


@record(frozen=True, slots=True)
class OperationDone:
    """A statement ran; it lasts only once its segment is committed."""

    number: int
    total: int
    operation: Operation
    seconds: float


@record(frozen=True, slots=True)
class SegmentCommitted:
    """What the segment did is there to stay."""

    number: int
    total: int
    seconds: float


@record(frozen=True, slots=True)
class LockWait:
    """Something is held by others: told while waiting, whenever the holders change."""

    waiting_for: str
    blockers: tuple[Blocker, ...]
    seconds: float


@record(frozen=True, slots=True)
class SegmentRetried:
    """A lock was not to be had: the segment was rolled back and begins anew after `pause`."""

    number: int
    total: int
    attempt: int
    attempts: int
    pause: float
    blockers: tuple[Blocker, ...] = ()


@record(frozen=True, slots=True)
class Noticed:
    """Something that does not stop the apply and yet should be known."""

    found: Diagnostic


@record(frozen=True, slots=True)
class Advanced:
    """What a long statement says of how far it is."""

    text: str


Event = (
    SegmentStarted
    | OperationStarted
    | OperationSkipped
    | OperationDone
    | SegmentCommitted
    | LockWait
    | SegmentRetried
    | Noticed
    | Advanced
)


@record(frozen=True, slots=True)
class Applied:
    """What an apply did: statements run and skipped, segments committed, retries, seconds."""

    done: int = 0
    skipped: int = 0
    segments: int = 0
    retries: int = 0
    seconds: float = field(default=0.0, compare=False)


def _shortened(statement: str) -> str:
    """Give the beginning of a statement in quotes."""
    shown = " ".join(_CONSTANT.split(statement, maxsplit=1)[0].split())[:_LONGEST]
    if not shown:
        return ""
    return f'"{shown}{"" if shown == " ".join(statement.split()) else "…"}"'


def _duration(since: timedelta) -> str:
    seconds = max(0, int(since.total_seconds()))
    if seconds < _MANY:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < _MANY else f"{minutes // 60} h"

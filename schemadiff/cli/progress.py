"""The progress of an apply on standard error: a line per statement, and who is in the way."""

from __future__ import annotations

from typing import assert_never

from schemadiff.apply.events import (
    Advanced,
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
from schemadiff.cli import say
from schemadiff.core.plan import Plan
from schemadiff.render.wording import Titles

SLOW = 0.1  # seconds; faster statements are shown without a time


class Progress:
    """Receives the events of the executor in order; calls things what their plan calls them."""

    def __init__(self, plan: Plan) -> None:
        """Learn the names from the plan."""
        self._titles = Titles(plan)

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case SegmentStarted():
                if event.total > 1:
                    what = "transaction" if event.transactional else "statement on its own"
                    say.line(f"[{event.number}/{event.total}] {what}")
            case OperationStarted():
                say.detail(f"  … {self._title(event)}")
            case OperationDone() if event.operation.clears:
                say.line(f"  {self._titles(event.operation.target)}: {event.operation.why}")
            case OperationDone():
                took = f" ({event.seconds:.1f} s)" if event.seconds >= SLOW else ""
                say.line(f"  {self._title(event)}{took}")
            case OperationSkipped():
                say.line(f"  {self._title(event)}: done before")
            case SegmentCommitted():
                say.detail(f"  committed in {event.seconds:.2f} s")
            case LockWait():
                who = ", ".join(map(str, event.blockers)) or "another session"
                say.line(f"  waiting for {event.waiting_for}, held by {who}")
            case SegmentRetried():
                say.line(
                    f"  a lock was not to be had: rolled back, attempt {event.attempt + 1} of "
                    f"{event.attempts + 1} in {event.pause:.0f} s"
                )
            case Advanced():
                say.line(f"  … {event.text}")
            case Noticed():
                say.diagnostic(event.found)
            case _:
                assert_never(event)

    def _title(self, event: OperationStarted | OperationDone | OperationSkipped) -> str:
        operation = event.operation
        name = self._titles(operation.target)
        return f"{event.number}/{event.total} {operation.verb.sign} {name}"

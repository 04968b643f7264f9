"""How a plan is applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.record import record


@record(frozen=True, slots=True, kw_only=True)
class ApplySettings:
    """Limits in seconds, and what must hold before anything runs.

    `lock_timeout` is how long one statement waits for a lock (0: without end), `lock_retries` how
    often a segment begins again after that, with pauses that grow from `retry_pause`;
    `turn_timeout` is how long another apply is waited for. `statement_timeout` is how long what
    keeps others out may run: None is a minute where no table is read or written whole, 0 is no
    limit. Once it is our turn `changed` is asked for what is no longer as it was planned against,
    then `denied` for what is not ours to change; nothing runs when they name anything.
    `check_bodies` has the bodies of new and changed functions checked before the last commit.
    """

    lock_timeout: float = 3.0
    lock_retries: int = 5
    retry_pause: float = 1.0
    turn_timeout: float = 10.0
    statement_timeout: float | None = None
    changed: Callable[[], Sequence[Diagnostic]] | None = None
    denied: Callable[[], Sequence[Diagnostic]] | None = None
    check_bodies: bool = True

"""How long a statement waits for its lock, and how long it may run.

The surprising fact: what takes a weak lock has no limit at all. It stands in nobody's way, and a
concurrent build that is cut short leaves an invalid index behind (manual, CREATE INDEX). Who fills
rows does stand in the way, of whoever wants one of them: lock_timeout is for rows too.
"""

from __future__ import annotations

from schemadiff.apply.settings import ApplySettings
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Operation, Transaction
from schemadiff.core.plan import Segment

# A statement that keeps others out and neither reads nor writes a whole table is over in a
# moment; one that is not has something wrong with it, and everybody waits.
SHORT = 60.0


def in_the_way(operation: Operation) -> bool:
    """Tell whether others cannot read or write while the operation runs."""
    return operation.lock > LockMode.SHARE_UPDATE_EXCLUSIVE


def waits_for_transactions(operation: Operation) -> bool:
    """Tell whether an operation waits until older transactions end, as concurrent builds do."""
    outside = operation.transaction is Transaction.OUTSIDE
    return outside and operation.lock is LockMode.SHARE_UPDATE_EXCLUSIVE


def lock_limit(segment: Segment, settings: ApplySettings) -> str:
    """Give the lock_timeout of a segment; 0 is no limit, as PostgreSQL has it."""
    if not settings.lock_timeout:
        return "0"
    if not segment.transactional and all(op.hinders_nobody for op in segment.operations):
        return "0"
    return f"{max(1, round(settings.lock_timeout * 1000))}ms"


def second_lock_limit(operation: Operation, limit: str, deadlock: float) -> str:
    """Give the lock_timeout for what comes after an operation in its transaction.

    Who waits for us while we wait is ended after `deadlock` seconds, if we have not given up.
    """
    if operation.lock < LockMode.SHARE_ROW_EXCLUSIVE or operation.on_new or limit == "0":
        return limit
    return f"{min(int(limit.removesuffix('ms')), max(1, round(deadlock * 500)))}ms"


def run_limit(operation: Operation, settings: ApplySettings) -> str:
    """Give the statement_timeout of an operation; it counts the wait for the lock as well."""
    limit = settings.statement_timeout
    if not in_the_way(operation):
        limit = 0.0
    elif limit is None:
        limit = 0.0 if operation.scans or operation.rewrites else SHORT
    return f"{max(1, round(limit * 1000))}ms" if limit else "0"

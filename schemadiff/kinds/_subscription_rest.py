"""A subscription is at rest when its worker has ended: that begins when DISABLE is committed."""

from __future__ import annotations

from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Transaction, Verb
from schemadiff.core.sql import dollar, literal

_AT_WORK = "SELECT FROM pg_catalog.pg_stat_subscription WHERE pid IS NOT NULL AND subname = "
_AWAIT = """
BEGIN
    FOR i IN 1..300 LOOP
        EXIT WHEN NOT EXISTS ({at_work});
        PERFORM pg_catalog.pg_sleep(0.1);
    END LOOP;
END
"""


def at_rest(subscription: Identity) -> Operation:
    """Wait until what needs a subscription at rest can be said (manual, ALTER SUBSCRIPTION)."""
    at_work = f"{_AT_WORK}{literal(subscription.name)}"
    return Operation(
        verb=Verb.ALTER,
        target=subscription,
        sql=f"DO {dollar(_AWAIT.format(at_work=at_work), 'rest')}",
        guard=Guard(f"EXISTS ({at_work})"),
        lock=LockMode.NONE,
        transaction=Transaction.OUTSIDE,
        why="waits until its worker has ended, 30 s at most",
    )

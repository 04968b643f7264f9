"""Whether an apply has its session for itself: behind a pooler that may be anybody's.

The surprising fact: a pooler answers for the server when a client comes, with a number of its own
for the process that the client will speak to. So where that number is the server's, nobody stands
between; and where it is not, a second connection shows whether it is given the same process.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.session import parameters_of
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ApplyError

if TYPE_CHECKING:
    from psycopg import Connection

_ROUNDS = 3
_PATIENCE = 5.0  # seconds; whoever has one process for all sessions gives none to a second one


def own_process(connection: Connection[Any]) -> int:
    """Give the process of the server that serves the session, and nobody else meanwhile.

    Raises ApplyError where a pooler changes it between transactions: settings, and the lock that
    keeps two applies apart, would be left to others.
    """
    process = _process(connection)
    if process == connection.info.backend_pid or not _is_shared(connection, process):
        return process
    message = "a pooler in transaction mode stands before the server: the session is not ours alone"
    hint = "connect to the server itself, or to the pooler's port for sessions; plan works as it is"
    raise ApplyError(Diagnostic(code="SD515", message=f"{message}; nothing was changed", hint=hint))


def beside(connection: Connection[Any]) -> Connection[Any]:
    """Open a second connection to where the first one leads; raises psycopg.Error."""
    import psycopg

    info = connection.info
    parameters: dict[str, Any] = {**parameters_of(connection), "connect_timeout": 3}
    if info.password:
        parameters["password"] = info.password
    return psycopg.connect(autocommit=True, prepare_threshold=None, **parameters)


def _process(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT pg_catalog.pg_backend_pid()").fetchone()
    return int(row[0]) if row else 0


def _is_shared(connection: Connection[Any], process: int) -> bool:
    """Tell whether the process changes, or serves another session while ours is idle."""
    import psycopg

    others: set[int] = set()

    def look() -> None:
        with contextlib.suppress(psycopg.Error, OSError), beside(connection) as other:
            others.update(_process(other) for _ in range(_ROUNDS))

    thread = threading.Thread(target=look, daemon=True, name="pooler")
    thread.start()
    thread.join(_PATIENCE)
    seen = {process, *(_process(connection) for _ in range(_ROUNDS))}
    return len(seen) > 1 or process in others

"""A reading that others were in the way of is made again.

The surprising fact: the server's own functions (`pg_get_expr`, `format_type`, …) look at what is
there now, not at what the snapshot of a transaction shows. So what somebody drops while it is read
may end the reading, in an error of which nothing says that it passes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from schemadiff.catalog.waited import WAITED
from schemadiff.core.errors import InspectError, Vanished

if TYPE_CHECKING:
    from psycopg import Connection

_T = TypeVar("_T")

CONFLICT: Final = "40001"  # nothing else conflicts with who only reads (manual, 26.4.2)
_PAUSES = (1, 2, 4)  # seconds
_VANISHED = "XX000"  # "could not open relation with OID …", "cache lookup failed for …"
GONE: Final = (_VANISHED, "42P01", "42703", "42704", "42883", "3F000")
_SHORT_PAUSES = (0.1, 0.2, 0.5, 1, 2)


def again(read: Callable[[], _T], connection: Connection[Any] | None = None) -> _T:
    """Read once more where others were in the way, and nothing is wrong with what was asked.

    A standby ends a reading that is in the way of its replay. It may have ended the session as
    well: then not on the same `connection`. Or somebody dropped what was being read, or keeps
    others out of it. Raises InspectError where that happens again and again, and for what else
    happens.
    """
    long, short = iter(_PAUSES), iter(_SHORT_PAUSES)
    pauses = {CONFLICT: long, **dict.fromkeys(WAITED, long), **dict.fromkeys(GONE, short)}
    while True:
        try:
            return read()
        except InspectError as error:
            lost = connection is not None and connection.closed
            state = _VANISHED if isinstance(error, Vanished) else sqlstate_of(error.__cause__)
            longest = next(pauses.get(state, iter(())), None)
            if lost or longest is None:
                raise
        time.sleep(shortened(longest))


def shortened(pause: float) -> float:
    """Shorten a pause at random, so that those who wait for the same fall out of step."""
    return pause * random.uniform(0.5, 1.0)  # noqa: S311  nobody must be unable to guess it


def sqlstate_of(error: object) -> str:
    """Give the SQLSTATE of what the server said, nothing for whatever else went wrong."""
    return getattr(error, "sqlstate", None) or ""

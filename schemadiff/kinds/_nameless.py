"""Arguments without a name in a parsed body, where others have one: RETURNS TABLE names columns.

The surprising fact: PostgreSQL prints them as `""`, which it cannot read again.
Where its tree of the body holds only one of them, that one is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.lexer import LexError, code
from schemadiff.core.sql import ident

EMPTY: Final = '""'

# Which arguments without a name the tree of a body holds. Names in it never have a bare bracket.
USED_SQL: Final = """
    CASE WHEN p.prosqlbody IS NOT NULL AND '' = ANY (p.proargnames) THEN
        ARRAY(SELECT DISTINCT split_part(u.rest, ' ', 1)::int
              FROM unnest((string_to_array(p.prosqlbody::text,
                                           '{PARAM :paramkind 0 :paramid '))[2:]) u(rest)
              WHERE p.proargnames[split_part(u.rest, ' ', 1)::int] = '') END"""


def numbered(body: str | None, name: str, used: Sequence[int] | None) -> str | None:
    """Write `$1` where the server prints nothing, if there is only one that it can be."""
    if body is None or not used or len(used) > 1:
        return body
    while (found := _unreadable(body)) is not None:
        before = body[:found].removesuffix(f"{ident(name)}.")
        body = f"{before}${used[0]}{body[found + len(EMPTY) :]}"
    return body


def refuse_unreadable(routine: Any) -> None:
    """Refuse to write a body that the server has printed and cannot read."""
    if routine.sql_body is None or _unreadable(routine.sql_body) is None:
        return
    identity = routine.identity
    message = f"the body of {identity} uses several arguments without a name, where others have one"
    hint = f"PostgreSQL prints each of them as {EMPTY}, which it cannot read: give them names"
    raise PlanError(Diagnostic(code="SD092", message=message, hint=hint, about=(identity,)))


def _unreadable(body: str) -> int | None:
    try:
        code(body)
    except LexError as error:
        return error.offset if body.startswith(EMPTY, error.offset) else None
    return None

"""What a plan makes that PostgreSQL lets nobody make but a superuser, or whom a provider lets.

The kinds say what they need, as statements for the server to refuse. Nothing can come of these.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from schemadiff.catalog.trial import attempted, rolled_back
from schemadiff.core.change import Alter, Create
from schemadiff.kinds import EVERY
from schemadiff.render.entries import value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemadiff.catalog.connection import Connection
    from schemadiff.core.change import Change

_DENIED: Final = "42501"
_SUPERUSER: Final = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"


def denied(changes: Iterable[Change], connection: Connection) -> list[str]:
    """Name what the plan makes and whoever applies it may not; the session is in no transaction.

    Not asked where others' event triggers would see it.
    """
    attempts = list(_attempts(changes))
    if not attempts or connection.execute(_SUPERUSER.encode()).fetchone() != (False,):
        return []
    statements = dict.fromkeys(sql for _, sql in attempts)
    with rolled_back(connection) as willing:
        tried = {sql: attempted(sql, connection) for sql in statements} if willing else {}
    return [f"to make {what}" for what, sql in attempts if tried.get(sql) == _DENIED]


def _attempts(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    for change in changes:
        if isinstance(change, Create | Alter):
            changed = change.changed if isinstance(change, Alter) and not change.replace else None
            said = partial(value_of, change.new)
            kind = EVERY[change.identity.kind]
            for more, sql in kind.attempts(change.identity, said, changed):
                yield f"{change.identity}{more}", sql

"""What a plan makes that PostgreSQL lets nobody make but a superuser, or whom a provider lets.

The kinds say what they need, as statements for the server to refuse. Nothing can come of these.
What touches no relation (a role, a parameter of the database) is attempted as the plan says it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from schemadiff.catalog.trial import denial, rolled_back
from schemadiff.core.change import Alter, Create
from schemadiff.kinds import EVERY
from schemadiff.render.entries import said_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemadiff.catalog.connection import Connection
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.change import Change
    from schemadiff.core.operation import Operation

_SUPERUSER: Final = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"


def denied(
    changes: Iterable[Change],
    operations: Iterable[Operation],
    connection: Connection,
    live: Catalog,
) -> list[str]:
    """Name what the plan makes and whoever applies it may not; the session is in no transaction.

    Not asked where others' event triggers would see it.
    """
    attempts = list(_attempts(changes, live))
    whole = [op for op in operations if EVERY[op.target.kind].attempts_all]
    if not (attempts or whole):
        return []
    if connection.execute(_SUPERUSER.encode()).fetchone() != (False,):
        return []
    statements = dict.fromkeys(sql for _, sql in attempts)
    with rolled_back(connection) as willing:
        if not willing:
            return []
        refused = {sql for sql in statements if denial(sql, connection)}
        said = [(op.target, denial(op.sql, connection, stays=True)) for op in whole]
    found = [f"to make {what}" for what, sql in attempts if sql in refused]
    return found + list(dict.fromkeys(f"for {target}: {why}" for target, why in said if why))


def _attempts(changes: Iterable[Change], live: Catalog) -> Iterator[tuple[str, str]]:
    for change in changes:
        if isinstance(change, Create | Alter):
            changed = change.changed if isinstance(change, Alter) and not change.replace else None
            said = partial(said_of, change.new, live=live)
            kind = EVERY[change.identity.kind]
            for more, sql in kind.attempts(change.identity, said, changed):
                yield f"{change.identity}{more}", sql

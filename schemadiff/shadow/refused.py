"""Extensions that are in the target, and that the role may not make in a scratch database.

An extension that is not trusted takes a superuser, or what a hosted server lets pass in its place,
which no catalog tells: it is tried. Most are monitors that no definition names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from schemadiff.core.sql import ident

if TYPE_CHECKING:
    from psycopg import Connection

_DOUBTFUL = """
SELECT e.name::text
FROM pg_catalog.pg_available_extensions e
JOIN pg_catalog.pg_available_extension_versions v
    ON v.name = e.name AND v.version = e.default_version
JOIN pg_catalog.pg_roles r ON r.rolname = current_user
WHERE e.name = ANY(%s) AND v.superuser AND NOT v.trusted AND NOT r.rolsuper
ORDER BY 1"""


def refused(scratch: Connection[Any], extensions: Iterable[str]) -> frozenset[str]:
    """Name those of the extensions that the role may not make there."""
    from psycopg import Error
    from psycopg.errors import InsufficientPrivilege

    found = set()
    for (name,) in scratch.execute(_DOUBTFUL, (sorted(extensions),)).fetchall():
        try:
            with scratch.transaction(force_rollback=True):
                scratch.execute(f"CREATE EXTENSION {ident(name)} CASCADE".encode())
        except InsufficientPrivilege:
            found.add(name)
        except Error:
            continue  # what else is wrong is said where it is built
    return frozenset(found)

"""The names that extensions brought into a database: types, relations and routines.

They are never ours to change, and yet columns have their types and defaults call their functions.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from schemadiff.core.names import Names

if TYPE_CHECKING:
    from psycopg import Connection

# The first column is the word in which kinds say where names live (`ObjectKind.spaces`).
_SQL = """
SELECT 'type', n.nspname, t.typname
FROM pg_depend d
JOIN pg_type t ON d.classid = 'pg_catalog.pg_type'::regclass AND t.oid = d.objid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE d.deptype = 'e'
UNION
SELECT 'relation', n.nspname, c.relname
FROM pg_depend d
JOIN pg_class c ON d.classid = 'pg_catalog.pg_class'::regclass AND c.oid = d.objid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE d.deptype = 'e'
UNION
SELECT 'routine', n.nspname, p.proname
FROM pg_depend d
JOIN pg_proc p ON d.classid = 'pg_catalog.pg_proc'::regclass AND p.oid = d.objid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE d.deptype = 'e' AND n.nspname <> 'pg_catalog'"""


def member_names(
    connection: Connection[Any], names: Names
) -> dict[str, frozenset[tuple[str, str]]]:
    """Give (schema, name) of what extensions own, by "type", "relation" and "routine".

    Asks the server only where an extension owns a type or a relation (plpgsql owns neither).
    """
    if not any(catalog in ("pg_type", "pg_class") for catalog, _ in names.members):
        return {}
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for space, schema, name in connection.execute(_SQL):
        found[space].add((schema, name))
    return {space: frozenset(each) for space, each in found.items()}

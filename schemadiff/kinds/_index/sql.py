"""CREATE INDEX as it is said, and as the server prints it."""

from __future__ import annotations

from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.sql import comma, ident, lines, qualified
from schemadiff.kinds._constraint import as_printed, names_sql, table_sql
from schemadiff.kinds._index.column import combinations
from schemadiff.kinds._storage import storage_sql


def name_sql(identity: Identity) -> str:
    return qualified(identity.path[0], identity.path[2])


ONLINE = "CONCURRENTLY IF NOT EXISTS "
# The index of a partitioned table is printed with ON ONLY.
PRINTED = "pg_catalog.replace(pg_catalog.pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')"


def without_only(definition: str) -> str:
    return definition.replace(" ON ONLY ", " ON ")


def spellings(index: Any, how: str) -> tuple[str, ...]:
    """Write CREATE INDEX in every way in which the server may print it."""
    unique = "UNIQUE " if index.unique else ""
    name, table = ident(index.identity.name), table_sql(index.identity)
    head = f"CREATE {unique}INDEX {how}{name} ON {table}"
    return tuple(f"{head} {each}" for each in definitions(index))


def definitions(index: Any) -> tuple[str, ...]:
    """Write what stands behind the table, in every way in which the server may print it."""
    middle = lines(
        f"INCLUDE ({names_sql(index.include)})" if index.include else None,
        "NULLS NOT DISTINCT" if index.nulls_not_distinct else None,
        f"WITH ({storage_sql(index.storage)})" if index.storage else None,
        separator=" ",
    )
    wheres: tuple[str | None, ...] = (None,)
    if index.where is not None:
        where = as_printed(index.where)
        wheres = (f"WHERE ({where})", f"WHERE {where}")
    return tuple(
        lines(f"USING {ident(index.method)} ({comma(keys)})", middle, predicate, separator=" ")
        for keys in combinations(c.spellings() for c in index.columns)
        for predicate in wheres
    )

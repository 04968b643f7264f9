"""What no inspection reads, read again before a plan is applied: the watches of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.session import reading
from schemadiff.core.catalog import Catalog
from schemadiff.core.kind import Registry
from schemadiff.core.object import DbObject
from schemadiff.core.plan import Watch
from schemadiff.core.request import Unread

if TYPE_CHECKING:
    from psycopg import Connection


def with_watched(
    catalog: Catalog, watches: Iterable[Watch], connection: Connection[Any], registry: Registry
) -> Catalog:
    """Give a catalog with what the watches of a plan find on the server."""
    found: list[DbObject] = []
    for watch in watches:
        for number, names, values in _rows(watch, connection):
            identity, columns = watch.identities[number], watch.columns[number]
            kind = registry[identity.kind]
            assert isinstance(kind, Unread)
            seen = dict(zip(names, values, strict=True))
            found.append(kind.seen(identity, {c: seen[c] for c in columns}))
    return catalog.with_objects([*catalog.objects.values(), *found]) if found else catalog


def _rows(watch: Watch, connection: Connection[Any]) -> list[tuple[Any, ...]]:
    """Ask by the names that there are; where there are none of them, nothing is there."""
    import psycopg

    with reading(connection):
        connection.execute("SET LOCAL row_security = off")
        for query in watch.queries:
            try:
                with connection.transaction():
                    return connection.execute(query.encode()).fetchall()
            except (
                psycopg.errors.UndefinedTable,
                psycopg.errors.UndefinedColumn,
                psycopg.errors.UndefinedObject,
                psycopg.errors.InvalidSchemaName,
            ):
                continue
    return []

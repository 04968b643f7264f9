"""Roles on a server that is thrown away with them.

A policy, or a script, names roles that such a server does not have. They belong to the cluster, so
they are made only where the whole cluster is ours for this run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from schemadiff.core.sql import ident

if TYPE_CHECKING:
    from psycopg import Connection

    from schemadiff.core.catalog import Catalog
    from schemadiff.core.kind import Registry

__all__ = ["make_roles", "roles_of"]


def roles_of(catalog: Catalog, registry: Registry) -> frozenset[str]:
    """Name the roles that have to exist where a catalog is built."""
    return frozenset(r for o in catalog.objects.values() for r in registry.of(o).roles(o))


def make_roles(host: Connection[Any], names: Iterable[str]) -> None:
    """Make the roles that the server lacks; names that PostgreSQL keeps for itself are left out."""
    rows = host.execute(
        "SELECT r FROM pg_catalog.unnest(%s::text[]) r WHERE NOT r LIKE 'pg\\_%%'"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r) ORDER BY 1",
        (sorted(set(names)),),
    ).fetchall()
    for (name,) in rows:
        host.execute(f"CREATE ROLE {ident(name)}".encode())

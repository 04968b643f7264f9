"""Tables that are made anew as a domain gets what PostgreSQL does not prove of values inside."""

from __future__ import annotations

from collections.abc import Iterator

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.kinds._inside import tables_inside
from schemadiff.kinds._table_anew import kept


def displaced(domain: Identity, context: Context) -> Iterator[Identity]:
    """Name them, where their rows go on: they are proven as they come back."""
    return (table for table in tables_inside(domain, context) if kept(table, context))

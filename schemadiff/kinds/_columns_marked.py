"""The columns of an index that a table says something about (its replica identity, CLUSTER ON)."""

from __future__ import annotations

from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity


def columns_marked(mark: Any, catalog: Catalog) -> frozenset[Identity]:
    """Name the columns of the index that is marked."""
    table, indexes = mark.identity.path, map(catalog.get, mark.refers)
    keys = [key for index in indexes for key in getattr(index, "columns", ())]
    return frozenset(Identity("column", (*table, getattr(key, "text", key))) for key in keys)

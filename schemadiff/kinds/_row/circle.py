"""Tables that refer to each other in a circle, and in which order their rows go in and out.

A row of such a table goes in with a null in it, and gets its value when all rows are there. Where
nothing may be null, one statement writes to all tables of the circle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity


class Circular(NamedTuple):
    """A foreign key of a table that refers back to it by way of others."""

    key: Identity
    target: Identity
    free: tuple[str, ...]  # the columns that may be null


def refers_to(table: Identity, catalog: Catalog) -> Iterator[tuple[Identity, Any]]:
    """Give the tables that one refers to, each with the foreign key."""
    for child in sorted(catalog.children.get(table, ())):
        if child.kind == "foreign_key":
            key: Any = catalog.objects[child]
            yield Identity("table", key.target), key


def reached(table: Identity, catalog: Catalog) -> frozenset[Identity]:
    """Give all tables that one refers to, directly or by way of others."""
    seen: set[Identity] = set()
    queue = [table]
    while queue:
        for each, _ in refers_to(queue.pop(), catalog):
            if each not in seen:
                seen.add(each)
                queue.append(each)
    return frozenset(seen)

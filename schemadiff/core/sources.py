"""Which tables the rows of a query come from, through all views between."""

from __future__ import annotations

from collections.abc import Collection

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity

_RELATION = 2  # so many names a relation has


def sources(query: Identity, side: Catalog, holding: Collection[str]) -> set[Identity]:
    """Name what a view rests on that has rows of its own; `holding` are the kinds that have."""
    seen, queue = {query}, [query]
    while queue:
        more = {_whole(i, side) for i in side.depends_on(queue.pop())} - seen
        seen |= more
        queue += [i for i in more if i.kind not in holding]
    return {i for i in seen - {query} if i.kind in holding}


def _whole(identity: Identity, side: Catalog) -> Identity:
    """Climb from a column to its table."""
    obj = side.get(identity)
    while obj is not None and obj.parent is not None and len(obj.parent.path) >= _RELATION:
        identity = obj.parent
        obj = side.get(identity)
    return identity

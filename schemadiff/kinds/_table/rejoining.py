"""Heirs that leave a table for as long as it changes, and then join it again.

One that is made anew has none meanwhile. The surprising fact: a column that an heir has from two
tables, which do not have it from the same one, is altered through neither of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.kinds._table.for_good import in_order_of_types
from schemadiff.kinds._table.heirs import RELATIONS, Path, lineage, parents, relation


def who_rejoins(current: Catalog, desired: Catalog) -> Catalog:
    """Give the heirs with the tables above them that they leave and come back to."""
    desired = in_order_of_types(current, desired)
    found = dict[Identity, DbObject]()
    for identity in desired.of(*RELATIONS):
        old: Any = current.get(identity)
        new: Any = desired.objects[identity]
        if old is not None and new.inherits and (left := _rejoins(old, new, current, desired)):
            found[identity] = replace(new, rejoins=left)
    return replace(desired, objects={**desired.objects, **found}) if found else desired


def _rejoins(old: Any, new: Any, current: Catalog, desired: Catalog) -> tuple[Path, ...]:
    both = [p for p in new.inherits if p in old.inherits]
    left = {p for p in both if _goes(p, current, desired)}
    for name in _retyped(both, current, desired) if len(both) > 1 else ():
        tops = {p: found for p in both if (found := _tops(current, p, name))}
        first = next(iter(tops.values()))
        left |= {p for p, found in tops.items() if found != first}
    return tuple(p for p in both if p in left)


def _goes(path: Path, current: Catalog, desired: Catalog) -> bool:
    """Tell whether a table is made anew, or one of another kind takes its place."""
    old, new = relation(current, path), relation(desired, path)
    another = None not in (old, new) and old.identity.kind != new.identity.kind
    return another or bool(getattr(new, "column_order", ()))


def retyped(path: Path, current: Catalog, desired: Catalog) -> Iterator[Any]:
    """Give the columns, as they will be, that get another type in a table or above it."""
    for each in lineage(desired, path):
        for identity in _columns(desired, each):
            old: Any = current.get(identity)
            new: Any = desired.objects[identity]
            if old is not None and (old.type, old.collation) != (new.type, new.collation):
                yield new


def shared(path: Path, others: list[Path], catalog: Catalog) -> Iterator[Identity]:
    """Name the columns of other tables that an heir of a table as well has from both."""
    names = {i.name for each in lineage(catalog, path) for i in _columns(catalog, each)}
    for each in (above for other in others for above in lineage(catalog, other)):
        yield from (i for i in _columns(catalog, each) if i.name in names)


def _retyped(paths: list[Path], current: Catalog, desired: Catalog) -> set[str]:
    return {c.identity.name for p in paths for c in retyped(p, current, desired)}


def _columns(catalog: Catalog, path: Path) -> Iterator[Identity]:
    inside = (i for k in RELATIONS for i in catalog.children.get(Identity(k, path), ()))
    return (i for i in inside if i.kind == "column")


def _tops(catalog: Catalog, path: Path, name: str) -> frozenset[Path]:
    """Name the uppermost tables that a table has a column from."""
    table = relation(catalog, path)
    above = (_tops(catalog, p, name) for p in (parents(table) if table is not None else ()))
    found: frozenset[Path] = frozenset().union(*above)
    own = any(Identity("column", (*path, name)) == i for i in _columns(catalog, path))
    return found or frozenset([path] if own else ())

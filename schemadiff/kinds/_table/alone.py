"""What is said in tables that stand alone in between, as they leave or join others, and rests on.

The surprising fact: pg_depend knows an inherited column too, but a catalog has none there, so what
it rests on is what the column above it does. So it is with defaults and checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace
from schemadiff.kinds._table.as_called import clones_as_called
from schemadiff.kinds._table.heirs import RELATIONS, Path, lineage, reconcile

_SAYING = frozenset({"column", "default", "check"})


def standing_alone(current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
    """Give both sides with the tables that move standing alone, with what they rest on."""
    desired = clones_as_called(desired)
    before, after = reconcile(current, desired)
    before, after = _keyed(current, before), _keyed(desired, after)
    return _resting(current, before), _resting(desired, after)


def _keyed(side: Catalog, alone: Catalog) -> Catalog:
    """Have columns that stand alone be NOT NULL where a key of the table's own made them so."""
    found: dict[Identity, DbObject] = {}
    for identity in (i for i in alone.objects if i.kind == "column" and i not in side):
        column: Any = alone.objects[identity]
        keys: list[Any] = [
            side.objects[i] for i in side.children.get(column.parent, ()) if i.kind == "primary_key"
        ]
        if not column.not_null and any(identity.name in key.columns for key in keys):
            found[identity] = replace(column, not_null=True)
    return replace(alone, objects={**alone.objects, **found}) if found else alone


def _resting(side: Catalog, alone: Catalog) -> Catalog:
    if alone is side:
        return side
    found = dict(side.dependencies)
    for identity in (i for i in alone.objects if i.kind in _SAYING and i not in side):
        table, rests = identity.path[:2], set[Identity]()
        for path in lineage(side, table):
            above = Identity(identity.kind, (*path, identity.name))
            for each in side.depends_on(above) if above in side else ():
                rests.update(_beside(each, table, alone) if each.path[:2] == path else {each})
        # It may be known as what it was before, of which the files do not speak.
        found[identity] = frozenset(rests)
    for identity, own in _inside(side, alone):
        found[identity] = found.get(identity, frozenset()) | own
    return replace(alone, dependencies=found)


def _inside(side: Catalog, alone: Catalog) -> Iterator[tuple[Identity, frozenset[Identity]]]:
    """Give what else a table has that rests on columns from above, with those as its own."""
    come = frozenset(i for i in alone.objects if i.kind == "column" and i not in side)
    for table in sorted({i.path[:2] for i in come}):
        above = {*lineage(side, table)}
        parts = (Identity(kind, table) for kind in RELATIONS)
        for each in (i for part in parts for i in side.children.get(part, ()) if i in alone):
            rests = (i for i in side.depends_on(each) if i.kind == "column" and i.path[:2] in above)
            if own := come.intersection(i.moved(i.path[:2], table) for i in rests):
                yield each, own


def _beside(above: Identity, table: Path, alone: Catalog) -> Iterator[Identity]:
    """Name what stands for a part of the table above: the table's own, or what others have."""
    own = above.moved(above.path[:2], table)
    others = (above.moved(above.path[:2], path) for path in lineage(alone, table))
    yield from (i for i in ([own] if own in alone else others) if i in alone and i != above)

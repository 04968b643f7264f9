"""What columns rest on that tables have by themselves in between, as they leave or join others.

The surprising fact: pg_depend knows an inherited column too, but a catalog has none there, so what
it rests on is what the column above it does.
"""

from __future__ import annotations

from dataclasses import replace

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.kinds._table.heirs import lineage, reconcile


def standing_alone(current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
    """Give both sides with the tables that move standing alone, with what they rest on."""
    before, after = reconcile(current, desired)
    return _resting(current, before), _resting(desired, after)


def _resting(side: Catalog, alone: Catalog) -> Catalog:
    found = dict(side.dependencies)
    for identity in (i for i in alone.objects.keys() - side.objects.keys() if i.kind == "column"):
        path = identity.path[:2]
        above = (Identity("column", (*p, identity.name)) for p in lineage(side, path))
        for each in (i for i in above if i in side.objects):
            rests = (i for i in side.depends_on(each) if i.path[:2] != each.path[:2])
            found[identity] = found.get(identity, frozenset()).union(rests)
    return replace(alone, dependencies=found) if found.keys() != side.dependencies.keys() else alone

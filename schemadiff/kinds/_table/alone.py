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
    if alone is side:
        return side
    found = dict(side.dependencies)
    for identity in (i for i in alone.objects if i.kind == "column" and i not in side):
        table, rests = identity.path[:2], set[Identity]()
        for path in lineage(side, table):
            above = Identity("column", (*path, identity.name))
            for each in side.depends_on(above) if above in side else ():
                # What is generated rests on columns beside it.
                rests.add(each.moved(path, table) if each.path[:2] == path else each)
        # It may be known as what it was before, of which the files do not speak.
        found[identity] = frozenset(rests)
    return replace(alone, dependencies=found)

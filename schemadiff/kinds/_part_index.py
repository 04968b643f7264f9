"""Indexes and keys that a partition declares, of which its whole has one alike.

The statement for the whole takes one of a partition that is alike for its own, whatever that
is called (manual, CREATE INDEX); from then on it belongs to the whole's. The surprising fact: one
that is made afterwards is a second index of the same columns, and stays the partition's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import ObjectKind
from schemadiff.core.record import replace
from schemadiff.kinds._index.comment import OF_PART
from schemadiff.kinds._index.parts import shape
from schemadiff.kinds._part_of_index import usual_part_name
from schemadiff.kinds._table.heirs import relation


def alike_above(index: Any, side: Catalog) -> Iterator[Identity]:
    """Name the indexes like one of a partition that the tables above it have."""
    part = relation(side, index.identity.path[:2])
    while part is not None and part.partition_of is not None:
        part = relation(side, part.partition_of)
        for each in side.children.get(part.identity, ()) if part is not None else ():
            if each.kind == index.identity.kind and shape(side.objects[each]) == shape(index):
                yield each


class LeftToWhole(ObjectKind):
    """A kind of which the whole's objects take over those of partitions."""

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Give the desired side without what the whole's index is, or will be, on a partition."""
        gone = {i for i in desired.of(self.name) if _is_taken_over(i, current, desired)}
        if not gone:
            return current, desired
        kept = {i: o for i, o in desired.objects.items() if i not in gone and o.parent not in gone}
        return current, replace(desired, objects=kept)

    def beside(self, obj: Any, catalog: Catalog) -> Iterable[Identity]:
        """What has its name first, in a new part, where a whole's gets another one there."""
        for each in catalog.children.get(obj.parent, ()):
            other: Any = catalog.objects[each]
            if each.kind == OF_PART and other.usual == obj.identity.name:
                yield from (each, other.whole)


def _is_taken_over(identity: Identity, current: Catalog, desired: Catalog) -> bool:
    index: Any = desired.objects[identity]
    above = [*alike_above(index, desired)]
    if not above:
        return False
    before: Any = current.get(above[-1])  # that of the uppermost table makes the others
    # One that lacks those of partitions is made again.
    made = before is None or shape(before) != shape(index) or not before.valid
    if identity in current:
        return made
    part = relation(current, identity.path[:2])
    clones = getattr(part, "clones", ())
    if any((kind, here) == (identity.kind, identity.name) for kind, here, _ in clones):
        return True
    return made and identity.name == usual_part_name(identity.path[1], index)

"""What the server said: objects in its own words, and what they depend on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.record import record


@record(frozen=True)
class Answers:
    """Objects by the identity that was asked for, and their edges."""

    objects: dict[Identity, DbObject] = field(default_factory=dict)
    edges: dict[Identity, frozenset[Identity]] = field(default_factory=dict)

    def merged(self, other: Answers) -> Answers:
        """Give both; the other's word counts where both speak."""
        return Answers({**self.objects, **other.objects}, {**self.edges, **other.edges})

    def as_they_are(self, current: Catalog, same: Iterable[Identity]) -> Answers:
        """Give the live objects in place of those that turned out to mean the same."""
        live = {i: current.objects[i] for i in same}
        edges = {i: current.depends_on(i) for i in live}
        return Answers({**self.objects, **live}, {**self.edges, **edges})


def only_texts_differ(new: DbObject, old: DbObject | None, registry: Registry) -> bool:
    """Tell whether two objects differ in nothing but texts, which may mean the same."""
    if old is None or old == new:
        return False
    return changed_attributes(old, new) <= registry.of(new).texts

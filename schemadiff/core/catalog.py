"""The set of normalised objects of one side.

Dependencies may come later than the objects: a plan without changes never asks for them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject

UNMANAGED = "unmanaged"  # the kind of what no kind manages, where it stands in the way of another

Edges = Mapping[Identity, frozenset[Identity]]


@dataclass(frozen=True, slots=True, order=True)
class Unmanaged:
    """Something that exists on the server and that no kind manages."""

    kind: str
    name: str
    reason: str = ""


@dataclass(frozen=True)
class Catalog:
    """Objects by identity, what each depends on, and what was seen but is not managed."""

    objects: Mapping[Identity, DbObject]
    dependencies: Edges = field(default_factory=dict)
    unmanaged: tuple[Unmanaged, ...] = ()
    guessed: frozenset[Identity] = frozenset()  # whose dependencies nobody but their words told
    version: int = 180000
    # (kind, identity): whose attachments of a kind are told; None where everything is.
    spoken: frozenset[tuple[str, Identity]] | None = None

    def get(self, identity: Identity) -> DbObject | None:
        """Give the object of that identity, or None."""
        return self.objects.get(identity)

    def __contains__(self, identity: object) -> bool:
        """Tell whether an object of that identity exists."""
        return identity in self.objects

    @cached_property
    def children(self) -> Mapping[Identity, tuple[Identity, ...]]:
        """Children by parent, in the order of the objects."""
        found: dict[Identity, list[Identity]] = defaultdict(list)
        for identity, obj in self.objects.items():
            if (parent := obj.parent) is not None:
                found[parent].append(identity)
        return {k: tuple(v) for k, v in found.items()}

    @cached_property
    def dependents(self) -> Edges:
        """Who depends on each identity (by pg_depend and by the objects' own fields)."""
        found: dict[Identity, set[Identity]] = defaultdict(set)
        for identity in self.objects:
            for other in self.depends_on(identity):
                found[other].add(identity)
        return {k: frozenset(v) for k, v in found.items()}

    @cached_property
    def outsiders(self) -> Edges:
        """What no kind manages and yet depends on an object, by that object."""
        found: dict[Identity, set[Identity]] = defaultdict(set)
        for identity, edges in self.dependencies.items():
            if identity.kind == UNMANAGED:
                for other in edges:
                    found[other].add(identity)
        return {k: frozenset(v) for k, v in found.items()}

    def depends_on(self, identity: Identity) -> frozenset[Identity]:
        """What an object depends on, its parent not counted."""
        known = self.dependencies.get(identity, frozenset())
        obj = self.objects.get(identity)
        own = frozenset(obj.refers) if obj is not None else frozenset()
        return (known | own) - {identity}

    def descendants(self, identity: Identity) -> list[Identity]:
        """All children, their children and so on, parents first."""
        found: list[Identity] = []
        queue = list(self.children.get(identity, ()))
        while queue:
            each = queue.pop(0)
            found.append(each)
            queue.extend(self.children.get(each, ()))
        return found

    def with_objects(
        self, objects: Iterable[DbObject], dependencies: Edges | None = None
    ) -> Catalog:
        """Give the same catalog with other objects."""
        deps = self.dependencies if dependencies is None else dependencies
        return replace(self, objects={o.identity: o for o in objects}, dependencies=deps)

    def fingerprint(self) -> str:
        """Hash everything that is compared; equal for equal states."""
        digest = hashlib.sha256()
        for identity in sorted(self.objects):
            digest.update(repr(self.objects[identity]).encode())
        return digest.hexdigest()[:16]

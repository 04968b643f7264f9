"""The set of normalised objects of one side.

Dependencies may come later than the objects: a plan without changes never asks for them.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property

from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.record import record, replace

UNMANAGED = "unmanaged"  # the kind of what no kind manages, where it stands in the way of another

_LONG = 2  # schema and name: by these the objects are told apart when children are looked for
_NOTHING = DbObject.refers

Edges = Mapping[Identity, frozenset[Identity]]


@record(frozen=True, slots=True, order=True)
class Unmanaged:
    """Something that exists on the server and that no kind manages."""

    kind: str
    name: str
    reason: str = ""


class Children:
    """Children by parent, looked for among what shares the beginning of its path."""

    def __init__(self, objects: Mapping[Identity, DbObject], like: Children | None = None) -> None:
        """Look at nothing yet: most plans ask for a few of many, and `like` knows most of them."""
        self._objects = objects
        self._like = like
        self._near: dict[tuple[str, ...], list[Identity]] = {}
        self._more: dict[tuple[str, ...], list[Identity]] | None = None
        self._found: dict[Identity, tuple[Identity, ...]] = {}
        self._sorted: set[tuple[str, ...]] = set()

    def __getitem__(self, parent: Identity) -> tuple[Identity, ...]:
        """Give the children of an object, none where it has none."""
        return self.get(parent)

    def get(
        self, parent: Identity | None, default: tuple[Identity, ...] = ()
    ) -> tuple[Identity, ...]:
        """Give the children of an object, or `default` where it has none."""
        if parent is None:
            return default
        found = self._found.get(parent)
        if found is None and len(parent.path) >= _LONG:
            group = parent.path[:_LONG]
            if group not in self._sorted:
                self._sort(group)
            found = self._found.get(parent)
        elif found is None:
            objects, near = self._objects, self._beside(parent.path)
            found = tuple([i for i in near if (o := objects.get(i)) and o.parent == parent])
            self._found[parent] = found
        return found or default

    def _sort(self, group: tuple[str, ...]) -> None:
        """Note the children of everything whose path begins so."""
        objects, found = self._objects, self._found
        children: dict[Identity, list[Identity]] = defaultdict(list)
        for identity in self._beside(group):
            if (obj := objects.get(identity)) and (parent := obj.parent):
                children[parent].append(identity)
        found.update((p, tuple(some)) for p, some in children.items() if p.path[:_LONG] == group)
        self._sorted.add(group)

    def _beside(self, path: tuple[str, ...]) -> Iterable[Identity]:
        """Give what may live in something of that path: its own path begins with it."""
        if len(path) < _LONG:
            return [i for i in self._objects if i.path[: len(path)] == path]
        if self._like is not None:
            return self._beside_like(path, self._like)
        if not self._near:
            near: dict[tuple[str, ...], list[Identity]] = defaultdict(list)
            for identity in self._objects:
                near[identity.path[:_LONG]].append(identity)
            self._near = near
        return self._near.get(path[:_LONG], ())

    def _beside_like(self, path: tuple[str, ...], like: Children) -> Iterable[Identity]:
        """Give what the other catalog has there, and what only this one has."""
        if like._objects is self._objects:
            return like._beside(path)
        if self._more is None:
            self._more = defaultdict(list)
            new = self._objects.keys() - like._objects.keys()
            for identity in self._objects if new else ():
                if identity in new:
                    self._more[identity.path[:_LONG]].append(identity)
        return [*like._beside(path), *self._more.get(path[:_LONG], ())]


class Dependents(Mapping[Identity, frozenset[Identity]]):
    """Who depends on what: of a hundred thousand lists few are ever asked for."""

    def __init__(self, found: Mapping[Identity, list[Identity]]) -> None:
        """Take the lists as they come, which may name somebody twice, or the same."""
        self._found = found
        self._asked: dict[Identity, frozenset[Identity]] = {}

    def __getitem__(self, identity: Identity) -> frozenset[Identity]:
        """Give who depends on an object; raises KeyError where nobody ever did."""
        known = self._asked.get(identity)
        if known is None:
            known = self._asked[identity] = frozenset(self._found[identity]) - {identity}
        return known

    def __contains__(self, identity: object) -> bool:
        """Tell whether anybody does."""
        return identity in self._found

    def __iter__(self) -> Iterator[Identity]:
        """Go through what has dependents."""
        return iter(self._found)

    def __len__(self) -> int:
        """Count what has dependents."""
        return len(self._found)


@record(frozen=True)
class Catalog:
    """Objects by identity, what each depends on, and what was seen but is not managed."""

    objects: Mapping[Identity, DbObject]
    dependencies: Edges = field(default_factory=dict)
    unmanaged: tuple[Unmanaged, ...] = ()
    guessed: frozenset[Identity] = frozenset()  # whose dependencies nobody but their words told
    version: int = 180000
    # (kind, identity): whose attachments of a kind are told; None where everything is.
    spoken: frozenset[tuple[str, Identity]] | None = None
    # A catalog with nearly the same objects: what it knows of them need not be found out again.
    like: Catalog | None = field(default=None, compare=False, repr=False)

    def get(self, identity: Identity) -> DbObject | None:
        """Give the object of that identity, or None."""
        return self.objects.get(identity)

    def __contains__(self, identity: object) -> bool:
        """Tell whether an object of that identity exists."""
        return identity in self.objects

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Identity]]:
        found: dict[str, list[Identity]] = defaultdict(list)
        for identity in self.objects:
            found[identity.kind].append(identity)
        return found

    def of(self, *kinds: str) -> list[Identity]:
        """List the objects of some kinds, kind after kind, each in the order of the objects."""
        found = self._by_kind
        return [i for kind in kinds for i in found.get(kind, ())]

    @cached_property
    def children(self) -> Children:
        """Children by parent, in the order of the objects, or of those of the catalog alike."""
        return Children(self.objects, self.like.children if self.like is not None else None)

    @cached_property
    def places(self) -> Mapping[Identity, int]:
        """Tell where each object stands among all; children may stand as in a catalog alike."""
        return {identity: place for place, identity in enumerate(self.objects)}

    @cached_property
    def dependents(self) -> Edges:
        """Who depends on each identity (by pg_depend and by the objects' own fields)."""
        if self.like is not None:
            return self._dependents_like(self.like)
        found: dict[Identity, list[Identity]] = defaultdict(list)
        objects = self.objects
        for identity, edges in self.dependencies.items():
            if identity in objects:
                for other in edges:
                    found[other].append(identity)
        for identity, obj in objects.items():
            if type(obj).refers is not _NOTHING:
                for other in obj.refers:
                    found[other].append(identity)
        return Dependents(found)

    def _dependents_like(self, like: Catalog) -> Edges:
        """Give the other catalog's, but for what is another object, or rests on something else."""
        objects, edges = self.objects, self.dependencies
        there, known = like.objects, like.dependencies
        if objects is there and edges is known:
            return like.dependents
        apart = {i for i, o in objects.items() if there.get(i) is not o}
        apart |= {i for i, e in edges.items() if known.get(i) is not e}
        apart |= there.keys() - objects.keys()
        apart |= known.keys() - edges.keys()
        before = like.dependents
        found: dict[Identity, frozenset[Identity]] = {}
        for identity in apart:
            for other in like.depends_on(identity):
                found[other] = found.get(other, before.get(other, frozenset())) - {identity}
        for identity in apart:
            if identity in objects:
                for other in self.depends_on(identity):
                    found[other] = found.get(other, before.get(other, frozenset())) | {identity}
        return ChainMap(found, before)  # type: ignore[arg-type]  # which is only read

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

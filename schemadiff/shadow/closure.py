"""The smallest set of objects that lets the server answer a question.

What was pulled from the server has its dependencies in pg_depend; what the user wrote is scanned
for words that could be names, which finds too much rather than too little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import cached_property

from schemadiff.core.catalog import Catalog
from schemadiff.core.expression import names, qualified_names
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, ObjectKind, Registry, overriding
from schemadiff.core.object import DbObject, all_fields, changed_attributes
from schemadiff.core.record import record
from schemadiff.shadow.roles import roles_of


def in_live_order(catalog: Catalog, context: Context) -> Catalog:
    """Give the columns of what is there in its own order, and behind them what is made, or anew.

    So they will stand, whatever the order of the files is; and a query that reads the rows of a
    function is printed with the names of all their columns in turn (`FROM f() f(a, b)`), which
    would else be those of others. A typed table has the order of its type.
    """
    current, registry = context.current, context.registry
    ordered = overriding(registry, "written_order")
    sorting = [k.name for k in registry if k.sorts]
    typed = {catalog.objects[i].parent for i in catalog.of(*sorting)}
    groups: dict[Identity | None, list[Identity]] = defaultdict(list)
    for identity in catalog.of(*ordered):
        parent = catalog.objects[identity].parent
        if parent in current and parent not in typed:
            groups[parent].append(identity)
    moved: dict[Identity, Identity] = {}
    for group in groups.values():
        there = [current.objects[i] for i in group if i in current and not _comes(i, context)]
        there.sort(key=lambda o: registry.of(o).written_order(o))
        order = list(dict.fromkeys((*(o.identity for o in there), *group)))
        moved |= {a: b for a, b in zip(group, order, strict=True) if a != b}
    if not moved:
        return catalog
    objects = catalog.objects
    return catalog.with_objects(objects[moved.get(i, i)] for i in objects)


def _comes(identity: Identity, context: Context) -> bool:
    old, new = context.current.objects[identity], context.desired.objects[identity]
    changed = frozenset() if new is old else changed_attributes(old, new)
    return bool(changed) and context.registry.of(new).must_replace(old, new, changed, context)


@record(frozen=True)
class Mixed:
    """A catalog of raw objects and live ones; `raw` names those that only the user has said.

    `deep` follows bodies that are strings too, of which the server knows no dependencies.
    """

    catalog: Catalog
    raw: frozenset[Identity]
    registry: Registry
    deep: bool = False

    @cached_property
    def by_word(self) -> dict[str, tuple[Identity, ...]]:
        """The objects that a word in SQL could mean."""
        found: dict[str, list[Identity]] = defaultdict(list)
        for kind in self._named:
            part = kind.name_part
            for identity in self.catalog.of(kind.name):
                found[identity.path[part]].append(identity)
        for (_, name), identity in self._beside:
            found[name].append(identity)
        return {k: tuple(v) for k, v in found.items()}

    @cached_property
    def _needed(self) -> dict[Identity, frozenset[Identity]]:
        return {}

    def needs(self, identity: Identity) -> frozenset[Identity]:
        """What an object depends on: known, or guessed from its words."""
        if identity not in self._needed:
            self._needed[identity] = self._needs(identity)
        return self._needed[identity]

    def _needs(self, identity: Identity) -> frozenset[Identity]:
        kind = self.registry[identity.kind]
        obj = self.catalog.objects[identity]
        texts: Iterable[str]
        if identity in self.raw:
            texts = (*strings(obj, kind.lasting), *(identity.path if kind.dubious else ()))
        elif self.deep and kind.spaces:
            texts = [t for name in kind.opaque for t in _strings(getattr(obj, name))]
        else:
            return self.catalog.depends_on(identity)
        known = set(self.catalog.depends_on(identity))
        for text in texts:
            for word in names(text):
                known.update(self.by_word.get(word, ()))
        known.discard(identity)
        return frozenset(known)

    @cached_property
    def by_path(self) -> dict[tuple[str, ...], tuple[Identity, ...]]:
        """The objects that a qualified name in SQL could mean."""
        found: dict[tuple[str, ...], list[Identity]] = defaultdict(list)
        for identity in self.catalog.of(*(k.name for k in self._named)):
            found[identity.path[:2]].append(identity)
        for path, identity in self._beside:
            found[path].append(identity)
        return {k: tuple(v) for k, v in found.items()}

    @property
    def _beside(self) -> Iterator[tuple[tuple[str, str], Identity]]:
        """Give the types that come with others, by schema and name, each with what brings it."""
        for identity in self.catalog.of(*overriding(self.registry, "types_beside")):
            obj = self.catalog.objects[identity]
            for space, schema, name in self.registry[identity.kind].occupies(obj):
                if space == "type" and (schema, name) != identity.path:
                    yield (schema, name), identity

    @property
    def _named(self) -> list[ObjectKind]:
        return [k for k in self.registry if k.spaces]

    def named(self, identity: Identity) -> frozenset[Identity]:
        """What an object names with its schema, in fields that were not put to the server."""
        obj = self.catalog.objects[identity]
        kind = self.registry.of(obj)
        opaque = kind.opaque | kind.lasting
        fields = [n for n in all_fields(type(obj)) if n not in opaque]
        texts = [*(t for n in fields for t in _strings(getattr(obj, n))), *identity.path[2:]]
        found = {i for t in texts for p in qualified_names(t) for i in self.by_path.get(p, ())}
        return frozenset(found - {identity})

    def closure(self, wanted: Iterable[Identity]) -> Catalog:
        """Give the objects that the wanted ones rest on, with the edges between them."""
        edges: dict[Identity, frozenset[Identity]] = {}
        queue = list(wanted)
        while queue or (queue := [i for i in self._unspoken(edges) if i not in edges]):
            identity = queue.pop()
            obj = self.catalog.get(identity)
            if obj is None or identity in edges or self.registry[identity.kind].keeps:
                continue
            edges[identity] = self.needs(identity)
            queue += edges[identity]
            queue += self.registry.of(obj).beside(obj, self.catalog)
            if obj.parent is not None:
                queue.append(obj.parent)
            queue += [
                c
                for c in self.catalog.children.get(identity, ())
                if self.registry[c.kind].essential
            ]
        objects = [o for i, o in self.catalog.objects.items() if i in edges]
        return self.catalog.with_objects(objects, edges)

    def _unspoken(self, edges: Container[Identity]) -> Iterator[Identity]:
        """Name the casts and classes of types that are there, which may be used without a word."""
        for identity in self._of_types:
            if any(i in edges for i in self._of_types[identity]):
                yield identity

    @cached_property
    def _of_types(self) -> dict[Identity, frozenset[Identity]]:
        registry = self.registry
        found = self.catalog.of(*(k.name for k in registry if k.unspoken))
        return {
            i: frozenset(n for n in self.needs(i) if "type" in registry[n.kind].spaces)
            for i in found
        }


def brought(catalog: Catalog, registry: Registry) -> list[Identity]:
    """Whatever the text says, it may use what an extension brought: they are always there."""
    return catalog.of(*(k.name for k in registry if k.brings))


def needed(wanted: Catalog, registry: Registry) -> tuple[list[str], frozenset[str]]:
    """Name the extensions and the roles that have to be at hand where a catalog is built."""
    return [i.name for i in brought(wanted, registry)], roles_of(wanted, registry)


def strings(obj: DbObject, but: Container[str]) -> Iterator[str]:
    """Give every text in an object's fields, however deep, but for some of them."""
    for name in all_fields(type(obj)):
        if name not in but:
            yield from _strings(getattr(obj, name))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Identity):
        yield value.name
    elif isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _strings(getattr(value, name))

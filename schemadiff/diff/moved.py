"""The catalog once something in it is called otherwise, with all that moves along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Rename
from schemadiff.core.identity import Identity
from schemadiff.core.object import DbObject
from schemadiff.core.online import temporary_name
from schemadiff.core.record import replace

_Pair = tuple[Identity, Identity]


class Moving:
    """A catalog in which one thing after the other gets another name.

    Renames that have nothing to do with one another are gathered until somebody looks, for each
    new catalog costs as much as it has objects.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Begin with the catalog before the first rename."""
        self._catalog = catalog
        self._pairs: list[_Pair] = []
        self._moved: dict[Identity, Identity] = {}
        self._come: set[Identity] = set()

    def __contains__(self, identity: object) -> bool:
        """Tell whether an object of that identity exists by now."""
        return identity in self._come or (identity in self._catalog and identity not in self._moved)

    @property
    def catalog(self) -> Catalog:
        """The catalog after all renames so far."""
        if self._pairs:
            self._catalog = _called(self._catalog, self._moved, self._pairs)
            self._pairs, self._moved, self._come = [], {}, set()
        return self._catalog

    def called(self, old: Identity, new: Identity) -> Rename:
        """Give a rename without doing it, and without what steps aside for it."""
        here = self._catalog if self._untouched({old}) else self.catalog
        return _rename(here, old, new)

    def rename(self, old: Identity, new: Identity) -> Rename:
        """Rename an object and all that moves with it."""
        if self._untouched({old, new}) and old.schema == new.schema:
            moved = _with_it(self._catalog, old, new)
            if self._untouched(moved.keys() | moved.values()):
                self._pairs.append((old, new))
                self._moved |= moved
                self._come.update(moved.values())
                return _rename(self._catalog, old, new)
        rename, self._catalog = renaming(self.catalog, old, new)
        return rename

    def _untouched(self, some: set[Identity]) -> bool:
        return self._moved.keys().isdisjoint(some) and self._come.isdisjoint(some)


def _rename(catalog: Catalog, old: Identity, new: Identity) -> Rename:
    obj = catalog.objects[old]
    return Rename(obj, replace(obj, identity=new).beside_renamed(old, new))


def renaming(catalog: Catalog, old: Identity, new: Identity) -> tuple[Rename, Catalog]:
    """Give the rename of an object, and the catalog after it."""
    after = renamed_catalog(catalog, old, new)
    aside = tuple((here, there) for here, there in _parked(catalog, old, new) if there in after)
    return Rename(catalog.objects[old], after.objects[new], aside), after


def renamed_back(catalog: Catalog, rename: Rename) -> Catalog:
    """Give the catalog as it was before a rename."""
    catalog = renamed_catalog(catalog, rename.identity, rename.old.identity)
    for here, there in rename.aside:
        waiting = Identity(here.kind, (here.schema, *there.path[1:]))
        catalog = renamed_catalog(catalog, waiting, here)
    return catalog


def _parked(catalog: Catalog, old: Identity, new: Identity) -> Iterator[tuple[Identity, Identity]]:
    if old.schema != new.schema:
        inside = {old, *catalog.descendants(old)}
        for here, there in _moved_along(catalog, inside, new.schema).items():
            if here.path[1:] != there.path[1:] and catalog.objects[here].beside is not None:
                yield here, there


def renamed_catalog(catalog: Catalog, old: Identity, new: Identity) -> Catalog:
    """Give the catalog in which an object, and all that moves with it, have their new names."""
    moved = _with_it(catalog, old, new)
    after = _called(catalog, moved, [(old, new)])
    if old.schema == new.schema:
        return after
    edges = dict(after.dependencies)
    for before, there in moved.items():
        home = catalog.objects[before].parent if before in catalog else None
        if home is not None and home in edges.get(there, ()):
            # What moves to another schema does not need the old one any more.
            parent = after.objects[there].parent
            edges[there] = edges[there] - {home} | frozenset(filter(None, [parent]))
    return replace(after, dependencies=edges)


def _with_it(catalog: Catalog, old: Identity, new: Identity) -> dict[Identity, Identity]:
    """Tell what all is called otherwise once one object is."""
    inside = {old, *catalog.descendants(old)}
    moved = {i: _moved(i, old, new) for i in inside}
    moved |= catalog.objects[old].takes_along(new, catalog) if old in catalog else {}
    if old.schema != new.schema:
        moved |= _moved_along(catalog, inside, new.schema)
    return moved


def _called(catalog: Catalog, moved: Mapping[Identity, Identity], pairs: list[_Pair]) -> Catalog:
    """Give the catalog with other names, and what names something in a field told of each."""
    models = {type(o) for o in catalog.objects.values()}
    telling = {m for m in models if m.beside_renamed is not DbObject.beside_renamed}
    objects: list[DbObject] = []
    for identity, each in catalog.objects.items():
        obj = replace(each, identity=moved[identity]) if identity in moved else each
        for old, new in pairs if type(obj) in telling else ():
            obj = obj.beside_renamed(old, new)
        objects.append(obj)
    apart = moved.keys()
    edges = {
        moved.get(i, i): e if apart.isdisjoint(e) else frozenset(moved.get(o, o) for o in e)
        for i, e in catalog.dependencies.items()
    }
    return catalog.with_objects(objects, edges)


def _moved_along(catalog: Catalog, inside: set[Identity], schema: str) -> dict[Identity, Identity]:
    """Give the names of what lives beside something that moves to another schema."""
    found: dict[Identity, Identity] = {}
    for each, obj in catalog.objects.items():
        if each not in inside and obj.beside in inside:
            there = Identity(each.kind, (schema, *each.path[1:]))
            if there != each and there in catalog:  # it waits under another name
                free = temporary_name("moved name", *each.path, schema)
                there = Identity(each.kind, (schema, free))
            found |= {i: _moved(i, each, there) for i in (each, *catalog.descendants(each))}
    return found


def _moved(identity: Identity, old: Identity, new: Identity) -> Identity:
    if identity == old:
        return new
    size = len(old.path)
    if identity.path[:size] == old.path:
        return identity.moved(old.path, new.path)
    # A comment's path begins with the kind of its target.
    kind, rest = identity.path[:1], identity.path[1:]
    return Identity(identity.kind, kind + new.path + rest[size:])

"""Two catalogs to changes.

Equality comes first and is all that most objects ever see; what differs is looked at attribute
by attribute. Equal content under another name of the same parent is a rename, where the kind
says that this is what PostgreSQL users mean (constraints, indexes).
"""

from __future__ import annotations

from collections import defaultdict

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.kind import Registry
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.record import replace


def reconciled(current: Catalog, desired: Catalog, registry: Registry) -> tuple[Catalog, Catalog]:
    """Give both without what only one says and is the same to the server; PlanError as kinds do."""
    for kind in registry:
        current, desired = kind.reconcile(current, desired)
    return current, desired


def compare(current: Catalog, desired: Catalog, registry: Registry) -> list[Change]:
    """Give what has to change to get from `current` to `desired`, in no particular order."""
    changes: list[Change] = []
    before, after = current.objects, desired.objects
    if before is after:
        return changes
    for identity, new in after.items():
        old = before.get(identity)
        if old is None:
            changes.append(Create(new))
        elif old is not new and old != new:
            changes.append(Alter(old, new, changed_attributes(old, new)))
    for identity, old in before.items():
        if identity not in after and not registry.of(old).permanent(old):
            changes.append(Drop(old))
    return _renamed_by_content(changes, registry)


def _renamed_by_content(changes: list[Change], registry: Registry) -> list[Change]:
    dropped: dict[tuple[object, ...], list[Drop]] = defaultdict(list)
    for change in changes:
        if isinstance(change, Drop) and registry.of(change.old).known_by_content(change.old):
            dropped[_content(change.old)].append(change)
    if not dropped:
        return changes
    renames: dict[int, Rename] = {}
    gone: set[int] = set()
    for change in changes:
        if not isinstance(change, Create) or not registry.of(change.new).known_by_content(
            change.new
        ):
            continue
        candidates = dropped.get(_content(change.new), [])
        if candidates:
            drop = candidates.pop(0)
            gone.add(id(drop))
            renames[id(change)] = Rename(drop.old, change.new)
    return [renames.get(id(c), c) for c in changes if id(c) not in gone]


def _content(obj: DbObject) -> tuple[object, ...]:
    return (obj.identity.kind, obj.parent, replace(obj, identity=obj.identity._replace(path=())))

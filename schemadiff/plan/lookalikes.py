"""What goes and what comes, where the one may be the other under a new name.

A rename that nobody declared looks like a drop and a create, and is the most frequent way to lose
data by mistake. Only what is new and alike is named: whether it is a rename, only its author knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Change, Create, Drop
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, Registry, overriding
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.record import replace

__all__ = ["lookalikes"]

_ALIKE = 0.5  # of all parts that either has, so many are in both
_NAMED = 3  # more candidates than this say nothing


def lookalikes(
    changes: Iterable[Change], context: Context
) -> Mapping[Identity, tuple[Identity, ...]]:
    """Give, for what is dropped, the new objects that may be the same under another name."""
    renamable = overriding(context.registry, "rename")
    created: dict[str, list[DbObject]] = defaultdict(list)
    dropped: list[DbObject] = []
    for change in changes:
        if change.identity.kind in renamable:
            if isinstance(change, Create):
                created[change.identity.kind].append(change.new)
            elif isinstance(change, Drop) and context.registry.of(change.old).holds_data:
                dropped.append(change.old)
    found: dict[Identity, tuple[Identity, ...]] = {}
    for old in dropped:
        news = [n for n in created[old.identity.kind] if _alike(old, n, context)]
        if 0 < len(news) <= _NAMED:
            found[old.identity] = tuple(sorted(n.identity for n in news))
    return found


def _alike(old: DbObject, new: DbObject, context: Context) -> bool:
    if _home(old) != _home(new) and old.identity.name != new.identity.name:
        return False
    before = _parts(old.identity, context.current, context.registry)
    after = _parts(new.identity, context.desired, context.registry)
    if not before and not after:
        # Parts of the same object are told apart by what they are.
        changed = changed_attributes(replace(old, identity=new.identity), new)
        return changed <= context.registry.of(new).incidental and _home(old) == _home(new)
    return len(before & after) >= _ALIKE * len(before | after)


def _home(obj: DbObject) -> tuple[str, ...]:
    return obj.identity.path[:-1]


def _parts(identity: Identity, catalog: Catalog, registry: Registry) -> frozenset[tuple[str, ...]]:
    """Name what is in an object and holds data, by its place in there."""
    size = len(identity.path)
    inside = (i for i in catalog.descendants(identity) if registry[i.kind].holds_data)
    return frozenset((i.kind, *i.path[size:]) for i in inside)

"""Indexes of partitions that the server makes anew because a column of the whole changes its type.

The surprising fact: it makes them as those of the whole are, under the usual names. So what they
have of their own is given to them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject, changed_attributes
from schemadiff.core.record import replace
from schemadiff.kinds._expand.which import Move, move_of


def made_with_type(current: Catalog, desired: Catalog, kind: str) -> Catalog:
    """Give the current side with such indexes as the server leaves them, and without comments."""
    found: dict[Identity, DbObject] = {}
    gone: set[Identity] = set()
    for identity in current.of(kind):
        part: Any = current.objects[identity]
        if (
            identity in desired
            and _stays(part.whole, current, desired)
            and any(_retyped(part.whole, current, desired))
        ):
            said = current.children.get(identity, ())
            gone.update(said)
            # What comes after it waits for its name, though that be the usual one.
            called = None if said else part.usual
            found[identity] = replace(part, called=called, storage=None, statistics=())
    if not found:
        return current
    kept = {i: o for i, o in current.objects.items() if i not in gone}
    return replace(current, objects={**kept, **found})


def made_with(part: Any, context: Context) -> frozenset[Identity]:
    """Name the columns with whose types the index of a partition is made anew."""
    return frozenset(
        i
        for i in _retyped(part.whole, context.current, context.desired)
        if not isinstance(move_of(context.desired.objects[i], context), Move)
    )


def _retyped(whole: Identity, current: Catalog, desired: Catalog) -> Iterator[Identity]:
    for identity in current.depends_on(whole):
        old: Any = current.get(identity)
        new: Any = desired.get(identity)
        if identity.kind != "column" or old is None or new is None:
            continue
        if (old.type, old.collation) != (new.type, new.collation):
            yield identity


def _stays(whole: Identity, current: Catalog, desired: Catalog) -> bool:
    """Tell whether the index of the whole changes in nothing for which it has to be made anew."""
    old, new = current.get(whole), desired.get(whole)
    if old is None or new is None:
        return False
    return changed_attributes(old, new) <= {"storage", "statistics"}

"""A name under which something waits until what takes its place is there."""

from __future__ import annotations

from itertools import count

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.record import replace

_LONGEST = 63  # NAMEDATALEN - 1


def spare(obj: DbObject, context: Context) -> Identity:
    """Give an identity whose names nothing has on either side."""
    registry, path = context.registry, obj.identity.path
    kind, sides = registry.of(obj), (context.current, context.desired)
    own = set(kind.occupies(obj))  # a range has its multirange's name whatever it is called
    taken = {n for s in sides for o in s.objects.values() for n in registry.of(o).occupies(o)}
    for number in count(1):
        tail = "_before" if number == 1 else f"_before_{number}"
        name = path[-1].encode()[: _LONGEST - len(tail)].decode(errors="ignore") + tail
        away = Identity(obj.identity.kind, (*path[:-1], name))
        if taken.isdisjoint(set(kind.occupies(replace(obj, identity=away))) - own):
            return away
    raise AssertionError

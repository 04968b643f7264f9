"""Names that are traded: whoever holds the first steps aside, so that each finds its name free.

A key or an index that is renamed by its content takes a name among all relations of its schema.
Where two of different tables trade their names, no order of single renames works. All of it runs
in one transaction, so nobody ever sees the name in between.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Alter, Change, Drop, Rename
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.object import DbObject
from schemadiff.core.online import temporary_name
from schemadiff.core.operation import Operation
from schemadiff.core.record import replace

Name = tuple[str, str, str]


def trading(changes: Iterable[Change], context: Context) -> frozenset[Identity]:
    """Name one of each circle of renames that wait for one another's names."""
    renames = {c.identity: c for c in changes if isinstance(c, Rename)}
    holders = {
        n: i for i, c in renames.items() for n in names_of([c.old], context.current, context)
    }
    waits = {
        i: {holders[n] for n in names_of([c.new], context.desired, context) if n in holders} - {i}
        for i, c in renames.items()
    }
    aside: set[Identity] = set()
    for first in sorted(renames):
        if _comes_back(first, waits, aside):
            aside.add(first)
    return frozenset(aside)


def names_of(objects: Iterable[DbObject], side: Catalog, context: Context) -> frozenset[Name]:
    """Give the names that only one object may have.

    A constraint has its own in its table, and in those that have it from there.
    """
    found: set[Name] = set()
    for obj in objects:
        kind = context.registry.of(obj)
        for space, schema, name in kind.occupies(obj):
            if space != "constraint":
                found.add((space, schema, name))
                continue
            for path in (obj.identity.path[:2], *kind.spreads(obj, side)):
                found.add((space, ".".join(path), name))
    return frozenset(found)


def names_taken(changes: Iterable[Change], context: Context) -> frozenset[Name]:
    """Give the names that changes put on something, such as the sequence of an identity."""
    changed = [c for c in changes if not isinstance(c, Drop)]
    made = (c.new for c in changed if not isinstance(c, Alter))
    within = names_inside((c.new for c in changed), context)
    return names_of(made, context.desired, context) | within


def names_inside(objects: Iterable[DbObject], context: Context) -> frozenset[Name]:
    """Give the names of what comes and goes with objects, such as the sequence of an identity."""
    kinds = context.registry
    return frozenset(name for o in objects for name in kinds.of(o).names_within(o))


def _comes_back(
    first: Identity, waits: dict[Identity, set[Identity]], aside: set[Identity]
) -> bool:
    """Tell whether a rename waits for itself in the end, also when others have stepped aside."""
    seen: set[Identity] = set()
    queue = list(waits[first])
    while queue:
        each = queue.pop()
        if each == first:
            return True
        if each not in seen and each not in aside:
            seen.add(each)
            queue += waits[each]
    return False


def step_aside(change: Rename, context: Context) -> list[Operation]:
    """Rename in two steps, over a name that nobody has."""
    kind = context.registry.of(change.new)
    path = change.new.identity.path
    name = temporary_name("traded name", change.new.identity.kind, *path)
    between = replace(change.new, identity=change.new.identity._replace(path=(*path[:-1], name)))
    here = frozenset({between.identity})
    there = frozenset({change.new.identity})
    gone = frozenset({change.old.identity})
    leaves = kind.rename(change.old, between, context)
    arrives = kind.rename(between, change.new, context)
    return [
        *(replace(op, provides=op.provides | here, destroys=gone, bound=False) for op in leaves),
        *(replace(op, requires=op.requires | here, provides=there, bound=False) for op in arrives),
    ]

"""The two sides of the way back: the desired state with its renames taken back, and the live one.

The surprising fact: renames come first on the way back too, for a script whose renames come last
cannot be run twice. So the server says, in a scratch database, how the rest reads after them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Rename
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, Registry, overriding
from schemadiff.core.object import DbObject
from schemadiff.core.online import temporary_name
from schemadiff.core.record import replace
from schemadiff.diff.moved import renaming
from schemadiff.diff.renames import Renamed
from schemadiff.shadow.renaming import after_renames, brought_along
from schemadiff.shadow.resolve import Resolved
from schemadiff.shadow.server import Scratch, ShadowOptions

if TYPE_CHECKING:
    from psycopg import Connection


_Name = tuple[object, ...]


def _resting(catalog: Catalog, registry: Registry) -> Catalog:
    """Say on what rests that which is not known to rest on any of what it may rest on.

    It rested on what is gone then, or the plan alters it, so the server has not said it yet.
    """
    asked = overriding(registry, "alternatives")
    edges = dict(catalog.dependencies)
    for identity, obj in catalog.objects.items():
        if identity.kind in asked:
            there = {i for i in catalog.depends_on(identity) if i in catalog}
            any_of = registry.of(obj).alternatives(obj, catalog)
            if not there & any_of:
                edges[identity] = frozenset(there | any_of)
    return replace(catalog, dependencies=edges)


def _within(catalog: Catalog, registry: Registry) -> set[_Name]:
    """Give the names of what comes with an object and is none itself."""
    speaking = overriding(registry, "names_within")
    objects = [catalog.objects[i] for i in catalog.of(*speaking)]
    return {(*n, ()) for o in objects for n in registry.of(o).names_within(o)}


def _wanted(catalog: Catalog, old: Identity, new: Identity, registry: Registry) -> set[_Name]:
    """Give the names that something returns to."""
    obj = catalog.objects[old]
    return _names(replace(obj, identity=new), registry) - _names(obj, registry)


def _holders(
    catalog: Catalog, new: Identity, wanted: set[_Name], registry: Registry
) -> list[Identity] | None:
    """Name what has these names, or is called like what returns; None where it cannot make room."""
    speaking = catalog.of(*overriding(registry, "occupies"))
    found = [i for i in speaking if wanted & _names(catalog.objects[i], registry)]
    found += [new] if new in catalog and new not in found else []
    movable = all(i.kind in overriding(registry, "rename") for i in found)
    return sorted(found) if movable else None


def _names(obj: DbObject, registry: Registry) -> set[_Name]:
    """Give the names that only one object may have; that of a constraint is so in its table."""
    found = registry.of(obj).occupies(obj)
    return {(*n, obj.identity.path[:2] if n[0] == "constraint" else ()) for n in found}


def _last(old: Identity, renames: Iterable[Rename], catalog: Catalog) -> Identity:
    """Name the end of the chain that moves up: that name alone nothing has afterwards."""
    followers = {each.old.identity: each.new.identity for each in renames}
    while (follower := followers.pop(old, None)) is not None and follower in catalog:
        old = follower
    return old


def _standing(context: Context) -> Catalog:
    """Have objects say what the server will tell of them when the plan has been applied."""
    asked = overriding(context.registry, "afterwards")
    objects = dict(context.desired.objects)
    for identity in context.desired.of(*asked):
        kind = context.registry[identity.kind]
        objects[identity] = kind.afterwards(objects[identity], context)
    return replace(context.desired, objects=objects)


def way_back(
    resolved: Resolved, connection: Connection[Any], registry: Registry, options: ShadowOptions
) -> tuple[Catalog, tuple[Rename, ...]]:
    """Give the desired catalog after the renames back, and these renames in their order."""
    resting = _resting(resolved.desired, registry)
    context = Context(resolved.current, resting, connection.info.server_version, registry)
    catalog = _standing(context)
    within = _within(catalog, registry)
    renames: list[Rename] = []
    for each in reversed(resolved.renames):
        old, new = each.new.identity, each.old.identity
        if old == new:
            obj = catalog.objects[old]
            if (back := registry.of(obj).carried(obj, each.old)) is not None:
                renames.append(Rename(obj, back))
                catalog = brought_along(catalog, renames[-1:])
            continue
        if old not in catalog:
            continue
        wanted = _wanted(catalog, old, new, registry)
        holders = _holders(catalog, new, wanted, registry) if wanted.isdisjoint(within) else None
        movable = holders == [] or registry[old.kind].exists(catalog.objects[old])
        if holders is None or not movable:
            continue  # the plan finds a way when that is gone
        for holder in holders:
            # The plan has made it, and it goes: not so the rows of what returns to its name.
            waits = list(holder.path)
            free = temporary_name("way back", *holder.path, *new.path)
            waits[registry[holder.kind].name_part] = free
            rename, catalog = renaming(catalog, holder, Identity(holder.kind, tuple(waits)))
            last = _last(old, resolved.renames, catalog)
            renames.append(replace(rename, makes_room=catalog.objects[last]))
        rename, catalog = renaming(catalog, old, new)
        renames.append(rename)
    if not renames:
        return catalog, ()
    inspection = replace(resolved.inspection, catalog=resolved.desired)
    renamed = Renamed(tuple(renames), catalog)
    with Scratch(connection, options) as scratch:
        return after_renames(inspection, renamed, scratch, registry), renamed.renames

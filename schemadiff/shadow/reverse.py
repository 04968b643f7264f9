"""The two sides of the way back: the desired state with its renames taken back, and the live one.

The surprising fact: renames come first on the way back too, for a script whose renames come last
cannot be run twice. So the server says, in a scratch database, how the rest reads after them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.change import Rename
from schemadiff.core.kind import Registry, overriding
from schemadiff.diff.renames import Renamed, renaming
from schemadiff.shadow.renaming import after_renames, brought_along
from schemadiff.shadow.resolve import Resolved
from schemadiff.shadow.server import Scratch, ShadowOptions

if TYPE_CHECKING:
    from psycopg import Connection


def _resting(catalog: Catalog, registry: Registry) -> Catalog:
    """Say on what rests that which the plan leaves alone, where it rested on what is gone then."""
    asked = overriding(registry, "alternatives")
    edges = dict(catalog.dependencies)
    for identity, obj in catalog.objects.items():
        if identity.kind in asked:
            there = {i for i in catalog.depends_on(identity) if i in catalog}
            if len(there) < len(catalog.depends_on(identity)):
                edges[identity] = frozenset(there | registry.of(obj).alternatives(obj, catalog))
    return replace(catalog, dependencies=edges)


def way_back(
    resolved: Resolved, connection: Connection[Any], registry: Registry, options: ShadowOptions
) -> tuple[Catalog, tuple[Rename, ...]]:
    """Give the desired catalog after the renames back, and these renames in their order."""
    catalog = _resting(resolved.desired, registry)
    renames: list[Rename] = []
    for each in reversed(resolved.renames):
        old, new = each.new.identity, each.old.identity
        if old == new:
            obj = catalog.objects[old]
            if (back := registry.of(obj).carried(obj, each.old)) is not None:
                renames.append(Rename(obj, back))
                catalog = brought_along(catalog, renames[-1:])
            continue
        if old not in catalog or new in catalog:
            continue
        rename, catalog = renaming(catalog, old, new)
        renames.append(rename)
    if not renames:
        return catalog, ()
    inspection = replace(resolved.inspection, catalog=resolved.desired)
    renamed = Renamed(tuple(renames), catalog)
    with Scratch(connection, options) as scratch:
        return after_renames(inspection, renamed, scratch, registry), renamed.renames

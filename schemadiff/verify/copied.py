"""A catalog built in a scratch database, with its owners, grants and default privileges.

The surprising fact: roles belong to the whole server. Beside the target they are there; on a server
of our own they are made; on somebody else's they may be missing, and then nobody's rights are
copied, since half of them would be no copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from schemadiff.core.catalog import Catalog
from schemadiff.core.kind import Registry
from schemadiff.core.request import Unread
from schemadiff.plan.planner import Options, make_plan
from schemadiff.shadow.build import PathOf, build, read_back

if TYPE_CHECKING:
    from psycopg import Connection


def rights(registry: Registry) -> frozenset[str]:
    """Name the kinds that say who owns and may do what: not built, but for roles and the like."""
    found = (k for k in registry if k.keeps and not k.manage and not isinstance(k, Unread))
    return frozenset(k.name for k in found)


def built(registry: Registry) -> frozenset[str]:
    """Name the kinds of what a scratch database can have by itself."""
    return frozenset(k.name for k in registry if k.built and not isinstance(k, Unread))


def only(catalog: Catalog, kinds: frozenset[str]) -> Catalog:
    """Give the objects of some kinds."""
    return catalog.with_objects(o for i, o in catalog.objects.items() if i.kind in kinds)


def copy(
    scratch: Connection[Any],
    wanted: Catalog,
    owned: Catalog,
    registry: Registry,
    schema_of: PathOf = lambda i: i.path[0],
) -> str:
    """Build `wanted` with the rights of `owned`; gives why those cannot be had, or nothing.

    Raises ShadowError for what the server does not take.
    """
    from psycopg import Error

    build(scratch, only(wanted, built(registry)), registry, schema_of, lambda _: None)
    there = read_back(scratch, registry).catalog
    given = only(owned, rights(registry)).objects
    plain = only(there, built(registry))
    asked = [o for o in given.values() if o.parent is None or o.parent in plain]
    if missing := absent(scratch, (r for o in asked for r in registry.of(o).roles(o))):
        return f"there is no role {missing[0]} where it is built"
    dressed = plain.with_objects([*plain.objects.values(), *asked])
    version = scratch.info.server_version
    plan = make_plan(there, dressed, registry, version=version, options=Options(lenient=True))
    try:
        with scratch.transaction():
            scratch.execute("SET LOCAL search_path = ''")
            for each in plan.operations():
                scratch.execute(each.sql.encode())
    except Error as error:
        return f"the server says: {error.diag.message_primary or error}"
    return ""


def absent(scratch: Connection[Any], roles: Iterable[str]) -> list[str]:
    """Name the roles that the server does not have."""
    query = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = ANY (%s)"
    wanted = set(roles)
    known = {name for (name,) in scratch.execute(query, [list(wanted)])}
    return sorted(wanted - known)

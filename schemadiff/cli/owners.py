"""What a plan changes that only its owner may change: functions, types, schemas and the like.

PostgreSQL looks at that statement by statement, and others may be committed by then. Who owns what
is read with everything else; the server says whose member we are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemadiff.core.change import Create, Rename
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.identity import Identity
from schemadiff.core.operation import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemadiff.cli.live import Live
    from schemadiff.core.catalog import Catalog
    from schemadiff.core.change import Change
    from schemadiff.core.kind import Registry
    from schemadiff.core.object import DbObject
    from schemadiff.core.plan import Plan

# Of relations the server is asked when it is known how each is locked (apply/gate.py).
_RELATIONS = frozenset({"table", "foreign_table", "view", "materialized_view"})
# What others than the owner of what it is about may do, too.
_BY_RIGHT = frozenset({"default_privilege", "grant", "role", "row", "rows", "user_mapping"})
_NOT_ASKED = _RELATIONS | _BY_RIGHT
_SHOWN = 20
_NOT_OURS = """
SELECT r.rolname::text FROM pg_catalog.pg_roles AS r
WHERE r.rolname = ANY (%s) AND NOT pg_catalog.pg_has_role(r.oid, 'USAGE')"""
_EXTENSIONS = """
SELECT e.extname::text, pg_catalog.pg_get_userbyid(e.extowner)::text
FROM pg_catalog.pg_extension AS e WHERE e.extname = ANY (%s)"""


def of_others(plan: Plan, live: Catalog, here: Live, registry: Registry) -> list[Diagnostic]:
    """Say what the plan changes that belongs to others."""
    wanted = dict.fromkeys(_changed(plan, live, registry))
    if not wanted:
        return []
    owners = {each: _owner(each, live) for each, _ in wanted}
    extensions = [each.name for each in owners if each.kind == "extension"]
    if extensions:
        held = dict(here.connection.execute(_EXTENSIONS, (extensions,)).fetchall())
        owners |= {i: held.get(i.name, "") for i in owners if i.kind == "extension"}
    homes = {each: _owner(Identity("schema", each.path[:1]), live) for each in owners}
    asked = sorted({role for role in (*owners.values(), *homes.values()) if role})
    others = {name for (name,) in here.connection.execute(_NOT_OURS, (asked,)).fetchall()}
    # Whoever owns a schema may drop what is in it.
    found = [
        f"{each} (of {owners[each]})"
        for each, goes in wanted
        if owners[each] in others and not (goes and homes[each] not in others)
    ]
    if not found:
        return []
    return [
        Diagnostic(
            code="SD516",
            message="only its owner may change what the plan changes: "
            f"{listed(dict.fromkeys(found), ', ')}; nothing was changed",
            hint="apply as the owner, or as a role that is a member of it",
        )
    ]


def listed(found: Iterable[str], between: str) -> str:
    """Join the first of what was found, and count the rest."""
    every = list(found)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return f"{between.join(every[:_SHOWN])}{more}"


def _changed(plan: Plan, live: Catalog, registry: Registry) -> Iterator[tuple[Identity, bool]]:
    """Give what has an owner of its own and is changed, and whether it is dropped."""
    changes: dict[Identity, Change] = {c.identity: c for c in (*plan.changes, *plan.rebuilt)}
    for op in plan.operations():
        target, change = op.target, changes.get(op.target)
        if isinstance(change, Rename):
            target = change.old.identity
        obj: DbObject | None = live.get(target)
        if obj is None and isinstance(change, Create):
            obj = change.new
        while obj is not None and (above := _above(obj, registry)) is not None:
            obj = live.get(above)
        if obj is None or obj.identity not in live or obj.identity.kind in _NOT_ASKED:
            continue
        # What a table owns goes with its owner; what is in a schema needs no more than a right to.
        if obj.beside is None:
            yield obj.identity, op.verb is Verb.DROP and obj.parent is not None


def _above(obj: DbObject, registry: Registry) -> Identity | None:
    """Name what has the owner, if an object has none of its own."""
    if obj.identity.kind in _BY_RIGHT or obj.parent is None:
        return None
    attached = bool(registry[obj.identity.kind].attached)
    return obj.parent if attached or obj.parent.kind != "schema" else None


def _owner(identity: Identity, live: Catalog) -> str:
    """Name the owner, where that is somebody else."""
    found = live.get(Identity("owner", (*identity.path, identity.kind)))
    return str(getattr(found, "role", ""))

"""What a plan leaves behind, as the server tells it of a scratch copy in which it was run.

The files say what is to be, and a server keeps more: a table that was a part keeps its columns,
its references and its indexes, and an index that was its own becomes that of the whole. Whoever
plans on from there has to know. The surprising fact: the kinds say where that is so, for they
compare both sides in a state between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemadiff.catalog.settings import searching
from schemadiff.core.catalog import Catalog
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import ShadowError
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Registry
from schemadiff.core.object import DbObject
from schemadiff.core.plan import Plan
from schemadiff.diff.compare import reconciled
from schemadiff.shadow.build import build, read_back
from schemadiff.shadow.roles import roles_of
from schemadiff.shadow.server import ShadowOptions, scratch_database
from schemadiff.verify.copied import built, only
from schemadiff.verify.rehearsal import settle

if TYPE_CHECKING:
    from psycopg import Connection

    from schemadiff.shadow.resolve import Resolved


def as_left(
    plan: Plan,
    resolved: Resolved,
    target: Connection[Any],
    registry: Registry,
    options: ShadowOptions,
) -> Catalog:
    """Give the desired catalog as the plan leaves it; raises ShadowError where nobody can say."""
    desired = resolved.desired
    tables = _between(resolved, registry)
    if not tables:
        return desired
    first, last = _run(plan, resolved, target, registry, options)
    live = resolved.inspection.catalog
    kinds = built(registry)
    objects, edges = dict(desired.objects), dict(desired.dependencies)
    for table in sorted(tables):
        left = _belonging(last, table, kinds)
        for gone in _belonging(desired, table, kinds).keys() - left.keys():
            if gone in first or gone not in live:
                del objects[gone]
        for identity, obj in left.items():
            # What the copy had otherwise from the start is no news.
            if first.get(identity) == live.get(identity):
                objects[identity] = obj
                edges[identity] = last.depends_on(identity)
    return desired.with_objects(objects.values(), edges)


def _between(resolved: Resolved, registry: Registry) -> set[Identity]:
    """Name the tables of which the kinds say more than the files, to compare them."""
    _, desired = reconciled(resolved.current, resolved.desired, registry)
    said, told = resolved.desired.objects, desired.objects
    names = {i for i in said.keys() | told.keys() if said.get(i) is not told.get(i)}
    paths = {i.path[:2] for i in names}
    homes = {o.parent for o in (*said.values(), *told.values()) if o.parent is not None}
    return {i for i in homes if i.path in paths and i in said}


def _belonging(
    catalog: Catalog, table: Identity, kinds: frozenset[str]
) -> dict[Identity, DbObject]:
    found = [i for i in (table, *catalog.descendants(table)) if i in catalog and i.kind in kinds]
    return {i: catalog.objects[i] for i in found}


def _run(
    plan: Plan,
    resolved: Resolved,
    target: Connection[Any],
    registry: Registry,
    options: ShadowOptions,
) -> tuple[Catalog, Catalog]:
    """Give a copy as it is before and after the plan; raises ShadowError."""
    from psycopg import Error

    live, kinds = resolved.inspection.catalog, built(registry)
    brought = {k.name for k in registry if k.brings}
    sides = (live, resolved.desired)
    extensions = [i.name for s in sides for i in s.objects if i.kind in brought]
    roles = {r for s in sides for r in roles_of(s, registry)}
    with scratch_database(target, options, extensions, roles) as scratch:
        build(scratch, only(live, kinds), registry, lambda i: i.path[0], lambda _: None)
        first = read_back(scratch, registry).catalog
        settle(scratch)
        for op in plan.operations():
            if op.target.kind not in kinds or op.secrets:
                continue
            try:
                if op.guard is not None:
                    asked = scratch.execute(f"SELECT ({op.guard.condition}\n)".encode())
                    if not (row := asked.fetchone()) or not row[0]:
                        continue
                with searching(scratch, op.along, local=False):
                    scratch.execute(op.sql.encode())
            except Error as error:
                said = error.diag.message_primary or str(error)
                message = f"{op.verb} {op.target}: PostgreSQL says: {said}"
                raise ShadowError(Diagnostic(code="SD520", message=message)) from error
        return first, read_back(scratch, registry).catalog

"""Where the functions that a statement runs find what they name.

The search_path is empty while a plan runs. The surprising fact: a function whose body is a string
finds names along the path of whoever runs it, which a statement does that computes values of rows:
a new default, a check, a generated column, an index on an expression, a trigger of a row. With an
event trigger on DDL any statement does.
"""

from __future__ import annotations

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, Registry
from schemadiff.core.operation import Operation, Verb


def along(op: Operation, context: Context) -> tuple[str, ...]:
    """Name the schemas to be searched beside the session's own path; none where nothing asks."""
    kind = context.registry[op.target.kind]
    computes = op.scans or op.rewrites or (op.verb is Verb.CREATE and not kind.has_rows)
    if not (kind.writes_rows or (kind.evaluates and computes and op.verb is not Verb.DROP)):
        return ()
    sides = (context.current, context.desired)
    tables = [Identity(k.name, op.target.path[:2]) for k in context.registry if k.has_rows]
    old, new = ([i for i in tables if i in side] for side in sides)
    if new and not old and op.target not in new:
        return ()  # which has no rows yet
    if not _runs(op, [*old, *new], context):
        return ()
    return tuple(dict.fromkeys((op.target.schema, "public")))


def _runs(op: Operation, tables: list[Identity], context: Context) -> bool:
    """Tell whether it runs a function that follows the path: its own, or of what its table has."""
    desired, path = context.desired, op.target.path
    whole = op.rewrites or context.registry[op.target.kind].writes_rows
    below = (i for table in tables for i in desired.descendants(table))
    inside = (i for i in below if whole or i.path[: len(path)] == path)
    return any(_follows(i, desired, context.registry) for i in (op.target, *inside))


def heard(context: Context) -> bool:
    """Tell whether an event trigger that is there runs such a function at whatever is done."""
    current, registry = context.current, context.registry
    hearing = current.of(*(k.name for k in registry if k.hears))
    return any(_follows(i, current, registry) for i in hearing)


def _follows(identity: Identity, side: Catalog, registry: Registry) -> bool:
    """Tell whether an object runs such a function, also by way of a domain."""
    found = set(side.depends_on(identity))
    for each in [i for i in found if i in side and "type" in registry[i.kind].spaces]:
        if not registry[each.kind].has_rows:
            found.update(n for c in side.descendants(each) for n in side.depends_on(c))
    called = ((i, side.get(i)) for i in found)
    return any(obj is not None and registry[i.kind].follows_path(obj) for i, obj in called)

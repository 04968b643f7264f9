"""Where the functions that a statement runs find what they name.

The search_path is empty while a plan runs. The surprising fact: a function whose body is a string
finds names along the path of whoever runs it, which a statement does that computes values of rows:
a new default, a check, a generated column, an index on an expression, a trigger of a row. With an
event trigger on DDL any statement does. And a deferred trigger does it when its transaction ends.

So it is with operators that the server prints without their name: IS DISTINCT FROM of two citext is
read as one of two texts where their schema is not searched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemadiff.core.catalog import Catalog
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context, Registry, overriding
from schemadiff.core.lexer import Kind, LexError, tokens
from schemadiff.core.operation import Operation, Verb

# What is printed without the operator that it compares by.
_UNSPOKEN: Final = frozenset({"case", "distinct", "in", "nullif", "using"})


def along(op: Operation, context: Context) -> tuple[str, ...]:
    """Name the schemas to be searched beside the session's own path; none where nothing asks."""
    return tuple(dict.fromkeys((*_running(op, context), *_comparing(op, context))))


def _comparing(op: Operation, context: Context) -> Iterator[str]:
    """Name the schemas of operators that what is made may compare by without naming them."""
    if op.verb in (Verb.DROP, Verb.RENAME) or op.target not in context.desired:
        return
    desired, registry = context.desired, context.registry
    homes = set[str]()
    for each in (op.target, *desired.descendants(op.target)):
        for below in desired.depends_on(each):
            kind = registry.by_name.get(below.kind)
            if kind is not None and kind.brings:
                homes |= {i.path[0] for i in desired.depends_on(below) if len(i.path) == 1}
            elif kind is not None and kind.compares and len(below.path) > 1:
                homes.add(below.path[0])
    if homes and _is_unspoken(op.sql):
        yield from sorted(homes)


def _is_unspoken(sql: str) -> bool:
    """Tell whether a statement may say such a comparison; what is quoted is not looked into."""
    try:
        found = [*tokens(sql)]
    except LexError:
        return True
    words = {t.value for t in found if t.kind is Kind.IDENT}
    return not words.isdisjoint(_UNSPOKEN) or any(t.kind is Kind.DOLLAR for t in found)


def _running(op: Operation, context: Context) -> tuple[str, ...]:
    """Name the schemas in which functions that it runs find names."""
    kind = context.registry[op.target.kind]
    computes = op.scans or op.rewrites or (op.verb is Verb.CREATE and not kind.has_rows)
    if not (kind.writes_rows or (kind.evaluates and computes and op.verb is not Verb.DROP)):
        return ()
    sides = (context.current, context.desired)
    tables = [Identity(k.name, op.target.path[:2]) for k in context.registry if k.has_rows]
    old, new = ([i for i in tables if i in side] for side in sides)
    if new and not old and op.target not in new and not kind.writes_rows:
        return ()  # which has no rows yet
    if not _runs(op, [*old, *new], context) and not defers(op, context):
        return ()
    return tuple(dict.fromkeys((op.target.schema, "public")))


def defers(op: Operation, context: Context) -> bool:
    """Tell whether an operation may leave the call of such a function to its transaction's end.

    What a trigger of its own table writes elsewhere is not known: any deferred trigger may be met.
    """
    if not context.registry[op.target.kind].writes_rows:
        return False
    if "deferred" not in context.memo:
        waiting = overriding(context.registry, "waits")
        context.memo["deferred"] = any(
            context.registry[i.kind].waits(side.objects[i]) and _follows(i, side, context.registry)
            for side in (context.current, context.desired)
            for i in side.of(*waiting)
        )
    return bool(context.memo["deferred"])


def _runs(op: Operation, tables: list[Identity], context: Context) -> bool:
    """Tell whether it runs a function that follows the path: its own, or of what its table has."""
    path, writes = op.target.path, context.registry[op.target.kind].writes_rows
    if op.rewrites and _converts(context):
        return True
    # A trigger that is to go may still be there when rows are written.
    for side in (context.desired, context.current) if writes else (context.desired,):
        below = (i for table in tables for i in side.descendants(table))
        inside = (i for i in below if op.rewrites or writes or i.path[: len(path)] == path)
        if any(_follows(i, side, context.registry) for i in (op.target, *inside)):
            return True
    return False


def _converts(context: Context) -> bool:
    """Tell whether a cast runs such a function, which nobody who uses it names."""
    if "converts" not in context.memo:
        desired, registry = context.desired, context.registry
        casts = desired.of(*(k.name for k in registry if k.unspoken))
        context.memo["converts"] = any(_follows(i, desired, registry) for i in casts)
    return bool(context.memo["converts"])


def heard(context: Context) -> bool:
    """Tell whether an event trigger runs such a function at whatever is done.

    One that the plan makes is there from the beginning when its script runs a second time.
    """
    registry, hearing = context.registry, [k.name for k in context.registry if k.hears]
    sides = (context.current, context.desired)
    return any(_follows(i, side, registry) for side in sides for i in side.of(*hearing))


def _follows(identity: Identity, side: Catalog, registry: Registry) -> bool:
    """Tell whether an object runs such a function, also by way of an operator or a domain."""
    found, queue = set[Identity](), [identity]
    while queue:
        below = side.depends_on(queue.pop()) - found
        # Roles are managed on request alone.
        new = {i: registry[i.kind] for i in below if i.kind in registry.by_name}
        found.update(new)
        queue += [i for i, kind in new.items() if kind.compares or kind.unspoken]
    for each in [i for i in found if i in side and "type" in registry[i.kind].spaces]:
        if not registry[each.kind].has_rows:
            found.update(n for c in side.descendants(each) for n in side.depends_on(c))
    called = ((i, side.get(i)) for i in found)
    return any(obj is not None and registry[i.kind].follows_path(obj) for i, obj in called)

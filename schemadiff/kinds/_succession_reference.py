"""How foreign keys get a successor on the column that takes its place, also those of partitions.

A partitioned table gets its key last: each partition has one by itself, not valid and then
validated, and that of the whole takes them over when the columns trade places, and reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.sql import ident, qualified
from schemadiff.core.succession import Successor, Successors
from schemadiff.kinds._column_online import there
from schemadiff.kinds._constraint import table_sql
from schemadiff.kinds._index_parts import Parts, leaves, unchanged
from schemadiff.kinds._succession import (
    both_there,
    place_of,
    said_again,
    substituted,
    traded,
    validated,
)
from schemadiff.kinds._succession_parts import names_below


def reference_successor(
    obj: Any, names: Successors, kind: Any, context: Context
) -> Successor | str:
    """Refer from the new columns, or to them, beside the old reference."""
    target, own = obj.target, obj.identity.path[:2]
    table, other = context.current.get(obj.parent), context.current.get(Identity("table", target))
    if any(getattr(table, a, None) for a in ("partition_of", "inherits")):
        return f"{obj.identity} is that of a part or an heir"
    if getattr(other, "partition_by", None):
        return f"{obj.identity} refers to a partitioned table, whose new key comes with the columns"
    if obj.period or not obj.enforced:
        return f"{obj.identity} cannot be validated later"
    if "set default" in (obj.on_delete, obj.on_update):
        return f"{obj.identity} sets a default, which the new column does not have yet"
    twin = replace(
        obj,
        identity=place_of(obj, names),
        columns=substituted(obj.columns, own, names),
        delete_columns=substituted(obj.delete_columns, own, names),
        target_columns=substituted(obj.target_columns, target, names),
        valid=False,
    )
    needed = both_there(obj, names, target)
    if getattr(table, "partition_by", None):
        clauses = kind.clause(twin), kind.clause(obj)
        return _of_parts(obj, names, needed, clauses, kind.lock, context)
    steps = _beside(obj, twin.identity, kind.clause(twin), needed, kind.lock)
    return traded(obj, twin.identity, steps, context)


def _of_parts(  # noqa: PLR0917  what it is made of
    obj: Any,
    names: Successors,
    needed: str,
    clauses: tuple[str, str],
    lock: LockMode,
    context: Context,
) -> Successor | str:
    """Let each partition refer by itself; `clauses` are those of the new columns and of the whole.

    Nobody may come meanwhile.
    """
    below, tables = names_below(obj, context), leaves(obj.parent, context)
    if below is None or not tables or not obj.valid:
        return f"{obj.identity} is not on every partition as on the whole"
    places = {leaf: _place(obj, leaf, names) for leaf in tables}
    table, name = table_sql(obj.identity), ident(obj.identity.name)
    ready = [there(leaf.path, place.name, "convalidated") for leaf, place in places.items()]
    ready.append(unchanged(obj.parent, Parts((), len(tables))))
    comes = [
        f"ALTER TABLE {leaf.sql} RENAME CONSTRAINT {place.name} TO {ident(below[leaf])}"
        for leaf, place in places.items()
    ]
    comes.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {clauses[1]}")
    return Successor(
        " AND ".join(ready),
        tuple(s for p in places.values() for s in _beside(obj, p, clauses[0], needed, lock)),
        (f"ALTER TABLE {table} DROP CONSTRAINT {name}",),
        (*comes, *said_again(obj, context)),
    )


def _place(obj: Any, leaf: Identity, names: Successors) -> Identity:
    name = temporary_name("successor", *obj.identity.path, *leaf.path, sorted(names.values()))
    return Identity(obj.identity.kind, (*leaf.path, name))


def _beside(
    obj: Any, place: Identity, clause: str, needed: str, lock: LockMode
) -> Iterator[Operation]:
    own = place.path[:2]
    yield Operation(
        verb=Verb.ALTER,
        target=obj.identity,
        sql=f"ALTER TABLE {qualified(*own)} ADD CONSTRAINT {place.name} {clause}",
        guard=Guard(f"{needed} AND NOT {there(own, place.name)}"),
        provides=frozenset({Identity("leftover", place.path)}),
        lock=lock,
        stage=Stage.CHECK,
        why="stands beside the old one; reads no rows",
    )
    if obj.valid:
        yield replace(validated(obj, place), scan_for=ScanFor.ROWS)

"""How foreign keys get a successor on the column that takes its place, also those of partitions.

A partitioned table gets its key last: each partition has one by itself, not valid and then
validated, and that of the whole takes them over when the columns trade places, and reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, ScanFor, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import ident, qualified
from schemadiff.core.succession import Successor, Successors
from schemadiff.core.versions import PG18
from schemadiff.kinds._column.online import there
from schemadiff.kinds._constraint import table_sql
from schemadiff.kinds._foreign.key_parts import referring_parts
from schemadiff.kinds._index.online import is_partitioned
from schemadiff.kinds._index.parts import Parts, leaves, unchanged
from schemadiff.kinds._succession.common import (
    both_there,
    place_of,
    said_again,
    substituted,
    traded,
    validated,
)
from schemadiff.kinds._succession.parts import names_below


def reference_successor(
    obj: Any, names: Successors, kind: Any, context: Context
) -> Successor | str:
    """Refer from the new columns, or to them, beside the old reference."""
    target, own = obj.target, obj.identity.path[:2]
    table, other = context.current.get(obj.parent), context.current.get(Identity("table", target))
    if getattr(table, "partition_of", None):
        return f"{obj.identity} is that of a part"
    if obj.period or not obj.enforced:
        return f"{obj.identity} cannot be validated later"
    if "set default" in (obj.on_delete, obj.on_update):
        return f"{obj.identity} sets a default, which the new column does not have yet"
    if getattr(other, "partition_by", None):
        return _to_whole(obj, names, kind, context)
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


def _to_whole(obj: Any, names: Successors, kind: Any, context: Context) -> Successor | str:
    """Refer to a partitioned table, whose new key comes only when the columns trade places.

    The reference is made anew in that moment, not valid, and so guards every row that is written;
    the rows that are there hold, since the old one did and both columns agree. They are read after.
    """
    name, below = obj.identity.name, dict[Identity, str]()
    if is_partitioned(obj, context):
        if context.version < PG18:
            return _between_wholes(obj, names, kind, context)
        found = names_below(obj, context)
        children = context.current.children
        if found is None or any(i.name == name for p in found for i in children.get(p, ())):
            return f"{obj.identity} is not on every partition as on the whole"
        below = {part: said for part, said in found.items() if said != name}
    alter = f"ALTER TABLE {table_sql(obj.identity)}"
    renamed = (
        f"ALTER TABLE {part.sql} RENAME CONSTRAINT {ident(name)} TO {ident(said)}"
        for part, said in below.items()
    )
    check = replace(
        validated(obj, obj.identity),
        sql=f"{alter} VALIDATE CONSTRAINT {ident(name)}",
        scan_for=ScanFor.ROWS,
        stage=Stage.LAST,
        why="held all the while; read once more while everyone reads and writes",
    )
    return Successor(
        both_there(obj, names, obj.target),
        (),
        (f"{alter} DROP CONSTRAINT {ident(name)}",),
        (
            f"{alter} ADD CONSTRAINT {ident(name)} {kind.clause(replace(obj, valid=False))}",
            *renamed,
            *said_again(obj, context),
        ),
        (check,) if obj.valid else (),
    )


def _between_wholes(obj: Any, names: Successors, kind: Any, context: Context) -> Successor | str:
    """Before 18 no reference of a partitioned table can be made not valid, but those of its parts.

    Each part refers by itself from the moment in which the columns trade places; that of the whole
    takes these over when they are validated, as where it is new.
    """
    found, tables = names_below(obj, context), referring_parts(obj, context)
    same = found is not None and {*found.values()} <= {obj.identity.name}
    if not tables or not same or obj.target == obj.identity.path[:2]:
        return f"{obj.identity} is of a partitioned table and refers to one (before 18)"
    made = [replace(op, verb=Verb.ALTER) for op in kind.create(obj, context)]
    adds = [op for op in made if op.stage is Stage.FIRST]
    later = [op for op in made if op.stage is not Stage.FIRST]
    said = [
        replace(later[-1], sql=text, guard=Guard(kind.exists(obj)), why="", bound=False)
        for text in said_again(obj, context)
    ]
    return Successor(
        both_there(obj, names, obj.target),
        (),
        (f"ALTER TABLE {table_sql(obj.identity)} DROP CONSTRAINT {ident(obj.identity.name)}",),
        tuple(op.sql for op in adds),
        (*later, *said),
    )


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
    name = temporary_name("successor", *obj.identity.path, *leaf.path, sorted({*names.values()}))
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

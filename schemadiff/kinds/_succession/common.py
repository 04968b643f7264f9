"""How constraints on a column get a successor on the column that takes its place.

The successor is made under a name for a while and is complete before the columns trade places; then
the old one goes and the new one gets its name. So nothing that was guarded is unguarded for a
moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.online import Stage, temporary_name
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.sql import dollar, ident, literal, qualified
from schemadiff.core.succession import Successor, Successors
from schemadiff.kinds._column.names import has_column
from schemadiff.kinds._column.online import there
from schemadiff.kinds._constraint import table_sql
from schemadiff.kinds._index.online import replace_name

Path = tuple[str, ...]
_SAID_OF = frozenset({"comment", "extension_dependency"})


def substituted(columns: Iterable[str], table: Path, names: Successors) -> tuple[str, ...]:
    """Name columns as they are called while both are there."""
    return tuple(names.get(Identity("column", (*table, c)), c) for c in columns)


def place_of(obj: Any, names: Successors) -> Identity:
    """Name the successor, which tells all columns that it is on."""
    name = temporary_name("successor", *obj.identity.path, sorted({*names.values()}))
    return replace_name(obj.identity, name)


def both_there(obj: Any, names: Successors, *tables: Path) -> str:
    """Give the condition "the new columns of these tables are there"."""
    found = {}
    for identity, name in names.items():
        if identity.path[:2] in (obj.identity.path[:2], *tables):
            table = Identity("table", identity.path[:2])
            found[table] = has_column(table, name)
    return " AND ".join(found[t] for t in sorted(found))


def said_again(obj: Any, context: Context) -> tuple[str, ...]:
    """Say again what is attached to it: comments, of a constraint also that on its index."""
    found = sorted(i for i in context.desired.children.get(obj.identity, ()) if i.kind in _SAID_OF)
    said = [context.desired.objects[i] for i in found]
    return tuple(op.sql for s in said for op in context.registry.of(s).create(s, context))


def validated(obj: Any, place: Identity) -> Operation:
    """Check the rows that are there, of the table on which the successor is."""
    own = place.path[:2]
    return Operation(
        verb=Verb.ALTER,
        target=obj.identity,
        sql=f"ALTER TABLE {qualified(*own)} VALIDATE CONSTRAINT {place.name}",
        guard=Guard(there(own, place.name, "NOT convalidated")),
        lock=LockMode.SHARE_UPDATE_EXCLUSIVE,
        scans=True,
        stage=Stage.SCAN,
        why="is complete before the columns trade places",
    )


def traded(obj: Any, place: Identity, steps: Iterable[Operation], context: Context) -> Successor:
    """Have a constraint go, and the one beside it get its name."""
    table, name = table_sql(obj.identity), ident(obj.identity.name)
    ready = "convalidated" if obj.valid else ""
    return Successor(
        there(obj.identity.path, place.name, ready),
        tuple(steps),
        (f"ALTER TABLE {table} DROP CONSTRAINT {name}",),
        (
            f"ALTER TABLE {table} RENAME CONSTRAINT {place.name} TO {name}",
            *said_again(obj, context),
        ),
    )


def check_successor(obj: Any, names: Successors, clause: str, context: Context) -> Successor:
    """Check the new columns; the server itself says the expression over them.

    In a temporary table the new columns are called like the old ones, until the check is there.
    """
    own, place = obj.identity.path[:2], place_of(obj, names)
    used = context.current.depends_on(obj.identity)
    mine = [(i.name, name) for i, name in names.items() if i in used]
    copy = "pg_temp.schemadiff_copy"
    before = [f"ALTER TABLE {copy} DROP COLUMN {ident(old)};" for old, _ in mine]
    before += [f"ALTER TABLE {copy} RENAME COLUMN {new} TO {ident(old)};" for old, new in mine]
    after = [f"ALTER TABLE {copy} RENAME COLUMN {ident(old)} TO {new};" for old, new in mine]
    add = f"ALTER TABLE {qualified(*own).replace('%', '%%')} ADD CONSTRAINT {place.name} %s"
    values = {
        "table": qualified(*own),
        "before": "\n        ".join(before),
        "check": f"ALTER TABLE {copy} ADD CONSTRAINT said {clause};",
        "after": "\n        ".join(after),
        "add": literal(f"{add} NOT VALID"),
    }
    block = Operation(
        verb=Verb.ALTER,
        target=obj.identity,
        sql=f"DO {dollar(_SAID % values, 'check')}",
        guard=Guard(f"{both_there(obj, names)} AND NOT {there(own, place.name)}"),
        provides=frozenset({Identity("leftover", place.path)}),
        stage=Stage.CHECK,
        why="the same of the new column, as the server says it; reads no rows",
    )
    steps = [block, *([validated(obj, place)] if obj.valid else [])]
    return traded(obj, place, steps, context)


# A block that ends with an error leaves nothing of what was made in it.
_SAID = """
DECLARE
    said text;
BEGIN
    BEGIN
        CREATE TEMPORARY TABLE schemadiff_copy (LIKE %(table)s);
        %(before)s
        %(check)s
        %(after)s
        SELECT pg_get_constraintdef(oid) INTO said FROM pg_constraint
            WHERE conrelid = 'pg_temp.schemadiff_copy'::regclass AND conname = 'said';
        RAISE EXCEPTION USING errcode = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
        NULL;
    END;
    EXECUTE format(%(add)s, said);
END
"""

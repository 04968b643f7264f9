"""What the kinds of types share: existence and renaming, both by pg_type.

A type's name is looked up by its parts in pg_type and not by to_regtype(), which also takes the
name of an array, a multirange or an alias.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemadiff.core.identity import Identity
from schemadiff.core.kind import Context
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.record import replace
from schemadiff.core.sql import dollar, ident, literal, qualified


def type_where(path: tuple[str, ...], typtype: str, condition: str = "") -> str:
    """Give the SQL condition "a type of this name and typtype exists", and what else must hold.

    The condition may speak of the row of pg_type as `t`.
    """
    more = f" AND {condition}" if condition else ""
    return (
        "EXISTS (SELECT 1 FROM pg_catalog.pg_type t "
        "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
        f"WHERE n.nspname = {literal(path[0])} AND t.typname = {literal(path[1])} "
        f"AND t.typtype = {literal(typtype)}{more})"
    )


def rename_type(
    words: str, typtype: str, old: Identity, new: Identity, condition: str = ""
) -> Iterator[Operation]:
    """ALTER … SET SCHEMA, then RENAME TO; `words` is TYPE or DOMAIN."""
    schema, name = old.path
    if schema != new.schema:
        yield Operation(
            verb=Verb.RENAME,
            target=new,
            sql=f"ALTER {words} {old.sql} SET SCHEMA {ident(new.schema)}",
            guard=Guard(type_where(old.path, typtype, condition)),
            lock=LockMode.NONE,
        )
    if name != new.name:
        before = (new.schema, name)
        yield Operation(
            verb=Verb.RENAME,
            target=new,
            sql=f"ALTER {words} {qualified(*before)} RENAME TO {ident(new.name)}",
            guard=Guard(type_where(before, typtype, condition)),
            lock=LockMode.NONE,
        )


def untie(table: Identity) -> Operation:
    """NOT OF: a typed table's columns can be changed while it is tied to no type."""
    name = qualified(*table.path[:2])
    return Operation(
        verb=Verb.ALTER,
        target=table,
        sql=f"ALTER TABLE {name} NOT OF",
        guard=Guard(
            "EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = "
            f"to_regclass({literal(name)}) AND reloftype <> 0)"
        ),
    )


def untied(column: Identity, context: Context) -> Iterator[Operation]:
    """Untie the table of a column that is renamed, where it is typed: renames come first of all."""
    table = Identity("table", column.path[:2])
    if Identity("of_type", table.path) in context.current:
        op = untie(table)
        body = f"BEGIN IF {op.guard.condition} THEN {op.sql}; END IF; END" if op.guard else ""
        yield replace(op, verb=Verb.RENAME, target=column, sql=f"DO {dollar(body)}", guard=None)


def tied_later(column: Any, context: Context) -> bool:
    """Tell whether a column's table ends up typed: no column of it can be dropped then, IF EXISTS.

    The surprising fact: that is an error for one that is not there, too.
    """
    return Identity("of_type", column.identity.path[:2]) in context.desired


def in_use(identity: Identity, context: Context) -> bool:
    """Tell whether anything but its own parts depends on a type now."""
    path = identity.path
    users = context.current.dependents.get(identity, frozenset())
    return any(u.path[: len(path)] != path for u in users)


def columns_of(identity: Identity, context: Context) -> list[Identity]:
    """Name the columns that are of a type now."""
    users = context.current.dependents.get(identity, frozenset())
    return sorted(u for u in users if u.kind == "column")
